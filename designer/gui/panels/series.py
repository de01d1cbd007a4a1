"""Series: measured values in the order they came, kept in bounded memory however long a training runs."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

MOST = 32_768


class Series:
    """Points (x, value) with x rising.

    The first 32,768 are kept as they are. From then on neighbours share a bucket, of which the least and the greatest
    value are kept, so that no peak disappears; buckets widen as often as needed.
    """

    def __init__(self) -> None:
        self._x = array("d")
        self._low = array("d")
        self._high = array("d")
        self._last = array("d")
        self._first = 0.0
        self._width = 1
        self._filled = 0

    def __len__(self) -> int:
        return len(self._x)

    @property
    def latest(self) -> tuple[float, float] | None:
        """The last point."""
        return (self._x[-1], self._last[-1]) if self._x else None

    @property
    def apart(self) -> float:
        """How far neighbours of those that are kept lie from each other; 1 of fewer than two."""
        return (self._x[-1] - self._x[0]) / (len(self._x) - 1) if len(self._x) > 1 else 1.0

    def add(self, x: float, value: float) -> None:
        """Add a point to the right of all others."""
        if self._width > 1 and 0 < self._filled < self._width:
            self._x[-1], self._last[-1] = x, value
            self._low[-1], self._high[-1] = _least(self._low[-1], value), _greatest(self._high[-1], value)
            self._filled += 1
            return
        if len(self._x) >= MOST:
            self._halve()
        self._first = self._first if self._x else x
        for column, entry in ((self._x, x), (self._low, value), (self._high, value), (self._last, value)):
            column.append(entry)
        self._filled = 1

    def extend(self, x: Sequence[float], values: Sequence[float]) -> None:
        """Add points to the right of all others, all at once while they are kept as they are."""
        if self._width > 1 or len(self._x) + len(x) > MOST:
            for at, value in zip(x, values, strict=True):
                self.add(at, value)
            return
        self._x.extend(x)
        for column in (self._low, self._high, self._last):
            column.extend(values)
        self._first = self._x[0] if self._x else 0.0
        self._filled = 1

    def drawn(
        self, after: float = -math.inf, low: float = -math.inf, high: float = math.inf
    ) -> tuple[array[float], array[float]]:
        """The points of a line through all that is kept, or from the last one up to ``after`` on.

        Of those that lie before ``low`` or beyond ``high`` the nearest ones alone. Two a bucket once there are buckets.
        """
        first = max(0, bisect_right(self._x, after) - 1, bisect_left(self._x, low) - 1)
        last = bisect_right(self._x, high) + 1
        if self._width == 1:
            return self._x[first:last], self._last[first:last]
        return self._in_turn(first, last)

    def nearest(self, x: float) -> tuple[float, float] | None:
        """The kept point nearest to ``x``."""
        if not self._x:
            return None
        best = self._place(x)
        return self._x[best], self._last[best]

    def beside(self, x: float, by: int) -> float | None:
        """Where the point lies that is kept so many places beside the one nearest to ``x``; the last of that side."""
        if not self._x:
            return None
        return self._x[max(0, min(self._place(x) + by, len(self._x) - 1))]

    def _place(self, x: float) -> int:
        place = bisect_left(self._x, x)
        near = [index for index in (place - 1, place) if 0 <= index < len(self._x)]
        return min(near, key=lambda index: abs(self._x[index] - x))

    def __iter__(self) -> Iterator[tuple[float, float]]:
        return zip(self._x, self._last, strict=True)

    def _in_turn(self, first: int, last: int) -> tuple[array[float], array[float]]:
        """The two points of each bucket, at its two ends, in the order in which the curve comes through them."""
        import numpy as np

        ends, low, high = (np.array(each[first:last]) for each in (self._x, self._low, self._high))
        before = np.append(self._x[first - 1] if first else math.nan, ends[:-1])
        step = (ends - before) / self._width
        x, y = np.empty((len(ends), 2)), np.stack([low, high], 1)
        x[:, 0], x[:, 1] = before + step, ends
        if len(ends) and not first:
            x[0, 0] = self._first
        # it ended nearer to the least of them
        ended = np.array(self._last[first:last])
        falling = ended - low < high - ended
        y[falling] = y[falling][:, ::-1]
        return _array(x), _array(y)

    def _halve(self) -> None:
        import numpy as np

        low, high = np.array(self._low).reshape(-1, 2), np.array(self._high).reshape(-1, 2)
        # a NaN hides no number
        self._low, self._high = _array(np.fmin(low[:, 0], low[:, 1])), _array(np.fmax(high[:, 0], high[:, 1]))
        self._x, self._last = self._x[1::2], self._last[1::2]
        self._width *= 2


def _array(values: np.ndarray) -> array[float]:
    return array("d", values.tobytes())


def _least(one: float, other: float) -> float:
    # a NaN is equal to nothing, itself included
    return other if one != one or other < one else one


def _greatest(one: float, other: float) -> float:
    return other if one != one or other > one else one
