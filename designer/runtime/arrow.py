"""Parses plain text tables with Apache Arrow, where it is installed: more quickly than pandas' reader, to the same."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

import numpy as np

from designer.runtime.room import address_room
from designer.runtime.rows import Cells, Coded, Rows


def arrow_cells(
    rows: Rows,
    names: Sequence[str],
    wanted: Sequence[str],
    words: Container[str],
    delimiter: str,
    decimal: str,
    missing: Sequence[str],
) -> Cells | None:
    """The ``wanted`` columns as pandas' reader parses them: those in ``words`` as words, others as numbers.

    None where Arrow is not installed or has no room, and where rows are not plain beyond doubt: a cell that is no
    number, a row of another width, other rows than were counted.
    """
    try:
        import pyarrow
        import pyarrow.csv
    except ImportError:
        return None
    # where it gets no thread or no room to begin with, Arrow ends the process
    if address_room() is not None or len(names) < 2 or not delimiter.isascii() or delimiter == " ":
        return None
    text, number = pyarrow.string(), pyarrow.float64()
    kinds = {name: pyarrow.dictionary(pyarrow.int32(), text) if name in words else number for name in wanted}
    # a quotation mark that is never closed shows by the line's end in the very last cell
    kinds.setdefault(names[-1], text)
    try:
        table = pyarrow.csv.read_csv(
            pyarrow.BufferReader(rows.text),
            pyarrow.csv.ReadOptions(use_threads=False, block_size=len(rows.text) + 1, column_names=names),
            pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            pyarrow.csv.ConvertOptions(
                column_types=kinds, include_columns=list(kinds), decimal_point=decimal, null_values=missing
            ),
            # Arrow's own keeps what was given back
            memory_pool=pyarrow.system_memory_pool(),
        )
    except pyarrow.ArrowInvalid:
        return None
    if not len(table) or len(table) != len(rows.lines) or str(table[names[-1]][-1]).endswith("\n"):
        return None
    columns = {name: table[name].chunk(0) for name in wanted}
    cells: Cells = {
        name: arrow_words(column) if name in words else arrow_numbers(column) for name, column in columns.items()
    }
    return cells if all(is_plain(column, columns[name].null_count) for name, column in cells.items()) else None


def is_plain(column: np.ndarray | Coded, missing: int) -> bool:
    """Whether a column is what pandas makes of it: words without blanks before them, and no word such as NAN as NaN."""
    if isinstance(column, Coded):
        return not any(word.startswith(" ") for word in column.words)
    return bool(np.count_nonzero(np.isnan(column)) == missing)


def arrow_numbers(cells: Any) -> np.ndarray:
    """Numbers of Arrow as float64, NaN where missing."""
    numbers: np.ndarray = cells.to_numpy(zero_copy_only=False)
    return numbers


def arrow_words(cells: Any) -> Coded:
    """Words of Arrow, of which none is missing, by the alphabet."""
    words = cells.dictionary.to_pylist()
    order = sorted(range(len(words)), key=words.__getitem__)
    places = np.empty(len(words), dtype=np.int32)
    places[order] = np.arange(len(words))
    return Coded(places[cells.indices.to_numpy()], [words[place] for place in order])
