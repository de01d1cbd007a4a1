"""A sweep of eight settings of one small network beside one run of the tutorial loop, on one thread."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median

import pytest
import torch

from designer.importing.new import draft_project
from designer.project.file import save_project
from designer.workspace.settings import set_settings
from designer.workspace.sweep_jobs import cores, swept_side_by_side
from designer.workspace.sweeps import Trained, load_varied, prepared
from tests.benchmarks.test_step_speed import FEATURES, Record, mlp, noted, table, tutorial_epoch
from tests.helpers.training import write_csv

ROWS, EPOCHS = 10_240, 15
# before the sweep, and as many after it
TUTORIAL_EPOCHS = 5
RATES = "training.learning_rate=0.0001,0.0002,0.0004,0.0008,0.0016,0.0032,0.0064,0.0128"
JOBS = min(8, cores())


def small_network(folder: Path, batch_size: int) -> Path:
    """A project with the network of all figures, 26-64-64-1."""
    inputs, targets = table(ROWS)
    names = [*(f"x{place}" for place in range(FEATURES)), "y"]
    rows = torch.cat([inputs, targets], 1).tolist()
    made = draft_project(write_csv(folder / "table.csv", names, rows), "y", folder / "table.loom")
    settings = (f"training.batch_size={batch_size}", f"training.epochs={EPOCHS}", "training.patience=0")
    save_project(set_settings(made.project, settings), folder / "table.loom")
    return folder / "table.loom"


def seconds_of(trainings: list[Trained]) -> float:
    """Seconds of an epoch of all of them, of which as many are trained at once as there are processes."""
    best = []
    for each in trainings:
        lines = (each.job.folder / "history.jsonl").read_text(encoding="utf-8").splitlines()
        best.append(usual([json.loads(line)["seconds"] for line in lines]))
    return sum(best) / JOBS


def usual(seconds: list[float]) -> float:
    """The median of the faster half: the first captures the graph, and others a busy machine held up."""
    return median(sorted(seconds)[: len(seconds) // 2])


@pytest.mark.alone
@pytest.mark.slow
@pytest.mark.parametrize("batch_size", [32, 256, 1024])
def test_a_sweep_of_eight_against_one_tutorial_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch_size: int, record_property: Record
) -> None:
    """On two cores 1.2 to 1.7 times, the sweep's own validation, journals and checkpoints included."""
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    path = small_network(tmp_path, batch_size)
    project, varied = load_varied(path, (), [RATES])
    trainings = prepared(path, (), varied)
    rows = round(ROWS * (1 - project.data.split.validation - project.data.split.test))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    inputs, targets = table(rows)
    before = [tutorial_epoch(mlp, inputs, targets, batch_size) for _ in range(TUTORIAL_EPOCHS)]
    for _ in swept_side_by_side(trainings, JOBS):
        pass
    after = [tutorial_epoch(mlp, inputs, targets, batch_size) for _ in range(TUTORIAL_EPOCHS)]
    torch.set_num_threads(threads)
    assert all(each.metrics is not None for each in trainings)
    words = f"eight trainings in {JOBS} processes, batch {batch_size}, against one tutorial run"
    found = noted(usual([*before, *after]) / seconds_of(trainings), words, record_property)
    assert found >= (1.0 if JOBS > 1 else 0.5)
