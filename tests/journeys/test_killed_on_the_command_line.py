"""``layerloom train`` that is killed by ``kill -9`` and gone on with by ``train --resume``: the very same curve."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from designer.__main__ import main
from designer.project.file import save_project
from designer.project.model import Project, Schedule
from designer.training.checkpoint import CHECKPOINT, read_weights
from designer.training.record import read_history
from designer.workspace.places import own_command, own_environment
from designer.workspace.runs import is_finished, list_runs
from tests.helpers.training import class_project, history, with_training

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="signals of Unix")]
KILLS = max(1, int(os.environ.get("LAYERLOOM_KILLS", "20")) // 5)
# at most 200 are trained until the last kill, and some until each is noticed
EPOCHS = 300 if KILLS <= 4 else 500
Output = pytest.CaptureFixture[str]


def some_seconds(folder: Path) -> Path:
    """A project that trains for some seconds: with dropout, a schedule, an average of weights and a last batch."""
    folder.mkdir()
    project: Project = with_training(
        class_project(folder, rows=190), epochs=EPOCHS, patience=0, threads=1, average="ema", learning_rate=0.003
    )
    training = replace(project.training, schedules=(Schedule("cosine", 0, {}),))
    save_project(replace(project, training=training), folder / "animals.loom")
    return folder / "animals.loom"


def start(path: Path, *words: str) -> subprocess.Popen[bytes]:
    """The command, as typed."""
    command = [*own_command(), "train", str(path), *words]
    return subprocess.Popen(command, env=own_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def killed_later(path: Path, more_epochs: int, *words: str) -> None:
    """Train until some more epochs are written down, then kill."""
    training = start(path, *words)
    began = len(read_history(list_runs(path)[0])) if list_runs(path) else 0
    deadline = time.monotonic() + 90
    try:
        while not (list_runs(path) and len(read_history(list_runs(path)[0])) >= began + more_epochs):
            assert training.poll() is None and time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        training.send_signal(signal.SIGKILL)
        assert training.wait(30) in (-signal.SIGKILL, 0)


def assert_same(whole: Path, run: Path) -> None:
    expected, found = read_weights(whole), read_weights(run)
    assert [name for name in expected if not torch.equal(expected[name], found[name])] == []
    assert history(whole) == history(run)
    one, other = (json.loads((folder / "metrics.json").read_text()) for folder in (whole, run))
    assert {part: one[part] for part in ("train", "test")} == {part: other[part] for part in ("train", "test")}


def test_a_killed_command_is_gone_on_with_and_ends_the_same(tmp_path: Path, capsys: Output) -> None:
    whole, path = some_seconds(tmp_path / "whole"), some_seconds(tmp_path / "killed")
    assert main(["train", str(whole)]) == 0
    chance = random.Random(os.environ.get("LAYERLOOM_KILL_SEED", "3"))
    for number in range(KILLS):
        killed_later(path, chance.randint(1, 200 // KILLS), *(["--resume"] if number else []))
    [run] = list_runs(path)
    assert not is_finished(run) and len(read_history(run)) > KILLS

    # what it reads is gone for a while: a sentence, and nothing of the run is touched
    kept, data = (run / CHECKPOINT).read_bytes(), path.parent / "animals.csv"
    data.rename(path.parent / "hidden.csv")
    capsys.readouterr()
    assert main(["train", str(path), "--resume"]) == 1
    why = f"layerloom: The run in {run} cannot go on: its data, “animals.csv”, is no longer where it was ({data}). Put"
    then = "it back there, and the run goes on from its last checkpoint."
    assert capsys.readouterr().err == f"Going on with {run}\n{why} {then}\n"
    assert (run / CHECKPOINT).read_bytes() == kept
    (path.parent / "hidden.csv").rename(data)

    assert main(["train", str(path), "--resume"]) == 0
    assert list_runs(path) == [run]
    assert_same(list_runs(whole)[0], run)
