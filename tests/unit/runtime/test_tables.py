"""Tables are read as they are written, or refused with the line: no cell is ever shifted or guessed."""

from __future__ import annotations

import csv
import gzip
import io
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.project.model import TableFormat
from designer.runtime import tables
from designer.runtime.errors import DataError
from designer.runtime.gathering import column_names
from designer.training.columns import read_columns


def read_table(path, columns, **form):
    return read_columns(path, columns, TableFormat(**form))


@pytest.fixture
def write(tmp_path):
    def write(text: str | bytes, name: str = "t.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_reads_kinds(write):
    path = write("a,b,c,d\n1,yes, red ,x\n,NO,,y\n-2.5e1,,NA,z\n")
    frame = read_table(path, {"c": "category", "a": "number", "b": "boolean"})
    assert list(frame.columns) == ["c", "a", "b"]
    np.testing.assert_array_equal(frame["a"], [1.0, np.nan, -25.0])
    np.testing.assert_array_equal(frame["b"], [1.0, 0.0, np.nan])
    assert frame["c"].iloc[0] == "red"
    assert frame["c"].isna().tolist() == [False, True, True]
    assert frame.index.tolist() == [2, 3, 4]


def test_lines_count_line_breaks_inside_cells_and_blank_lines(write):
    path = write('a,b\n"one\ntwo",1\n\n   \nthree,x\n')
    with pytest.raises(DataError, match=r"t\.csv, line 6, column “b”: “x” is not a number"):
        read_table(path, {"a": "category", "b": "number"})


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends(write, ends):
    frame = read_table(write(ends.join(["a,b", "1,2", "3,4", ""])), {"b": "number"})
    assert frame["b"].tolist() == [2.0, 4.0]
    assert frame.index.tolist() == [2, 3]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n3\n", "line 1 has 2 cells, but line 3 has 1"),
        ("a,b\n1,2\n3,4,5\n", "line 1 has 2 cells, but line 3 has 3"),
        ("a,b\n1,2,3\n4,5,6\n", "line 1 has 2 cells, but line 2 has 3, line 3 has 3"),
        ('a,b,c\n1,"2,3\n4,5,6\n', "line 1 has 3 cells, but line 2 has 2"),
        ('a,b\n1,"2\n4,5\n', "line 2: a quotation mark is opened here and never closed"),
        ("", "holds no rows"),
        ("a,b\n1,2\n\0,3\n", "line 3: holds a zero byte"),
        ("a,c\n1,2\n", "there is no column “b”; its columns are a, c"),
        ("a,b\n1,2\n1,x\n1,y\n", "line 3, column “b”: “x” is not a number (2 such cells)"),
        ("a,b\n1,2\n1,1e999\n", "line 3, column “b”: “inf” is too large a number to compute with"),
        ("a,b\n1,$2\n1,€3\n", "line 3, column “b”: “€3” is not a number"),
        ("a,b\n1,2%\n1,3\n", "line 3, column “b”: “3” is not a number"),
        ('a,b\n1,"1,5"\n1,2\n', "line 2, column “b”: “1,5” is not a number"),
    ],
)
def test_refuses_with_the_line(write, text, expected):
    path = write(text)
    with pytest.raises(DataError) as refused:
        read_table(path, {"b": "number"})
    assert expected in str(refused.value)
    assert "t.csv" in str(refused.value)


def test_refuses_what_is_neither_yes_nor_no(write):
    with pytest.raises(DataError, match="line 3, column “a”: “maybe” is neither yes nor no"):
        read_table(write("a,b\nyes,1\nmaybe,1\n"), {"a": "boolean"})


def test_spoiled_encoding_names_the_line(write):
    with pytest.raises(DataError, match="line 3: this is not text in utf-8"):
        read_table(write("a,b\n1,2\ncaf\xe9,1\n".encode("latin-1")), {"b": "number"})


def test_unknown_encoding(write):
    with pytest.raises(DataError, match="no text encoding called “klingon”"):
        read_table(write("a\n1\n"), {"a": "number"}, encoding="klingon")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "utf-32"])
def test_encodings(write, encoding):
    frame = read_table(
        write("größe,é\n1,ü\n2,ß\n".encode(encoding)), {"größe": "number", "é": "category"}, encoding=encoding
    )
    assert frame["é"].tolist() == ["ü", "ß"]
    assert frame["größe"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("cells", "decimal", "thousands", "expected"),
    [
        (["1,5", "-2", "0,25"], ",", "", [1.5, -2.0, 0.25]),
        (["1.234,5", "12", "-1.000.000"], ",", ".", [1234.5, 12.0, -1e6]),
        (["1,234.5", "12", "1,000,000"], ".", ",", [1234.5, 12.0, 1e6]),
        (["$1,234.50", "-$2.00", "$-3"], ".", ",", [1234.5, -2.0, -3.0]),
        (["12%", "-9 %", " 3%"], ".", "", [12.0, -9.0, 3.0]),
        (["1 234", "5", "12 345 678"], ".", " ", [1234.0, 5.0, 12345678.0]),
        (["1\u00a0234,5", "\u22125", "7"], ",", " ", [1234.5, -5.0, 7.0]),
        ([".5", "-.5", "1e-3"], ".", "", [0.5, -0.5, 0.001]),
        (["None", "-", "3"], ".", "", [np.nan, np.nan, 3.0]),
    ],
)
def test_ways_to_write_numbers(write, cells, decimal, thousands, expected):
    path = write("x;y\n" + "".join(f"{cell};1\n" for cell in cells))
    frame = read_table(path, {"x": "number"}, delimiter=";", decimal=decimal, thousands=thousands)
    np.testing.assert_array_equal(frame["x"], expected)
    # as spreadsheets of many countries write it: a comma in numbers, and the same comma between cells in quotes
    path = write("x,y\n" + "".join(f'"{cell}","1,5"\n' for cell in cells))
    frame = read_table(path, {"x": "number", "y": "category"}, decimal=decimal, thousands=thousands)
    np.testing.assert_array_equal(frame["x"], expected)
    assert frame["y"].tolist() == ["1,5"] * len(cells)


