"""Parses whole rows in two threads and gathers the cells of each column."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from designer.runtime.arrow import arrow_cells
from designer.runtime.errors import DataError
from designer.runtime.ordering import column_of_words
from designer.runtime.room import address_room, free_memory
from designer.runtime.rows import Cells, Coded, Irregular, Rows, cut_lines, cut_rows, first_row

PARSERS = 2
# pandas' reader, refused memory at some places, ends the process: so much has to be left, and more for long pieces
PARSING_ROOM = 32 << 20
ROOM_A_BYTE = 16
# after so many rows that were not plain no more are expected to be
MOST_ODD = 8
# rows that are not as long as the first ones leave room for more of them
EXPECTED = 1.02
# a word that no cell holds: it stands above the rows that are parsed, so that pandas takes no words for numbers
NO_WORD = "\x01"


def open_rows(
    file: str, pieces: Iterator[bytes], delimiter: str, header: bool, line: int, checked: bool = True
) -> tuple[list[str], Iterator[Rows]]:
    """The names of the columns and the rows below; the first of ``pieces`` begins on ``line`` of the file.

    Rows that are not ``checked`` are lines.
    """
    first, above, down, text = first_row(file, pieces, delimiter)
    names = column_names(first, header)
    rest = chain([text.split(b"\n", down)[down] if header else text], pieces)
    below = line + down if header else line
    if not checked:
        return names, cut_lines(rest, below)
    return names, cut_rows(file, rest, len(names), delimiter, below, line + above)


def column_names(first_row: list[str], header: bool) -> list[str]:
    """A name of its own for each column: the header's, numbered where it is blank or repeated."""
    names: list[str] = []
    taken = {cell.strip() for cell in first_row} if header else set()
    given = set()
    for number, cell in enumerate(first_row, start=1):
        name = cell.strip() if header else ""
        if not name or name in given:
            name = base = f"{name}_{number}" if name else f"column_{number}"
            while name in taken:
                name = f"{name}_{base}"
            taken.add(name)
        names.append(name)
        given.add(name)
    return names


def parsed_rows(
    file: str,
    rows: Iterable[Rows],
    names: Sequence[str],
    wanted: Sequence[str],
    words: set[str],
    delimiter: str,
    decimal: str,
    missing: Sequence[str],
    checked: bool = True,
) -> Iterator[tuple[Rows, Cells]]:
    """The ``wanted`` columns of some rows after the other. Those in ``words`` come as words.

    So do others of which a cell among these rows is no plain number; all else comes as numbers, with gaps for the
    words in ``missing``. ``words`` may grow after the first rows. Rows that are not ``checked`` yet are ``Irregular``
    unless it shows that each line has a cell for each name.
    """
    odd: list[Rows] = []

    def parse(some: Rows, threads: bool) -> Cells:
        if threads and len(odd) < MOST_ODD:
            quick = arrow_cells(some, names, wanted, set(words), delimiter, decimal, missing)
            if quick is not None:
                return quick
            odd.append(some)
        room = address_room()
        if room is not None and room < PARSING_ROOM + ROOM_A_BYTE * len(some.text):
            raise MemoryError
        plain = {name: np.float64 for name in wanted if name not in words}
        if not checked:
            if set(wanted) != set(names) or names[-1] in words:
                raise Irregular
            return cells_of_frame(parse_lines(some, names, words, plain, delimiter, decimal, missing))
        try:
            cells = parse_cells(some, names, wanted, words, plain, delimiter, decimal, missing)
        except pd.errors.ParserError as error:
            raise DataError(f"{file}, from line {some.lines[0]} on, cannot be read: {error}") from error
        except ValueError:
            found = parse_cells(some, names, wanted, words, {}, delimiter, decimal, missing)
            written = {name for name in plain if not is_number(found[name])}
            cells = parse_cells(some, names, wanted, words | written, {}, delimiter, decimal, missing)
        if len(cells) != len(some.lines):
            said = f"{len(some.lines)} rows were counted from line {some.lines[0]} on, but {len(cells)} were read"
            raise DataError(f"{file}: {said}; is a line of it blank?")
        return cells_of_frame(cells)

    waiting: deque[tuple[Rows, Future[Cells]]] = deque()
    with ThreadPoolExecutor(PARSERS) as pool:
        for some in rows:
            waiting.append((some, begun(pool, parse, some)))
            while len(waiting) > PARSERS:
                done, parsed = waiting.popleft()
                yield done, parsed.result()
        while waiting:
            done, parsed = waiting.popleft()
            yield done, parsed.result()


