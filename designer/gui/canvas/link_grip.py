"""Grips: by what part a link is taken hold of, its ends, its bends or what lies between."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QPainterPath, QTransform

if TYPE_CHECKING:
    from designer.gui.canvas.link_item import LinkItem

END_SHARE = 0.25
LONGEST_END = 56.0
HANDLE_REACH = 9.0


@dataclass(frozen=True)
class Hold:
    """The point of a link nearest to another: how far off it lies, how far along the link, after how many bends."""

    away: float
    along: float
    bend: int


@dataclass(frozen=True)
class Grip:
    """A part of a link: the end at its ``source`` or ``target``, the ``bend`` at ``place``, or the ``middle``.

    The ``place`` of the middle is that of a bend that would be made there.
    """

    part: Literal["source", "target", "bend", "middle"]
    place: int = 0


class Trace:
    """The curve of a link as a line of many corners."""

    def __init__(self, path: QPainterPath, bends: Sequence[QPointF]) -> None:
        polygons = path.toSubpathPolygons(QTransform())
        self.points: list[QPointF] = list(polygons[0]) if polygons else []
        self._bends = list(bends)
        self.length = sum(_length(here, there) for here, there in pairwise(self.points))

    def hold(self, point: QPointF) -> Hold:
        """The nearest point of the curve."""
        best, passed, bend = Hold(math.inf, 0.0, 0), 0.0, 0
        for here, there in pairwise(self.points):
            if bend < len(self._bends) and _length(here, self._bends[bend]) < 1e-6:
                bend += 1
            length = _length(here, there)
            way = there - here
            share = QPointF.dotProduct(point - here, way) / (length * length) if length else 0.0
            share = max(0.0, min(1.0, share))
            away = _length(here + way * share, point)
            if away < best.away:
                best = Hold(away, passed + share * length, bend)
            passed += length
        return best

    def crosses(self, line: QLineF) -> bool:
        """Whether a straight line crosses the curve."""
        bounded = QLineF.IntersectionType.BoundedIntersection
        return any(line.intersects(QLineF(here, there))[0] == bounded for here, there in pairwise(self.points))

    def at(self, along: float) -> QPointF:
        """The point that far along the curve."""
        passed = 0.0
        for here, there in pairwise(self.points):
            length = _length(here, there)
            if length and passed + length >= along:
                return here + (there - here) * ((along - passed) / length)
            passed += length
        return self.points[-1] if self.points else QPointF()


def grip_at(item: LinkItem, point: QPointF, pixel: float) -> Grip:
    """The part of a link that pressing at ``point`` takes hold of; ``pixel`` is how much of the scene one shows."""
    near = [(_length(at, point), place) for place, at in enumerate(item.bends)]
    if near and min(near)[0] <= HANDLE_REACH * pixel:
        return Grip("bend", min(near)[1])
    hold, length = item.trace.hold(point), item.trace.length
    end = min(END_SHARE * length, LONGEST_END * pixel)
    if hold.along <= end:
        return Grip("source")
    if length - hold.along <= end:
        return Grip("target")
    return Grip("middle", hold.bend)


def _length(here: QPointF, there: QPointF) -> float:
    return math.hypot(there.x() - here.x(), there.y() - here.y())
