"""Small series, folders of texts and of sequences, and projects for them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from designer.importing.architectures import start
from designer.importing.brief import Brief
from designer.project.model import Column, Project, Split, TableData, Training, Windows
from tests.helpers.training import write_csv

QUICK = Training(epochs=3, batch_size=16, learning_rate=0.01)
BY_TIME = Split("time", 0.2, 0.2)
BY_SHARE = Split()
FIVE_STEPS = Windows(5)
GOOD = ("lovely", "great", "fine", "happy", "tasty")
BAD = ("awful", "poor", "sad", "broken", "bland")
PLAIN = ("the", "food", "was", "we", "found", "it", "here", "and", "phone")


def write_series(path: Path, days: int = 60, towns: Sequence[str] = ("",), seed: int = 0) -> Path:
    """Days of up to several towns: sales that hang on the day before and on whether it is a holiday, and rain."""
    chance = random.Random(seed)
    rows: list[tuple[object, ...]] = []
    for town in towns:
        value = 50.0
        for day in range(days):
            holiday = int(chance.random() < 0.2)
            value = 0.7 * value + 20 * holiday + chance.gauss(10, 2)
            when = date(2024, 1, 1) + timedelta(days=day)
            rows.append((town, when.isoformat(), round(value, 3), round(chance.random(), 3), holiday))
    return write_csv(path, ("town", "day", "sales", "rain", "holiday"), rows)


def series_columns(**roles: str) -> tuple[Column, ...]:
    """The columns of ``write_series``: sales from sales and rain, in the order of days, the rest ignored."""
    usual = {"town": "ignored", "day": "time", "sales": "target", "rain": "feature", "holiday": "ignored"}
    kinds = {"town": "category", "day": "date"}
    return tuple(
        Column(name, kinds.get(name, "number"), role)  # type: ignore[arg-type]
        for name, role in {**usual, **roles}.items()
    )


def series_project(
    path: Path, windows: Windows = FIVE_STEPS, split: Split = BY_TIME, targets: int = 1, **roles: str
) -> Project:
    """A project of windows over what ``write_series`` wrote."""
    columns = series_columns(**roles)
    data = TableData(path.name, columns=columns, split=split, samples="windows", windows=windows)
    network = start(Brief("windows", "number", targets * windows.horizon, features=2, length=windows.length))
    return replace(network, data=data, training=QUICK)


def write_sequences(folder: Path, files: int = 24, labels: bool = False) -> Path:
    """Files of unlike length whose values rise or fall, in a folder for each class or with a table of labels."""
    chance = random.Random(1)
    named: list[tuple[object, ...]] = []
    for number in range(files):
        kind = ("down", "up")[number % 2]
        place = folder if labels else folder / kind
        place.mkdir(parents=True, exist_ok=True)
        slope = 0.5 if kind == "up" else -0.5
        steps = [(step, round(slope * step + chance.gauss(0, 0.3), 3)) for step in range(chance.randint(4, 12))]
        write_csv(place / f"{number:02}.csv", ("step", "value"), steps)
        named.append((f"{number:02}.csv", kind, slope))
    if labels:
        write_csv(folder / "labels.csv", ("file", "kind", "slope"), named)
    return folder


def sequences_project(path: Path, split: Split = BY_SHARE, target: Column | None = None, **fields: Any) -> Project:
    """A project for what ``write_sequences`` wrote."""
    wanted = target or Column("class", "category", "target")
    labels = () if target is None else (Column("file", "category", "ignored"),)
    columns = (Column("step", role="time"), Column("value"), *labels, wanted)
    data = TableData(path.name, columns=columns, split=split, samples="files", windows=Windows(**fields))
    kind = "number" if wanted.kind == "number" else "binary"
    network = start(Brief("files", kind, 1, features=1, length=10))  # type: ignore[arg-type]
    return replace(network, data=data, training=QUICK)


def sentences(count: int = 60, seed: int = 0) -> list[tuple[str, str]]:
    """Made-up sentences and whether they are good or bad."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        kind, words = (("good", GOOD), ("bad", BAD))[number % 2]
        parts = [*chance.choices(PLAIN, k=chance.randint(3, 8)), chance.choice(words)]
        chance.shuffle(parts)
        found.append((" ".join(parts).capitalize() + chance.choice(".!"), kind))
    return found


def write_texts(folder: Path, parts: Sequence[str] = ("",)) -> Path:
    """Text files in a folder for each class, beneath folders for ``parts``."""
    for seed, part in enumerate(parts):
        for number, (text, kind) in enumerate(sentences(40, seed)):
            place = folder / part / kind
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{number:02}.txt").write_text(f"{text}\n", encoding="utf-8")
    return folder


def text_project(path: Path, columns: tuple[Column, ...], split: Split = BY_SHARE, **fields: Any) -> Project:
    """A project for texts, the text input with these fields."""
    network = start(Brief("texts", "binary", 2, features=0))
    node = next(node for node in network.graph.nodes.values() if node.type == "text_input")
    nodes = {**network.graph.nodes, node.id: replace(node, fields={**node.fields, **fields})}
    data = TableData(path.name, columns=columns, split=split)
    return replace(network, graph=replace(network.graph, nodes=nodes), data=data, training=QUICK)


REVIEWS = (Column("review", "text", missing="most_frequent", scale="none"), Column("mood", "category", "target"))
FOLDER = (Column("text", "text", missing="most_frequent", scale="none"), Column("class", "category", "target"))
