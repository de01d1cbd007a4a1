"""Tables that name pictures: what is grave in their columns is said, and their columns are set by text."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from designer.project.errors import EditError
from designer.project.model import ImageData, Project
from designer.workspace.settings import set_setting
from designer.workspace.verbs import new
from tests.helpers.mixed import house_columns, houses, write_houses


def roles(project: Project) -> dict[str, str]:
    assert isinstance(project.data, ImageData)
    return {column.name: column.role for column in project.data.columns}


def test_a_column_that_gives_the_answer_away_is_told(tmp_path: Path) -> None:
    table = write_houses(tmp_path, 60)
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*rows[0], "offer"])
        writer.writeheader()
        writer.writerows({**row, "offer": f"{float(row['price']) * 1.2:.2f}"} for row in rows)
    made = new(table, "price", "", tmp_path / "p.loom")
    assert any("“offer”" in note and "price" in note for note in made.notes[3:])


def test_columns_and_targets_are_set_by_text() -> None:
    project = Project(data=houses(house_columns("price", "rooms", "area")))
    assert roles(set_setting(project, "data.columns.rooms.role=ignored"))["rooms"] == "ignored"
    found = roles(set_setting(project, "data.targets=rooms,area"))
    assert [name for name, role in found.items() if role == "target"] == ["rooms", "area"]
    with pytest.raises(EditError, match=r"there are data\.path, data\.split, data\.augment, data\.columns, data"):
        set_setting(project, "data.sheet=one")
