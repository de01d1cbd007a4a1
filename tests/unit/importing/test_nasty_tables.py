"""Spoiled and strange tables, one for each way in which real ones are, written here and read to the last cell."""

from __future__ import annotations

import csv
import io
import json
import struct
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest

from designer.importing.sniff import Sniffed, sniff_table
from designer.runtime.errors import DataError
from designer.training.columns import read_columns

MISSING = None


@dataclass(frozen=True)
class Nasty:
    """A table as bytes, and what it holds: its rows, the names and kinds of its columns, and some of its cells.

    ``cells`` leads from (row, column) to the number or the word that is read there; ``says`` are words of one note.
    """

    written: bytes
    rows: int
    columns: dict[str, str]
    cells: dict[tuple[int, str], object]
    says: tuple[str, ...] = ()
    form: dict[str, object] = field(default_factory=dict)


def lines(*rows: str, end: str = "\n", last: bool = True) -> bytes:
    return (end.join(rows) + (end if last else "")).encode()


def numbers(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "number")


def spanish() -> bytes:
    """Sums with quoted thousands beside long texts, in Latin-1."""
    rows = ['Año,Sección,Gasto,"Descripción, larga"']
    for place in range(40):
        rows.append(f'{2000 + place},Educación {place % 3},"{place + 1},932.50"," Señala {"niño " * 30}{place}"')
    return ("\n".join(rows) + "\n").encode("latin-1")


def german() -> bytes:
    """Mostly empty cells and a last column without a name, in Latin-1 with the line ends of Windows."""
    rows = ["LP,Bezeichnung,Kapitel,"]
    rows += [f"A{place},Trägerorganisation {place},," if place % 2 else ",,0300368540," for place in range(60)]
    return ("\r\n".join(rows) + "\r\n").encode("latin-1")


def wide_characters(delimiter: str, end: str) -> bytes:
    rows = [delimiter.join(("land", "größe", "сумма"))]
    rows += [delimiter.join((("Ελλάς", "Österreich")[place % 2], str(place * 3), f"{place}.25")) for place in range(24)]
    return ("\ufeff" + end.join(rows) + end).encode("utf-16-le")


def zoned() -> bytes:
    rows = []
    for place in range(8):
        times = f"2013-11-{place + 11}T02:30:31-08:00,2014-05-{place + 11}T01:06:56+01:00"
        rows.append(f"Name{place},{times},Company {place % 3}")
    return lines(*rows, last=False)


def banks() -> bytes:
    rows = ["Bank,City,Closed"]
    months = ("Jan", "Mar", "May", "Oct", "Dec")
    rows += [f'"Shore {place}, FSB","Town {place % 4}, WI",{place + 1}-{months[place % 5]}-13' for place in range(20)]
    return lines(*rows)


