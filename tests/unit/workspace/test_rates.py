"""Planned rates by what is known of the data, and the search for a learning rate in a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from designer.project.errors import LayerloomError
from designer.project.facts import Facts
from designer.project.file import load_project
from designer.project.model import Schedule
from designer.workspace.inquiry import Inquiry
from designer.workspace.rates import counts_steps, planned
from tests.helpers.small import small_project
from tests.helpers.training import with_training


def test_a_search_answers_and_leaves_nothing(tmp_path: Path) -> None:
    path = small_project(tmp_path)
    before = sorted(tmp_path.iterdir())
    shares: list[float] = []
    found = Inquiry("find-lr", load_project(path), tmp_path).run(
        lambda event: shares.append(event["share"]) if "share" in event else None
    )
    assert found["suggestion"] > 0
    assert 0 < shares[0] < shares[-1] <= 1.0
    assert sorted(tmp_path.iterdir()) == before


def test_what_stands_in_the_way_is_said(tmp_path: Path) -> None:
    path = small_project(tmp_path)
    project = load_project(path)
    (tmp_path / project.data.path).unlink()  # type: ignore[union-attr]
    with pytest.raises(LayerloomError, match="there is no file"):
        Inquiry("find-lr", project, tmp_path).run()


def test_steps_are_those_of_the_data(tmp_path: Path) -> None:
    project = with_training(load_project(small_project(tmp_path)), schedules=(Schedule("one_cycle"),), batch_size=10)
    assert counts_steps(project)
    assert planned(project, Facts("number", target="y", rows={"train": 42})).steps == 5
    assert planned(project, None).steps == 100
    assert not counts_steps(with_training(project, schedules=(Schedule("cosine"),)))
    with pytest.raises(LayerloomError, match="each have 0 epochs"):
        planned(with_training(project, schedules=(Schedule("cosine"), Schedule("step"))), None)
