"""A table that is read in another format: what is guessed anew, what stays, and what cannot be read so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from designer.importing.new import draft_project
from designer.importing.rereading import Reread, read_as, reread_table
from designer.importing.sniff import sniff_table
from designer.project.model import Column, Split, TableData, TableFormat
from designer.runtime.errors import DataError

ROWS = 80


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    path = tmp_path / "homes.csv"
    lines = [f"{n % 17},{n % 9}25;{n * 3 % 11},125;{'ab'[n % 2]}\n" for n in range(ROWS)]
    path.write_text("size;price;town\n" + "".join(lines), encoding="utf-8")
    return path


def opened(path: Path) -> TableData:
    data = draft_project(path, None, path.with_suffix(".loom")).project.data
    assert isinstance(data, TableData)
    return data


def anew(path: Path, data: TableData, **changes: object) -> TableData:
    return read_as(data, reread_table(path, data, replace(data.format, **changes)))  # type: ignore[arg-type]


def said(data: TableData) -> list[tuple[str, str, str]]:
    return [(column.name, column.kind, column.role) for column in data.columns]


def test_a_given_format_is_read_and_not_found_out(homes: Path) -> None:
    form = TableFormat(";", decimal=".", thousands=",")
    sniffed = sniff_table(homes, form=form)
    assert sniffed.format == form and sniffed.cells["price"].iloc[1] == 3125
    assert not any("please check" in note for note in sniffed.notes)
    plain = sniff_table(homes)
    assert plain.format == TableFormat(";", decimal=",") and plain.cells["price"].iloc[1] == 3.125


def test_kinds_are_guessed_anew_and_what_did_not_change_stays_as_it_was_set(homes: Path) -> None:
    data = opened(homes)
    town = replace(data.columns[2], encode="codes")
    data = replace(data, columns=(*data.columns[:2], town), drop_duplicates=True)
    wrong = anew(homes, data, decimal=".")
    assert said(wrong) == [("size", "text", "ignored"), ("price", "category", "target"), said(data)[2]]
    assert wrong.columns[2] == town and wrong.drop_duplicates and wrong.format.decimal == "."
    assert anew(homes, wrong, decimal=",") == data
    assert said(anew(homes, wrong, thousands=",")) == said(data)


def test_what_a_column_is_for_stays_where_its_kind_changes(homes: Path) -> None:
    data = opened(homes)
    data = replace(data, columns=(replace(data.columns[0], role="weight"), *data.columns[1:]))
    assert said(anew(homes, data, decimal="."))[0] == ("size", "text", "weight")


def test_without_its_target_the_table_is_set_up_as_in_a_new_project(homes: Path) -> None:
    wrong = anew(homes, opened(homes), delimiter="|")
    assert said(wrong) == [("size;price;town", "text", "ignored")]
    assert anew(homes, wrong, delimiter=";") == opened(homes)


def test_rows_divided_by_a_column_that_is_gone_are_divided_by_chance() -> None:
    data = TableData("t.csv", columns=(Column("a"), Column("b", role="target"), Column("set", "category", "split")))
    data = replace(data, split=Split(by="column", column="set", test=0.3))
    left = (Column("a"), Column("b"))
    assert read_as(data, Reread(TableFormat("|"), (), left, None)).split == Split(test=0.3)
    assert read_as(data, Reread(TableFormat("|"), (), (*left, Column("set")), None)).split == data.split


def test_a_head_that_is_left_out_and_rows_without_names(homes: Path) -> None:
    data = opened(homes)
    assert [column.name for column in anew(homes, data, header=False).columns] == ["column_1", "column_2", "column_3"]
    assert anew(homes, data, skip_rows=2).columns[0].name == "1,125"
    with pytest.raises(DataError, match="no rows"):
        anew(homes, data, skip_rows=500)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"delimiter": ","}, "rows of unequal length: line 1 has 1 cells, but line 2 has 3"),
        ({"delimiter": "ab"}, "choose one other character"),
        ({"thousands": ","}, "before decimals and between thousands"),
        ({"encoding": "utf-16"}, "not text in utf-16"),
        ({"encoding": "klingon"}, "no text encoding called “klingon”"),
    ],
)
def test_a_format_that_cannot_be_is_refused_in_words(homes: Path, changes: dict[str, str], why: str) -> None:
    with pytest.raises(DataError, match=why):
        anew(homes, opened(homes), **changes)


def test_letters_of_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "towns.csv"
    text = "town,wage\n" + "".join(f"{('Łódź', 'Kraków')[n % 2]},{n * 7 % 23}\n" for n in range(40))
    path.write_bytes(text.encode("cp1250"))
    data = opened(path)
    assert data.format.encoding in ("cp1252", "latin-1")
    read = anew(path, data, encoding="cp1250")
    assert sniff_table(path, form=read.format).preview[0] == ["Łódź", "0"] and said(read) == said(data)
    with pytest.raises(DataError, match="line 2: this is not text in utf-8"):
        anew(path, data, encoding="utf-8")
