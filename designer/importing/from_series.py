"""Recognises a table as a series, rows in the order of time, and makes a new project of windows over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from designer.importing.brief import Brief
from designer.importing.sniff import Sniffed
from designer.importing.targets import find_column
from designer.importing.times import REGULAR, STEPS, TIME_NAME
from designer.project.model import Column, Split, TableData, Windows
from designer.runtime.errors import DataError
from designer.training.columns import read_columns

FEWEST_ROWS = 30
MOST_GROUPS = 1000
# how many steps a window sees: a cycle or so of what usually repeats itself at this pace
LENGTHS = {
    "every second": 60, "every minute": 60, "hourly": 24, "daily": 14, "weekly": 26, "monthly": 12, "quarterly": 8,
    "yearly": 11,
}  # fmt: skip
USUAL_LENGTH = 12
SHORTEST = 3
# a window takes at most one row in so many, so that some are left to learn from
LEAST_WINDOWS = 6
VALIDATION, TEST = 0.1, 0.2


@dataclass(frozen=True)
class Pace:
    """The column with the time of each row, its kind, the column that tells series apart, and the usual step."""

    time: str
    kind: Any
    group: str
    step: str
    rows: int


def find_pace(data: Path, sniffed: Sniffed) -> Pace | None:
    """How time goes in a table; None where its rows are no series.

    They are one where a column of dates, or of numbers called year or the like, goes on by even steps, in all rows or
    in those of each group.
    """
    for column in sniffed.columns:
        times = _times(data, sniffed, column)
        if times is None or times.isna().any() or len(times) < FEWEST_ROWS:
            continue
        kind = "number" if pd.api.types.is_numeric_dtype(times) else "date"
        if times.is_unique:
            step = usual_step(np.sort(times.to_numpy()))
            if step:
                return Pace(column.name, kind, "", step, len(times))
            continue
        for other in sniffed.columns:
            if other.kind in ("category", "text") and other.name != column.name:
                step = _grouped_step(sniffed.cells[other.name], times)
                if step:
                    return Pace(column.name, kind, other.name, step, len(times))
    return None


def _times(data: Path, sniffed: Sniffed, column: Column) -> pd.Series | None:
    if column.kind == "date":
        try:
            return read_columns(data, {column.name: "date"}, sniffed.format, sniffed.sheet)[column.name]
        except DataError:
            return None
    cells = sniffed.cells[column.name]
    numeric = pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells)
    return cells if numeric and TIME_NAME.match(column.name) else None


def _grouped_step(groups: pd.Series, times: pd.Series) -> str:
    """The usual step of the times of each group, where it is the same for most of them; else empty."""
    if groups.isna().any() or not 2 <= groups.nunique() <= min(MOST_GROUPS, len(groups) // SHORTEST):
        return ""
    if pd.DataFrame({"group": groups.astype("str"), "time": times}).duplicated().any():
        return ""
    steps = [usual_step(np.sort(part.to_numpy())) for _, part in times.groupby(groups.astype("str"))]
    common = max(set(steps), key=steps.count)
    return common if steps.count(common) >= REGULAR * len(steps) else ""


def usual_step(ordered: np.ndarray) -> str:
    """The word for the usual distance of times in order: ``monthly``; ``regular`` for numbers; empty without one."""
    if len(ordered) < SHORTEST:
        return ""
    distances = np.diff(ordered)
    dated = np.issubdtype(distances.dtype, np.timedelta64)
    seconds = distances / np.timedelta64(1, "s") if dated else distances.astype(np.float64)
    if dated:
        for word, low, high in STEPS:
            if ((seconds >= 0.99 * low) & (seconds <= 1.01 * high)).mean() >= REGULAR:
                return word
        return ""
    usual = float(np.median(seconds))
    return "regular" if usual > 0 and (np.abs(seconds - usual) <= 0.01 * usual).mean() >= REGULAR else ""


def window_length(pace: Pace, longest: int) -> int:
    """How many steps a window sees of series that have at most ``longest`` rows."""
    yearly = pace.step == "regular" and pace.time.lower() in ("year", "years")
    usual = LENGTHS["yearly"] if yearly else LENGTHS.get(pace.step, USUAL_LENGTH)
    return max(SHORTEST, min(usual, longest // LEAST_WINDOWS))


def series_of(
    data: Path, where: str, wanted: str | None, sniffed: Sniffed, pace: Pace
) -> tuple[TableData, Brief, tuple[str, ...]] | None:
    """The settings for windows over a table, called ``where``, and notes; None where its target is no number."""
    plain = replace(sniffed, columns=tuple(each for each in sniffed.columns if each.name != pace.time))
    target, chosen = find_column(plain, data.name, wanted)
    if target.kind != "number" or target.role == "ignored" or target.name == pace.group:
        return None
    columns = tuple(_column(each, target, pace) for each in sniffed.columns)
    seen = [each for each in columns if each.role == "feature"]
    longest = pace.rows
    if pace.group:
        longest = int(sniffed.cells[pace.group].value_counts().max())
    windows = Windows(length=window_length(pace, longest))
    width = 1 + sum(sniffed.cells[each.name].nunique() if each.kind == "category" else 1 for each in seen)
    split = Split("time", VALIDATION, TEST)
    table = TableData(where, sniffed.format, columns, split, sniffed.sheet, samples="windows", windows=windows)
    count = round(pace.rows * (1 - VALIDATION - TEST)) - windows.length
    brief = Brief("windows", "number", 1, count, True, width, length=windows.length)
    notes = [*_relevant(sniffed.notes, pace, target), *chosen, *_said(pace, windows, seen)]
    return table, brief, tuple(notes)


def _column(column: Column, target: Column, pace: Pace) -> Column:
    if column.name == pace.time:
        return Column(column.name, pace.kind, "time")
    if column.name == pace.group:
        return Column(column.name, "category", "group", "most_frequent", "none")
    if column.name == target.name:
        return replace(column, role="target")
    return replace(column, role="ignored") if column.kind in ("text", "date") else column


def _relevant(notes: Sequence[str], pace: Pace, target: Column) -> list[str]:
    names = (f"“{pace.time}” ", f"“{pace.group}” ", f"“{target.name}” ")
    return [note for note in notes if not (note.startswith(names) and note.endswith(": ignored"))]


def _said(pace: Pace, windows: Windows, seen: Sequence[Column]) -> list[str]:
    steps = "in even steps" if pace.step == "regular" else pace.step
    of_group = f", a series for each “{pace.group}”" if pace.group else ""
    beside = f", and {', '.join(f'“{each.name}”' for each in seen[:5])}" if seen else ""
    return [
        f"“{pace.time}” gives the order of the rows, {steps}{of_group}: the next value is predicted from the last "
        f"{windows.length}{beside}",
        f"the series is split by time: the last {TEST:.0%} test, the {VALIDATION:.0%} before them validate",
    ]
