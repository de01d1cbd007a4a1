"""The profile of a table: each column by itself, its relation to the target, and what columns and rows repeat."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from designer.importing.cells import Cells, cells_of
from designer.importing.columns import ID_NAME
from designer.importing.distributions import (
    bins_of,
    count_words,
    describe_numbers,
    describe_texts,
    example_words,
    far_rows,
    lengths_of,
    shortened,
)
from designer.importing.given_tests import dated_as, marks_with_tests, read_tests, with_tests
from designer.importing.leaks import answering_of
from designer.importing.part_profiles import parts_of
from designer.importing.profile_reading import read_frame
from designer.importing.profiles import ColumnProfile, Histogram, TableProfile
from designer.importing.relation import relation_of
from designer.importing.repeats import find_pairs, repeated_rows, row_marks
from designer.importing.sniff import Cancelled
from designer.importing.times import counts_time, describe_times, series_of
from designer.project.model import Column, Split, TableData
from designer.project.paths import resolve_from
from designer.training.columns import day_order
from designer.training.text_folders import PART

READING = 0.5
MOST_CLASSES = 1_000
MOST_VARIANTS = 8
MOST_SPOILED = MOST_FAR = 5
LONG_TEXT = 60
BLANKS = re.compile(r"\s+")

Progress = Callable[[float], None]


def profile_table(
    data: TableData,
    base: Path,
    target: str,
    progress: Progress = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> TableProfile:
    """The profile of the table that ``data`` describes, its path relative to the folder ``base``; DataError.

    ``progress`` is told the share that is done, from 0 to 1; once ``cancelled`` says so, ``Cancelled`` is raised.
    """
    path = resolve_from(base, data.path)
    frame = read_frame(path, data, target)
    # pandas copies them whenever a column is taken
    frame.attrs.clear()

    def told(share: float) -> None:
        if cancelled():
            raise Cancelled
        progress(READING + (1 - READING) * share)

    told(0.0)
    whole = data.samples != "files"
    found = profile_frame(
        frame,
        data.columns,
        target,
        split=data.split if whole else None,
        decimal=data.format.decimal,
        thousands=data.format.thousands,
        size=_size(path),
        progress=told,
        tests=read_tests(data, base, frame),
    )
    return found if whole else of_steps(found)


def of_steps(found: TableProfile) -> TableProfile:
    """The profile of rows that are steps of files: of one file they tell its others, which is no leak of new ones.

    They are counted through all files, so that no line of one file is told.
    """
    return replace(found, repeated_rows=0, columns=tuple(map(_of_steps, found.columns)))


def _size(path: Path) -> int:
    """The bytes of a file, or of all files beneath a folder."""
    from designer.runtime.images import files_beneath

    return sum(file.stat().st_size for file in ([path] if path.is_file() else files_beneath(path)))


def _of_steps(column: ColumnProfile) -> ColumnProfile:
    return replace(column, answering=None, far_lines=())


def profile_frame(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    target: str,
    *,
    split: Split | None = None,
    decimal: str = ".",
    thousands: str = "",
    size: int = 0,
    progress: Progress = lambda share: None,
    tests: pd.DataFrame | None = None,
) -> TableProfile:
    """The profile of ``frame``, whose columns are numbers, dates or words, and whose index holds lines of a file.

    ``columns`` say of what kind each is; ``target`` may be empty. Counts, extremes and quartiles are exact; what is
    sampled says so where it is computed. ``tests`` are the rows of the file that the test part comes from, if any. Of
    texts divided by folders, ``frame`` has the column with the part of each.
    """
    known = [column for column in columns if column.name in frame.columns]
    cells: dict[str, Cells] = {}
    for place, column in enumerate(known):
        cells[column.name] = _cells(frame[column.name], column, decimal, thousands)
        progress(0.3 * (place + 1) / len(known))
    goal = cells.get(target)
    profiles = []
    for place, column in enumerate(known):
        profiles.append(_profile_column(frame.index, cells[column.name], column, goal, column.name == target))
        progress(0.3 + 0.6 * (place + 1) / len(known))
    features = {column.name: cells[column.name] for column in known if _is_feature(column, target, cells[column.name])}
    # to which part a row belongs makes it no other row
    parting = split.column if split is not None and split.by == "column" else ""
    telling = {each.name: cells[each.name] for each in profiles if not _is_id(each) and each.name != parting}
    # one column alone makes no two rows the same
    marks = row_marks(telling, len(frame)) if len(telling) > 1 else np.arange(len(frame), dtype=np.uint64)
    roles = {column.role: column.name for column in reversed(known)}
    time = next((each.name for each in profiles if each.times is not None and each.times.ordered), "")
    classes = () if goal is None else _classes(goal)
    progress(0.95)
    whole, said, tested = cells, marks, 0
    places = roles.get("time", ""), roles.get("group", "")
    folders = frame[PART] if split is not None and split.by == "folders" and PART in frame else None
    if tests is not None:
        below = {
            column.name: _cells(tests[column.name], dated_as(column, frame[column.name]), decimal, thousands)
            for column in known
            if column.name in tests.columns
        }
        whole, tested = with_tests(cells, below), len(tests)
        said = marks_with_tests(marks, telling, below, whole, tested)
    return TableProfile(
        rows=len(frame),
        bytes=size,
        target=target,
        columns=tuple(profiles),
        pairs=find_pairs(features),
        classes=classes,
        repeated_rows=repeated_rows(marks),
        parts=None if split is None else parts_of(split, whole, target, said, places, tested, folders),
        series=series_of(time, cells) if time else None,
    )


def _is_feature(column: Column, target: str, cells: Cells) -> bool:
    return (
        column.role in ("feature", "ahead")
        and column.name != target
        and cells.kind in ("number", "category", "boolean")
    )


def _is_id(column: ColumnProfile) -> bool:
    """Whether each row has its own value because it was numbered, not measured."""
    if column.counts_rows:
        return True
    return column.unique == column.count + (column.missing > 0) and ID_NAME.search(column.name) is not None


def _cells(column: pd.Series, declared: Column, decimal: str, thousands: str) -> Cells:
    cells = cells_of(column, declared.kind, decimal, thousands, day_order([declared]).get(declared.name))
    if declared.kind == "number" and cells.codes is not None and cells.spoiled is None:
        return replace(cells, kind="text")
    return cells


def _classes(cells: Cells) -> tuple[tuple[str, int], ...]:
    if cells.codes is None or cells.words is None or cells.kind == "text":
        return ()
    counted = count_words(cells.words, cells.counts(), MOST_CLASSES)
    return tuple(zip(counted.words, counted.counts, strict=True))


def _profile_column(
    lines: pd.Index, cells: Cells, declared: Column, target: Cells | None, is_target: bool
) -> ColumnProfile:
    known = int(cells.known.sum())
    profile = ColumnProfile(declared.name, declared.kind, declared.role, known, len(lines) - known, 0)
    profile = _of_words(profile, cells) if cells.numbers is None else _of_numbers(profile, cells)
    if cells.spoiled is not None and cells.codes is not None and cells.spoiled.any():
        rows = np.flatnonzero(cells.spoiled)
        shown = tuple(_cell(lines, cells, row) for row in rows[:MOST_SPOILED].tolist())
        profile = replace(profile, spoiled=shown, spoiled_count=len(rows))
    if cells.numbers is not None and profile.numbers is not None:
        rows = far_rows(cells.numbers, profile.numbers)[:MOST_FAR]
        profile = replace(profile, far_lines=tuple(int(lines[row]) for row in rows.tolist()))
    if cells.numbers is None and declared.kind in ("number", "date") and cells.spoiled is None and known:
        what = "numbers" if declared.kind == "number" else "dates"
        profile = replace(profile, trouble=f"its cells are not {what}; they are shown as words")
    if target is None or is_target:
        return profile
    return replace(profile, relation=relation_of(cells, target), answering=answering_of(cells, target))


def _cell(lines: pd.Index, cells: Cells, row: int) -> tuple[int, str]:
    assert cells.codes is not None
    assert cells.words is not None
    return int(lines[row]), shortened(str(cells.words[cells.codes[row]]), 40)


def _of_numbers(profile: ColumnProfile, cells: Cells) -> ColumnProfile:
    assert cells.numbers is not None
    numbers, histogram, unique = describe_numbers(cells.numbers)
    profile = replace(profile, unique=unique, histogram=histogram)
    if numbers is None:
        return profile
    if cells.kind == "date":
        times = describe_times(cells)
        shown = (times.earliest, times.latest) if times is not None else ()
        return replace(profile, times=times, examples=shown)
    quartiles = (numbers.minimum, numbers.lower, numbers.median, numbers.upper, numbers.maximum)
    return replace(
        profile,
        numbers=numbers,
        times=describe_times(cells, dated=False) if counts_time(profile.name, cells) else None,
        examples=tuple(dict.fromkeys(f"{value:.6g}" for value in quartiles)),
        counts_rows=_counts_rows(cells.numbers),
    )


def _counts_rows(values: np.ndarray) -> bool:
    return len(values) >= 10 and values[0] in (0, 1) and bool((np.diff(values) == 1).all())


def _of_words(profile: ColumnProfile, cells: Cells) -> ColumnProfile:
    assert cells.codes is not None
    assert cells.words is not None
    if not len(cells.words):
        return profile
    counts = cells.counts()
    texts, histogram = None, count_words(cells.words, counts)
    if cells.kind == "text":
        lengths = lengths_of(cells.words)
        texts = describe_texts(cells.words, counts, lengths)
        if len(cells.words) * 2 > profile.count:
            histogram = bins_of(np.sort(np.repeat(lengths.astype(np.float64), counts)), whole=True)
    return replace(
        profile,
        unique=len(cells.words),
        histogram=_short(histogram),
        examples=example_words(cells.words),
        texts=texts,
        variants=tuple(shortened(word) for word in _variants(cells.words)[:MOST_VARIANTS]),
    )


def _variants(words: pd.Index) -> list[str]:
    """The words that differ from another one in capitals or blanks alone."""
    # first by numbers for words: a million texts more would take long to compare and to free
    marks = np.fromiter((hash(_plain(word)) for word in words), np.int64, len(words))
    some = [str(word) for word in words[pd.Series(marks).duplicated(keep=False).to_numpy()]]
    told = Counter(map(_plain, some))
    return [word for word in some if told[_plain(word)] > 1]


def _plain(word: object) -> str:
    return BLANKS.sub(" ", str(word).lower())


def _short(histogram: Histogram) -> Histogram:
    return replace(histogram, words=tuple(shortened(word, LONG_TEXT) for word in histogram.words))