LONG_CELL = '"{""type"": ""Point"", ""coordinates"": [102.0, 0.5]}"'
SPACED = {"date": "date", "until": "date", "grade": "number", "place": "category"}
TABLES: dict[str, Nasty] = {
    "a comma in quotes": Nasty(
        lines("first,address,code", 'Ann,"12 Any st., Town",08123', 'Bo,"1 Elm, East",00120'),
        2,
        {"first": "category", "address": "category", "code": "category"},
        {(0, "address"): "12 Any st., Town", (1, "code"): "00120"},
        ("code", "begin with a zero"),
    ),
    "doubled quotes": Nasty(
        lines("a,b", '1,"ha ""ha"" ha"', "3,4"),
        2,
        {"a": "number", "b": "category"},
        {(0, "b"): 'ha "ha" ha', (1, "b"): "4", (1, "a"): 3.0},
    ),
    "JSON in a cell": Nasty(
        lines("key,val", f"1,{LONG_CELL}", '2,"{""type"": ""None""}"'),
        2,
        {"key": "number", "val": "category"},
        {(0, "val"): '{"type": "Point", "coordinates": [102.0, 0.5]}'},
    ),
    "line breaks in quotes": Nasty(
        lines("a,b,c", "1,2,3", '"Once upon ', 'a time",5,6', "7,8,9"),
        3,
        {"a": "category", "b": "number", "c": "number"},
        {(1, "a"): "Once upon \na time", (1, "b"): 5.0, (2, "a"): "7", (2, "c"): 9.0},
        ("“a” holds line breaks", "line 3"),
    ),
    "line breaks of Windows in quotes": Nasty(
        lines("a,b,c", "1,2,3", '"Once upon ', 'a time",5,6', "7,8,9", end="\r\n"),
        3,
        {"a": "category", "b": "number", "c": "number"},
        {(1, "a"): "Once upon \na time", (1, "b"): 5.0, (2, "a"): "7", (2, "c"): 9.0},
        ("“a” holds line breaks", "line 3"),
    ),
    "quotes and line breaks in one cell": Nasty(
        lines("a,b", '1,"ha ', '""ha"" ', 'ha"', "3,4"),
        2,
        {"a": "number", "b": "category"},
        {(0, "b"): 'ha \n"ha" \nha', (1, "a"): 3.0},
        ("“b” holds line breaks", "line 2"),
    ),
    "empty cells in quotes": Nasty(
        lines("a,b,c", '1,"",""', "2,3,4", last=False),
        2,
        numbers("a", "b", "c"),
        {(0, "b"): MISSING, (0, "c"): MISSING, (1, "b"): 3.0},
    ),
    "empty cells in quotes, Windows": Nasty(
        lines("a,b,c", '1,"",""', "2,3,4", end="\r\n"),
        2,
        numbers("a", "b", "c"),
        {(0, "b"): MISSING, (0, "c"): MISSING, (1, "c"): 4.0},
    ),
    "one row": Nasty(lines("a,b,c", "1,2,3"), 1, numbers("a", "b", "c"), {(0, "a"): 1.0, (0, "c"): 3.0}),
    "one row, Windows, no last line end": Nasty(
        lines("a,b,c", "1,2,3", end="\r\n", last=False), 1, numbers("a", "b", "c"), {(0, "b"): 2.0, (0, "c"): 3.0}
    ),
    "one row of letters below a mark": Nasty(
        b"\xef\xbb\xbfP,Q,R\nU,V,W", 1, dict.fromkeys("PQR", "category"), {(0, "P"): "U", (0, "R"): "W"}
    ),
    "letters beyond ASCII": Nasty(
        lines("a,b,c", "1,2,3", "4,5,ʤ", last=False),
        2,
        {"a": "number", "b": "number", "c": "category"},
        {(1, "c"): "ʤ", (0, "c"): "3"},
    ),
    "a blank before quoted thousands": Nasty(
        lines(
            "date, until, grade, place",
            "2011-01-01, 24 October 2011, 0,",
            "2011-01-02, 24 October 2012, -1,Galway and more",
            '2011-01-03, , "6,000,000",Galway',
        ),
        3,
        SPACED,
        {(2, "grade"): 6_000_000.0, (1, "grade"): -1.0, (0, "place"): MISSING, (1, "place"): "Galway and more"},
        ("“,” between thousands",),
    ),
    "two titles and an empty row": Nasty(
        lines(
            '"Output by branch, 2000 to 2003",,,,',
            "thousand tonnes,,,,",
            ",,,,",
            "Branch,2000,2001,2002,2003",
            'Timber,"2,666","2,274","1,877",1999',
            '"Clay, glass",498,853,490,568',
            'Iron,"22,927","20,744","18,010","20,650"',
        ),
        3,
        {"Branch": "category", **numbers("2000", "2001", "2002", "2003")},
        {(0, "2000"): 2666.0, (1, "Branch"): "Clay, glass", (2, "2003"): 20650.0, (1, "2001"): 853.0},
        ("lines above the header", "Output by branch"),
        {"skip_rows": 3, "thousands": ","},
    ),
    "one word on 4,000 lines": Nasty(
        b"foo\n" * 4000,
        4000,
        {"column_1": "category"},
        {(0, "column_1"): "foo", (3999, "column_1"): "foo"},
        ("no header is seen",),
    ),
    "no header and literal null": Nasty(
        lines("1,null,0,0", "2,0,7,null", "3,null,,", "4,5,0,null", last=False),
        4,
        numbers("column_1", "column_2", "column_3", "column_4"),
        {(0, "column_2"): MISSING, (1, "column_3"): 7.0, (2, "column_4"): MISSING, (3, "column_2"): 5.0},
        ("no header is seen",),
    ),
    "blanks after delimiters": Nasty(
        lines("field1,field2", "hello,    goodbye", "hello2,goodbye2"),
        2,
        {"field1": "category", "field2": "category"},
        {(0, "field2"): "goodbye", (1, "field2"): "goodbye2"},
    ),
    "Spanish in Latin-1": Nasty(
        spanish(),
        40,
        {"Año": "number", "Sección": "category", "Gasto": "number", "Descripción, larga": "text"},
        {(0, "Gasto"): 1932.5, (39, "Gasto"): 40932.5, (1, "Sección"): "Educación 1"},
        ("read as cp1252",),
        {"encoding": "cp1252", "thousands": ","},
    ),
    "German in Latin-1 with a column without a name": Nasty(
        german(),
        60,
        {"LP": "category", "Bezeichnung": "category", "Kapitel": "category", "column_4": "number"},
        {(1, "Bezeichnung"): "Trägerorganisation 1", (0, "Kapitel"): "0300368540", (1, "Kapitel"): MISSING},
        ("without a name", "column_4"),
        {"encoding": "cp1252"},
    ),
    "UTF-16 with a mark": Nasty(
        wide_characters(",", "\n"),
        24,
        {"land": "category", "größe": "number", "сумма": "number"},
        {(0, "land"): "Ελλάς", (23, "größe"): 69.0, (23, "сумма"): 23.25},
        ("read as utf-16",),
    ),
    "UTF-16 with a mark, tabs and the line ends of Windows": Nasty(
        wide_characters("\t", "\r\n"),
        24,
        {"land": "category", "größe": "number", "сумма": "number"},
        {(1, "land"): "Österreich", (23, "größe"): 69.0, (23, "сумма"): 23.25},
        ("separated by tabs",),
        {"delimiter": "\t"},
    ),
    "dates as 31-May-13": Nasty(
        banks(),
        20,
        {"Bank": "category", "City": "category", "Closed": "date"},
        {(0, "Bank"): "Shore 0, FSB", (5, "City"): "Town 1, WI", (2, "Closed"): pd.Timestamp(2013, 5, 3)},
        ("“Closed” holds dates",),
    ),
    "times with zones and no header": Nasty(
        zoned(),
        8,
        {"column_1": "category", "column_2": "date", "column_3": "date", "column_4": "category"},
        {
            (0, "column_1"): "Name0",
            (0, "column_2"): pd.Timestamp("2013-11-11T10:30:31"),
            (7, "column_3"): pd.Timestamp("2014-05-18T00:06:56"),
        },
        ("no header is seen",),
    ),
    "a mark, semicolons, decimal commas, Windows": Nasty(
        b"\xef\xbb\xbf" + lines("clock;steps;far;made", "10,8;2;7,7;1", "3,4;0;28,2;0", "0;3;1,9;0", end="\r\n"),
        3,
        numbers("clock", "steps", "far", "made"),
        {(0, "clock"): 10.8, (1, "far"): 28.2, (2, "steps"): 3.0, (0, "made"): 1.0},
        ("decimal commas",),
        {"delimiter": ";", "decimal": ",", "encoding": "utf-8-sig"},
    ),
}


