"""Tells how the lines of a text become rows and cells: delimiter, lines above the header, and whether there is one."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from designer.runtime.errors import DataError

DELIMITERS = ("\t", ";", "|", ",")
SAMPLE = 1 << 18
MOST_TITLES = 20
MISSING_WORDS = ("", "na", "n/a", "#n/a", "nan", "null", "none", "-", "?", ".")
NUMBER = re.compile(
    r"[-+−]?[$€£¥]?\s?[-+]?(\d[\d.,' \u00a0]*|[.,]\d+)([eE][-+]?\d+)?\s?[%$€£¥]?|[-+]?inf", re.IGNORECASE
)
DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?([T ]\d{1,2}:\d{2}.*)?"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})([T ,]+\d{1,2}:\d{2}.*)?"
    r"|\d{1,2}[-. ]+[A-Za-z]{3,9}\.?[-, ]+(\d{4}|\d{2})( \d{1,2}:\d{2}.*)?"
    r"|[A-Za-z]{3,9}\.? \d{1,2},? \d{4}|\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?"
)

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Structure:
    """How a text becomes rows; ``notes`` says what is out of the ordinary."""

    delimiter: str
    skip_rows: int
    header: bool
    notes: list[str] = field(default_factory=list)


def find_structure(file: str, text: str) -> Structure:
    """The structure of a text with plain line ends, from its first 256 kB; a DataError where rows hide their cells."""
    notes: list[str] = []
    start, named = _opening(text, notes)
    delimiter = named or find_delimiter(text, start)
    rows = sample_rows(text, delimiter, start)
    if not rows:
        raise DataError(f"{file} holds no rows")
    _refuse_hidden_cells(file, rows)
    titles = count_titles(rows)
    if titles:
        above = " ".join(cell for _, row in rows[:titles] for cell in row if cell)
        notes.append(f"lines above the header are passed over: “{above[:80]}”")
        start, rows = rows[titles][0], rows[titles:]
    header = has_header(rows)
    if not header:
        notes.append(f"no header is seen: the columns are called column_1 to column_{len(rows[0][1])}")
    if delimiter != ",":
        notes.append(f"cells are separated by {'tabs' if delimiter == chr(9) else f'“{delimiter}”'}")
    return Structure(delimiter, start, header, notes)


def _opening(text: str, notes: list[str]) -> tuple[int, str]:
    """The lines to pass over at the very top, and the delimiter that a line ``sep=;`` names."""
    lines = text[:SAMPLE].split("\n")
    named = re.fullmatch(r'"?sep=(.)"?', lines[0].lstrip("\ufeff"), re.IGNORECASE)
    start = 1 if named else 0
    first = start
    while start < len(lines) - 1 and lines[start].lstrip("\ufeff").startswith(("#", "%", "//")):
        start += 1
    if start > first and _is_commented_header(lines, start):
        start -= 1
    if start > first:
        notes.append(f"{start - first} comment lines at the top are passed over")
    return start, named[1] if named else ""


def _is_commented_header(lines: list[str], start: int) -> bool:
    """Whether the last comment line names the columns of numbers that follow without a header of their own."""
    last, rest = lines[start - 1].lstrip("#%/ "), "\n".join(lines[start : start + 50])
    delimiter = find_delimiter(rest, 0)
    below, names = sample_rows(rest, delimiter, 0), next(csv.reader([last], delimiter=delimiter), [])
    return bool(below) and len(names) == len(below[0][1]) > 1 and not has_header(below)


def sample_rows(text: str, delimiter: str, start: int) -> list[Row]:
    """The filled rows within the first 256 kB, after ``start`` lines, each with its line counted from 0."""
    sample = text[:SAMPLE].lstrip("\ufeff")
    if len(text) > SAMPLE and "\n" in sample:
        sample = sample[: sample.rindex("\n")]
    stream = io.StringIO(sample)
    for _ in range(start):
        stream.readline()
    csv.field_size_limit(1 << 30)
    reader = csv.reader(stream, delimiter=delimiter, skipinitialspace=True)
    rows: list[Row] = []
    line = start
    for row in reader:
        if len(row) > 1 or (row and row[0].strip()):
            rows.append((line, [cell.strip() for cell in row]))
        line = start + reader.line_num
    return rows


def find_delimiter(text: str, start: int) -> str:
    """The sign that cuts most rows into the same number of cells, more than one; a comma where none does."""
    found: list[tuple[bool, float, str]] = []
    for delimiter in DELIMITERS:
        rows = sample_rows(text, delimiter, start)
        width, count = Counter(len(row) for _, row in rows).most_common(1)[0] if rows else (1, 0)
        if width > 1 and count * 2 >= len(rows):
            found.append((len(rows[0][1]) == width, count / len(rows), delimiter))
    if not found:
        return ","
    best = max(share for _, share, _ in found)
    steady = [(first, delimiter) for first, share, delimiter in found if share >= 0.9 * best]
    return next((delimiter for first, delimiter in steady if first), steady[0][1])


def _refuse_hidden_cells(file: str, rows: list[Row]) -> None:
    """Refuse rows that are one quoted cell each with the real cells inside, and rows separated by blanks."""
    if any(len(row) > 1 for _, row in rows) or len(rows) < 2:
        return
    for sign in (";", ",", "\t", "|", None):
        widths = [len(row[0].split(sign)) for _, row in rows]
        if min(widths) > 1 and Counter(widths).most_common(1)[0][1] >= 0.9 * len(rows):
            if sign is None:
                raise DataError(
                    f"{file}: the cells seem to be separated by blanks; save the table with commas between them"
                )
            raise DataError(
                f"{file}, line {rows[0][0] + 1}: each row is one cell in quotation marks, with “{sign}” between the "
                f"real cells inside; save the table again without quotation marks around whole rows"
            )


def count_titles(rows: list[Row]) -> int:
    """How many rows at the top are titles: a single cell, or one filled cell at the left, above fuller rows."""
    width = Counter(len(row) for _, row in rows).most_common(1)[0][0]
    if width < 2:
        return 0
    titles = [_is_title(row, width) for _, row in rows]
    count = next((place for place, title in enumerate(titles) if not title), 0)
    return count if count <= MOST_TITLES and sum(titles[count:]) * 5 <= len(rows) - count else 0


def _is_title(row: list[str], width: int) -> bool:
    if len(row) != width:
        return len(row) == 1 or len(row) * 2 <= width
    return width > 2 and not any(row[1:])


def has_header(rows: Sequence[Row]) -> bool:
    """Whether the first row names the columns: words above numbers or dates say yes, the same kind as below says no."""
    first, rest = rows[0][1], [row for _, row in rows[1:101]]
    if not rest:
        return True
    evidence = 0
    for place, cell in enumerate(first):
        below = [row[place] for row in rest if place < len(row) and kind_of_cell(row[place])]
        kinds = Counter(kind_of_cell(word) for word in below)
        if not kinds or not kind_of_cell(cell):
            continue
        kind, count = kinds.most_common(1)[0]
        if kind == "word":
            evidence -= cell in below
        elif count >= 0.8 * len(below):
            evidence += 1 if kind_of_cell(cell) == "word" else -1
    return evidence >= 0 or (_counts_up(first) and not _counts_up(rest[0]))


def _counts_up(row: list[str]) -> bool:
    """Whether the numbers of a row are labels, such as years: whole, each one more than the one before."""
    numbers = [cell for cell in row if kind_of_cell(cell) == "number"]
    if len(numbers) < 3 or not all(cell.isdigit() for cell in numbers):
        return False
    return all(int(after) - int(before) == 1 for before, after in pairwise(numbers))


def kind_of_cell(cell: str) -> str:
    """``number``, ``date`` or ``word``; empty for a cell that says nothing."""
    if cell.lower() in MISSING_WORDS:
        return ""
    if len(cell) > 40:
        return "word"
    if DATE.fullmatch(cell):
        return "date"
    return "number" if NUMBER.fullmatch(cell) else "word"
