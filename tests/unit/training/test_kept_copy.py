"""More epochs that cannot begin, or of which nothing is saved, leave a run with the epochs that it ended with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from designer.__main__ import main
from designer.project import file
from designer.project.errors import ProjectError
from designer.project.file import load_project
from designer.training import run
from designer.training import steered as module
from designer.training.events import Finished, RunEvent
from designer.training.kept_end import BEFORE, take_copy_back
from designer.training.run_files import COPY_NAME, METRICS_NAME
from designer.training.steered import steered
from designer.training.steering import Steering
from designer.workspace.inline import InlineTrainer
from designer.workspace.orders import extended
from designer.workspace.runs import list_runs
from designer.workspace.trained_copy import save_trained_copy
from tests.helpers.small import small_project


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
            assert load_project(ended / COPY_NAME).training.epochs == 9
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
        raise ProjectError("There is no space left on the disk.")

    monkeypatch.setattr(file, "atomic_write", full)
    with pytest.raises(ProjectError, match="no space left"):
        save_trained_copy(project, ended, ended)
    is_as_it_ended(ended, before)


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
    save_trained_copy(extended(ended, 4), ended, ended)
    assert kept.exists()
    written = copy.stat().st_mtime_ns
    os.utime(metrics, ns=(written + 10**9, written + 10**9))
    take_copy_back(ended)
    assert load_project(copy).training.epochs == 7 and not kept.exists()
