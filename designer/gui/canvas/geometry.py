"""Geometry: how large a node is, where its ports lie and how a link runs between two of them, in scene pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from designer.gui.theme import GRID

WIDTH = 192.0
HEIGHT = 72.0
HEADER = 44.0
PORT_SPACING = 20.0
PORT_RADIUS = 5.0
PORT_REACH = 12.0
CORNER = 8.0
MARGIN = 12.0
LEAST_BEND = 40.0
MOST_BEND = 240.0


@dataclass(frozen=True)
class Place:
    """One place on a node where a link may end: ``many`` for a place of a port that takes any number of links."""

    name: str
    output: bool
    many: bool
    at: QPointF


def node_height(places: int, labelled: bool = False) -> float:
    """The height of a node with that many places on its fuller side; with labels they have rows of their own."""
    if labelled:
        return HEIGHT + places * PORT_SPACING
    needed = (places - 1) * PORT_SPACING + 32
    return max(HEIGHT, math.ceil(needed / GRID) * GRID)


@lru_cache(maxsize=4_096)
def spread(
    names: tuple[tuple[str, bool], ...], output: bool, height: float, labelled: bool = False
) -> tuple[Place, ...]:
    """The places (name, many) of one side of a node from the top: about its middle, with labels beneath its words."""
    first = HEIGHT + 8 if labelled else height / 2 - (len(names) - 1) * PORT_SPACING / 2
    side = WIDTH if output else 0.0
    return tuple(
        Place(name, output, many, QPointF(side, first + index * PORT_SPACING))
        for index, (name, many) in enumerate(names)
    )


def body(height: float) -> QRectF:
    """The outline of a node in its own coordinates."""
    return QRectF(0, 0, WIDTH, height)


def bend(start: QPointF, end: QPointF) -> float:
    """How far a link runs straight on before it turns."""
    across, down = end.x() - start.x(), abs(end.y() - start.y())
    if across >= 0:
        return max(min(LEAST_BEND, (across + down) / 2), across / 2)
    return min(MOST_BEND, LEAST_BEND + max(-across, down) / 3)


def link_path(start: QPointF, end: QPointF) -> QPainterPath:
    """The cubic curve of a link from an output at ``start`` to an input at ``end``."""
    reach = bend(start, end)
    path = QPainterPath(start)
    path.cubicTo(start.x() + reach, start.y(), end.x() - reach, end.y(), end.x(), end.y())
    return path


def snapped(point: QPointF) -> QPointF:
    """The nearest point of the grid."""
    return QPointF(round(point.x() / GRID) * GRID, round(point.y() / GRID) * GRID)
