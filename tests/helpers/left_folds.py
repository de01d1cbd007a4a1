"""Trainings of three folds, whole or left half-way as by a person who pressed Ctrl-C, and what they say together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from designer.__main__ import main
from designer.cli import training
from designer.project.file import load_project, save_project
from designer.runtime.events import Epoch
from designer.workspace import verbs
from designer.workspace.folds import RECORD, read_folds
from designer.workspace.runs import list_runs, runs_folder
from designer.workspace.settings import set_settings
from tests.helpers.small import small_project

FOLDS = 3


def folded(folder: Path, **settings: object) -> Path:
    """A project that asks for three folds, and whose training hangs on nothing but its seed."""
    made = small_project(folder, epochs=6, threads=1, memory_format="contiguous", **settings)
    save_project(set_settings(load_project(made), [f"data.split.folds={FOLDS}"]), made)
    return made


def leave_in(project: Path, monkeypatch: pytest.MonkeyPatch, fold: int, epochs: int, given: Sequence[str] = ()) -> None:
    """Train the folds, with the options ``given``, until so many epochs of one have ended.

    Where it is none, nothing of that fold ever began.
    """
    whole = training._follow

    def broken(job: verbs.Job, *others: Any) -> Any:
        assert job.project.data is not None
        if job.project.data.split.fold != fold:
            return whole(job, *others)
        with closing(verbs.train(job)) as events:
            while epochs and not (isinstance(event := next(events), Epoch) and event.epoch == epochs):
                pass
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(training, "_follow", broken)
        assert main(["train", str(project), *given]) == 130


def latest_folds(runs: Path) -> Path | None:
    """The newest record of a cross-validation in a folder of runs."""
    found = sorted(runs.glob(f"*{RECORD}")) if runs.is_dir() else []
    return found[-1] if found else None


def said(project: Path) -> dict[str, Mapping[str, Any]]:
    """Average and spread as they are kept of the newest folds, all of which are trained."""
    record = latest_folds(runs_folder(project))
    assert record is not None
    folds, kept = read_folds(record)
    assert kept["whole"] and kept["tested"] == folds.count == len(folds.runs)
    return {name: kept[name] for name in ("mean", "spread")}


def trained_folds(project: Path) -> list[int]:
    """Which fold each run of the project trains, the oldest first; 0 for one that is no fold."""
    found = [load_project(run / "project.loom").data for run in list_runs(project)]
    return [data.split.fold for data in found if data is not None]
