"""Folders of sequences, several of the same person, told by name, by folder, by a table of labels or inside."""

from __future__ import annotations

import csv
import random
from dataclasses import replace
from pathlib import Path

from designer.project.model import Column, Project, Split
from tests.helpers.series import sequences_project
from tests.helpers.training import write_csv

PERSONS = ("anna", "bert", "carl", "dora", "emil", "fritz", "gerda", "hans", "ida", "jan")
EACH = 4


def write_persons(folder: Path, how: str) -> Path:
    """Four sequences of each of ten persons, two rising and two falling; ``how`` is name, folder, labels or inside."""
    chance = random.Random(2)
    told: list[tuple[object, ...]] = []
    for person in PERSONS:
        for number in range(EACH):
            kind = ("down", "up")[number % 2]
            slope = (-0.5, 0.5)[number % 2]
            steps = [(step, round(slope * step + chance.gauss(0, 0.3), 3)) for step in range(chance.randint(4, 9))]
            inside = how == "inside"
            name = {
                "name": f"{kind}/{person}_{number}.csv",
                "folder": f"{kind}/{person}/{number}.csv",
                "labels": f"recording{len(told):02}.csv",
                "inside": f"{kind}/recording{len(told):02}.csv",
            }[how]
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            head = ("step", "value", *(["person"] if inside else []))
            write_csv(folder / name, head, [(*step, *([person] if inside else [])) for step in steps])
            told.append((name, person, kind))
    if how == "labels":
        write_csv(folder / "labels.csv", ("file", "person", "kind"), told)
    return folder


GROUPS = {"name": "part 1 of the name", "folder": "folder of the file", "labels": "person", "inside": "person"}


def grouped_project(folder: Path, how: str, split: Split | None = None) -> Project:
    """A project of such files, split by person."""
    target = Column("kind", "category", "target") if how == "labels" else None
    project = sequences_project(folder, target=target, length=8)
    data = project.data
    assert data is not None
    columns = (*data.columns, Column(GROUPS[how], "category", "group"))
    return replace(project, data=replace(data, columns=columns, split=split or Split("group", 0.2, 0.2)))


def person_of(folder: Path, path: str, how: str) -> str:
    """Whose sequence a file is."""
    if how == "inside":
        return Path(path).read_text().splitlines()[1].split(",")[2]
    if how == "labels":
        with (folder / "labels.csv").open(newline="") as file:
            return next(row["person"] for row in csv.DictReader(file) if row["file"] == Path(path).name)
    return Path(path).parent.name if how == "folder" else Path(path).stem.split("_")[0]