def begun(pool: ThreadPoolExecutor, parse: Callable[[Rows, bool], Cells], rows: Rows) -> Future[Cells]:
    """``parse`` of ``rows``, begun in a thread of ``pool``, or done here where the system starts no thread more.

    ``parse`` is told whether there are threads.
    """
    try:
        return pool.submit(parse, rows, True)
    except RuntimeError:
        done: Future[Cells] = Future()
        done.set_result(parse(rows, False))
        return done


def parse_lines(
    rows: Rows,
    names: Sequence[str],
    words: set[str],
    plain: Mapping[str, type[np.float64]],
    delimiter: str,
    decimal: str,
    missing: Sequence[str],
) -> pd.DataFrame:
    """All columns of lines that are rows beyond doubt, as pandas' reader finds out; ``Irregular`` where they are not.

    It refuses rows with more cells than the one before, of which the very first is whole; those with fewer lack a
    number at the end; and a line break inside a cell, or a blank line, makes fewer rows than lines.
    """
    try:
        cells = parse_cells(rows, names, None, words, plain, delimiter, decimal, missing)
    except ValueError as error:
        raise Irregular from error
    if len(cells) != len(rows.lines) or cells[names[-1]].isna().any():
        raise Irregular
    return cells


def parse_cells(
    rows: Rows,
    names: Sequence[str],
    wanted: Sequence[str] | None,
    words: set[str],
    plain: Mapping[str, type[np.float64]],
    delimiter: str,
    decimal: str,
    missing: Sequence[str],
) -> pd.DataFrame:
    """The ``wanted`` columns, or all, by pandas' reader; a ValueError where one in ``plain`` does not hold numbers."""
    first = delimiter.join(NO_WORD if name in words else '""' for name in names) + "\n"
    kinds: dict[str, Any] = {**dict.fromkeys(words, "category"), **plain}
    try:
        cells: pd.DataFrame = pd.read_csv(
            Joined(first.encode(), rows.text),  # type: ignore[call-overload]
            sep=delimiter,
            header=None,
            names=list(names),
            usecols=None if wanted is None else list(wanted),
            index_col=False,
            dtype=kinds,
            na_values={name: missing for name in wanted or names if name not in words},
            keep_default_na=False,
            decimal=decimal,
            skipinitialspace=begins_blank(rows.text, delimiter),
            low_memory=False,
            encoding_errors="surrogatepass",
        )
    except pd.errors.ParserError as error:
        if "out of memory" in str(error):
            raise MemoryError from error
        raise
    return cells.tail(len(cells) - 1)


class Joined:
    """Two pieces of bytes read as one, without a copy of both."""

    def __init__(self, first: bytes, second: bytes) -> None:
        self._pieces = [memoryview(first), memoryview(second)]

    def __iter__(self) -> Iterator[bytes]:
        """All that is left, which pandas asks of whatever it reads."""
        while piece := self.read(-1):
            yield piece

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes, or all of a piece where it is below zero; none at the end."""
        while self._pieces and not len(self._pieces[0]):
            self._pieces.pop(0)
        if not self._pieces:
            return b""
        end = len(self._pieces[0]) if size < 0 else size
        taken, self._pieces[0] = self._pieces[0][:end], self._pieces[0][end:]
        return bytes(taken)


def begins_blank(text: bytes, delimiter: str) -> bool:
    """Whether any cell may begin with a blank."""
    cells = np.frombuffer(text, np.uint8)
    blanks = np.flatnonzero(cells == ord(" "))
    before = cells[blanks[blanks > 0] - 1]
    return text[:1] == b" " or bool(((before == ord("\n")) | (before == delimiter.encode()[-1])).any())


def cells_of_frame(frame: pd.DataFrame) -> Cells:
    """The columns of a frame, each of numbers or of pandas' category dtype."""
    return {
        str(name): column.to_numpy(dtype=np.float64)
        if is_number(column)
        else Coded(column.cat.codes.to_numpy(), [str(word) for word in column.cat.categories])
        for name, column in frame.items()
    }


def is_number(cells: pd.Series) -> bool:
    """Whether pandas took cells for numbers: not for words, nor for yes and no."""
    return cells.dtype.kind in "iuf"


