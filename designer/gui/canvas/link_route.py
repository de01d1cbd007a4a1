"""Routes: how a link runs from port to port, through its bends, and round the nodes where it runs backwards."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from designer.gui.canvas.geometry import bend, link_path

# room between a link that runs back and the nodes that it runs round
CLEAR = 12.0
AROUND = 28.0
LEAST_TURN, MOST_TURN = 32.0, 96.0
# how far a turn reaches out, as a share of its handles
TURN_SHARE = 0.75


@dataclass(frozen=True)
class Route:
    """The curve of a link, and the corners of the few straight lines that stand for it from afar."""

    path: QPainterPath
    corners: tuple[QPointF, ...]


def route(start: QPointF, end: QPointF, bends: Sequence[QPointF], source: QRectF, target: QRectF) -> Route:
    """The route from an output at ``start`` of the node ``source`` to an input at ``end`` of the node ``target``."""
    if bends:
        return Route(_through([start, *bends, end]), (start, *bends, end))
    if end.x() >= start.x():
        return Route(link_path(start, end), (start, end))
    lane = lane_between(start, end, source, target)
    first, last = QPointF(start.x(), lane), QPointF(end.x(), lane)
    out, into = _turn(start.y(), lane), _turn(end.y(), lane)
    path = QPainterPath(start)
    path.cubicTo(start.x() + out, start.y(), first.x() + out, lane, first.x(), lane)
    path.lineTo(last)
    path.cubicTo(last.x() - into, lane, end.x() - into, end.y(), end.x(), end.y())
    right, left = start.x() + out * TURN_SHARE, end.x() - into * TURN_SHARE
    corners = (QPointF(right, start.y()), QPointF(right, lane), QPointF(left, lane), QPointF(left, end.y()))
    return Route(path, (start, *corners, end))


def lane_between(start: QPointF, end: QPointF, source: QRectF, target: QRectF) -> float:
    """The height at which a link runs back: between the two nodes where there is room, else beneath or above both."""
    upper, lower = (source, target) if source.center().y() <= target.center().y() else (target, source)
    if lower.top() - upper.bottom() >= 2 * CLEAR:
        return (upper.bottom() + lower.top()) / 2
    beneath, above = max(source.bottom(), target.bottom()) + AROUND, min(source.top(), target.top()) - AROUND
    longer = abs(beneath - start.y()) + abs(beneath - end.y()) > abs(above - start.y()) + abs(above - end.y())
    return above if longer else beneath


def _turn(port: float, lane: float) -> float:
    return max(LEAST_TURN, min(MOST_TURN, abs(lane - port) * 2 / 3))


def _through(points: Sequence[QPointF]) -> QPainterPath:
    """A smooth curve through all points that leaves and arrives as a link does."""
    path = QPainterPath(points[0])
    last = len(points) - 1
    for place in range(last):
        here, there = points[place], points[place + 1]
        pull = math.hypot(there.x() - here.x(), there.y() - here.y()) / 3
        out = QPointF(bend(here, there), 0) if place == 0 else _heading(points, place) * pull
        into = QPointF(bend(here, there), 0) if place + 1 == last else _heading(points, place + 1) * pull
        path.cubicTo(here + out, there - into, there)
    return path


def _heading(points: Sequence[QPointF], place: int) -> QPointF:
    """The direction, of length 1, in which the curve passes a bend."""
    across = points[place + 1] - points[place - 1]
    length = math.hypot(across.x(), across.y())
    return across / length if length else QPointF(1, 0)
