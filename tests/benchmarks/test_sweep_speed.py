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
BATCH_SIZES = (32, 256, 1024)


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


class Eight:
    """Eight learning rates to train with in batches of one size, and the seconds of epochs of the tutorial's loop."""

    def __init__(self, folder: Path, batch_size: int) -> None:
        folder.mkdir()
        path = small_network(folder, batch_size)
        project, varied = load_varied(path, (), [RATES])
        self.batch_size, self.trainings, self.tutorial = batch_size, prepared(path, (), varied), list[float]()
        self.rows = round(ROWS * (1 - project.data.split.validation - project.data.split.test))

    def train_by_the_tutorial(self) -> None:
        """Some epochs of the tutorial's loop, on as many rows."""
        inputs, targets = table(self.rows)
        self.tutorial += [tutorial_epoch(mlp, inputs, targets, self.batch_size) for _ in range(TUTORIAL_EPOCHS)]


@pytest.mark.alone
@pytest.mark.slow
def test_a_sweep_of_eight_against_one_tutorial_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Record
) -> None:
    """On two cores 1.2 to 1.7 times, the sweep's own validation, journals and checkpoints included.

    The sweeps with small, middle and large batches follow each other in the same processes, whose start is not counted.
    """
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    sweeps = [Eight(tmp_path / f"{batch_size}", batch_size) for batch_size in BATCH_SIZES]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    for each in sweeps:
        each.train_by_the_tutorial()
    for _ in swept_side_by_side([training for each in sweeps for training in each.trainings], JOBS):
        pass
    for each in sweeps:
        each.train_by_the_tutorial()
    torch.set_num_threads(threads)
    found = {}
    for each in sweeps:
        assert all(training.metrics is not None for training in each.trainings)
        words = f"eight trainings in {JOBS} processes, batch {each.batch_size}, against one tutorial run"
        found[each.batch_size] = noted(usual(each.tutorial) / seconds_of(each.trainings), words, record_property)
    assert min(found.values()) >= (1.0 if JOBS > 1 else 0.5), found
