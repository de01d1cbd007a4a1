"""A run whose folder vanishes or whose disk is full while it trains: nothing is made anew, and nothing is lost."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from designer.project.errors import ProjectError
from designer.project.file import save_project
from designer.project.model import Project
from designer.runtime.events import Epoch
from designer.training import record, saving
from designer.training.checkpoint import read_checkpoint
from designer.training.events import Changed, Finished, Held, Refused, Saved, SteeredEvent, Unsaved
from designer.training.ladder import Ladder, rungs
from designer.training.run_files import METRICS_NAME
from designer.training.saving import Saving
from designer.training.steered import steered
from designer.training.steering import Steering
from designer.training.telling import Telling
from designer.training.trainer import is_old
from tests.helpers.lacking import fill_disk
from tests.helpers.training import class_project, history, trained, with_training


@pytest.fixture(autouse=True)
def every_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a checkpoint be written after each epoch."""
    monkeypatch.setattr(record, "SHORTEST_INTERVAL", 0.0)
    monkeypatch.setattr(record, "LONGEST_INTERVAL", 0.0)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "runs" / "run").mkdir(parents=True)
    return tmp_path / "runs" / "run"


def begun(project: Project, run: Path) -> Project:
    save_project(project, run / "project.loom")
    return project


def test_a_folder_that_was_moved_is_told_and_never_made_anew(tmp_path: Path, run: Path) -> None:
    project = begun(with_training(class_project(tmp_path), epochs=6, threads=1), run)
    told: list[SteeredEvent] = []
    for event in steered(project, tmp_path, run, False, Steering()):
        told.append(event)
        if isinstance(event, Epoch) and event.epoch == 2:
            run.parent.rename(tmp_path / "elsewhere")
        if isinstance(event, Unsaved) and event.waiting:
            assert not run.parent.exists(), "a ghost of the run was made"
            (tmp_path / "elsewhere").rename(run.parent)
    first, *rest = [event for event in told if isinstance(event, Unsaved | Saved)]
    assert isinstance(first, Unsaved) and first.epoch == 1 and not first.waiting
    assert first.message.startswith("the folder of the run is gone. Move it back") and str(run) in first.message
    assert [type(event).__name__ for event in rest] == ["Unsaved", "Saved"]
    assert isinstance(told[-1], Finished)
    checkpoint = read_checkpoint(run)
    assert checkpoint is not None and checkpoint.epoch == 6
    assert len(history(run)) == 6 and (run / METRICS_NAME).exists()


def test_a_folder_that_was_deleted_is_said_in_the_end(tmp_path: Path, run: Path) -> None:
    project = begun(with_training(class_project(tmp_path), epochs=4, threads=1), run)
    with pytest.raises(ProjectError, match="The folder of the run is gone"):
        for event in steered(project, tmp_path, run, False, Steering(), 0.0):
            if isinstance(event, Epoch) and event.epoch == 2:
                run.rename(tmp_path / "bin")
    assert not run.exists()


def test_a_checkpoint_for_the_ladder_makes_no_run_anew(tmp_path: Path) -> None:
    ladder = Ladder(tmp_path / "moved")
    ladder.keep(1, b"checkpoint")
    ladder.add(2)
    assert not (tmp_path / "moved").exists()
    (tmp_path / "moved").mkdir()
    ladder.keep(2, b"checkpoint")
    assert list(rungs(tmp_path / "moved")) == [2]


