"""Small projects with data, and ways to train them, for tests."""

from __future__ import annotations

import csv
import itertools
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.project.model import Column, Project, Split, TableData, Training
from designer.training import record
from designer.training.events import Finished, Started
from designer.training.run import train
from tests.helpers.graphs import chain

if TYPE_CHECKING:
    from torch import Tensor

HOTELS = [
    (1.0, 148.1, "train"), (2.0, 135.4, "train"), (3.5, 126.0, "train"), (5.0, 118.2, "train"),
    (6.0, 104.9, "train"), (8.0, 96.0, "train"), (9.0, 84.1, "train"), (10.0, 79.9, "train"),
    (4.0, 121.0, "test"), (7.0, 99.0, "test"),
]  # fmt: skip


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """A CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def number_project(folder: Path, training: Training | None = None) -> Project:
    """One linear neuron for a number, split by a column into 8 training and 2 test rows; no validation part."""
    write_csv(folder / "hotels.csv", ("distance", "price", "split"), HOTELS)
    columns = (Column("distance"), Column("price", role="target"), Column("split", "category", "split"))
    data = TableData("hotels.csv", columns=columns, split=Split(by="column", column="split"))
    usual = Training(epochs=20, batch_size=0, optimizer="sgd", learning_rate=0.08)
    network = Project(data=data, training=training or usual)
    return chain("table_input", ("linear", {"out_features": 1}), "output", project=network)


def class_rows(count: int = 90, seed: int = 0) -> list[tuple[object, ...]]:
    """Rows of two numbers, a category with gaps and one of three classes that hangs on the numbers."""
    chance = random.Random(seed)
    rows: list[tuple[object, ...]] = []
    for index in range(count):
        name = ("ant", "bee", "cat")[index % 3]
        x, y = (chance.gauss(centre, 1.0) for centre in ((-2, 0), (2, 0), (0, 3))[index % 3])
        rows.append((round(x, 3), round(y, 3), chance.choice(["red", "blue", ""]), name))
    return rows


def class_project(folder: Path, training: Training | None = None, rows: int = 90) -> Project:
    """A network with dropout and batch normalization for three classes; about 60, 15 and 15 rows."""
    write_csv(folder / "animals.csv", ("x", "y", "colour", "animal"), class_rows(rows))
    columns = (Column("x"), Column("y"), Column("colour", "category"), Column("animal", "category", "target"))
    data = TableData("animals.csv", columns=columns)
    usual = Training(epochs=8, batch_size=16, learning_rate=0.02, seed=3)
    return chain(
        "table_input",
        ("linear", {"out_features": 12}),
        "batch_norm1d",
        "relu",
        ("dropout", {"p": 0.2}),
        ("linear", {"out_features": 3}),
        ("output", {"loss": "cross_entropy"}),
        project=Project(data=data, training=training or usual),
    )


def trained(project: Project, base: Path, run: Path, resume: bool = False) -> dict[str, Any]:
    """Train to the end; the metrics."""
    run.mkdir(parents=True, exist_ok=True)
    *_, last = train(project, base, run, resume)
    assert isinstance(last, Finished)
    return dict(last.metrics)


def interrupted(project: Project, base: Path, run: Path, after: int, resume: bool = False) -> None:
    """Train for so many events, and leave the run as an interruption leaves it."""
    run.mkdir(parents=True, exist_ok=True)
    events = train(project, base, run, resume)
    for _ in itertools.islice(events, after):
        pass
    events.close()


def equal(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    """Whether two state dicts hold the same tensors, bit for bit."""
    import torch

    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def with_training(project: Project, **changes: Any) -> Project:
    """The project with other training settings."""
    return replace(project, training=replace(project.training, **changes))


def history(run: Path) -> list[dict[str, Any]]:
    """The epochs of a run's history without their durations."""
    lines = [json.loads(line) for line in (run / "history.jsonl").read_text().splitlines()]
    lines = [line for line in lines if line["event"] == "epoch"]
    return [{name: value for name, value in line.items() if name != "seconds"} for line in lines]


def train_in_child(project: Project, base: Path, run: Path, begun: Event) -> None:
    """What a process does that will be killed: begin the run, or go on with it, with a checkpoint after each epoch."""
    import torch

    torch.set_num_threads(1)
    record.SHORTEST_INTERVAL = record.LONGEST_INTERVAL = 0.0
    run.mkdir(exist_ok=True)
    for event in train(project, base, run, resume=(run / "history.jsonl").exists()):
        if isinstance(event, Started):
            begun.set()
