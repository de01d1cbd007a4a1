"""A training that the command line leads while it runs in another process: every order is heeded, and kept with it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from designer.__main__ import main
from designer.project.file import load_project
from designer.training.alive import read_status
from designer.training.history import read_changes
from designer.training.record import read_history
from designer.workspace import orders
from designer.workspace.places import own_command, own_environment
from designer.workspace.runs import list_runs
from tests.helpers.small import small_project

LONG = 800_000
Output = pytest.CaptureFixture[str]


def standing(path: Path, training: subprocess.Popen[str], reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Where the training stands, once that is what is waited for."""
    deadline = time.monotonic() + 60
    while True:
        found = read_status(list_runs(path)[0]) if list_runs(path) else {}
        if found and reached(found):
            return found
        assert training.poll() is None and time.monotonic() < deadline, found
        time.sleep(0.05)


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_every_order_is_heeded_by_a_training_elsewhere(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    # on a busy machine a step takes its time
    monkeypatch.setattr(orders, "LONGEST_WAIT", 60.0)
    path = small_project(tmp_path, epochs=LONG, batch_size=16)
    command = [*own_command(), "train", str(path), "--json"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=own_environment(), text=True, **pipes) as training:  # type: ignore[call-overload]
        standing(path, training, lambda found: found["epoch"] > 1)
        assert main(["order", str(path), "pause"]) == 0
        held = standing(path, training, lambda found: found["paused"])
        assert main(["order", str(path), "step-epoch"]) == 0
        ended = standing(path, training, lambda found: found["paused"] and (found["epoch"], found["step"]) != _at(held))
        assert ended["step"] == 0
        capsys.readouterr()
        assert main(["order", str(path), "step"]) == 0
        assert re.search(
            rf"it made one step and waits at epoch {ended['epoch'] + 1:,}, batch 1 of \d+, loss \d",
            capsys.readouterr().out,
        )
        stepped = standing(path, training, lambda found: found["paused"] and _at(found) != _at(ended))
        assert _at(stepped) == (ended["epoch"] + 1, 1)
        assert main(["order", str(path), "set", "training.learning_rate=0.005"]) == 0
        assert main(["order", str(path), "extend", "9"]) == 0
        [run] = list_runs(path)
        deadline = time.monotonic() + 60
        while (kept := load_project(run / "project.loom").training).epochs != LONG + 9:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert kept.learning_rate == 0.005
        assert main(["order", str(path), "resume"]) == 0
        standing(path, training, lambda found: found["epoch"] > ended["epoch"] + 3)
        assert main(["order", str(path), "stop"]) == 0
        printed, told = training.communicate(timeout=60)
    assert training.returncode == 0, told
    assert "Paused" in told
    # recorded in the history, with the place; the project has its own
    [change] = read_changes(run)
    assert (change.epoch, change.step) == _at(stepped)
    assert change.settings == {"learning_rate": 0.005, "epochs": LONG + 9}
    assert load_project(path).training.learning_rate == 0.05
    epochs = json.loads(printed)["epochs"]
    assert [event.epoch for event in read_history(run)] == list(range(1, epochs + 1)), "each epoch once"


def _at(found: dict[str, Any]) -> tuple[int, int]:
    return found["epoch"], found["step"]