@pytest.mark.parametrize("cell", ["1,23", "12,34,567", "1,234,56", ",123"])
def test_thousands_must_be_grouped_by_threes(write, cell):
    with pytest.raises(DataError, match="line 3"):
        read_table(write(f'x,y\n"1,234",1\n"{cell}",1\n'), {"x": "number"}, thousands=",")


def test_no_header_and_skipped_lines(write):
    frame = read_table(write("\ufefftitle\nanother\n1,2\n3,4\n"), {"column_2": "number"}, skip_rows=2, header=False)
    assert frame["column_2"].tolist() == [2.0, 4.0]
    assert frame.index.tolist() == [3, 4]


def test_column_names_are_unique():
    assert column_names(["a", " a", "", "a", "a_2"], True) == ["a", "a_2_a_2", "column_3", "a_4", "a_2"]
    assert column_names(["1", "1"], False) == ["column_1", "column_2"]
    assert len(set(column_names(["x", "x", "x_2", "x_2", "", "column_5", "x"], True))) == 7


def test_leading_zeros_and_long_digits_stay_in_categories(write):
    frame = read_table(
        write("zip,id\n08123,9007199254740993\n00501,9007199254740992\n"), {"zip": "category", "id": "category"}
    )
    assert frame["zip"].tolist() == ["08123", "00501"]
    assert frame["id"].tolist() == ["9007199254740993", "9007199254740992"]


def test_numbers_are_read_to_the_last_bit_that_training_sees(write):
    numbers = np.random.default_rng(0).normal(size=2000) * 10.0 ** np.random.default_rng(1).integers(-9, 9, 2000)
    frame = read_table(write("x,y\n" + "".join(f"{number!r},1\n" for number in numbers.tolist())), {"x": "number"})
    np.testing.assert_array_equal(frame["x"].to_numpy(np.float32), numbers.astype(np.float32))


def test_addresses_are_never_opened(monkeypatch):
    import socket

    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("the network was used"))
    with pytest.raises(DataError, match="there is no file"):
        read_table("http://example.invalid/a.csv", {"a": "number"})


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        tables.read_table(tmp_path, {"a": "number"}, {"number": tables.to_numbers})


def test_gzip(write):
    path = write(gzip.compress(b"a,b\n1,2\n"), "t.csv.gz")
    assert read_table(path, {"b": "number"})["b"].tolist() == [2.0]


@pytest.mark.parametrize(
    "spoil", [lambda data: data[:-20], lambda data: b"no gzip", lambda data: data[:40] + b"x" * 40 + data[80:]]
)
def test_spoiled_gzip(write, spoil):
    path = write(spoil(gzip.compress(np.random.default_rng(0).bytes(5000))), "t.csv.gz")
    with pytest.raises(DataError, match=r"t\.csv\.gz is no whole gzip file"):
        read_table(path, {"b": "number"})


@pytest.mark.alone
def test_gzip_bomb_is_refused_at_once(write):
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1) as file:
        for _ in range(300):
            file.write(b"0," * (1 << 19))
    path = write(packed.getvalue(), "bomb.csv.gz")
    process = psutil.Process()
    before, began = process.memory_info().rss, time.perf_counter()
    with pytest.raises(DataError, match="a hundred times its size"):
        read_table(path, {"b": "number"})
    assert time.perf_counter() - began < 1
    assert process.memory_info().rss - before < 100e6


def test_a_cell_of_five_megabytes(write):
    path = write('a,b\n1,"' + "x" * 5_000_000 + '"\n2,y\n')
    assert read_table(path, {"a": "number"})["a"].tolist() == [1.0, 2.0]
    with pytest.raises(DataError) as refused:
        read_table(path, {"b": "number"})
    assert len(str(refused.value)) < 300


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\x1c\x1d\x1e\x1f\x85\u2028\u2029"), max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(CELLS, st.integers(-(10**6), 10**6), CELLS), min_size=1, max_size=8), st.sampled_from(",;\t|")
)
def test_what_is_written_is_read(tmp_path_factory, rows, delimiter):
    path = tmp_path_factory.mktemp("written") / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
        writer.writerows([("a", "b", "c"), *rows])
    frame = read_table(path, {"a": "text", "b": "number", "c": "text"}, delimiter=delimiter)
    assert frame["b"].tolist() == [number for _, number, _ in rows]
    for place, name in ((0, "a"), (2, "c")):
        for cell, row in zip(frame[name], rows, strict=True):
            assert cell == row[place].strip() or cell is np.nan or cell is None or cell != cell


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n")
    frame = read_columns(path, {"a": "number", "b": "category"}, TableFormat())
    assert list(frame.columns) == ["a", "b"]
    assert not len(frame)


def test_a_machine_that_starts_no_thread_more_still_reads(write, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    path = write("a,b\n" + "1,x\n2,y\n" * 5)
    monkeypatch.setattr(threading.Thread, "start", start)
    frame = read_table(path, {"a": "number", "b": "category"})
    assert frame["a"].tolist() == [1, 2] * 5
