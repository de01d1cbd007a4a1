"""What is said of schedules that cannot be, or that do not do what somebody expects; fixes mend it."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from designer.compiler.analyse import analyse
from designer.compiler.problems import Problem, SettingPlace
from designer.layers.catalog import OPTIMIZERS, SCHEDULES
from designer.project.model import Project, Schedule, Training
from designer.training.assemble import make_optimizer
from designer.training.schedules import scheduler_of
from tests.helpers.graphs import chain


def project_with(*schedules: Schedule, **settings: object) -> Project:
    """A sound small network that is trained with these schedules."""
    made = chain("table_input", ("linear", {"out_features": 1}), "output")
    return replace(made, training=replace(Training(epochs=50), schedules=schedules, **settings))  # type: ignore[arg-type]


def about_schedules(project: Project) -> list[Problem]:
    return [
        problem
        for problem in analyse(project).problems
        if isinstance(problem.place, SettingPlace) and problem.place.path.startswith("training.schedules")
    ]


def mended(project: Project) -> Project:
    """The project after the fix of the only problem of its schedules."""
    (problem,) = about_schedules(project)
    assert problem.fix is not None
    after = problem.fix.edit(project)
    assert about_schedules(after) == []
    return after


@pytest.mark.parametrize("key", SCHEDULES)
def test_each_alone_is_sound(key: str) -> None:
    assert about_schedules(project_with(Schedule(key))) == []
    assert about_schedules(project_with(Schedule("linear", 5), Schedule(key))) == []


def test_an_unknown_schedule_can_be_left_out() -> None:
    project = project_with(Schedule("linear", 5), Schedule("cosin"))
    sentence = about_schedules(project)[0].sentence
    assert "no schedule “cosin”" in sentence
    assert "cosine_restarts" in sentence
    after = about_schedules(project)[0].fix.edit(project)  # type: ignore[union-attr]
    assert after.training.schedules == (Schedule("linear", 5),)


def test_an_unsound_field_goes_back_to_its_default() -> None:
    project = project_with(Schedule("step", 0, {"gamma": 7.0, "step_size": 2}))
    (problem,) = about_schedules(project)
    assert problem.sentence == "Training: StepLR: gamma: expected a number above 0 and at most 1, found 7.0."
    assert problem.place == SettingPlace("training.schedules.0.gamma")
    assert mended(project).training.schedules == (Schedule("step", 0, {"step_size": 2}),)


def test_two_unsound_fields_are_mended_each_by_itself() -> None:
    problems = about_schedules(project_with(Schedule("step", 0, {"gamma": 7.0, "step_size": 0})))
    assert [problem.fix is not None for problem in problems] == [True, True]


def test_only_one_schedule_can_have_what_the_others_leave() -> None:
    project = project_with(Schedule("linear", 10), Schedule("cosine"), Schedule("exponential"))
    assert about_schedules(project)[0].severity == "error"
    assert "CosineAnnealingLR and ExponentialLR each have 0 epochs" in about_schedules(project)[0].sentence
    assert [each.epochs for each in mended(project).training.schedules] == [10, 20, 0]


def test_more_epochs_than_the_training_has_are_told_and_do_not_forbid_it() -> None:
    project = project_with(Schedule("linear", 30), Schedule("cosine", 40))
    (problem,) = about_schedules(project)
    assert problem.severity == "warning"
    assert "have 70 epochs, the training has 50: it ends" in problem.sentence
    assert mended(project).training.epochs == 70


def test_a_schedule_that_never_begins_is_told() -> None:
    project = project_with(Schedule("linear", 50), Schedule("cosine"))
    assert "have 50 epochs and more, the training has 50" in about_schedules(project)[0].sentence
    assert mended(project).training.epochs == 51


def test_schedules_that_end_early_can_go_on() -> None:
    project = project_with(Schedule("linear", 5), Schedule("cosine", 20))
    assert "end after 25 of 50 epochs" in about_schedules(project)[0].sentence
    assert [each.epochs for each in mended(project).training.schedules] == [5, 0]
    assert about_schedules(project_with(Schedule("linear", 5), Schedule("cosine", 45))) == []


def test_what_follows_a_plateau_is_told() -> None:
    project = project_with(Schedule("plateau", 20), Schedule("cosine"))
    assert "not the last schedule" in about_schedules(project)[0].sentence
    assert [each.key for each in mended(project).training.schedules] == ["cosine", "plateau"]


def test_early_stopping_before_the_plateau_is_told() -> None:
    project = project_with(Schedule("plateau"), patience=5)
    assert "after 5 epochs without a better loss, and ReduceLROnPlateau" in about_schedules(project)[0].sentence
    assert mended(project).training.patience == 22


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_momentum_that_does_not_exist_cannot_be_moved(optimizer: str) -> None:
    project = project_with(Schedule("one_cycle", 0, {"cycle_momentum": True}), optimizer=optimizer)
    model = torch.nn.Linear(1, 1)
    try:
        scheduler_of(project.training, make_optimizer(project.training, {}, model), 4)
    except ValueError as error:
        assert "must support momentum" in str(error)
        (problem,) = about_schedules(project)
        assert f"{OPTIMIZERS[optimizer].title} has none" in problem.sentence
        assert mended(project).training.schedules[0].fields["cycle_momentum"] is False
    else:
        assert about_schedules(project) == []
