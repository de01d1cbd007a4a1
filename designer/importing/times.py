"""Points in time: how they follow one another, and the values of a series as a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np

from designer.importing.cells import Cells
from designer.importing.profiles import Series, Times

DAY = 86_400.0
STEPS = (
    ("every second", 1.0, 1.0),
    ("every minute", 60.0, 60.0),
    ("hourly", 3_600.0, 3_600.0),
    ("daily", DAY, DAY),
    ("weekly", 7 * DAY, 7 * DAY),
    ("monthly", 28 * DAY, 31 * DAY),
    ("quarterly", 90 * DAY, 92 * DAY),
    ("yearly", 365 * DAY, 366 * DAY),
)
TIME_NAME = re.compile(r"^(year|years|time|timestamp|date|month|day|week|hour|step|period|t|jahr|zeit)$", re.IGNORECASE)
REGULAR = 0.8
FEWEST_TIMES = 20
MOST_POINTS = 500
MOST_LINES = 8


def describe_times(cells: Cells, dated: bool = True) -> Times | None:
    """How the times of a column follow one another: ``dated`` in seconds since 1970, else numbers that count time."""
    assert cells.numbers is not None
    known = cells.numbers[np.isfinite(cells.numbers)]
    if not len(known):
        return None
    steps = np.diff(known)
    ordered = len(known) > 1 and bool((steps >= 0).all() or (steps <= 0).all())
    different = np.unique(known)
    step, size, gaps = _step(np.diff(different), dated)
    unread = 0 if cells.spoiled is None else int(cells.spoiled.sum())
    first, last = (_written(value, dated) for value in (different[0], different[-1]))
    return Times(first, last, step, size, gaps, len(known) - len(different), ordered, unread, cells.guessed)


def _step(distances: np.ndarray, dated: bool) -> tuple[str, float, int]:
    """The usual distance as a word and a number, and how many are much longer; no word where they differ."""
    if not len(distances):
        return "", 0.0, 0
    usual = float(np.median(distances))
    gaps = int((distances > 1.5 * usual).sum())
    for word, low, high in STEPS if dated else (("regular", usual, usual),):
        near = (distances >= 0.99 * low) & (distances <= 1.01 * high)
        if near.mean() >= REGULAR:
            return word, usual, gaps
    return "", usual, 0


def _written(value: float, dated: bool) -> str:
    if not dated:
        return f"{value:.12g}"
    time = datetime.fromtimestamp(value, UTC).replace(tzinfo=None)
    return time.date().isoformat() if value % DAY == 0 else time.isoformat(sep=" ", timespec="seconds")


def counts_time(name: str, cells: Cells) -> bool:
    """Whether a column of numbers counts time: called so, whole and evenly rising from row to row."""
    if cells.numbers is None or not TIME_NAME.match(name) or len(cells.numbers) < FEWEST_TIMES:
        return False
    steps = np.diff(cells.numbers)
    return bool((steps > 0).all()) and bool((steps == steps[0]).mean() >= REGULAR)


def series_of(time: str, columns: Mapping[str, Cells]) -> Series:
    """The numbers of at most 8 columns in the order of the column ``time``."""
    times = columns[time].numbers
    assert times is not None
    order = np.argsort(times, kind="stable")
    order = order[np.isfinite(times[order])]
    lines: dict[str, tuple[tuple[float, float], ...]] = {}
    for name, cells in columns.items():
        if name != time and cells.numbers is not None and cells.kind == "number" and len(lines) < MOST_LINES:
            known = order[np.isfinite(cells.numbers[order])]
            lines[name] = decimated(times[known], cells.numbers[known])
    return Series(time, lines)


def decimated(times: np.ndarray, values: np.ndarray, most: int = MOST_POINTS) -> tuple[tuple[float, float], ...]:
    """At most ``most`` points of a line: the lowest and the highest of each stretch, so that no peak is lost."""
    kept = np.arange(len(values))
    if len(values) > most:
        stretches = np.array_split(kept, most // 2)
        ends = [(part[int(values[part].argmin())], part[int(values[part].argmax())]) for part in stretches]
        kept = np.unique(np.array(ends))
    return tuple(zip(times[kept].tolist(), values[kept].tolist(), strict=True))
