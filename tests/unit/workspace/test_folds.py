"""What the runs of a cross-validation say together, and how they are found again."""

from __future__ import annotations

from pathlib import Path

import pytest

from designer.project.errors import ProjectError
from designer.project.folding import folds_of, for_fold
from designer.project.model import Project, Split, TableData
from designer.workspace.folds import Folds, folds_with, latest_folds, read_folds, record_of, together, write_folds


def test_a_project_asks_for_folds_until_one_is_chosen() -> None:
    project = Project(data=TableData("a.csv", split=Split(folds=5)))
    assert folds_of(project) == 5
    assert folds_of(for_fold(project, 2)) == 0
    assert folds_of(Project()) == 0
    assert folds_of(Project(data=TableData("a.csv"))) == 0


def test_average_and_spread_of_what_every_run_has() -> None:
    figures = [
        {"test": {"accuracy": 0.9, "loss": 1.0}, "validation": {}},
        {"test": {"accuracy": 0.8, "loss": float("nan")}, "validation": {}},
        {"test": {"accuracy": 1.0, "loss": 2.0}, "validation": {}},
    ]
    sums = together(figures)
    assert sums["mean"] == {"test": {"accuracy": pytest.approx(0.9)}}
    assert sums["spread"] == {"test": {"accuracy": pytest.approx(0.1)}}
    assert together([]) == {"mean": {}, "spread": {}}


def test_the_record_is_found_and_read_again(tmp_path: Path) -> None:
    runs = tmp_path / "a.runs"
    (runs / "2026-01-01-001").mkdir(parents=True)
    folds = Folds(3, (runs / "2026-01-01-001", runs / "2026-01-01-002"))
    path = write_folds(folds, [{"test": {"loss": 1.0}}])
    assert path == record_of(folds.runs[0])
    assert latest_folds(runs) == path
    assert read_folds(path)[0] == folds
    assert read_folds(path)[1]["mean"] == {"test": {"loss": 1.0}}
    assert latest_folds(tmp_path / "nowhere") is None
    path.write_text('{"folds": 3}')
    with pytest.raises(ProjectError, match="spoiled"):
        read_folds(path)


def test_a_run_knows_the_folds_that_it_belongs_to(tmp_path: Path) -> None:
    runs = tuple(tmp_path / name for name in ("a", "b"))
    write_folds(Folds(3, runs), [{"test": {"loss": 1.0}}, {"test": {"loss": 2.0}}])
    (tmp_path / "z.folds.json").write_text("{")
    found = folds_with(tmp_path / "b")
    assert found is not None and found[0] == 2 and found[1]["folds"] == 3
    assert found[1]["mean"] == {"test": {"loss": 1.5}}
    assert folds_with(tmp_path / "c") is None
