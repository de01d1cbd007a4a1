"""How the rows are split, and whether the test rows are like those to train with."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from designer.importing.cells import Cells
from designer.importing.profiles import PartsProfile, Shift
from designer.importing.repeats import shared_rows
from designer.project.model import Split
from designer.runtime.errors import DataError
from designer.runtime.splits import split_by_words, split_groups, split_in_time, split_rows

Rows = tuple[np.ndarray, np.ndarray, np.ndarray]
MOST_ROWS = 50_000
FAR = 0.1
# what two samples of the same kind exceed once in a thousand times (Kolmogorov and Smirnov)
RARE = 1.95


def parts_of(
    split: Split,
    columns: Mapping[str, Cells],
    target: str,
    marks: np.ndarray,
    roles: tuple[str, str] = ("", ""),
    tested: int = 0,
    folders: pd.Series | None = None,
) -> PartsProfile | None:
    """The parts into which rows with a target are split; None where that cannot be told from the table alone.

    ``roles`` are the columns of time and of groups; the last ``tested`` rows are those of a file with the test part;
    ``folders`` holds the part of each row whose folder says it. Whether parts differ is not asked where chance has
    divided the rows.
    """
    order, group = roles
    rows = np.flatnonzero(columns[target].known) if target in columns else np.arange(len(marks))
    if split.by == "time" and order in columns and (times := columns[order].numbers) is not None:
        rows = rows[~np.isnan(times[rows])]
    held = int((rows >= len(marks) - tested).sum())
    if folders is not None:
        found: Rows | None = _by_folders(split, columns.get(target), folders.iloc[rows], rows)
    else:
        found = _part_rows(split, columns, (target, *roles), rows, held)
    if found is None:
        return None
    trained, validated, asked = (rows[part] for part in found)
    shifts = _shifts(columns, trained, asked) if split.by != "share" else ()
    counts = {"train": len(trained), "validation": len(validated), "test": len(asked)}
    # where all rows that are not to test with are there to learn from, those to validate with are to stay apart too
    met = np.concatenate([trained, validated]) if split.by in ("file", "folders") else trained
    codes = columns[group].codes if split.by == "group" else None
    groups = 0 if codes is None else len(np.unique(codes[rows]))
    return PartsProfile(split.by, counts, shared_rows(marks, met, asked), shifts, groups)


def _part_rows(
    split: Split, columns: Mapping[str, Cells], names: tuple[str, str, str], rows: np.ndarray, held: int
) -> Rows | None:
    target, order, group = names
    time = columns[order].numbers if order in columns else None
    groups = _words_of(columns[group]) if group in columns else None
    try:
        if split.by == "share" or (split.by == "file" and held):
            own = rows[: len(rows) - held]
            labelled = split.stratify and target in columns and columns[target].kind != "text"
            codes = columns[target].codes if labelled else None
            test = 0.0 if held else split.test
            parts = split_rows(len(own), split.validation, test, split.seed, None if codes is None else codes[own])
            return (parts[0], parts[1], np.arange(len(own), len(rows))) if held else parts
        if split.by == "column" and split.column in columns:
            cells = columns[split.column]
            if cells.codes is None or cells.words is None or (cells.codes[rows] < 0).any():
                return None
            return split_by_words(cells.words[cells.codes[rows]])
        if split.by == "time" and time is not None:
            return split_in_time(time[rows], split.validation, split.test)
        if split.by == "group" and groups is not None:
            return split_groups(groups[rows], split.validation, split.test, split.seed)
    except DataError:
        return None
    return None


def _by_folders(split: Split, target: Cells | None, folders: pd.Series, rows: np.ndarray) -> Rows | None:
    from designer.runtime.folders import split_by_folders

    words = None if target is None or not split.stratify else _words_of(target)
    try:
        return split_by_folders(
            folders.to_numpy(), split.validation, split.test, split.seed, None if words is None else words[rows]
        )
    except DataError:
        return None


def _words_of(cells: Cells) -> np.ndarray | None:
    """The word of each row, by which training draws groups; None of a column that is not read in words."""
    if cells.codes is None or cells.words is None:
        return None
    # the code of a missing cell, -1, is that of the last place
    named: np.ndarray = np.append(cells.words.to_numpy(dtype=object), "nan")[cells.codes]
    return named


def _shifts(columns: Mapping[str, Cells], trained: np.ndarray, tested: np.ndarray) -> tuple[Shift, ...]:
    if min(len(trained), len(tested)) < 2:
        return ()
    trained = trained[:: -(-len(trained) // MOST_ROWS)]
    tested = tested[:: -(-len(tested) // MOST_ROWS)]
    shifts = (_shift(name, cells.take(trained), cells.take(tested)) for name, cells in columns.items())
    return tuple(shift for shift in shifts if shift is not None)


def _shift(name: str, trained: Cells, tested: Cells) -> Shift | None:
    if trained.kind in ("text", "date"):
        return None
    before, after = int(trained.known.sum()), int(tested.known.sum())
    if min(before, after) < 2:
        return None
    expected = RARE * float(np.sqrt((before + after) / (before * after)))
    if trained.numbers is not None and tested.numbers is not None:
        first = np.sort(trained.numbers[np.isfinite(trained.numbers)])
        second = np.sort(tested.numbers[np.isfinite(tested.numbers)])
        if not len(first) or not len(second):
            return None
        reach = FAR * float(first[-1] - first[0])
        beyond = int(((second < first[0] - reach) | (second > first[-1] + reach)).sum())
        return Shift(name, largest_distance(first, second), expected, beyond)
    words = np.zeros(0) if trained.words is None else trained.counts()
    new = np.zeros(0) if tested.words is None else tested.counts()
    distance = 0.5 * float(np.abs(words / before - new / after).sum())
    return Shift(name, distance, expected * max(1.0, len(words) ** 0.5 / 2), int(new[words == 0].sum()))


def largest_distance(first: np.ndarray, second: np.ndarray) -> float:
    """Kolmogorov's and Smirnov's distance of two samples, each in order: that of their cumulative shares."""
    every = np.concatenate([first, second])
    before = np.searchsorted(first, every, side="right") / len(first)
    after = np.searchsorted(second, every, side="right") / len(second)
    return float(np.abs(before - after).max())
