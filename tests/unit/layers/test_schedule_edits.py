"""Edits of the schedules: epochs that always add up, places that exist, and nothing beyond what a file can hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.compiler.schedule_checks import schedule_problems
from designer.layers.catalog import SCHEDULES
from designer.layers.schedule_edits import (
    MOST,
    add_schedule,
    move_schedule,
    remove_schedule,
    set_schedule_epochs,
    set_schedule_field,
    shared_out,
)
from designer.project.errors import EditError
from designer.project.model import Project, Schedule, Training


def project_of(*schedules: Schedule, epochs: int = 40) -> Project:
    return Project(training=Training(epochs=epochs, schedules=schedules))


def lengths(project: Project) -> list[tuple[str, int]]:
    return [(each.key, each.epochs) for each in project.training.schedules]


def test_a_warm_up_comes_first_and_what_is_added_behind_shares_the_rest() -> None:
    project = add_schedule(add_schedule(add_schedule(project_of(), "cosine"), "linear"), "exponential")
    assert lengths(project) == [("linear", 4), ("cosine", 18), ("exponential", 0)]
    assert project.training.schedules[1].fields == SCHEDULES["cosine"].defaults


def test_what_stays_has_the_epochs_of_what_goes() -> None:
    project = project_of(Schedule("linear", 5), Schedule("cosine"))
    assert lengths(remove_schedule(project, 1)) == [("linear", 0)]
    assert lengths(remove_schedule(project, 0)) == [("cosine", 0)]
    assert lengths(remove_schedule(project_of(Schedule("cosine")), 0)) == []


def test_places_fields_and_epochs() -> None:
    project = project_of(Schedule("linear", 5), Schedule("cosine"), Schedule("step", 3))
    assert [key for key, _ in lengths(move_schedule(project, 2, 0))] == ["step", "linear", "cosine"]
    assert [key for key, _ in lengths(move_schedule(project, 0, 99))] == ["cosine", "step", "linear"]
    assert lengths(set_schedule_epochs(project, 0, 7))[0] == ("linear", 7)
    assert set_schedule_field(project, 2, "gamma", 0.5).training.schedules[2].fields == {"gamma": 0.5}


@pytest.mark.parametrize("edit", [lambda p: remove_schedule(p, 3), lambda p: set_schedule_epochs(p, -1, 2)])
def test_a_schedule_that_is_gone_cannot_be_edited(edit: Callable[[Project], Project]) -> None:
    with pytest.raises(EditError, match="not there any more"):
        edit(project_of(Schedule("cosine")))


def test_there_is_an_end_to_adding() -> None:
    full = project_of(*[Schedule("step", 1)] * MOST)
    with pytest.raises(EditError, match="most that a training can have"):
        add_schedule(full, "cosine")


def test_epochs_are_shared_out_where_there_are_enough() -> None:
    three = (Schedule("linear", 10), Schedule("cosine"), Schedule("step"))
    assert shared_out(three, 11) is None
    assert [each.epochs for each in shared_out(three, 41) or ()] == [10, 15, 0]


@given(st.lists(st.sampled_from(sorted(SCHEDULES)), max_size=6), st.integers(20, 500))
def test_schedules_that_are_added_in_any_order_are_sound(keys: list[str], epochs: int) -> None:
    project = project_of(epochs=epochs)
    for key in keys:
        project = add_schedule(project, key)
    assert not [problem for problem in schedule_problems(project) if problem.severity == "error"]
    training = replace(project.training, schedules=())
    assert replace(project, training=training) == project_of(epochs=epochs)
