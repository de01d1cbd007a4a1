"""Cuts text into whole rows, all of the same number of cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from designer.runtime.errors import DataError

LARGEST_ROW = 64 << 20
SMALL = 1 << 15


@dataclass
class Rows:
    """Whole rows as UTF-8, the line of the file on which each begins, and the line below them."""

    text: bytes
    lines: range | np.ndarray
    below: int


@dataclass
class Coded:
    """Words of some rows of a column: of each the place among those in ``words``, -1 where there is none."""

    codes: np.ndarray
    words: list[str]

    def __len__(self) -> int:
        """The number of rows."""
        return len(self.codes)


# the cells of some columns: float64 with NaN where missing, or words
Cells = dict[str, np.ndarray | Coded]


def first_row(file: str, pieces: Iterator[bytes], delimiter: str) -> tuple[list[str], int, int, bytes]:
    """The first row that holds something, the numbers of lines above it and down to its end, and all that was read."""
    text = b""
    for piece in pieces:
        text += piece
        # most often the first row is a small part of what was read
        for seen in (text[:SMALL], text) if len(text) > SMALL else (text,):
            above = 0
            for row, count, whole in cut_by_csv(seen[: seen.rfind(b"\n") + 1], delimiter):
                if whole and not is_blank(row):
                    return row, above, count, text
                above = count
        refuse_long_row(file, text, above + 1)
    for row, _, _ in cut_by_csv(text, delimiter):
        if not is_blank(row):
            raise DataError(f"{file}, line {above + 1}: a quotation mark is opened here and never closed")
    raise DataError(f"{file} holds no rows")


class Irregular(ValueError):
    """Lines are not rows, or not beyond doubt: they have to be looked at with more care."""


def cut_lines(pieces: Iterable[bytes], line: int) -> Iterator[Rows]:
    """Takes each line for a row; ``pieces``, of which the first begins on ``line``, end at line ends."""
    for text in pieces:
        below = line + int(np.count_nonzero(np.frombuffer(text, np.uint8) == ord("\n")))
        yield Rows(text, range(line, below), below)
        line = below


def cut_rows(file: str, pieces: Iterable[bytes], width: int, delimiter: str, line: int, head: int) -> Iterator[Rows]:
    """Cut ``pieces``, of which the first begins on ``line``, at the ends of rows of ``width`` cells.

    Rows of other widths are a DataError that names their lines, after all that could be read; ``head`` is the line
    of the row with which they are compared. Blank lines are passed over.
    """
    ragged: list[str] = []
    rest = b""
    wanted = 0
    for piece in chain(pieces, [b""]):
        text = rest + piece if rest else piece
        if not text or (piece and len(text) < wanted):
            rest = text
            continue
        rows = regular_rows(text, width, delimiter, line)
        if rows is None:
            rows = irregular_rows(text, width, delimiter, line, ragged, last=not piece)
        rest = text[len(rows.text) :]
        line = rows.below
        wanted = 0 if rows.text else 2 * len(rest)
        if not ragged:
            refuse_long_row(file, rest, line)
            if not piece and rest.strip():
                raise DataError(f"{file}, line {line}: a quotation mark is opened here and never closed")
            if len(rows.lines):
                yield rows
    if ragged:
        more = f" and {len(ragged) - 5} more lines" if len(ragged) > 5 else ""
        expected = f"line {head} has {width} cells"
        raise DataError(f"{file}: rows of unequal length: {expected}, but {', '.join(ragged[:5])}{more}")


def regular_rows(text: bytes, width: int, delimiter: str, line: int) -> Rows | None:
    """The whole rows at the start of ``text``, of ``width`` cells beyond doubt; None where there may be others.

    Beyond doubt are rows without blank lines among them whose quotation marks, if any, stand around whole cells.
    """
    if text.endswith(b"\n\n"):
        text = text.rstrip(b"\n") + b"\n"
    cells = np.frombuffer(text, np.uint8)
    ends = cell_ends(text, cells, width, delimiter)
    breaks = cells[ends] == ord("\n")
    count = len(breaks) - int(np.argmax(breaks[::-1])) if breaks.any() else 0
    if not count or count % width:
        return None
    table = breaks[:count].reshape(-1, width)
    if not table[:, -1].all() or table[:, :-1].any():
        return None
    used = int(ends[count - 1]) + 1
    whole = text if used == len(text) else text[:used]
    lines = np.flatnonzero(cells[:used] == ord("\n")) if b'"' in whole else ends[width - 1 : count : width]
    if len(lines) == len(table):
        return Rows(whole, range(line, line + len(lines)), line + len(lines))
    starts = np.concatenate([[0], ends[width - 1 : count - width : width] + 1])
    return Rows(whole, line + np.searchsorted(lines, starts), line + len(lines))


def cell_ends(text: bytes, cells: np.ndarray, width: int, delimiter: str) -> np.ndarray:
    """The places of delimiters and line breaks outside of quotation marks; none where these are used oddly."""
    none = np.zeros(0, dtype=np.int64)
    if not delimiter.isascii() or delimiter == " ":
        return none
    if width == 1 and (text[:1] in (b"\n", b" ", b"\t") or any(blank in text for blank in (b"\n\n", b"\n ", b"\n\t"))):
        return none
    cut, line_break, quote = ord(delimiter), ord("\n"), ord('"')
    is_end = (cells == cut) | (cells == line_break)
    ends: np.ndarray = np.flatnonzero(is_end)
    if b'"' not in text:
        return ends
    marks = np.flatnonzero(is_end | (cells == quote))
    quotes = np.flatnonzero(cells[marks] == quote)
    opening, closing = marks[quotes[::2]], marks[quotes[1::2]]
    beside = np.concatenate([cells[opening[opening > 0] - 1], cells[closing[closing < len(cells) - 1] + 1]])
    if not ((beside == cut) | (beside == line_break) | (beside == quote)).all():
        return none
    if len(opening) == len(closing) and (np.diff(quotes)[::2] == 1).all():
        return ends
    outside: np.ndarray = ends[np.searchsorted(marks[quotes], ends) % 2 == 0]
    return outside


def irregular_rows(text: bytes, width: int, delimiter: str, line: int, ragged: list[str], last: bool) -> Rows:
    """The whole rows at the start of ``text`` by Python's own reader.

    Lines with more or fewer cells are added to ``ragged``. A row that does not end counts where the file is at its end.
    """
    places: list[int] = []
    above = 0
    for row, count, whole in cut_by_csv(text, delimiter):
        if not whole and not (last and len(row) != width):
            break
        if not is_blank(row):
            places.append(line + above)
            if len(row) != width:
                ragged.append(f"line {line + above} has {len(row)}")
        above = count
    return Rows(text[: end_of_line(text, above)], np.array(places, dtype=np.int64), line + above)


def cut_by_csv(text: bytes, delimiter: str) -> Iterator[tuple[list[str], int, bool]]:
    """Rows as Python's own reader cuts them, the lines down to the end of each, and whether the end was there."""
    csv.field_size_limit(2 * LARGEST_ROW)
    lines = io.StringIO(text.decode("utf-8", "surrogatepass"), newline="\n")
    ended = "\0"
    reader = csv.reader(chain(lines, [ended]), delimiter=delimiter, skipinitialspace=True)
    for row in reader:
        if row == [ended]:
            return
        whole = not (row and row[-1].endswith(ended))
        yield row, reader.line_num - (not whole), whole


def is_blank(row: list[str]) -> bool:
    """Whether a row is a line with nothing on it."""
    return not row or (len(row) == 1 and not row[0].strip())


def end_of_line(text: bytes, count: int) -> int:
    """The place behind the first ``count`` line breaks."""
    return 0 if count == 0 else int(np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n"))[count - 1]) + 1


def refuse_long_row(file: str, rest: bytes, line: int) -> None:
    """A row that does not end in good time has lost a quotation mark."""
    if len(rest) > LARGEST_ROW:
        raise DataError(
            f"{file}, line {line}: a quotation mark is opened here and never closed, or the row is larger than "
            f"{LARGEST_ROW >> 20} MB"
        )
