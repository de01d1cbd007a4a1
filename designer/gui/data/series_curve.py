"""Curves of a series as pixels: no more points than the screen has columns, and no peak is lost."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from designer.gui.numbers import tick_text
from designer.gui.panels.scatter import nice_ticks
from designer.gui.wording import MONTHS

if TYPE_CHECKING:
    import numpy as np

DAY = 86_400.0
YEAR = 365.2425 * DAY
STEPS = (1.0, 5.0, 15.0, 30.0, 60.0, 300.0, 900.0, 1800.0, 3600.0, 10_800.0, 21_600.0, 43_200.0, DAY, 2 * DAY, 7 * DAY)
MONTH_STEPS = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
# points of which the least and the greatest are kept, and how many of these make a column of the screen
BUNCH, BUNCHES = 64, 4
FIRST, LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def thinned(x: np.ndarray, y: np.ndarray, low: float, high: float, width: int) -> tuple[np.ndarray, np.ndarray]:
    """The points from ``low`` to ``high`` and one beyond each end; of many the least and greatest of each column.

    ``x`` rises; ``width`` is in pixels.
    """
    import numpy as np

    first = max(0, int(np.searchsorted(x, low)) - 1)
    last = min(len(x), int(np.searchsorted(x, high, side="right")) + 1)
    x, y = x[first:last], y[first:last]
    if len(x) <= 3 * width or high <= low:
        return x, y
    column = np.floor((x - low) / (high - low) * width)
    starts = np.flatnonzero(np.append(True, column[1:] != column[:-1]))
    lows, highs = np.fmin.reduceat(y, starts), np.fmax.reduceat(y, starts)
    middles = low + (column[starts] + 0.5) / width * (high - low)
    # a line that goes from each column's least to its greatest value
    return np.repeat(middles, 2), np.stack([lows, highs], axis=1).ravel()


class LongCurve:
    """A line through points whose ``x`` rises, however many: from afar only the least and greatest of each 64 count."""

    def __init__(self, x: np.ndarray, y: np.ndarray) -> None:
        import numpy as np

        self.x, self.y = x, y
        starts = np.arange(0, len(x), BUNCH)
        self._rough_x = np.repeat(x[starts], 2)
        lows, highs = (each.reduceat(y, starts) if len(x) else y for each in (np.fmin, np.fmax))
        self._rough_y = np.stack([lows, highs], axis=1).ravel()

    def __len__(self) -> int:
        return len(self.x)

    def seen(self, low: float, high: float, width: int) -> tuple[np.ndarray, np.ndarray]:
        """As ``thinned``."""
        import numpy as np

        # so that each column of the screen is made of many bunches, and their edges are not seen
        if np.searchsorted(self.x, high) - np.searchsorted(self.x, low) > BUNCHES * BUNCH * width:
            return thinned(self._rough_x, self._rough_y, low, high, width)
        return thinned(self.x, self.y, low, high, width)


def stretches(x: np.ndarray, parts: np.ndarray) -> list[tuple[float, float, int]]:
    """Where a part begins and ends, by the places of ``x``, which rises: (from, to, part)."""
    import numpy as np

    if not len(x):
        return []
    starts = np.flatnonzero(np.append(True, parts[1:] != parts[:-1]))
    ends = [*starts[1:], len(x)]
    found = []
    for start, end in zip(starts.tolist(), ends, strict=True):
        left = x[0] if not start else (x[start - 1] + x[start]) / 2
        right = x[-1] if end == len(x) else (x[end - 1] + x[end]) / 2
        found.append((float(left), float(right), int(parts[start])))
    return found


def value_range(values: np.ndarray) -> tuple[float, float]:
    """The least and the greatest finite value with a little room; from 0 to 1 where there is none."""
    import numpy as np

    sound = values[np.isfinite(values)]
    if not len(sound):
        return 0.0, 1.0
    low, high = float(sound.min()), float(sound.max())
    room = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    return low - room, high + room


def time_ticks(low: float, high: float, wanted: int) -> list[tuple[float, str]]:
    """Places on an axis of dates with what is written there; seconds since 1970."""
    span = (high - low) / max(1, wanted)
    step = next((step for step in STEPS if step >= span), None)
    if step is not None and step <= 7 * DAY:
        first = math.ceil(low / step) * step
        return [
            (first + place * step, _date_text(first + place * step, step))
            for place in range(int((high - first) // step) + 1)
        ]
    months = next((each for each in MONTH_STEPS if each * YEAR / 12 >= span), MONTH_STEPS[-1])
    while months * YEAR / 12 < span:
        months *= 10
    begin = _moment(low)
    count = math.ceil((begin.year * 12 + begin.month - 1) / months) * months
    found: list[tuple[float, str]] = []
    while True:
        year, month = divmod(count, 12)
        if not 1 <= year <= 9999:
            return found
        place = (datetime(year, month + 1, 1, tzinfo=UTC) - EPOCH).total_seconds()
        if place > high:
            return found
        if place >= low:
            found.append((place, str(year) if months >= 12 else f"{MONTHS[month][:3]} {year}"))
        count += months


def number_ticks(low: float, high: float, wanted: int) -> list[tuple[float, str]]:
    """Places on an axis of numbers with what is written there."""
    return [(tick, tick_text(tick)) for tick in nice_ticks(low, high, wanted)] if high > low else []


def moment_text(seconds: float, span: float) -> str:
    """A moment, no more exact than the distance of its neighbours asks for."""
    moment = _moment(seconds)
    day = f"{moment.day} {MONTHS[moment.month - 1][:3]} {moment.year}"
    if span >= 27 * DAY and moment.day == 1:
        return f"{MONTHS[moment.month - 1]} {moment.year}"
    return day if span >= DAY else f"{day} {moment:%H:%M}" if span >= 60 else f"{day} {moment:%H:%M:%S}"


def _date_text(seconds: float, step: float) -> str:
    moment = _moment(seconds)
    if step >= DAY or (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return f"{moment.day} {MONTHS[moment.month - 1][:3]} {moment.year}"
    return f"{moment:%H:%M}" if step >= 60 else f"{moment:%H:%M:%S}"


def _moment(seconds: float) -> datetime:
    """As a date, of the years that there are dates for."""
    try:
        return EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return FIRST if seconds < 0 else LAST
