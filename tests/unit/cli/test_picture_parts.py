"""How a table of pictures is divided is told before anything is trained, and so are parts that get no picture."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from designer.__main__ import main
from designer.gui.data.pictures_listing import list_pictures
from designer.gui.data.pictures_looks import looked_through
from designer.importing.data_warnings import data_warnings
from designer.importing.examine import examine
from designer.importing.profiles import ImagesProfile
from designer.project.file import save_project
from designer.project.model import Column, ImageData, Project, Split
from designer.training.prepare import read_data
from tests.helpers.graphs import chain
from tests.helpers.pictures import write_paths, write_pixels

PERSON = Column("person", "category", "group")
PATHS = (
    Column("file", "image"),
    Column("kind", "category", "target"),
    Column("x", role="ignored"),
    Column("y", role="ignored"),
    PERSON,
)


def with_persons(table: Path, persons: int) -> None:
    """Add a column that says of each row which of so many persons it is of."""
    with table.open(newline="") as file:
        head, *rows = list(csv.reader(file))
    with table.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*head, "person"])
        writer.writerows([*row, f"p{place % persons}"] for place, row in enumerate(rows))


def project_of(folder: Path, persons: int, layout: str = "table") -> Project:
    if layout == "table":
        with_persons(write_paths(folder / "list", 24), persons)
        data = ImageData("list/list.csv", Split("group", 0.1, 0.1), "table", columns=PATHS)
    else:
        with_persons(write_pixels(folder / "digits.csv", 24), persons)
        columns = (Column("label", "category", "target"), PERSON)
        data = ImageData("digits.csv", Split("group", 0.1, 0.1), "pixels", columns=columns)
    last = 2 if layout == "table" else 3
    layers = ("flatten", ("linear", {"out_features": last}), ("output", {"loss": "cross_entropy"}))
    return replace(chain(("image_input", {"height": 8, "width": 8, "mode": "grey"}), *layers), data=data)


@pytest.mark.parametrize("layout", ["table", "pixels"])
def test_parts_that_few_groups_leave_empty_are_warned_of(tmp_path: Path, layout: str) -> None:
    project = project_of(tmp_path, 4, layout)
    found = examine(project, tmp_path)
    assert isinstance(found.profile, ImagesProfile)
    assert found.profile.divided is not None
    assert found.profile.divided.rows == read_data(project, tmp_path).facts.rows
    assert found.profile.divided.rows["test"] == 0
    warning = next(each for each in found.warnings if each.code == "empty_part")
    assert "no rows: each of the 4 groups goes whole to one part" in warning.sentence
    # what cannot be divided into five folds is not offered them
    assert warning.answers == ()


def test_folds_are_the_answer_where_there_are_groups_enough(tmp_path: Path) -> None:
    project = project_of(tmp_path, 6)
    split = Split("group", 0.0, 0.05)
    project = replace(project, data=replace(project.data, split=split))  # type: ignore[type-var]
    warning = next(each for each in examine(project, tmp_path).warnings if each.code == "empty_part")
    assert [answer.label for answer in warning.answers] == ["Use 5 folds"]
    folded = warning.answers[0].edit(project)
    assert read_data(folded, tmp_path).facts.rows["test"] > 0
    assert not [each for each in examine(folded, tmp_path).warnings if each.code == "empty_part"]


@pytest.mark.parametrize("layout", ["table", "pixels"])
def test_the_window_finds_the_same_as_it_opens_them(tmp_path: Path, layout: str) -> None:
    project = project_of(tmp_path, 4, layout)
    data = project.data
    assert isinstance(data, ImageData)
    looked = looked_through(data, tmp_path, list_pictures(project, data, tmp_path))
    told = [each.sentence for each in data_warnings(looked.profile, project) if each.code == "empty_part"]
    assert told == [each.sentence for each in examine(project, tmp_path).warnings if each.code == "empty_part"] != []
    (tmp_path / "many").mkdir()
    many = project_of(tmp_path / "many", 24, layout)
    assert isinstance(many.data, ImageData)
    pictures = list_pictures(many, many.data, tmp_path / "many")
    seen = looked_through(many.data, tmp_path / "many", pictures).profile
    assert not [each for each in data_warnings(seen, many) if each.code == "empty_part"]


def test_the_command_line_says_it_of_a_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_project(project_of(tmp_path, 4), tmp_path / "p.loom")
    assert main(["check", str(tmp_path / "p.loom")]) == 0
    assert "no rows: each of the 4 groups goes whole to one part" in capsys.readouterr().out
    assert main(["data", str(tmp_path / "p.loom")]) == 0
    said = capsys.readouterr().out
    assert "split by group: 18 train, 6 validation, 0 test" in said
    assert "warning: The test part has no rows" in said


def test_copies_among_pixels_in_columns_are_told_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = write_pixels(tmp_path / "digits.csv", 90)
    lines = table.read_text().splitlines()
    table.write_text("\n".join([lines[0], *lines[1:] * 2]) + "\n")
    assert main(["data", str(table), "--target", "label"]) == 0
    said = capsys.readouterr().out
    assert "test pictures" in said
    assert "is the picture of line" in said
    assert "Answers: Leave repeated pictures out." in said
