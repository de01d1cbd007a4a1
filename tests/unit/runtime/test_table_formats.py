"""Workbooks, databases and Parquet files are read to the same cells as text tables, or refused in words."""

from __future__ import annotations

import datetime
import decimal
import io
import sqlite3
import sys
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from designer.importing.new import draft_project
from designer.importing.sniff import Cancelled, sniff_table
from designer.project.model import TableFormat
from designer.runtime.errors import DataError
from designer.training.columns import read_columns
from designer.training.formulas import formula_notes
from designer.training.prepare import read_data

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("pyarrow")
ROWS = 30
KINDS = {"x": "number", "word": "category", "when": "date", "ok": "boolean", "zip": "category"}


def values() -> pd.DataFrame:
    """What each of the files says, with a gap in each column."""
    return pd.DataFrame(
        {
            "x": [None if place == 3 else place * 1.5 for place in range(ROWS)],
            "word": [None if place == 4 else "ab"[place % 2] for place in range(ROWS)],
            "when": [datetime.datetime(2024, 1, 1) + datetime.timedelta(place) for place in range(ROWS)],
            "ok": [None if place == 5 else bool(place % 2) for place in range(ROWS)],
            "zip": [f"0{place % 7}12" for place in range(ROWS)],
        }
    )


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    sheet.append(["Report of 2024"])
    sheet.append([])
    sheet.append(list(KINDS))
    for row in values().astype(object).itertuples(index=False):
        sheet.append([None if pd.isna(cell) else cell for cell in row])
    book.create_sheet("Remarks").append(["hello"])
    book.save(tmp_path / "t.xlsx")
    return tmp_path / "t.xlsx"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "t.sqlite"
    connection = sqlite3.connect(path)
    connection.execute('CREATE TABLE "my ""rows""" (x REAL, word TEXT, "when" TEXT, ok TEXT, zip TEXT)')
    rows = values().astype(object)
    rows["when"], rows["ok"] = rows["when"].astype(str), rows["ok"].map(str, na_action="ignore")
    cells = [[None if pd.isna(cell) else cell for cell in row] for row in rows.itertuples(index=False)]
    connection.executemany('INSERT INTO "my ""rows""" VALUES (?, ?, ?, ?, ?)', cells)
    connection.execute("CREATE TABLE little (a)")
    connection.execute('CREATE VIEW twice AS SELECT x * 2 AS y FROM "my ""rows"""')
    connection.commit()
    connection.close()
    return path


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    values().to_parquet(tmp_path / "t.parquet")
    return tmp_path / "t.parquet"


@pytest.mark.parametrize(
    ("kind", "sheet", "first"), [("workbook", "Data", 4), ("database", 'my "rows"', 1), ("parquet", "", 1)]
)
def test_all_formats_hold_the_same_cells(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, sheet: str, first: int
) -> None:
    path = request.getfixturevalue(kind)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    shares: list[float] = []
    sniffed = sniff_table(path, progress=shares.append)
    assert (sniffed.rows, sniffed.sheet) == (ROWS, sheet)
    assert {column.name: column.kind for column in sniffed.columns} == KINDS
    assert all(0 <= share <= 1 for share in shares) and shares
    frame = read_columns(path, KINDS, sniffed.format, sniffed.sheet)
    told = values()
    np.testing.assert_array_equal(frame["x"], told["x"])
    np.testing.assert_array_equal(frame["ok"], told["ok"].map({True: 1.0, False: 0.0}))
    assert frame["word"].astype(object).fillna("").tolist() == told["word"].fillna("").tolist()
    assert frame["zip"].tolist() == told["zip"].tolist()
    assert frame["when"].tolist() == told["when"].tolist()
    assert frame.index.tolist() == list(range(first, first + ROWS))
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


@pytest.mark.parametrize("kind", ["workbook", "database", "parquet"])
def test_wrong_cells_and_columns_are_named(request: pytest.FixtureRequest, kind: str) -> None:
    path = request.getfixturevalue(kind)
    sniffed = sniff_table(path)
    with pytest.raises(DataError, match=r"line \d, column “word”: “a” is not a number"):
        read_columns(path, {"word": "number"}, sniffed.format, sniffed.sheet)
    with pytest.raises(DataError, match="no column “other”; its columns are x, word"):
        read_columns(path, {"other": "number"}, sniffed.format, sniffed.sheet)


@pytest.mark.parametrize("kind", ["workbook", "database", "parquet"])
def test_reading_can_be_given_up(request: pytest.FixtureRequest, kind: str) -> None:
    with pytest.raises(Cancelled):
        sniff_table(request.getfixturevalue(kind), cancelled=lambda: True)


@pytest.mark.parametrize(
    ("module", "ending", "said"),
    [("openpyxl", "xlsx", "pip install openpyxl"), ("pyarrow", "parquet", "pip install pyarrow")],
)
def test_what_is_missing_is_said(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, module: str, ending: str, said: str
) -> None:
    path = request.getfixturevalue("workbook" if ending == "xlsx" else "parquet")
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(DataError, match=said):
        sniff_table(path)


@pytest.mark.parametrize("name", ["t.xlsx", "t.sqlite", "t.parquet", "t.db"])
@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", b"PK\x03\x04 and no more", b"SQLite format 3\x00 and no more", b"PAR1PAR1"]
)
def test_other_files_under_these_names_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=name):
        sniff_table(tmp_path / name)
    with pytest.raises(DataError, match="there is no file"):
        read_columns(tmp_path / f"no {name}", {"a": "number"}, TableFormat())


