"""What is seen of a curve between two epochs: it goes on to the rims, however few of its points lie there."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np

    Values: TypeAlias = Sequence[float] | np.ndarray
    Points: TypeAlias = tuple[Values, Values]

# so many points are treated one by one, for which less has to be fetched than for all at once
FEW = 64


def cut(x: Values, y: Values, low: float, high: float, log: bool) -> Points:
    """The points from ``low`` to ``high``, with those where the line comes in and goes out; ``x`` rises.

    ``log``: the line is straight on a logarithmic scale.
    """
    first, last = bisect_left(x, low), bisect_right(x, high)
    enters = _crossing(x, y, first, low, log) if first == len(x) or x[first] > low else []
    leaves = _crossing(x, y, last, high, log) if last and x[last - 1] < high and last > first else []
    if first == last and enters:
        # it goes across without a point
        leaves = _crossing(x, y, last, high, log)
    columns = [
        ([point[place] for point in enters], each[first:last], [point[place] for point in leaves])
        for place, each in enumerate((x, y))
    ]
    if last - first <= FEW:
        across, up = ([*before, *points, *after] for before, points, after in columns)
        return across, up
    import numpy as np

    return np.concatenate(columns[0]), np.concatenate(columns[1])


def _crossing(x: Values, y: Values, place: int, at: float, log: bool) -> list[tuple[float, float]]:
    """Where the line from the point before ``place`` to that there is at ``at``; nothing where there is no line."""
    if not 0 < place < len(x):
        return []
    (x0, x1), (y0, y1) = x[place - 1 : place + 1], y[place - 1 : place + 1]
    if not (math.isfinite(y0) and math.isfinite(y1)) or (log and min(y0, y1) <= 0):
        return []
    share = (at - x0) / (x1 - x0)
    if log:
        return [(at, math.exp(math.log(y0) + share * (math.log(y1) - math.log(y0))))]
    # of the two products none is larger than what it is made of
    return [(at, y0 * (1 - share) + y1 * share)]


def extremes(values: Values, log: bool) -> tuple[float, float] | None:
    """The least and the greatest value that has a place on the scale, on a logarithmic one above 0; None without."""
    if len(values) <= FEW:
        sound = [value for value in values if math.isfinite(value) and (value > 0 or not log)]
        return (min(sound), max(sound)) if sound else None
    import numpy as np

    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known) & ((known > 0) | (not log))]
    return (float(known.min()), float(known.max())) if len(known) else None


def thin(epochs: Values, values: Values, buckets: int) -> Points:
    """Of more than twice as many points the least and the greatest value in each of so many stretches."""
    if len(epochs) <= max(FEW, 2 * buckets):
        return epochs, values
    import numpy as np

    x, y = np.array(epochs, dtype=float), np.array(values, dtype=float)
    width = -(-len(x) // buckets)
    whole = len(x) // width * width
    rows = y[:whole].reshape(-1, width)
    known = np.isfinite(rows)
    low = np.where(known, rows, np.inf).min(1)
    high = np.where(known, rows, -np.inf).max(1)
    ends = np.repeat(x[:whole].reshape(-1, width)[:, 0], 2)
    ends[1::2] = x[:whole].reshape(-1, width)[:, -1]
    both = np.stack([low, high], 1)
    # in the order in which the curve comes through them
    falling = rows[:, 0] > rows[:, -1]
    both[falling] = both[falling][:, ::-1]
    flat = both.reshape(-1)
    flat[~np.isfinite(flat)] = np.nan
    return np.concatenate([ends, x[whole:]]), np.concatenate([flat, y[whole:]])
