"""kill -9 of the window, of the trainer or of both: the run goes on by itself or is resumed, and ends the same.

5 kills on each push; a quarter of LAYERLOOM_KILLS where that is set.
"""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import torch

from designer.project.file import load_project, save_project
from designer.training.alive import is_alive
from designer.training.checkpoint import read_weights
from designer.workspace.following import living_run
from designer.workspace.runs import has_begun, is_finished, new_run_folder
from tests.helpers.killing import front
from tests.helpers.training import class_project, history, trained, with_training

KILLS = max(1, int(os.environ.get("LAYERLOOM_KILLS", "20")) // 4)
SECONDS = 1.5

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(120 + 60 * KILLS),
    pytest.mark.skipif(os.name == "nt", reason="signals of Unix"),
]


def test_whoever_is_killed_the_run_ends_the_same(tmp_path: Path) -> None:
    made = with_training(class_project(tmp_path, rows=600), epochs=250, patience=0, threads=1)
    path = tmp_path / "animals.loom"
    save_project(made, path)
    whole = tmp_path / "whole"
    trained(load_project(path), tmp_path, whole)
    chance = random.Random(os.environ.get("LAYERLOOM_KILL_SEED", "2"))
    run, killed = new_run_folder(path), {"front": 0, "trainer": 0, "both": 0}
    for number in range(KILLS):
        victim = ("front", "trainer", "both")[number % 3]
        with front(path, run) as window:
            assert window.stdout is not None
            line = window.stdout.readline()
            assert line, window.stderr.read() if window.stderr else ""
            trainer = psutil.Process(int(line))
            time.sleep(chance.uniform(0, SECONDS))
            for name, pid in (("front", window.pid), ("trainer", trainer.pid)):
                # a quick training may be over by itself
                with suppress(ProcessLookupError):
                    if victim in (name, "both"):
                        os.kill(pid, signal.SIGKILL)
            window.wait(30)
        killed[victim] += 1
        if victim == "front":
            # killed at once, it is only about to begin
            deadline = time.monotonic() + 60
            while not (is_finished(run) or living_run(path) == run):
                assert time.monotonic() < deadline, "it goes on by itself"
                time.sleep(0.05)
        trainer.wait(120)
        assert not is_alive(run)
        assert not list(run.glob("*.pkl"))
        if is_finished(run):
            assert_same(whole, run)
            run = new_run_folder(path)
        else:
            assert victim != "front", "left alone, it comes to its end"
    if has_begun(run) and not is_finished(run):
        trained(load_project(run / "project.loom"), run, run, resume=True)
        assert_same(whole, run)
    assert sum(killed.values()) == KILLS


def assert_same(whole: Path, run: Path) -> None:
    expected, found = read_weights(whole), read_weights(run)
    assert [name for name in expected if not torch.equal(expected[name], found[name])] == []
    assert history(whole) == history(run)
