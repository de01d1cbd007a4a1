"""More epochs that cannot begin, or of which nothing is saved, leave a run with the epochs that it ended with."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from designer.__main__ import main
from designer.project import file
from designer.project.errors import ProjectError
from designer.project.file import load_project, save_project
from designer.training import alive, kept_end, run
from designer.training import steered as module
from designer.training.alive import living
from designer.training.changes import with_changes
from designer.training.events import Finished, RunEvent
from designer.training.kept_end import BEFORE, KeptEnd
from designer.training.run_files import COPY_NAME, METRICS_NAME
from designer.training.steered import steered
from designer.training.steering import Steering
from designer.training.trainer import Job, do_job
from designer.workspace.inline import InlineTrainer
from designer.workspace.orders import extended
from designer.workspace.runs import list_runs, new_run_folder
from designer.workspace.trained_copy import copy_for
from tests.helpers.small import small_project

NOBODY = 2**31 - 2


@pytest.fixture
def ended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A finished run of 3 epochs."""
    path = small_project(tmp_path, epochs=3)
    assert main(["train", str(path)]) == 0
    capsys.readouterr()
    return list_runs(path)[0]


def is_as_it_ended(folder: Path, before: bytes) -> None:
    assert (folder / COPY_NAME).read_bytes() == before and load_project(folder / COPY_NAME).training.epochs == 3
    assert (folder / METRICS_NAME).exists() and not list(folder.glob("*.before"))


def take_data_away(folder: Path) -> Path:
    data = folder.parents[1] / "line.csv"
    return data.rename(data.with_suffix(".away"))


