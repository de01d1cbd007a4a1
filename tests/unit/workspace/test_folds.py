"""What the runs of a cross-validation say together, and how they are found again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from designer.project.errors import ProjectError
from designer.project.file import save_project
from designer.project.folding import folds_of, for_fold
from designer.project.model import Project, Split, TableData
from designer.project.paths import rebased
from designer.training.errors import RunError
from designer.training.prepare import data_hash
from designer.training.run_files import COPY_NAME, ENVIRONMENT, HISTORY, METRICS_NAME
from designer.workspace import folds as folds_module
from designer.workspace.folds import (
    Folds,
    FoldTurns,
    begun_run,
    being_folded,
    folding,
    folds_with,
    forget_unbegun,
    left_folds,
    left_with,
    next_fold,
    read_folds,
    record_of,
    refuse_other_data,
    together,
    trained_figures,
    write_folds,
)
from tests.helpers.left_folds import latest_folds


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


def begun(run: Path, fold: int, folds: int = 3, **metrics: object) -> Path:
    """A run of one fold that began, and with ``metrics`` came to its end."""
    run.mkdir(parents=True)
    save_project(Project(data=TableData("a.csv", split=Split(folds=folds, fold=fold))), run / COPY_NAME)
    (run / HISTORY).write_text("")
    if metrics:
        (run / METRICS_NAME).write_text(json.dumps(metrics))
    return run


def test_the_record_is_found_and_read_again(tmp_path: Path) -> None:
    runs = tmp_path / "a.runs"
    (runs / "2026-01-01-001").mkdir(parents=True)
    project = Project(data=TableData("a.csv", split=Split(folds=3)))
    folds = Folds(3, (runs / "2026-01-01-001", runs / "2026-01-01-002"), project, tmp_path)
    path = write_folds(folds, [{"test": {"loss": 1.0}}])
    assert path == record_of(folds.runs[0])
    assert latest_folds(runs) == path
    found, record = read_folds(path)
    assert (found.count, found.runs, found.path, found.base) == (3, folds.runs, path, runs)
    # the data is still found from where the record lies
    assert found.project == rebased(project, tmp_path, path) and found.project != project
    assert (record["mean"], record["tested"], record["whole"]) == ({"test": {"loss": 1.0}}, 1, False)
    assert latest_folds(tmp_path / "nowhere") is None
    path.write_text('{"folds": 3}')
    with pytest.raises(ProjectError, match="spoiled"):
        read_folds(path)


def test_a_run_knows_the_folds_that_it_belongs_to(tmp_path: Path) -> None:
    runs = tuple(begun(tmp_path / name, fold) for fold, name in enumerate("ab", start=1))
    write_folds(Folds(3, runs), [{"test": {"loss": 1.0}}, {"test": {"loss": 2.0}}], whole=True)
    (tmp_path / "z.folds.json").write_text("{")
    found = folds_with(tmp_path / "b")
    assert found is not None and found[0] == 2 and found[1]["folds"] == 3
    assert found[1]["mean"] == {"test": {"loss": 1.5}}
    assert folds_with(tmp_path / "c") is None


def test_figures_that_came_after_the_record_are_told_too(tmp_path: Path) -> None:
    runs = (begun(tmp_path / "a", 1, test={"loss": 1.0}), begun(tmp_path / "b", 2, test={"loss": 2.0}))
    write_folds(Folds(3, runs), [{"test": {"loss": 1.0}}])
    found = folds_with(tmp_path / "a")
    assert found is not None and found[1]["mean"] == {"test": {"loss": 1.5}} and found[1]["tested"] == 2


def test_another_training_under_the_name_of_a_fold_that_never_began_is_none_of_them(tmp_path: Path) -> None:
    runs = tmp_path / "a.runs"
    write_folds(Folds(3, (begun(runs / "2026-01-01-001", 1), runs / "2026-01-01-002")), [])
    assert left_folds(tmp_path / "a.loom") is not None
    begun(runs / "2026-01-01-002", 0, 0, test={"loss": 9.0})
    assert folds_with(runs / "2026-01-01-002") is None
    assert left_folds(tmp_path / "a.loom") is None
    left = left_with(runs / "2026-01-01-001")
    assert left is not None and begun_run(left, 2) is None and trained_figures(left) == {}


def test_what_is_left_of_folds(tmp_path: Path) -> None:
    """Fold 1 is trained, fold 2 was stopped, fold 3 never began."""
    runs = tmp_path / "a.runs"
    first = begun(runs / "2026-01-01-001", 1, test={"loss": 1.0}, stopped=False)
    second = begun(runs / "2026-01-01-002", 2, test={"loss": 7.0}, stopped=True)
    project = Project(data=TableData("a.csv", split=Split(folds=3)))
    write_folds(Folds(3, (first, second, runs / "2026-01-01-003"), project, tmp_path), [{"test": {"loss": 1.0}}])
    left = left_folds(tmp_path / "a.loom")
    assert left is not None and not being_folded(left)
    assert trained_figures(left) == {1: {"test": {"loss": 1.0}}}
    assert next_fold(left, trained_figures(left)) == 2
    assert (begun_run(left, 2), begun_run(left, 3)) == (second, None)
    assert left.with_run(3, runs / "2026-01-02-001").runs == (first, second, runs / "2026-01-02-001")
    assert left.with_run(3, runs / "2026-01-02-001").path == left.path
    # whoever deletes a run of folds that are whole is not asked to train it again
    write_folds(left, [{"test": {"loss": 1.0}}] * 3, whole=True)
    assert left_folds(tmp_path / "a.loom") is None


def test_records_of_earlier_versions_are_gone_on_with_as_their_runs_were(tmp_path: Path) -> None:
    runs = tmp_path / "a.runs"
    first = begun(runs / "2026-01-01-001", 1, test={"loss": 1.0})
    record_of(first).write_text(json.dumps({"folds": 3, "runs": [first.name], "mean": {}, "spread": {}}))
    left = left_folds(tmp_path / "a.loom")
    assert left is not None and left.project is not None and folds_of(left.project) == 3 and left.base == first
    record_of(first).write_text(json.dumps({"folds": 1, "runs": [first.name], "mean": {}, "spread": {}}))
    assert left_folds(tmp_path / "a.loom") is None


def test_folds_are_trained_by_one_alone(tmp_path: Path) -> None:
    folds = Folds(3, (begun(tmp_path / "a", 1),))
    write_folds(folds, [])
    assert not being_folded(folds)
    with folding(folds.path):
        assert being_folded(folds)
        with pytest.raises(RunError, match="being trained right now"), folding(folds.path):
            pass
    assert not being_folded(folds)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "a.folds.json"]


def test_other_data_would_not_compare(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    project = Project(data=TableData("a.csv", split=Split(folds=3)))
    folds = Folds(3, (begun(tmp_path / "a", 1),), project, tmp_path)
    refuse_other_data(folds)
    (tmp_path / "a" / ENVIRONMENT).write_text(json.dumps({"data_sha256": data_hash(project, tmp_path)}))
    refuse_other_data(folds)
    (tmp_path / "a.csv").write_text("x,y\n1,3\n")
    with pytest.raises(RunError, match="a cannot go on: the data is no longer"):
        refuse_other_data(folds)


def test_a_record_of_which_nothing_began_is_forgotten(tmp_path: Path) -> None:
    runs = tmp_path / "a.runs"
    runs.mkdir()
    folds = Folds(3, (runs / "2026-01-01-001",))
    write_folds(folds, [])
    forget_unbegun(folds)
    assert not runs.exists()
    begun(runs / "2026-01-01-001", 1)
    path = write_folds(folds, [])
    forget_unbegun(folds)
    assert path.exists()


def test_data_is_read_once_and_only_where_there_is_something_to_compare(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    project = Project(data=TableData("a.csv", split=Split(folds=3)))
    now, read = data_hash(project, tmp_path), []

    def hashed(*arguments: object) -> str:
        read.append(arguments)
        return now

    monkeypatch.setattr(folds_module, "data_hash", hashed)
    turns, folds = FoldTurns(), Folds(3, (), project, tmp_path)
    for fold in (1, 2, 3):
        run = tmp_path / f"run-{fold}"
        folds = turns.note(folds, fold, run, [])
        assert len(read) == min(1, fold - 1)
        begun(run, fold)
        (run / ENVIRONMENT).write_text(json.dumps({"data_sha256": now}))
    # what was changed meanwhile is told by the runs themselves
    (tmp_path / "run-3" / ENVIRONMENT).write_text(json.dumps({"data_sha256": "other"}))
    with pytest.raises(RunError, match="the data is no longer"):
        turns.note(folds, 3, tmp_path / "again", [])
    turns.close()
    assert folds.path.exists() and not being_folded(folds)


def test_a_cross_validation_left_before_anything_began_leaves_no_folder(tmp_path: Path) -> None:
    runs = tmp_path / "a.runs"
    runs.mkdir()
    turns = FoldTurns()
    turns.note(Folds(3), 1, runs / "2026-01-01-001", [])
    turns.close()
    assert not runs.exists()
    # nor one that is noted at the very moment of leaving
    runs.mkdir()
    turns.note(Folds(3), 1, runs / "2026-01-01-001", [])
    assert not runs.exists()


def test_a_first_run_that_goes_on_alone_keeps_its_record(tmp_path: Path) -> None:
    turns = FoldTurns()
    folds = turns.note(Folds(3), 1, tmp_path / "2026-01-01-001", [])
    turns.close(forget=False)
    assert folds.path.exists() and not being_folded(folds)
