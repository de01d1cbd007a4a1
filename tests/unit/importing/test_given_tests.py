"""Test rows that come from a file of their own are looked for in the table, and what is found is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from designer.importing.data_warnings import data_warnings
from designer.importing.profile import profile_frame, profile_table
from designer.project.model import Column, Project, Split, TableData


def write_rows(path: Path, rows: range, head: str = "id,day,word,flag,y", day: str = "{}.{}.2020") -> None:
    """Rows whose cells follow from their number alone."""
    cells = {
        "id": lambda row: str(row),
        "day": lambda row: day.format(row % 12 + 1, row % 7 + 1),
        "word": lambda row: f"w{row}" if row % 9 else "",
        "flag": lambda row: "yes" if row % 2 else "no",
        "y": lambda row: str(row * 1.5),
    }
    lines = (",".join(cells[name](row) for name in head.split(",")) for row in rows)
    path.write_text("\n".join([head, *lines, ""]))


GIVEN = TableData(
    "all.csv",
    columns=(
        Column("id", role="ignored"),
        Column("day", "date"),
        Column("word", "category"),
        Column("flag", "boolean"),
        Column("y", role="target"),
    ),
    split=Split(by="file", file="tests.csv", validation=0.2),
)


def test_rows_of_a_test_file_that_are_in_the_table_are_counted(tmp_path):
    write_rows(tmp_path / "all.csv", range(100))
    write_rows(tmp_path / "tests.csv", range(70, 130))
    profile = profile_table(GIVEN, tmp_path, "y")
    assert (profile.rows, profile.repeated_rows) == (100, 0)
    assert profile.parts is not None
    assert profile.parts.by == "file"
    assert (profile.parts.rows, profile.parts.shared) == ({"train": 80, "validation": 20, "test": 60}, 30)
    # words are new that only test rows hold, or rows to validate with
    shifts = {shift.column: shift for shift in profile.parts.shifts}
    assert 27 <= shifts["word"].beyond <= 27 + 20
    assert shifts["y"].distance > shifts["y"].expected
    write_rows(tmp_path / "tests.csv", range(100, 130))
    parts = profile_table(GIVEN, tmp_path, "y").parts
    assert parts is not None
    assert (parts.rows["test"], parts.shared) == (30, 0)


def test_a_test_file_is_read_as_the_table_is(tmp_path):
    # nothing in the test file says that the day comes first, but the table does; and it has no numbers of rows
    write_rows(tmp_path / "all.csv", range(100), day="{1}/{0}/2020")
    with (tmp_path / "all.csv").open("a") as file:
        file.write("500,28/2/2020,w,no,1\n")
    write_rows(tmp_path / "tests.csv", range(70, 130), head="flag,word,day,y", day="{1}/{0}/2020")
    parts = profile_table(GIVEN, tmp_path, "y").parts
    assert parts is not None
    assert (parts.rows["test"], parts.shared) == (60, 30)


def test_a_row_that_differs_in_one_cell_is_another_row(tmp_path):
    write_rows(tmp_path / "all.csv", range(100))
    write_rows(tmp_path / "tests.csv", range(100))
    text = (tmp_path / "tests.csv").read_text()
    (tmp_path / "tests.csv").write_text(text.replace(",w50,", ",,").replace(",yes,55.5", ",no,55.5") + "9,,,,\n")
    parts = profile_table(GIVEN, tmp_path, "y").parts
    assert parts is not None
    assert (parts.rows["test"], parts.shared) == (100, 98)


@pytest.mark.parametrize("written", [None, b"", b"id,word\n1,a\n", b"\xff\xfe\x00", b"id,day,word,flag,y\n"])
@pytest.mark.parametrize("name", ["tests.csv", "tests.parquet", "tests.xlsx", "tests.db", "folder", ""])
def test_a_test_file_that_cannot_be_read_is_not_the_profiles_business(tmp_path, written, name):
    write_rows(tmp_path / "all.csv", range(40))
    (tmp_path / "folder").mkdir()
    if written is not None and "." in name:
        (tmp_path / name).write_bytes(written)
    data = replace(GIVEN, split=replace(GIVEN.split, file=name))
    profile = profile_table(data, tmp_path, "y")
    assert (profile.rows, profile.parts) == (40, None)


@pytest.mark.parametrize(
    ("shared", "severity", "said"),
    [
        (0, "", ""),
        (1, "", ""),
        (2, "hint", "2 of 60 test rows (3 %) say the same as a row of the table in every column, so that"),
        (30, "important", "30 of 60 test rows (50 %) say the same as a row of the table in every column, so that"),
    ],
)
def test_rows_of_a_test_file_that_are_in_the_table(shared: int, severity: str, said: str):
    chance = np.random.default_rng(0)
    classes = np.where(chance.random(260) < 0.4, "yes", "no")
    rows = pd.DataFrame({"noise": chance.normal(size=260), "y": pd.Categorical(classes)})
    frame, tests = rows.iloc[:200], rows.iloc[200 - shared : 260 - shared]
    declared = (Column("noise"), Column("y", "category", "target"))
    split = Split(by="file", file="more.csv")
    profile = profile_frame(frame, declared, "y", split=split, tests=tests)
    project = Project(data=TableData("t.csv", columns=declared, split=split))
    warnings = data_warnings(profile, project)
    assert [(each.code, each.severity) for each in warnings] == ([("repeated_rows", severity)] if said else [])
    if said:
        assert warnings[0].sentence.startswith(said)
        changed = warnings[0].answers[0].edit(project).data
        assert isinstance(changed, TableData)
        assert changed.drop_duplicates