def test_what_was_saved_late_is_what_the_training_ended_with(
    tmp_path: Path, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the time there is room, the weights in memory are the best ones, no more those of the last epoch."""
    project = begun(with_training(class_project(tmp_path), epochs=5, threads=1, keep_best=True), run)
    for event in steered(project, tmp_path, run, False, Steering()):
        if isinstance(event, Epoch) and event.epoch == 2:
            fill_disk(monkeypatch)
        if isinstance(event, Unsaved) and event.waiting:
            monkeypatch.undo()
    whole = tmp_path / "whole"
    trained(project, tmp_path, whole)
    late, expected = read_checkpoint(run), read_checkpoint(whole)
    assert late is not None and expected is not None and late.epoch == expected.epoch == 5
    assert all(late.weights[name].equal(expected.weights[name]) for name in expected.weights)


def test_settings_do_not_change_while_nothing_can_be_saved(
    tmp_path: Path, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The training would be left to go on from a checkpoint that cannot be written."""
    project = begun(with_training(class_project(tmp_path), epochs=6, threads=1), run)
    steering, told = Steering(), []
    fill_disk(monkeypatch)
    for event in steered(project, tmp_path, run, False, steering):
        told.append(event)
        if isinstance(event, Epoch) and event.epoch == 3:
            steering.order("set", {"settings": {"learning_rate": 0.5}})
        if isinstance(event, Unsaved) and event.waiting:
            monkeypatch.undo()
    [refused] = [event for event in told if isinstance(event, Refused)]
    assert refused.message.startswith("The settings stay as they are for now: there is no space left")
    assert not [event for event in told if isinstance(event, Changed)] and isinstance(told[-1], Finished)


@pytest.mark.parametrize("word", ["pause", "step", "step-epoch"])
def test_nothing_holds_what_is_over_and_waits_for_room(
    tmp_path: Path, run: Path, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    """Held, it would not look any more whether there is room."""
    project = begun(with_training(class_project(tmp_path), epochs=2, threads=1), run)
    fill_disk(monkeypatch)
    steering, told = Steering(), list[SteeredEvent]()
    for event in steered(project, tmp_path, run, False, steering, 60.0):
        told.append(event)
        assert not isinstance(event, Held), "nobody looks for room any more"
        if isinstance(event, Unsaved) and event.waiting:
            steering.order(word)
            monkeypatch.undo()
    assert isinstance(told[-1], Finished) and any(isinstance(event, Saved) for event in told)


def test_more_epochs_are_taken_while_it_waits_for_room(
    tmp_path: Path, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = begun(with_training(class_project(tmp_path), epochs=2, threads=1), run)
    fill_disk(monkeypatch)
    steering, told = Steering(), list[SteeredEvent]()
    for event in steered(project, tmp_path, run, False, steering, 60.0):
        told.append(event)
        if isinstance(event, Unsaved) and event.waiting:
            steering.order("extend", {"epochs": 3})
            monkeypatch.undo()
    assert isinstance(told[-1], Finished) and told[-1].metrics["epochs"] == 5


def test_what_others_do_in_their_turns_is_no_waiting(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that takes turns with others, whose epochs are long, is given as many tries as one that trains alone."""
    clock, waits = [0.0], list[float]()
    monkeypatch.setattr(saving.time, "monotonic", lambda: clock[0])

    def waiting(seconds: float) -> bool:
        waits.append(seconds)
        clock[0] += 1.0
        return seconds < 3.0

    def write() -> None:
        raise ProjectError("There is no space left.")

    record: Any = SimpleNamespace(folder=run, saved=4, unsaved="")
    (run / "project.loom").touch()
    with pytest.raises(ProjectError, match="no space left"):
        for event in Saving(record, waiting).insist(write):
            assert isinstance(event, Unsaved) and event.waiting
            clock[0] += 100.0
    assert waits == [0.0, 1.0, 2.0, 3.0]


@pytest.mark.parametrize("word", ["stop", "quit"])
def test_an_order_ends_the_waiting(tmp_path: Path, run: Path, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    project = begun(with_training(class_project(tmp_path), epochs=2, threads=1), run)
    fill_disk(monkeypatch)
    steering = Steering()
    steering.order("stop")
    waits = []

    def follow() -> None:
        for event in steered(project, tmp_path, run, False, steering):
            if isinstance(event, Unsaved) and event.waiting:
                waits.append(event)
                if len(waits) == 2:
                    steering.order(word)

    if word == "stop":
        with pytest.raises(ProjectError, match="no space left"):
            follow()
    else:
        follow()
    assert len(waits) == 2, "the stop of before is no giving up"


def test_more_epochs_on_a_full_disk_cost_a_run_nothing_that_it_had(
    tmp_path: Path, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = with_training(class_project(tmp_path), epochs=3, threads=1)
    trained(project, tmp_path, run)
    before = {path.name: path.read_bytes() for path in run.iterdir() if path.name in ENDED}
    assert set(before) == ENDED
    fill_disk(monkeypatch)
    with pytest.raises(ProjectError, match="no space left"):
        for event in steered(with_training(project, epochs=6), tmp_path, run, True, Steering(), 0.0):
            assert not (run / METRICS_NAME).exists() or not isinstance(event, Epoch), "a run that goes on has no end"
    assert {path.name: path.read_bytes() for path in run.iterdir() if path.name in ENDED} == before
    assert len(history(run)) == 3 and not list(run.glob("*.before"))
    monkeypatch.undo()
    assert trained(with_training(project, epochs=6), tmp_path, run, resume=True)["epochs"] == 6
    assert not list(run.glob("*.before")) and len(history(run)) == 6


def test_a_trainer_tells_of_it_in_lines() -> None:
    telling = Telling()
    assert telling.line(Unsaved(3, "why", True)) == {"event": "unsaved", "epoch": 3, "message": "why", "waiting": True}
    assert telling.line(Saved(4)) == {"event": "saved", "epoch": 4}


def test_a_trainer_says_once_that_it_waits_for_room() -> None:
    waits = Unsaved(3, "why", True)
    assert is_old(waits, Unsaved(3, "why", True)) and is_old(Held(), Held())
    assert not is_old(waits, Unsaved(3, "why")) and not is_old(waits, Held()) and not is_old(Held(), waits)


ENDED = {METRICS_NAME, "results.json", "weights.safetensors", "project.loom"}