class Filled:
    """An array that is filled piece by piece, so that pieces and the whole are never there at the same time."""

    def __init__(self, dtype: type[np.generic], expected: int = 0) -> None:
        self._values: np.ndarray = np.empty(expected, dtype)
        self._size = 0

    def __len__(self) -> int:
        """How many values there are so far."""
        return self._size

    def add(self, piece: np.ndarray) -> None:
        """Put a piece behind those before."""
        size, end = self._size, self._size + len(piece)
        if end > len(self._values):
            grown = np.empty(max(end, size + size // 2), self._values.dtype)
            grown[:size] = self._values[:size]
            self._values = grown
        self._values[size:end] = piece
        self._size = end

    def values(self) -> np.ndarray:
        """All values so far."""
        return self._values[: self._size]


class Gathered:
    """The cells of the columns of a table, gathered as they are read: float64, or codes of the words they hold.

    A column in ``words``, to which the first rows add, is kept as words. ``mixed`` are columns whose cells are plain
    numbers in some rows and not in others.
    """

    def __init__(self, columns: Iterable[str], words: set[str]) -> None:
        self.words = words
        self.mixed: set[str] = set()
        self._lines: list[range | np.ndarray] = []
        self._columns = list(columns)
        self._cells: dict[str, Filled] = {}
        self._codes: dict[str, dict[str, int]] = {name: {} for name in self._columns}

    def add(self, rows: Rows, cells: Cells, expected: int = 0) -> None:
        """Add the cells of some rows; about so many rows are ``expected`` in all."""
        for name in self._columns:
            column = cells[name]
            worded = isinstance(column, Coded)
            if not self._lines:
                if worded:
                    self.words.add(name)
                self._cells[name] = Filled(np.int32 if worded else np.float64, expected)
            if worded != (name in self.words):
                self.mixed.add(name)
            else:
                self._cells[name].add(self._coded(name, column) if isinstance(column, Coded) else column)
        self._lines.append(rows.lines)

    def _coded(self, name: str, column: Coded) -> np.ndarray:
        known = self._codes[name]
        places = [known.setdefault(word, len(known)) if word != NO_WORD else -1 for word in column.words]
        # -1, which stands for no word, is the last place
        return np.array([*places, -1], dtype=np.int32).take(column.codes, mode="wrap")

    @property
    def size(self) -> int:
        """The bytes that the cells take so far."""
        return sum(column.values().nbytes for column in self._cells.values())

    def index(self) -> pd.Index:
        """The line on which each row begins."""
        return joined_lines(self._lines)

    def column(self, name: str, index: pd.Index) -> pd.Series:
        """The cells of a column, which are handed over: float64, or a column of pandas' category dtype."""
        worded = name in self.words
        cells = self._cells.pop(name, Filled(np.int32 if worded else np.float64)).values()
        if not worded:
            return pd.Series(cells, index=index, name=name, copy=False)
        return column_of_words(cells, self._codes.pop(name), index, name)


def joined_lines(lines: Sequence[range | np.ndarray]) -> pd.Index:
    """The lines on which rows begin, those of some rows after the other."""
    ranges = [some for some in lines if isinstance(some, range)]
    if ranges and len(ranges) == len(lines):
        whole = range(ranges[0].start, ranges[-1].stop)
        if len(whole) == sum(len(some) for some in ranges):
            return pd.RangeIndex(whole, name="line")
    numbers = np.concatenate([np.zeros(0, dtype=np.int64), *(np.asarray(some) for some in lines)])
    index: pd.Index = pd.Index(numbers, name="line")
    return index


def gather(file: Path, parsed: Iterable[tuple[Rows, Cells]], gathered: Gathered) -> Gathered:
    """Gather the cells of all rows; a DataError with an estimate where they will not fit into memory."""
    read = rows = 0
    free, size = free_memory(), file.stat().st_size
    for some, cells in parsed:
        read, rows = read + len(some.text), rows + len(some.lines)
        share = min(1.0, max(1, read) / size)
        gathered.add(some, cells, int(EXPECTED * rows / share))
        if gathered.size / share > 0.8 * free:
            raise DataError(
                f"{file.name} is too large for this machine's memory: about {rows / share:,.0f} rows would take "
                f"{gathered.size / share / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free; read fewer columns or rows"
            )
    return gathered


def listed(names: list[str]) -> str:
    """Up to twenty names in a row, for messages."""
    shown = ", ".join(name if len(name) <= 40 else name[:40] + "…" for name in names[:20])
    return shown + (f" and {len(names) - 20} more" if len(names) > 20 else "")
