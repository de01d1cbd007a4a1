"""A disk that is full while a run trains: one clear sentence, the last checkpoint as it was, and a run to resume."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from designer.project.file import save_project
from designer.training.checkpoint import CHECKPOINT, read_checkpoint, read_weights
from designer.training.steered import failure_of
from designer.workspace.places import own_environment
from tests.helpers.training import class_project, history, trained, with_training

pytestmark = pytest.mark.skipif(os.name == "nt", reason="limits of Unix")
# trains with a checkpoint after each epoch; after epoch 4 no file can hold more than so many bytes
SCRIPT = """
import resource, sys
from pathlib import Path
from designer.project.errors import LayerloomError
from designer.project.file import load_project
from designer.training import record
from designer.training.steered import steered
from designer.training.steering import Steering
record.SHORTEST_INTERVAL = record.LONGEST_INTERVAL = 0.0
run, limit = Path(sys.argv[1]), int(sys.argv[2])
try:
    for event in steered(load_project(run / "project.loom"), run.parent, run, False, Steering(), 0.0):
        if type(event).__name__ == "Unsaved" and not event.waiting:
            print("unsaved", event.epoch, flush=True)
        if type(event).__name__ == "Epoch":
            print(event.epoch, flush=True)
            if event.epoch == 5:
                (run.parent / "kept").write_bytes((run / "checkpoint.safetensors").read_bytes())
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
except LayerloomError as error:
    print("said:", error, flush=True)
"""


@pytest.mark.parametrize("limit", [0, 100, 1000, 3000])
def test_a_disk_that_stays_full_spoils_nothing_and_the_run_goes_on_later(tmp_path: Path, limit: int) -> None:
    project = with_training(class_project(tmp_path), epochs=9, threads=1)
    run = tmp_path / "run"
    run.mkdir()
    save_project(project, run / "project.loom")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(run), str(limit)],
        env=own_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *lines, said = done.stdout.splitlines()
    assert [line for line in lines if "unsaved" in line] == ["unsaved 4"], "it is said once, and while it trains"
    epochs = [line for line in lines if "unsaved" not in line]
    assert epochs == [str(number) for number in range(1, 10)], "training goes on, and writing is tried again"
    assert said.startswith("said:")
    assert str(run) in said
    assert "disk space" in said
    assert (run / CHECKPOINT).read_bytes() == (tmp_path / "kept").read_bytes(), "the last checkpoint is as it was"
    assert "disk space" in failure_of(run) or limit < 200
    assert not list(run.glob(".layerloom-*"))
    checkpoint = read_checkpoint(run)
    assert checkpoint is not None
    trained(project, tmp_path, run, resume=True)
    trained(project, tmp_path, tmp_path / "whole")
    assert history(run) == history(tmp_path / "whole")
    expected, found = read_weights(tmp_path / "whole"), read_weights(run)
    assert all(torch.equal(expected[name], found[name]) for name in expected)