def same(found: object, wanted: object) -> bool:
    if wanted is MISSING:
        return bool(pd.isna(found))  # type: ignore[call-overload]
    return bool(found == wanted)


@pytest.fixture
def told(tmp_path: Path, request: pytest.FixtureRequest) -> tuple[Nasty, Path, Sniffed]:
    path = tmp_path / "t.csv"
    path.write_bytes(TABLES[request.param].written)
    return TABLES[request.param], path, sniff_table(path)


@pytest.mark.parametrize("told", TABLES, indirect=True)
def test_it_is_understood(told: tuple[Nasty, Path, Sniffed]) -> None:
    nasty, _, sniffed = told
    assert sniffed.rows == nasty.rows
    kinds = {column.name: column.kind for column in sniffed.columns}
    assert list(kinds) == list(nasty.columns)
    # of a few rows it is a matter of taste whether words are categories or texts
    assert {name: "words" if kind in ("text", "category") else kind for name, kind in kinds.items()} == {
        name: "words" if kind in ("text", "category") else kind for name, kind in nasty.columns.items()
    }
    assert all(getattr(sniffed.format, name) == value for name, value in nasty.form.items())
    if nasty.says:
        assert any(all(word in note for word in nasty.says) for note in sniffed.notes), sniffed.notes


@pytest.mark.parametrize("told", TABLES, indirect=True)
def test_its_cells_are_read_as_they_are_meant(told: tuple[Nasty, Path, Sniffed]) -> None:
    nasty, path, sniffed = told
    frame = read_columns(path, nasty.columns, sniffed.format)
    assert (len(frame), list(frame.columns)) == (nasty.rows, list(nasty.columns))
    found = {place: frame[place[1]].iloc[place[0]] for place in nasty.cells}
    assert {place: found[place] for place in nasty.cells if not same(found[place], nasty.cells[place])} == {}


