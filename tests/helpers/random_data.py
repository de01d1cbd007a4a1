"""Small data of every kind for random networks: what their inputs are fed, and what their outputs may predict."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from designer.project.model import Column, FieldValue, ImageData, Project, Split, TableData, Windows
from tests.helpers.random_catalog import Target
from tests.helpers.training import write_csv

ROWS = 24
Made = Callable[[Path], "Given"]


@dataclass(frozen=True)
class Given:
    """A project with data and no graph yet, the inputs that suit it, and its targets."""

    project: Project
    inputs: Sequence[tuple[str, Mapping[str, FieldValue]]]
    targets: Sequence[Target]


def table_of_everything(folder: Path) -> Given:
    """Numbers, categories as codes and a text, with a count, a number, two classes and three to predict."""
    chance = random.Random(1)
    rows = []
    for number in range(ROWS):
        words = " ".join(chance.choices(("lovely", "poor", "food", "was", "here"), k=chance.randint(1, 6)))
        town, two, three = "ABC"[number % 3], ("yes", "no")[number % 2], ("S", "M", "L")[number // 2 % 3]
        numbers = [round(chance.gauss(0, 1), 3) for _ in range(3)]
        rows.append((*numbers[:2], town, words, chance.randint(0, 9), numbers[2], two, three))
    write_csv(folder / "t.csv", ("a", "b", "town", "note", "count", "worth", "two", "three"), rows)
    columns = (
        Column("a"),
        Column("b", scale="minmax"),
        Column("town", "category", missing="most_frequent", encode="codes"),
        Column("note", "text", missing="most_frequent", scale="none"),
        Column("count", role="target", scale="none"),
        Column("worth", role="target"),
        Column("two", "category", "target", "most_frequent", "none"),
        Column("three", "category", "target", "most_frequent", "none"),
    )
    return Given(
        Project(data=TableData("t.csv", columns=columns)),
        (("table_input", {}), ("codes_input", {}), ("text_input", {"length": 6})),
        (
            Target("number", names=("count",)),
            Target("number", names=("worth",), plain=False),
            Target("number", 2, ("count", "worth"), plain=False),
            Target("binary", 2, ("two",)),
            Target("classes", 3, ("three",)),
        ),
    )


def windows(folder: Path) -> Given:
    """A series, of which the next value is predicted."""
    chance = random.Random(2)
    write_csv(folder / "s.csv", ("t", "v"), [(step, round(chance.gauss(0, 1), 3)) for step in range(40)])
    columns = (Column("t", role="time"), Column("v", role="target"))
    data = TableData("s.csv", columns=columns, split=Split("time"), samples="windows", windows=Windows(6))
    targets = (Target("number", names=("v",), plain=False),)
    return Given(Project(data=data), (("sequence_input", {"length": 6}),), targets)


def files(folder: Path) -> Given:
    """Files of unlike length, with a mask, in two classes."""
    chance = random.Random(3)
    for number in range(ROWS):
        kind = ("down", "up")[number % 2]
        (folder / "signals" / kind).mkdir(parents=True, exist_ok=True)
        steps = [(step, round(chance.gauss(0, 1), 3)) for step in range(chance.randint(3, 7))]
        write_csv(folder / "signals" / kind / f"{number:02}.csv", ("step", "value"), steps)
    columns = (Column("step", role="time"), Column("value"), Column("class", "category", "target"))
    data = TableData("signals", columns=columns, samples="files", windows=Windows(7))
    inputs = (("sequence_input", {"length": 7}), ("mask_input", {"length": 7}))
    return Given(Project(data=data), inputs, (Target("binary", 2, ("class",)),))


def pictures(folder: Path) -> Given:
    """Small pictures in three classes."""
    chance = random.Random(4)
    for number in range(ROWS):
        place = folder / "pictures" / f"class {number % 3}"
        place.mkdir(parents=True, exist_ok=True)
        Image.frombytes("L", (6, 6), chance.randbytes(36)).save(place / f"{number:02}.png")
    inputs = (("image_input", {"height": 6, "width": 6}),)
    return Given(Project(data=ImageData("pictures")), inputs, (Target("classes", 3),))


KINDS: Sequence[Made] = (table_of_everything, windows, files, pictures)
