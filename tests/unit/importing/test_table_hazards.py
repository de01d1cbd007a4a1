"""Hazards 14, 15, 16 and 18 of tables: bombs, trouble in text tables, tables beyond the memory, formulas."""

from __future__ import annotations

import csv
import gzip
import io
import os
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import psutil
import pytest

from designer.importing.sniff import Cancelled, sniff_table
from designer.runtime.errors import DataError
from designer.training.columns import read_columns
from designer.training.predict import csv_text

ROOT = Path(__file__).parents[3]


def gzip_bomb(path: Path, piece: bytes) -> Path:
    with gzip.open(path, "wb", compresslevel=6) as file:
        for _ in range(256):
            file.write(piece * ((1 << 20) // len(piece)))
    return path


def workbook_bomb(path: Path, part: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        with packed.open(part, "w", force_zip64=True) as stream:
            for _ in range(256):
                stream.write(b"<c/>" * (1 << 18))
    return path


@pytest.mark.alone
@pytest.mark.parametrize(
    ("make", "name", "what"),
    [
        (gzip_bomb, "a.csv.gz", b"0,0,0\n"),
        (gzip_bomb, "b.csv.gz", b"0,"),
        (gzip_bomb, "c.csv.gz", b"\n"),
        (gzip_bomb, "d.csv.gz", b'"'),
        (workbook_bomb, "e.xlsx", "xl/worksheets/sheet1.xml"),
        (workbook_bomb, "f.xlsx", "xl/sharedStrings.xml"),
    ],
)
def test_hazard_14_bombs_are_refused_at_once(tmp_path: Path, make, name: str, what) -> None:
    path = make(tmp_path / name, what)
    process = psutil.Process()
    before, began = process.memory_info().rss, time.process_time()
    with pytest.raises(DataError, match=r"a hundred times its size|holds no rows|is empty"):
        sniff_table(path)
    assert time.process_time() - began < 1
    assert process.memory_info().rss - before < 100e6


def plain(rows: int = 40) -> list[list[str]]:
    return [["a", "b", "word"], *([str(place), f"{place * 0.5}", "xyz"[place % 3]] for place in range(rows))]


def written(rows: list[list[str]], **form) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", **form).writerows(rows)
    return text.getvalue()


TROUBLE = {
    "ragged": (written([*plain(), ["1", "2"]]), "line 42 has 2"),
    "bom": ("\ufeff" + written(plain()), (40, 3)),
    "utf16": (written(plain()).encode("utf-16"), (40, 3)),
    "zero byte": (written(plain()).replace("xyz"[1], "\0", 1), "zero byte"),
    "cell of 5 MB": (written([*plain(), ["1", "2", "w" * 5_000_000]]), (41, 3)),
    "10,000 columns": (written([[f"c{place}" for place in range(10_000)], *[["1"] * 10_000] * 3]), (3, 10_000)),
    "header twice": (written([["a", "a", "a"], *plain()[1:]]), (40, 3)),
    "empty": ("", "is empty"),
    "blank lines": (written(plain()).replace("\n", "\n\n"), (40, 3)),
    "blank lines at the end": (written(plain()) + "\n \n\n", (40, 3)),
    "all quoted": (written(plain(), quoting=csv.QUOTE_ALL), (40, 3)),
    "line breaks in cells": (written([*plain(), ["1", "2", "x\n,\ny"]]), (41, 3)),
    "delimiters in cells": (written([*plain(), ["1", "2", "x,y,z"]]), (41, 3)),
    "inches": (written(plain()) + '1,2,5" pipe\n', (41, 3)),
    "blanks before quotes": (written(plain()) + '1, "2", "x, y"\n', (41, 3)),
    "quote never closed": (written(plain()) + '1,2,"x\n' + written(plain()[1:]), "line 42: a quotation mark"),
    "text after a quote": (written(plain()) + '1,2,"x"y\n', (41, 3)),
    "a cell more": (written(plain()) + "1,2,x,4\n", "line 42 has 4"),
    "comma at the ends": (written(plain()).replace("\n", ",\n"), (40, 4)),
    "carriage returns": (written(plain()).replace("\n", "\r"), (40, 3)),
    "no end of the last line": (written(plain()).removesuffix("\n"), (40, 3)),
    "one row": (written(plain(1)), (1, 3)),
    "header alone": ("a,b,word\n", "no rows"),
}


@pytest.mark.parametrize("name", TROUBLE)
def test_hazard_15_trouble_is_read_rightly_or_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("the network was used"))
    content, expected = TROUBLE[name]
    path = tmp_path / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    if isinstance(expected, str):
        with pytest.raises(DataError, match=expected):
            sniff_table(path)
        return
    sniffed = sniff_table(path)
    assert (sniffed.rows, len(sniffed.columns)) == expected
    if expected[1] == 3 and name != "header twice":
        frame = read_columns(path, {"a": "number", "b": "number", "word": "text"}, sniffed.format)
        assert frame["a"].head(40).tolist() == [float(place) for place in range(40)][: expected[0]]
        assert frame["b"].head(40).tolist() == [place * 0.5 for place in range(40)][: expected[0]]
        assert frame["word"].head(40).tolist() == ["xyz"[place % 3] for place in range(40)][: expected[0]]


def test_hazard_15_nothing_shifts_where_regular_and_odd_pieces_meet(tmp_path: Path) -> None:
    """Pieces are checked in two ways, by numpy and by Python's own reader; what they find must be the same."""
    chance = np.random.default_rng(0)
    odd = ["x", "x,y", "line\nbreak", 'say "so"', "", " blanks ", '5" pipe']
    path, told, lines = tmp_path / "t.csv", [], []
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["n", "word", "m"])
        line = 2
        for place in range(40_000):
            word = odd[chance.integers(len(odd))] if place % 9_000 < 50 else "plain"
            told.append((place, word.strip() or None, place * 0.25))
            lines.append(line)
            if place % 11_000 == 7:
                file.write(f'{place},5" pipe,{place * 0.25}\n\n')
                told[-1] = (place, '5" pipe', place * 0.25)
                line += 2
            else:
                writer.writerow([place, word, place * 0.25])
                line += 1 + word.count("\n")
    sniffed = sniff_table(path)
    frame = read_columns(path, {"n": "number", "word": "text", "m": "number"}, sniffed.format)
    assert frame.index.tolist() == lines
    words = frame["word"].astype(object).where(frame["word"].notna(), None).tolist()
    assert list(zip(frame["n"].tolist(), words, frame["m"].tolist(), strict=True)) == told


def test_hazard_15_a_word_far_down_in_a_column_of_numbers_is_found(tmp_path: Path) -> None:
    path, rows = tmp_path / "t.csv", 120_000
    cells = [f"{place * 0.5},{place % 7}0,{place % 90}" for place in range(rows)]
    cells[rows - 100] = "12O,030,5"
    path.write_text("a,code,c\n" + "\n".join(cells) + "\n")
    sniffed = sniff_table(path)
    kinds = {column.name: (column.kind, column.role) for column in sniffed.columns}
    assert kinds == {"a": ("text", "ignored"), "code": ("category", "feature"), "c": ("number", "feature")}
    assert any("“12O” in line 119902" in note for note in sniffed.notes)
    assert any("“code” holds numbers that begin with a zero" in note for note in sniffed.notes)
    with pytest.raises(DataError, match=r"line 119902, column “a”: “12O” is not a number$"):
        read_columns(path, {"a": "number"}, sniffed.format)


def test_hazard_15_letters_far_down_that_are_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n" + b"1,x\n" * 1_200_000 + "2,ö\n".encode("cp1252") * 20)
    sniffed = sniff_table(path)
    assert (sniffed.format.encoding, sniffed.rows) == ("cp1252", 1_200_020)


def test_reading_shows_progress_and_can_be_given_up(tmp_path: Path) -> None:
    path, shares = tmp_path / "t.csv", []
    path.write_text("a,b\n" + "1,2\n" * 3_000_000)
    sniff_table(path, progress=shares.append)
    assert shares == sorted(shares)
    assert len(shares) > 2
    assert shares[-1] == 1.0
    with pytest.raises(Cancelled):
        sniff_table(path, cancelled=lambda: len(shares) > 2)


LIMITED = """
import resource, sys
from pathlib import Path
import numpy, pandas
from designer.importing.sniff import sniff_table
from designer.runtime.errors import DataError
from designer.training.columns import read_columns
import designer.importing.surveying
path, room = Path(sys.argv[1]), int(sys.argv[2])
used = int(Path("/proc/self/statm").read_text().split()[0]) << 12
resource.setrlimit(resource.RLIMIT_AS, (used + room, used + room))
try:
    sniffed = sniff_table(path)
    names = [column.name for column in sniffed.columns]
    frame = read_columns(path, dict.fromkeys(names, "number"), sniffed.format)
    print("read", len(frame))
except DataError as error:
    print("refused", error)
"""


# of the table, and what a limit leaves free beside the imports: plenty, and half of it or what Python needs anyway
SIZE_MB = int(os.environ.get("LAYERLOOM_TABLE_MB", "60"))
PLENTY, TOO_LITTLE = 34 * SIZE_MB, max(200, SIZE_MB // 2)
BLOCK_ROWS = 2_000


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="asks Linux how much memory is taken")
@pytest.mark.parametrize(("room", "read"), [(PLENTY, True), (TOO_LITTLE, False)])
@pytest.mark.timeout(300 + SIZE_MB)
def test_hazard_16_a_table_beyond_the_memory_is_refused_with_an_estimate(tmp_path: Path, room: int, read: bool) -> None:
    """LAYERLOOM_TABLE_MB sets the size of the table: the full one is 2,000, with 1,000 free."""
    path = tmp_path / "t.csv"
    block = (
        "\n".join(",".join(str((place * each) % 1000) for each in range(1, 41)) for place in range(BLOCK_ROWS)) + "\n"
    )
    blocks = SIZE_MB * 1_000_000 // len(block)
    with path.open("w") as file:
        file.write(",".join(f"c{place}" for place in range(40)) + "\n")
        for _ in range(blocks):
            file.write(block)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MALLOC_ARENA_MAX": "2", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", LIMITED, str(path), str(room << 20)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200 + SIZE_MB)
    assert done.returncode == 0, done.stderr[-2000:]
    if read:
        assert done.stdout == f"read {blocks * BLOCK_ROWS}\n"
    else:
        assert done.stdout.startswith("refused t.csv is too large for this machine"), done.stdout
        assert "GB" in done.stdout


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\0"])
def test_hazard_18_no_text_cell_can_be_taken_for_a_formula(sign: str) -> None:
    text = csv_text(["name", f"{sign}head"], [[f"{sign}1+1", -2.5], ["plain", 3]])
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0][1] == f"'{sign}head"
    assert rows[1] == [f"'{sign}1+1", "-2.5"]
    assert rows[2] == ["plain", "3"]