def bytes_of_a_tar() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        entry = tarfile.TarInfo("table.csv")
        entry.size = 8
        archive.addfile(entry, io.BytesIO(b"a,b\n1,2\n"))
    return stream.getvalue()


def bytes_of_an_old_workbook() -> bytes:
    """The head of an OLE file as old Excel writes it, a sector table and an empty sector."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    return head.ljust(512, b"\xff") + b"W\0o\0r\0k\0b\0o\0o\0k\0".ljust(512, b"\0")


def spoiled_rows() -> list[list[str]]:
    names = ["age", "job", "campaign", "rate", "y"]
    jobs = ("admin.", "blue-collar", "self-employed")
    rows = [
        [str(20 + place), jobs[place % 3], str(place % 4), f"{place * 0.5:g}", ("no", "yes")[place % 5 == 0]]
        for place in range(29)
    ]
    return [names, *rows]


def in_one_quoted_cell(rows: list[list[str]]) -> bytes:
    """Every row as one cell in quotation marks, in which the words have doubled ones and ; stands between them."""
    inner = io.StringIO()
    csv.writer(inner, delimiter=";", quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n").writerows(rows)
    outer = io.StringIO()
    writer = csv.writer(outer, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([line] for line in inner.getvalue().splitlines())
    return outer.getvalue().encode()


REFUSED = {
    "nothing at all": (b"", "is empty"),
    "a mark and one line": (b"\xef\xbb\xbfkitten,win", "has a header but no rows: kitten, win"),
    "an old workbook": (bytes_of_an_old_workbook(), "is an old Excel or Word file"),
    "a tar archive": (bytes_of_a_tar(), "is a tar archive"),
    "rows of one quoted cell": (in_one_quoted_cell(spoiled_rows()), "line 1: each row is one cell in quotation marks"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_is_refused_with_its_name(tmp_path: Path, name: str) -> None:
    written, words = REFUSED[name]
    path = tmp_path / "strange.csv"
    path.write_bytes(written)
    with pytest.raises(DataError) as refused:
        sniff_table(path)
    assert words in str(refused.value)
    assert "strange.csv" in str(refused.value)


def test_rows_of_one_quoted_cell_are_a_table_once_saved_as_it_was_advised(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(in_one_quoted_cell(spoiled_rows()))
    with pytest.raises(DataError, match=r"“;” between the real cells.*save the table again without quotation marks"):
        sniff_table(path)
    with path.open(newline="", encoding="utf-8") as file:
        unwrapped = [row[0] for row in csv.reader(file)]
    path.write_text("\n".join(unwrapped) + "\n", encoding="utf-8")
    sniffed = sniff_table(path)
    kinds = {column.name: column.kind for column in sniffed.columns}
    assert (sniffed.rows, len(kinds)) == (29, 5)
    assert sniffed.format.delimiter == ";"
    frame = read_columns(path, kinds, sniffed.format)
    assert frame["job"].tolist() == [row[1] for row in spoiled_rows()[1:]]
    assert frame["rate"].tolist() == [float(row[3]) for row in spoiled_rows()[1:]]


def test_the_json_of_a_cell_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(TABLES["JSON in a cell"].written)
    read = read_columns(path, {"val": "category"}, sniff_table(path).format)
    assert json.loads(read["val"].iloc[0])["coordinates"] == [102.0, 0.5]
