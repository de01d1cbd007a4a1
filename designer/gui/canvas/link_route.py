"""Routes: how a link runs from port to port, through its bends, and round the nodes where it runs backwards."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from designer.gui.canvas.geometry import bend

# room between a link that runs back and the nodes that it runs round
CLEAR = 12.0
AROUND = 28.0
LEAST_TURN, MOST_TURN = 32.0, 96.0
# how far a turn reaches out, as a share of its handles
TURN_SHARE = 0.75
# for the handles of bends, and for the width of the line
ROOM = 7.5
Outline: TypeAlias = Callable[[], QRectF]
# left, top, right and bottom of each node, asked for only where a link runs back
Box: TypeAlias = tuple[float, float, float, float]
Outlines: TypeAlias = Callable[[], Sequence[Box]]


class Route:
    """The curve of a link, and the corners of the few straight lines that stand for it from afar.

    The curve begins at the first of these; of each of its ``legs`` there are two handles and where it ends, or of a
    straight one its end alone. ``box`` holds it with all handles, those of its ``bends`` too.
    """

    __slots__ = ("_legs", "_path", "bends", "box", "corners")

    def __init__(
        self, legs: Sequence[tuple[float, ...]], corners: Sequence[QPointF], bends: Sequence[QPointF] = ()
    ) -> None:
        self.corners, self.bends = tuple(corners), tuple(bends)
        self.box = _box(corners[0], legs)
        self._legs = legs
        self._path: QPainterPath | None = None

    @property
    def runs_back(self) -> bool:
        """Whether it runs back to what lies at its left, by no bends of its own."""
        return len(self._legs) == 3 and not self.bends

    @property
    def path(self) -> QPainterPath:
        """The curve; made when it is first looked at."""
        if self._path is None:
            self._path = QPainterPath(self.corners[0])
            for leg in self._legs:
                if len(leg) == 6:
                    self._path.cubicTo(*leg)
                else:
                    self._path.lineTo(*leg)
        return self._path


def route(
    start: QPointF, end: QPointF, bends: Sequence[QPointF], source: Outline, target: Outline, nodes: Outlines = tuple
) -> Route:
    """The route from an output at ``start`` to an input at ``end`` of nodes that lie where they tell.

    One that runs back does not run behind any of the ``nodes`` if it can do otherwise.
    """
    if bends:
        corners = (start, *bends, end)
        return Route(_through(corners), corners, bends)
    left, high, right, low = start.x(), start.y(), end.x(), end.y()
    if right >= left:
        reach = bend(start, end)
        return Route(((left + reach, high, right - reach, low, right, low),), (start, end))
    passed = [(top, low) for far, top, near, low in nodes() if near > right - LEAST_TURN and far < left + LEAST_TURN]
    lane = lane_between(start, end, source(), target(), passed)
    out, into = _turn(high, lane), _turn(low, lane)
    legs = (
        (left + out, high, left + out, lane, left, lane),
        (right, lane),
        (right - into, lane, right - into, low, right, low),
    )
    first, last = left + out * TURN_SHARE, right - into * TURN_SHARE
    corners = (QPointF(first, high), QPointF(first, lane), QPointF(last, lane), QPointF(last, low))
    return Route(legs, (start, *corners, end))


def lane_between(
    start: QPointF, end: QPointF, source: QRectF, target: QRectF, passed: Sequence[tuple[float, float]] = ()
) -> float:
    """The height at which a link runs back: between the two nodes where there is room, else beneath or above both.

    ``passed`` are the top and the bottom of each node that it may come by.
    """
    upper, lower = (source, target) if source.center().y() <= target.center().y() else (target, source)
    if lower.top() - upper.bottom() >= 2 * CLEAR:
        return _free(upper.bottom(), lower.top(), passed)
    beneath = _beyond(max(source.bottom(), target.bottom()), passed)
    # upside down, what is above is beneath
    above = -_beyond(-min(source.top(), target.top()), [(-low, -top) for top, low in passed])
    longer = abs(beneath - start.y()) + abs(beneath - end.y()) > abs(above - start.y()) + abs(above - end.y())
    return above if longer else beneath


def _free(top: float, bottom: float, passed: Sequence[tuple[float, float]]) -> float:
    """The height nearest to the middle between two where nothing lies; the middle where there is no such height."""
    middle, reached = (top + bottom) / 2, top
    found: list[float] = []
    for high, low in [*sorted(each for each in passed if each[1] > top and each[0] < bottom), (bottom, bottom)]:
        if high - reached >= 2 * CLEAR:
            clear = reached + CLEAR <= middle <= high - CLEAR
            found.append(middle if clear else (reached + high) / 2)
        reached = max(reached, low)
    return min(found, key=lambda height: abs(height - middle), default=middle)


def _beyond(edge: float, passed: Sequence[tuple[float, float]]) -> float:
    """The first height beneath an edge that is free."""
    lane = edge + AROUND
    for high, low in sorted(passed):
        if high - CLEAR < lane < low + CLEAR:
            lane = low + AROUND
    return lane


def _box(start: QPointF, legs: Sequence[tuple[float, ...]]) -> QRectF:
    across, down = [start.x()], [start.y()]
    for leg in legs:
        across += leg[::2]
        down += leg[1::2]
    left, top = min(across) - ROOM, min(down) - ROOM
    return QRectF(left, top, max(across) + ROOM - left, max(down) + ROOM - top)


def _turn(port: float, lane: float) -> float:
    return max(LEAST_TURN, min(MOST_TURN, abs(lane - port) * 2 / 3))


def _through(points: Sequence[QPointF]) -> list[tuple[float, ...]]:
    """The legs of a smooth curve through all points that leaves and arrives as a link does."""
    legs: list[tuple[float, ...]] = []
    last = len(points) - 1
    for place in range(last):
        here, there = points[place], points[place + 1]
        pull = math.hypot(there.x() - here.x(), there.y() - here.y()) / 3
        out = QPointF(bend(here, there), 0) if place == 0 else _heading(points, place) * pull
        into = QPointF(bend(here, there), 0) if place + 1 == last else _heading(points, place + 1) * pull
        first, second = here + out, there - into
        legs.append((first.x(), first.y(), second.x(), second.y(), there.x(), there.y()))
    return legs


def _heading(points: Sequence[QPointF], place: int) -> QPointF:
    """The direction, of length 1, in which the curve passes a bend."""
    across = points[place + 1] - points[place - 1]
    length = math.hypot(across.x(), across.y())
    return across / length if length else QPointF(1, 0)
