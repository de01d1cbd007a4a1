"""A run that cannot be saved is told of by whoever follows it, and holds up no sweep."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from designer.project.file import load_project
from designer.training.alive import living, write_status
from designer.training.run_files import HISTORY
from designer.workspace import sweep_jobs
from designer.workspace.following import Follower
from designer.workspace.sweeps import Trained, Variation
from designer.workspace.verbs import Job
from tests.helpers.small import small_project

STARTED = {"event": "started", "epochs": 9, "done": 0, "rows": {}, "device": "cpu", "facts": {}}
TROUBLE = {"epoch": 2, "message": "there is no space left (x).", "waiting": True}


def test_whoever_follows_a_run_hears_that_it_is_not_saved(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / HISTORY).write_bytes(b"")
    heard = []
    with living(run):
        write_status(run, {"started": STARTED, "unsaved": TROUBLE})
        follower = Follower(run)
        # who hears nothing of it shall not wait for ever
        late = threading.Timer(20, follower.close)
        late.start()
        for event in follower.events():
            heard.append(event)
            if event["event"] == "unsaved":
                write_status(run, {"started": STARTED, "unsaved": None})
            if event["event"] == "saved":
                follower.close()
        late.cancel()
    assert [event["event"] for event in heard] == ["started", "unsaved", "saved"]
    assert heard[1] == {"event": "unsaved", **TROUBLE}


def test_a_sweep_goes_on_without_a_training_that_waits_for_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    class Trainer:
        def stop(self) -> None:
            asked.append("stop")

    class Pool:
        def __init__(self, heard: Callable[[Path, dict[str, Any]], None], *rest: object) -> None:
            self.heard, self.over = heard, False

        def train(self, run: Path) -> None:
            self.heard(run, {"event": "unsaved", **TROUBLE})

        def order(self, run: Path, order: Callable[[Trainer], None]) -> None:
            order(Trainer())
            self.heard(run, {"event": "failed", "message": "no space left"})
            self.over = True

        def wait(self, seconds: float) -> bool:
            return self.over

        def close(self) -> None:
            asked.append("close")

    monkeypatch.setattr(sweep_jobs, "Pool", Pool)
    monkeypatch.setattr(sweep_jobs, "ROOM_SECONDS", 0.0)
    path = small_project(tmp_path)
    training = Trained(Variation({}), Job(load_project(path), tmp_path / "run", False))
    assert [each.error for each in sweep_jobs.swept_side_by_side([training], 1)] == ["no space left"]
    assert asked == ["stop", "close"]
