"""Test rows that come from a file of their own: read as the table is, and set beside its rows to be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from designer.importing.cells import Cells
from designer.importing.repeats import row_marks
from designer.project.errors import LayerloomError
from designer.project.model import Column, TableData
from designer.project.paths import resolve_from
from designer.runtime.errors import DataError
from designer.runtime.times import parse_dates
from designer.training.columns import read_columns


def read_tests(
    data: TableData, base: Path, frame: pd.DataFrame, read: Callable[[Path], Iterator[bytes]] | None = None
) -> pd.DataFrame | None:
    """The rows of the file that the test part comes from, each column of the kind in which ``frame`` has it.

    The path is relative to the folder ``base``; ``read`` is as with ``read_columns``. A column that nothing is learned
    from may lack. None where no file is given, or where it cannot be read: training says so and why.
    """
    if data.samples != "rows" or data.split.by != "file" or not data.split.file:
        return None
    path = resolve_from(base, data.split.file)
    every = [column for column in data.columns if column.name in frame.columns]
    used = [column for column in every if column.role != "ignored"]
    for columns in (every, used) if used != every else (every,):
        kinds = {column.name: _kind(column, frame[column.name]) for column in columns}
        try:
            return read_columns(path, kinds, data.format, data.sheet, read)
        except (DataError, LayerloomError, OSError):
            continue
    return None


def _kind(column: Column, cells: pd.Series) -> str:
    if pd.api.types.is_numeric_dtype(cells):
        return "boolean" if column.kind == "boolean" else "number"
    return "category"


def dated_as(column: Column, cells: pd.Series) -> Column:
    """The ``column`` with the order of day and month that was found in its ``cells``, where there is one to find."""
    if column.kind != "date" or column.day_first != "auto" or not isinstance(cells.dtype, pd.CategoricalDtype):
        return column
    order = parse_dates(pd.Series(cells.cat.remove_unused_categories().cat.categories, dtype="str"))[2]
    return column if order is None else replace(column, day_first="yes" if order else "no")


def with_tests(cells: Mapping[str, Cells], tests: Mapping[str, Cells]) -> dict[str, Cells]:
    """The columns that both have, the test rows below those of the table; not those that were read in unlike ways."""
    both = {name: _joined(cells[name], below) for name, below in tests.items() if name in cells}
    return {name: joined for name, joined in both.items() if joined is not None}


def marks_with_tests(
    marks: np.ndarray, telling: Mapping[str, Cells], tests: Mapping[str, Cells], joined: Mapping[str, Cells], added: int
) -> np.ndarray:
    """The ``marks`` of a table's rows, made of the columns ``telling``, and those of the ``added`` test rows below.

    Columns that the test rows lack are left out. All rows differ where fewer than two are left, or where one was read
    in unlike ways.
    """
    names = [name for name in telling if name in tests]
    if len(names) < 2 or any(name not in joined for name in names):
        return np.arange(len(marks) + added, dtype=np.uint64)
    if len(names) < len(telling):
        return row_marks({name: joined[name] for name in names}, len(marks) + added)
    below = np.arange(len(marks), len(marks) + added)
    return np.concatenate([marks, row_marks({name: joined[name].take(below) for name in names}, added)])


def _joined(first: Cells, second: Cells) -> Cells | None:
    if first.numbers is not None and second.numbers is not None:
        return replace(first, numbers=np.concatenate([first.numbers, second.numbers]), spoiled=None)
    if first.codes is None or second.codes is None or first.words is None or second.words is None:
        return None
    places = first.words.get_indexer(second.words)
    new = places < 0
    places[new] = len(first.words) + np.arange(int(new.sum()))
    # the code of a missing cell, -1, is that of the last place
    codes = np.concatenate([first.codes, np.append(places, -1)[second.codes]])
    return replace(first, codes=codes, words=first.words.append(second.words[new]), spoiled=None)