def test_what_the_command_cannot_begin_changes_nothing(ended: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, away = (ended / COPY_NAME).read_bytes(), take_data_away(ended)
    assert main(["order", str(ended), "extend", "4"]) == 1
    assert "line.csv" in capsys.readouterr().err
    is_as_it_ended(ended, before)
    away.rename(away.with_suffix(".csv"))
    assert main(["order", str(ended), "extend", "4"]) == 0
    assert load_project(ended / COPY_NAME).training.epochs == 7 and not list(ended.glob("*.before"))


def test_what_the_trainer_of_a_window_cannot_begin_changes_nothing(ended: Path) -> None:
    before = (ended / COPY_NAME).read_bytes()
    take_data_away(ended)
    trainer = InlineTrainer()
    trainer.start()
    try:
        trainer.train(extended(ended, 4), ended, ended, resume=True)
        assert next(event for event in trainer.events() if event["event"] == "failed")
    finally:
        trainer.close()
    is_as_it_ended(ended, before)


@pytest.mark.parametrize("links", [True, False])
def test_more_epochs_asked_for_at_the_very_end_that_cannot_begin_change_nothing(
    ended: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    """The order comes when the last epoch is over and written down; what follows does not find its data."""
    steering, calls = Steering(), list[bool]()
    if not links:

        def refuse(*paths: object) -> None:
            raise OSError("there are no links on this disk")

        monkeypatch.setattr(os, "link", refuse)

    def train(*arguments: Any) -> Iterator[RunEvent]:
        calls.append(True)
        if len(calls) == 2:
            assert arguments[0].training.epochs == 9 and load_project(ended / COPY_NAME).training.epochs == 5
            raise ProjectError("The data is gone.")
        for event in run.train(*arguments):
            if isinstance(event, Finished):
                steering.order("extend", {"epochs": 4})
            yield event

    monkeypatch.setattr(module, "train", train)
    with pytest.raises(ProjectError, match="data is gone"):
        list(steered(extended(ended, 2), ended, ended, True, steering))
    assert len(calls) == 2 and load_project(ended / COPY_NAME).training.epochs == 5
    assert (ended / METRICS_NAME).exists() and not list(ended.glob("*.before"))


def test_a_front_that_can_write_nothing_changes_nothing(ended: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, project = (ended / COPY_NAME).read_bytes(), extended(ended, 4)

    def full(path: object, data: object) -> None:
        raise ProjectError(f"There is no space left on the disk (cannot write {path}).")

    monkeypatch.setattr(file, "atomic_write", full)
    with pytest.raises(ProjectError, match=r"no space left.*project\.loom"):
        copy_for(os.getpid(), project, ended, ended, True)
    is_as_it_ended(ended, before)


def test_a_run_stays_as_it_ended_where_front_and_trainer_die_before_it_goes_on(ended: Path) -> None:
    """What was prepared for a trainer stays for as long as that lives, whoever tidies meanwhile."""
    before, project = (ended / COPY_NAME).read_bytes(), extended(ended, 4)
    living = copy_for(os.getppid(), project, ended, ended, True)
    left = copy_for(NOBODY, project, ended, ended, True)
    assert load_project(living).training.epochs == load_project(left).training.epochs == 7
    is_as_it_ended(ended, before)
    new_run_folder(ended.parent.with_suffix(".loom"))
    assert living.exists() and not left.exists()
    is_as_it_ended(ended, before)


def test_a_trainer_takes_away_what_it_was_handed(ended: Path) -> None:
    copy = copy_for(os.getpid(), extended(ended, 4), ended, ended, True)
    assert do_job(Job(copy, ended, ended, True), lambda line: None)
    assert not copy.exists() and load_project(ended / COPY_NAME).training.epochs == 7
    own = ended.parents[1] / "line.loom"
    assert not do_job(Job(own, own.parent, ended, False), lambda line: None) and own.exists()


def test_the_copy_of_a_run_that_another_process_trains_is_not_touched(
    ended: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two windows go on with one run at once: what the second one asked for is refused, and nothing is left of it."""
    monkeypatch.setattr(alive, "CLAIM_SECONDS", 0.0)
    changed = with_changes(extended(ended, 4), {"learning_rate": 0.5})
    for event in steered(extended(ended, 4), ended, ended, True, Steering()):
        if type(event).__name__ == "Step":
            before = (ended / COPY_NAME).read_bytes()
            said: list[Mapping[str, Any]] = []
            copy = copy_for(os.getpid(), changed, ended, ended, True)
            assert not do_job(Job(copy, ended, ended, True), said.append)
            assert "is being trained right now" in said[-1]["message"]
            assert (ended / COPY_NAME).read_bytes() == before and not copy.exists()
            break


@pytest.mark.parametrize("ends", [1, 2, 3, 4])
def test_a_kill_while_the_end_is_put_aside_leaves_a_run_that_is_as_it_was_or_goes_on(
    ended: Path, monkeypatch: pytest.MonkeyPatch, ends: int
) -> None:
    """Killed before so many files have their other names; whoever tidies, or extends, finds a whole run."""
    before, project, done = (ended / COPY_NAME).read_bytes(), extended(ended, 4), list[bool]()

    def counted(what: Callable[..., Any]) -> Callable[..., Any]:
        def act(*arguments: Any) -> Any:
            done.append(True)
            if len(done) >= ends:
                raise KeyboardInterrupt
            return what(*arguments)

        return act

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(kept_end.os, "link", counted(os.link))
        patched.setattr(Path, "replace", counted(Path.replace))
        KeptEnd(ended).put_aside()
    new_run_folder(ended.parent.with_suffix(".loom"))
    assert (ended / COPY_NAME).read_bytes() == before
    if ends <= 2:
        is_as_it_ended(ended, before)
    list(steered(project, ended, ended, True, Steering()))
    assert load_project(ended / COPY_NAME).training.epochs == 7 and not list(ended.glob("*.before"))


def test_a_run_that_goes_on_after_a_kill_keeps_what_it_was_asked_for(ended: Path) -> None:
    for event in steered(extended(ended, 4), ended, ended, True, Steering()):
        if type(event).__name__ == "Epoch":
            # a kill leaves everything as it is now
            assert not (ended / METRICS_NAME).exists()
            assert load_project(ended / COPY_NAME).training.epochs == 7
    assert load_project(ended / COPY_NAME).training.epochs == 7 and not list(ended.glob("*.before"))


def test_an_end_that_was_written_after_it_is_the_end_of_what_the_run_went_on_with(ended: Path) -> None:
    """Killed between the end of seven epochs and the removal of the name that the project of three was kept under."""
    copy, kept, metrics = ended / COPY_NAME, ended / (COPY_NAME + BEFORE), ended / METRICS_NAME
    kept.write_bytes(copy.read_bytes())
    save_project(extended(ended, 4), copy)
    written = copy.stat().st_mtime_ns
    os.utime(metrics, ns=(written + 10**9, written + 10**9))
    new_run_folder(ended.parent.with_suffix(".loom"))
    assert load_project(copy).training.epochs == 7 and not kept.exists()


def test_a_copy_that_an_earlier_version_left_beside_an_end_is_the_one_of_that_end(ended: Path) -> None:
    """Its front wrote the new one, and died with its trainer before the run went on."""
    before, copy = (ended / COPY_NAME).read_bytes(), ended / COPY_NAME
    copy.replace(ended / (COPY_NAME + BEFORE))
    save_project(with_changes(load_project(ended / (COPY_NAME + BEFORE)), {"epochs": 7}), copy)
    written = (ended / METRICS_NAME).stat().st_mtime_ns
    os.utime(copy, ns=(written + 10**9, written + 10**9))
    with living(ended):
        new_run_folder(ended.parent.with_suffix(".loom"))
        assert load_project(copy).training.epochs == 7, "somebody is at it"
    new_run_folder(ended.parent.with_suffix(".loom"))
    is_as_it_ended(ended, before)
