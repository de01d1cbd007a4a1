"""A run that is moved away from its project, or whose data is gone, goes on or says what it needs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from designer.__main__ import main
from designer.project.errors import LayerloomError
from designer.training.checkpoint import CHECKPOINT
from designer.training.events import Finished, Started
from designer.training.history import last_epoch
from designer.training.run import train
from designer.training.run_files import METRICS_NAME
from designer.workspace import verbs
from designer.workspace.queue import queue_run
from designer.workspace.runs import is_waiting
from tests.helpers.small import small_project

Output = pytest.CaptureFixture[str]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of five epochs, of which two are trained."""
    path = small_project(tmp_path / "home", epochs=5)
    events = verbs.train(verbs.prepare_run(path))
    assert isinstance(next(events), Started)
    while getattr(next(events), "epoch", 0) < 3:
        pass
    events.close()
    return path


def run_of(project: Path) -> Path:
    [run] = project.with_suffix(".runs").iterdir()
    return run


def test_a_run_that_was_moved_finds_the_data_of_its_project(project: Path, tmp_path: Path, capsys: Output) -> None:
    moved = tmp_path / "other" / "disk" / "run"
    moved.parent.mkdir(parents=True)
    shutil.move(run_of(project), moved)
    assert main(["train", str(project), "--resume", "--run", str(moved)]) == 0
    assert (moved / METRICS_NAME).exists()
    # it knows the place from now on
    assert main(["evaluate", str(moved)]) == 0
    capsys.readouterr()


def test_runs_that_were_moved_behind_a_link_find_the_data_of_their_project(project: Path, tmp_path: Path) -> None:
    runs, disk = project.with_suffix(".runs"), tmp_path / "large" / "disk"
    disk.parent.mkdir()
    shutil.move(runs, disk)
    runs.symlink_to(disk, target_is_directory=True)
    assert main(["train", str(project), "--resume"]) == 0
    assert (run_of(project) / METRICS_NAME).exists()


def test_other_data_at_the_place_of_the_project_is_not_taken(project: Path, tmp_path: Path, capsys: Output) -> None:
    moved = tmp_path / "other" / "disk" / "run"
    moved.parent.mkdir(parents=True)
    shutil.move(run_of(project), moved)
    data = project.parent / "line.csv"
    data.write_text(data.read_text() + "0.1,0.2,0.9\n")
    assert main(["train", str(project), "--resume", "--run", str(moved)]) == 1
    said = capsys.readouterr().err
    assert f"“line.csv”, has changed since it was started ({data})" in said


@pytest.mark.parametrize("gone", ["data", "folder"])
def test_data_that_is_gone_is_told_with_what_to_do_and_costs_nothing(project: Path, gone: str, capsys: Output) -> None:
    run, data = run_of(project), project.parent / "line.csv"
    kept, away = (run / CHECKPOINT).read_bytes(), data.with_suffix(".away")
    data.rename(away)
    if gone == "folder":
        project.unlink()
        project = run / "project.loom"
    assert main(["train", str(project), "--resume", "--run", str(run)]) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said == (
        f"layerloom: The run in {run} cannot go on: its data, “line.csv”, is no longer where it was ({data}). Put it"
        " back there, and the run goes on from its last checkpoint."
    )
    assert (run / CHECKPOINT).read_bytes() == kept
    away.rename(data)
    assert main(["train", str(project), "--resume", "--run", str(run)]) == 0


def test_of_a_finished_run_it_is_said_which_other_one_can_be_gone_on_with(project: Path, capsys: Output) -> None:
    """Another run was begun and came to its end since, or the clock was set back."""
    first = run_of(project)
    assert main(["train", str(project)]) == 0
    capsys.readouterr()
    assert main(["train", str(project), "--resume"]) == 1
    said = capsys.readouterr().err
    assert said.endswith(f"One was interrupted: go on with it by --run {first}\n")
    assert main(["train", str(project), "--resume", "--run", str(first)]) == 0
    capsys.readouterr()
    assert main(["train", str(project), "--resume"]) == 1
    assert "interrupted" not in capsys.readouterr().err


def test_of_a_run_that_lies_ready_it_is_said_how_it_is_trained(project: Path, capsys: Output) -> None:
    """As those of a sweep that was killed before their turn came."""
    ready = verbs.prepare_run(project, ("training.seed=7",)).folder
    assert main(["train", str(project), "--resume", "--run", str(ready)]) == 1
    assert capsys.readouterr().err == f"layerloom: {ready} has not begun; train it by layerloom queue {ready}\n"
    assert ready.exists()


def test_a_finished_run_is_given_more_epochs_than_it_has_or_stays_as_it_is(project: Path, capsys: Output) -> None:
    run = run_of(project)
    assert main(["train", str(project), "--resume"]) == 0
    before = {path: path.read_bytes() for path in sorted(run.rglob("*")) if path.is_file()}
    capsys.readouterr()
    for words in (["--epochs", "4"], ["--set", "training.learning_rate=0.5"]):
        assert main(["train", str(project), "--resume", *words]) == 1
        assert "is finished after 5 epochs" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in sorted(run.rglob("*")) if path.is_file()} == before
    assert main(["train", str(project), "--resume", "--epochs", "6"]) == 0


def test_a_run_that_stopped_early_is_given_what_it_goes_on_with_or_stays_as_it_is(
    tmp_path: Path, capsys: Output
) -> None:
    project = small_project(tmp_path, epochs=40, patience=1, learning_rate=0.5)
    list(verbs.train(verbs.prepare_run(project)))
    run = run_of(project)
    done = last_epoch(run)
    assert 0 < done < 39, "else it did not stop early"
    before = {path: path.read_bytes() for path in sorted(run.rglob("*")) if path.is_file()}
    for words in (["--set", "training.learning_rate=0.001"], ["--epochs", "40"]):
        assert main(["train", str(project), "--resume", *words]) == 1
        assert f"was stopped early after {done} epochs" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in sorted(run.rglob("*")) if path.is_file()} == before
    # what was said helps
    for words in (["--epochs", "39"], ["--epochs", "40"], ["--set", "training.patience=2"]):
        assert main(["train", str(project), "--resume", *words]) == 0
        assert last_epoch(run) > done
        done = last_epoch(run)
    assert main(["train", str(project), "--resume", "--set", "training.patience=0"]) == 0
    assert last_epoch(run) == 40


def test_a_run_that_was_stopped_in_its_first_epoch_goes_on_to_all_of_them(tmp_path: Path, capsys: Output) -> None:
    project = small_project(tmp_path, epochs=3, batch_size=8)
    job, stopping = verbs.prepare_run(project), iter([False, False, True])
    *_, end = train(job.project, job.folder, job.folder, stopping=lambda: next(stopping))
    assert isinstance(end, Finished) and end.stopped and end.metrics["epochs"] == 0
    assert main(["train", str(project), "--resume", "--epochs", "3"]) == 0
    assert "3 epochs in" in capsys.readouterr().out


def test_a_run_whose_new_settings_are_refused_still_waits_for_its_turn(project: Path) -> None:
    run = run_of(project)
    queue_run(run, project)
    with pytest.raises(LayerloomError, match="learning_rate"):
        verbs.prepare_run(project, ("training.learning_rate=fast",), resume=True, run=run)
    assert is_waiting(run)
    verbs.prepare_run(project, ("training.learning_rate=0.01",), resume=True, run=run)
    assert not is_waiting(run)
