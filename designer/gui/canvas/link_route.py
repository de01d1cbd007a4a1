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


def route(start: QPointF, end: QPointF, bends: Sequence[QPointF], source: Outline, target: Outline) -> Route:
    """The route from an output at ``start`` to an input at ``end`` of nodes that lie where they tell."""
    if bends:
        corners = (start, *bends, end)
        return Route(_through(corners), corners, bends)
    left, high, right, low = start.x(), start.y(), end.x(), end.y()
    if right >= left:
        reach = bend(start, end)
        return Route(((left + reach, high, right - reach, low, right, low),), (start, end))
    lane = lane_between(start, end, source(), target())
    out, into = _turn(high, lane), _turn(low, lane)
    legs = (
        (left + out, high, left + out, lane, left, lane),
        (right, lane),
        (right - into, lane, right - into, low, right, low),
    )
    first, last = left + out * TURN_SHARE, right - into * TURN_SHARE
    corners = (QPointF(first, high), QPointF(first, lane), QPointF(last, lane), QPointF(last, low))
    return Route(legs, (start, *corners, end))


def lane_between(start: QPointF, end: QPointF, source: QRectF, target: QRectF) -> float:
    """The height at which a link runs back: between the two nodes where there is room, else beneath or above both."""
    upper, lower = (source, target) if source.center().y() <= target.center().y() else (target, source)
    if lower.top() - upper.bottom() >= 2 * CLEAR:
        return (upper.bottom() + lower.top()) / 2
    beneath, above = max(source.bottom(), target.bottom()) + AROUND, min(source.top(), target.top()) - AROUND
    longer = abs(beneath - start.y()) + abs(beneath - end.y()) > abs(above - start.y()) + abs(above - end.y())
    return above if longer else beneath


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
