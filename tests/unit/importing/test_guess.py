"""The likeliest target is guessed as a person would, and the reason is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from designer.importing.sniff import sniff_table
from designer.importing.targets import find_column

DATA = Path(__file__).parents[2] / "data"


def guessed(path: Path) -> tuple[str, str]:
    column, notes = find_column(sniff_table(path), path.name, None)
    return column.name, notes[0]


def write(folder: Path, header: str, file: str = "t.csv", rows: int = 40) -> Path:
    """A table: names that begin with c hold classes, with d dates, with id a count, all others numbers."""
    chance = np.random.default_rng(0)
    names = header.split(",")
    lines = [header]
    for row in range(rows):
        cells = []
        for name in names:
            if name.startswith("id"):
                cells.append(str(row + 1))
            elif name.startswith("d"):
                cells.append(f"2020-{1 + row % 12:02}-11")
            elif name.startswith("c"):
                cells.append("abc"[row % 3])
            else:
                cells.append(f"{chance.normal():.3f}")
        lines.append(",".join(cells))
    (folder / file).write_text("\n".join(lines) + "\n")
    return folder / file


@pytest.mark.parametrize(
    ("header", "target", "why"),
    [
        ("a,target,b", "target", "its name says so"),
        ("a,Label,b", "Label", "its name says so"),
        ("price,a,b", "price", "its name says so"),
        ("class,survived,b", "survived", "its name says so"),
        ("a,b,is_label", "is_label", "its name says so"),
        ("x,y", "y", "its name says so"),
        ("x,y,z", "z", "it is the last column that a network could predict"),
        ("a,b,c", "c", "it is the last column and has 3 different values"),
        ("c,a,b", "c", "it is the first column and alone has few different values, 3"),
        ("a,b,id", "b", "it is the last column that a network could predict"),
        ("a,b,day", "b", "it is the last column that a network could predict"),
        ("id,a,b", "b", "it is the last column that a network could predict"),
    ],
)
def test_by_name_by_classes_or_by_place(tmp_path, header, target, why):
    assert guessed(write(tmp_path, header)) == (target, f"“{target}” is taken as the target: {why}")


@pytest.mark.parametrize(
    ("header", "file", "target"),
    [
        ("a,height,b", "heights_2020.csv", "height"),
        ("a,tip,b", "tips.csv", "tip"),
        ("a,admi,b", "admissions.csv", "admi"),
    ],
)
def test_by_the_name_of_the_file(tmp_path, header, file, target):
    assert guessed(write(tmp_path, header, file)) == (
        target,
        f"“{target}” is taken as the target: the file is named after it",
    )


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("titanic", "survived"),
        ("penguins", "species"),
        ("iris", "species"),
        ("admissions", "admit"),
        ("moons", "label"),
        ("hotels", "price"),
    ],
)
def test_real_tables(name, target):
    assert guessed(DATA / f"{name}.csv")[0] == target
