"""Series: measured values in the order they came, kept in bounded memory however long a training runs."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

MOST = 4096


class Series:
    """Points (x, value) with x rising.

    The first 4,096 are kept as they are. From then on neighbours share a bucket, of which the least and the greatest
    value are kept, so that no peak disappears; buckets widen as often as needed.
    """

    def __init__(self) -> None:
        self._x = array("d")
        self._low = array("d")
        self._high = array("d")
        self._last = array("d")
        self._width = 1
        self._filled = 0

    def __len__(self) -> int:
        return len(self._x)

    @property
    def latest(self) -> tuple[float, float] | None:
        """The last point."""
        return (self._x[-1], self._last[-1]) if self._x else None

    def add(self, x: float, value: float) -> None:
        """Add a point to the right of all others."""
        if self._width > 1 and 0 < self._filled < self._width:
            self._x[-1], self._last[-1] = x, value
            self._low[-1], self._high[-1] = _least(self._low[-1], value), _greatest(self._high[-1], value)
            self._filled += 1
            return
        if len(self._x) >= MOST:
            self._halve()
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
        self._filled = 1

    def drawn(self, after: float = -math.inf) -> tuple[array[float], array[float]]:
        """The points of a line through all that is kept, or from the last one up to ``after`` on.

        Two a bucket once there are buckets.
        """
        first = max(0, bisect_right(self._x, after) - 1)
        if self._width == 1:
            return self._x[first:], self._last[first:]
        return _in_turn(self._x[first:], self._x[first:]), _in_turn(self._low[first:], self._high[first:])

    def nearest(self, x: float) -> tuple[float, float] | None:
        """The kept point nearest to ``x``."""
        if not self._x:
            return None
        place = bisect_left(self._x, x)
        near = [index for index in (place - 1, place) if 0 <= index < len(self._x)]
        best = min(near, key=lambda index: abs(self._x[index] - x))
        return self._x[best], self._last[best]

    def __iter__(self) -> Iterator[tuple[float, float]]:
        return zip(self._x, self._last, strict=True)

    def _halve(self) -> None:
        pairs = range(0, len(self._x) - 1, 2)
        low = array("d", (_least(self._low[i], self._low[i + 1]) for i in pairs))
        high = array("d", (_greatest(self._high[i], self._high[i + 1]) for i in pairs))
        self._x, self._last = self._x[1::2], self._last[1::2]
        self._low, self._high = low, high
        self._width *= 2


def _in_turn(one: array[float], other: array[float]) -> array[float]:
    """The first of one, the first of the other, and so on."""
    found = one + other
    found[::2], found[1::2] = one, other
    return found


def _least(one: float, other: float) -> float:
    # a NaN is equal to nothing, itself included
    return other if one != one or other < one else one


def _greatest(one: float, other: float) -> float:
    return other if one != one or other > one else one