@pytest.mark.parametrize("kind", ["workbook", "database", "parquet"])
def test_these_files_under_the_name_of_a_text_table_are_told(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    renamed = tmp_path / "renamed.csv"
    renamed.write_bytes(request.getfixturevalue(kind).read_bytes())
    with pytest.raises(DataError, match=r"renamed\.csv is an? .*; rename it to end in \."):
        sniff_table(renamed)


def test_cells_with_errors_are_missing_and_the_largest_sheet_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["nothing much"])
    sheet = book.create_sheet("Figures")
    sheet.append(["a", "b"])
    for place in range(12):
        sheet.append([place * 2.5, place % 3])
    sheet["A4"] = "#DIV/0!"
    sheet["A6"] = "#N/A"
    book.save(tmp_path / "t.xlsx")
    sniffed = sniff_table(tmp_path / "t.xlsx")
    assert sniffed.sheet == "Figures"
    assert any("“Figures” is read" in note and "“Sheet”" in note for note in sniffed.notes)
    frame = read_columns(tmp_path / "t.xlsx", {"a": "number"}, sniffed.format, sniffed.sheet)
    assert frame.index[frame["a"].isna()].tolist() == [4, 6]


def test_formulas_that_were_never_computed_are_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["=NOW()"])
    book.active.append([])
    book.active.append(["a", "b", "k"])
    for place in range(40):
        row = place + 4
        book.active.append([place * 1.5, f"=A{row}*2" if place in (7, 9) else place, f'=IF(A{row}>9,"x","")'])
    book.save(tmp_path / "t.xlsx")
    # what a spreadsheet program writes of formulas: their values, an empty text among them
    with zipfile.ZipFile(tmp_path / "t.xlsx") as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    for place in range(40):
        value = "x" if place > 6 else ""
        formula = f'<f>IF(A{place + 4}&gt;9,"x","")</f>'
        old = f'<c r="C{place + 4}">{formula}<v></v></c>'
        assert old in sheet or old.replace("<v></v>", "<v />") in sheet
        new = f'<c r="C{place + 4}" t="str">{formula}<v>{value}</v></c>'
        sheet = sheet.replace(old, new).replace(old.replace("<v></v>", "<v />"), new)
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else content)
    said = "2 formulas of “Sheet” were never computed, the first in B11: their cells are read as empty"
    sniffed = sniff_table(tmp_path / "t.xlsx")
    assert [note for note in sniffed.notes if "formula" in note] == [
        f"{said}; open t.xlsx in a spreadsheet program, save it, and read it again"
    ]
    made = draft_project(tmp_path / "t.xlsx", "b", tmp_path / "p.loom").project
    assert sum(said in note for note in read_data(made, tmp_path).facts.notes) == 1
    book = openpyxl.Workbook()
    for row in (["a", "b"], [1, 2], [3, None]):
        book.active.append(row)
    book.save(tmp_path / "plain.xlsx")
    assert formula_notes(tmp_path / "plain.xlsx", "") == []


def test_a_row_longer_than_the_header_is_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["a", "b"], [1, 2], [3, 4, 5]):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(DataError, match="row 3 of “Sheet” has 3 cells"):
        sniff_table(tmp_path / "t.xlsx")


def test_a_view_is_read_by_its_name(database: Path) -> None:
    frame = read_columns(database, {"y": "number"}, TableFormat(), "twice")
    np.testing.assert_array_equal(frame["y"], values()["x"] * 2)
    with pytest.raises(DataError, match='no table “none”; its tables are my "rows", little, twice'):
        read_columns(database, {"y": "number"}, TableFormat(), "none")


def test_a_database_with_changes_beside_it_is_not_read_half(database: Path) -> None:
    database.with_name("t.sqlite-wal").write_bytes(b"changes")
    with pytest.raises(DataError, match=r"t\.sqlite-wal"):
        sniff_table(database)


def test_parquet_types(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "d": [decimal.Decimal("1.25"), None, decimal.Decimal("-2.50")] * 5,
            "c": pd.Categorical(["u", None, "v"] * 5),
            "l": [[1, 2], [3], []] * 5,
            "t": pd.date_range("2024-05-01 12:30", periods=15, freq="h", tz="UTC"),
        }
    )
    frame.to_parquet(tmp_path / "t.parquet")
    sniffed = sniff_table(tmp_path / "t.parquet")
    assert {column.name: column.kind for column in sniffed.columns} == {"d": "number", "c": "category", "t": "date"}
    assert any("column “l” holds list" in note for note in sniffed.notes)
    read = read_columns(tmp_path / "t.parquet", {"d": "number", "c": "category", "t": "date"}, TableFormat())
    np.testing.assert_array_equal(read["d"], [1.25, np.nan, -2.5] * 5)
    assert read["c"].isna().tolist() == [False, True, False] * 5
    assert read["t"].iloc[1] == pd.Timestamp("2024-05-01 13:30")
    with pytest.raises(DataError, match="column “l” holds list"):
        read_columns(tmp_path / "t.parquet", {"l": "number"}, TableFormat())


def test_words_of_its_own_in_a_workbook_are_refused(workbook: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(workbook) as source, zipfile.ZipFile(packed, "w") as target:
        for part in source.infolist():
            text = source.read(part)
            if part.filename == "xl/workbook.xml":
                text = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">]>' + text
            target.writestr(part.filename, text)
    workbook.write_bytes(packed.getvalue())
    with pytest.raises(DataError, match="defines words of its own"):
        sniff_table(workbook)
