"""The forecast of time and memory against what training then takes, each in a process of its own."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from designer.project.file import save_project
from designer.project.model import ImageData, Project, Split, Training
from designer.workspace.places import own_command, own_environment
from tests.helpers.graphs import chain
from tests.helpers.pictures import write_classes
from tests.helpers.rounds import rounds
from tests.helpers.training import class_project

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(600)]

ROUNDS = 5
WITHIN = 1.3
# runs a command and adds the most bytes that it ever held to what it says
MEASURED = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
assert done.returncode == 0, done.stderr
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
print(json.dumps(json.loads(done.stdout) | {"peak": peak}))
"""


def said(*words: str) -> dict[str, Any]:
    """What a command of Layerloom answers, and its ``peak`` of memory."""
    environment = {**own_environment(), "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "passive"}
    command = [sys.executable, "-c", MEASURED, *own_command(), *words, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def short_table(folder: Path) -> Project:
    """Epochs of a few milliseconds, many of which the dry run sees."""
    return class_project(folder, Training(epochs=400, batch_size=16, device="cpu", keep_best=True), rows=900)


def long_table(folder: Path) -> Project:
    """Epochs longer than the dry run, which sees but a part of the first."""
    return class_project(folder, Training(epochs=2, batch_size=2, device="cpu"), rows=20_000)


def pictures(folder: Path) -> Project:
    """Convolutions, with steps of many milliseconds and much that is kept for the way back."""
    write_classes(folder / "pictures", count=150, side=32)
    return chain(
        ("image_input", {"height": 48, "width": 48, "mode": "colour"}),
        ("conv2d", {"out_channels": 32, "padding": 1}),
        "relu",
        ("conv2d", {"out_channels": 32, "padding": 1}),
        "relu",
        "max_pool2d",
        "flatten",
        ("linear", {"out_features": 3}),
        ("output", {"loss": "cross_entropy"}),
        project=Project(
            data=ImageData("pictures", Split(seed=1)), training=Training(epochs=4, batch_size=64, device="cpu")
        ),
    )


def away(ratio: float) -> float:
    """How far a ratio is from 1, in either direction."""
    return abs(math.log(ratio))


@pytest.mark.parametrize("make", [short_table, long_table, pictures])
def test_time_and_memory_are_as_foretold(tmp_path: Path, make: Any) -> None:
    path = tmp_path / "p.loom"
    project = make(tmp_path)
    save_project(replace(project, training=replace(project.training, patience=0)), path)
    seconds: list[float] = []
    memory: list[float] = []

    def as_foretold() -> bool:
        # what others do on the machine between the two only drives them apart: the round that it disturbed least counts
        return all(1 / WITHIN <= ratio <= WITHIN for ratio in (min(seconds, key=away), median(memory)))

    for number in rounds(ROUNDS, as_foretold):
        foretold = said("forecast", str(path))
        found = said("train", str(path), "--run", str(tmp_path / f"run {number}"))
        seconds.append(foretold["seconds"] / found["seconds"])
        memory.append(foretold["memory"] / found["peak"])
    print(f"{make.__name__}: time {' '.join(f'{each:.2f}' for each in seconds)}, memory {median(memory):.2f}")
    assert as_foretold(), (seconds, memory)
