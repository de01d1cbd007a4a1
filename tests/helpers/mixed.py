"""Small tables of unlike columns: houses with a photo each, and notes with numbers beside them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from designer.layers.catalog import new_node, ports_of
from designer.project import edits
from designer.project.model import Column, FieldValue, ImageData, Link, Project, Split
from designer.project.rules import free_place
from tests.helpers.graphs import add

GARDENS = ("none", "small", "large")
NOTES = ("a quiet street near the old park", "loud and close to the main station", "bright rooms with a wide view")

# brightness of the photo, rooms, area, garden and note, each at least and less than
ENDS = ((30, 220), (1, 7), (40, 200), (0, 3), (0, 3))
BY_CHANCE = Split(seed=2)


def write_houses(folder: Path, rows: int = 40, side: int = 12, changed: Mapping[tuple[int, str], str] = {}) -> Path:
    """A table of houses whose price goes with the brightness of a photo and with columns; some cells ``changed``."""
    (folder / "photos").mkdir(parents=True)
    path = folder / "houses.csv"
    names = ["photo", "rooms", "area", "garden", "sold", "note", "owner", "part", "count", "kind", "price"]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        for row in range(rows):
            chance = np.random.default_rng(row)
            bright, rooms, area, garden, note = (int(chance.integers(*ends)) for ends in ENDS)
            pixels = chance.normal(bright, 12, (side, side, 3)).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / "photos" / f"{row}.png")
            cells = {
                "photo": f"photos/{row}.png",
                "rooms": str(rooms),
                "area": f"{area}.5",
                "garden": GARDENS[garden],
                "sold": f"{1 + row % 28:02}.{1 + row % 12:02}.20{10 + row % 9}",
                "note": f"{NOTES[note]} number {row}",
                "owner": f"owner {row // 3}",
                "part": ("train", "train", "train", "val", "test")[row % 5],
                "count": str(1 + row % 2),
                "kind": ("hut", "flat", "villa")[(bright > 100) + (rooms > 3)],
                "price": f"{100 * rooms + 2 * area + 3 * bright + 90 * garden}.25",
            }
            writer.writerow({name: changed.get((row, name), cell) for name, cell in cells.items()})
    return path


def house_columns(target: str, *features: str, **roles: str) -> tuple[Column, ...]:
    """The columns of the houses: the photo, the features, the targets (words of ``target``), others by role."""
    kinds = {"photo": "image", "garden": "category", "sold": "date", "note": "text", "owner": "category",
             "part": "category", "kind": "category"}  # fmt: skip
    found = []
    for name in ("photo", "rooms", "area", "garden", "sold", "note", "owner", "part", "count", "kind", "price"):
        kind = kinds.get(name, "number")
        role = "target" if name in target.split() else "feature" if name in features or name == "photo" else "ignored"
        parts = ("year", "month") if kind == "date" else ()
        found.append(Column(name, kind, roles.get(name, role), parts=parts))  # type: ignore[arg-type]
    return tuple(found)


def houses(columns: tuple[Column, ...], split: Split = BY_CHANCE, **more: object) -> ImageData:
    """The settings of the table of houses."""
    return ImageData("houses.csv", split, "table", columns=columns, **more)  # type: ignore[arg-type]


# the layers that make a row of numbers of an input
BETWEEN: Mapping[str, tuple[str, ...]] = {
    "image_input": ("conv2d", "relu", "flatten"),
    "codes_input": ("embedding", "flatten"),
    "text_input": ("embedding_bag",),
}


def merged(branches: Mapping[str, Mapping[str, FieldValue]], outputs: Mapping[str, tuple[int, str]]) -> Project:
    """A network whose inputs, by type, are joined into one hidden layer, and the ``outputs``: width and loss by target.

    With fields of the inputs; of a single output the target is that which the data marks.
    """
    project, ends = Project(), []
    for number, (key, fields) in enumerate(branches.items()):
        last = ""
        for step, layer in enumerate((key, *BETWEEN.get(key, ()))):
            values: dict[str, FieldValue] = {"out_channels": 4} if layer == "conv2d" else {}
            values |= {"embedding_dim": 4} if layer.startswith("embedding") else {}
            project, node = add(project, layer, dict(fields) if not step else values, x=240.0 * step + number)
            project = _linked(project, last, node)
            last = node
        ends.append(last)
    if len(ends) > 1:
        merge = new_node(project.graph, "concatenate", 900.0, 0.0)
        project = edits.add_node(project, merge)
        for end in ends:
            project = _linked(project, end, merge.id)
        ends = [merge.id]
    project, hidden = add(project, "linear", {"out_features": 8}, x=1000.0)
    project = _linked(project, ends[0], hidden)
    for target, (width, loss) in outputs.items():
        project, answer = add(project, "linear", {"out_features": width}, x=1200.0)
        project, output = add(project, "output", {"loss": loss, "target": target if len(outputs) > 1 else ""}, x=1400.0)
        project = _linked(_linked(project, hidden, answer), answer, output)
    return project


def _linked(project: Project, source: str, target: str) -> Project:
    if not source:
        return project
    ports = ports_of(project.graph.nodes[target]).inputs
    return edits.connect(project, Link(source, "out", target, free_place(project.graph, target, ports[0])), ports_of)
