"""kill -9 at random moments: resuming ends in the same weights, bit for bit, and no file is ever torn."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
from pathlib import Path

import pytest
import torch

from designer.training.checkpoint import read_checkpoint, read_weights
from tests.helpers.killing import train_until_call
from tests.helpers.training import class_project, history, train_in_child, trained, with_training

KILLS = int(os.environ.get("LAYERLOOM_KILLS", "20"))
# a quarter as many fall into the middle of a write
WRITES = max(1, KILLS // 4)

pytestmark = pytest.mark.timeout(240 + 8 * KILLS)


@pytest.fixture(scope="module")
def processes() -> multiprocessing.context.ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    modules = [
        "pandas",
        "torch",
        "torch.fx.experimental.proxy_tensor",
        "torch._dynamo",
        "tests.helpers.training",
        "tests.helpers.killing",
        "designer.training.run",
        "safetensors.torch",
    ]
    context.set_forkserver_preload(modules)
    return context


@pytest.mark.usefixtures("every_epoch")
def test_a_run_killed_at_random_moments_ends_as_if_it_never_was(
    tmp_path: Path, processes: multiprocessing.context.ForkServerContext
) -> None:
    project = with_training(class_project(tmp_path, rows=180), epochs=150, patience=150, learning_rate=0.01)
    whole, run = tmp_path / "whole", tmp_path / "killed"
    metrics = trained(project, tmp_path, whole)
    chance = random.Random(os.environ.get("LAYERLOOM_KILL_SEED", "0"))
    reached: list[int] = []
    while len(reached) < KILLS:
        begun = processes.Event()
        child = processes.Process(target=train_in_child, args=(project, tmp_path, run, begun))
        child.start()
        assert begun.wait(60)
        child.join(chance.uniform(0, metrics["seconds"] / 3))
        child.kill()
        child.join()
        if child.exitcode == 0:
            assert_same(whole, run)
            shutil.rmtree(run)
            continue
        assert child.exitcode == -9
        checkpoint = read_checkpoint(run)
        assert checkpoint is None or all(tensor.isfinite().all() for tensor in checkpoint.weights.values())
        reached.append(checkpoint.epoch if checkpoint else 0)
    print(f"killed with checkpoints of epochs {reached}")
    trained(project, tmp_path, run, resume=(run / "history.jsonl").exists())
    assert_same(whole, run)


@pytest.mark.usefixtures("every_epoch")
def test_a_run_killed_while_a_checkpoint_is_written_ends_as_if_it_never_was(
    tmp_path: Path, processes: multiprocessing.context.ForkServerContext
) -> None:
    project = with_training(class_project(tmp_path, rows=180), epochs=12 + 3 * WRITES, patience=0, learning_rate=0.01)
    whole, run = tmp_path / "whole", tmp_path / "killed"
    trained(project, tmp_path, whole)
    chance = random.Random(os.environ.get("LAYERLOOM_KILL_SEED", "1"))
    reached = []
    for _ in range(WRITES):
        call, number = chance.choice(("fsync", "replace")), chance.randint(1, 12)
        child = processes.Process(target=train_until_call, args=(project, tmp_path, run, call, number))
        child.start()
        child.join(120)
        assert child.exitcode == -9, (call, number)
        checkpoint = read_checkpoint(run)
        assert checkpoint is None or all(tensor.isfinite().all() for tensor in checkpoint.weights.values())
        reached.append(checkpoint.epoch if checkpoint else 0)
    assert reached == sorted(reached), "no checkpoint is ever lost again"
    trained(project, tmp_path, run, resume=True)
    assert_same(whole, run)


def assert_same(whole: Path, run: Path) -> None:
    expected, found = read_weights(whole), read_weights(run)
    assert expected.keys() == found.keys()
    assert [name for name in expected if not torch.equal(expected[name], found[name])] == []
    assert history(whole) == history(run)
    one, other = (json.loads((folder / "metrics.json").read_text()) for folder in (whole, run))
    assert one["test"] == other["test"]
    assert [path.name for path in run.iterdir() if path.suffix == ".tmp"] == []
