"""Hits: which port or link pressing at a point is about, the nearest winning."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from designer.gui.canvas.geometry import PORT_RADIUS, PORT_REACH, WIDTH, Place
from designer.gui.canvas.overview import FAR, FARTHEST

if TYPE_CHECKING:
    from designer.gui.canvas.link_item import LinkItem
    from designer.gui.canvas.node_item import NodeItem
    from designer.gui.canvas.view import CanvasView

OWN = PORT_RADIUS + 3
LINK_REACH = 3
LINK_PIXELS = 5


def link_hit(view: CanvasView, point: QPointF) -> LinkItem | None:
    """The link that is meant at a point of the scene."""
    return view.canvas.link_at(point, max(view.reach(LINK_REACH), LINK_PIXELS * (view.pixel - 1)))


def port_hit(view: CanvasView, point: QPointF) -> tuple[NodeItem, Place] | None:
    """The port that is meant: one near by, unless a link is nearer; from afar the side of a node stands for it.

    Close about it a port wins over links, but never over the middle third of one: a link can be clicked somewhere.
    """
    if view.zoom < FAR:
        return _side_of_node(view, point)
    near = view.canvas.port_at(point, view.reach(PORT_REACH))
    if near is None or view.canvas.node_at(point) is not None:
        return near
    link = link_hit(view, point)
    if link is None:
        return near
    at = near[0].pos() + near[1].at
    away = math.hypot(at.x() - point.x(), at.y() - point.y())
    own = min(OWN * view.pixel, link.trace.length / 3)
    return near if away <= own or away <= link.trace.hold(point).away else None


def _side_of_node(view: CanvasView, point: QPointF) -> tuple[NodeItem, Place] | None:
    """Of a node that is not selected the right third is its outputs, the left one its free inputs."""
    item = view.canvas.node_at(point) if view.zoom >= FARTHEST else None
    if item is None or item.isSelected():
        return None
    local = point - item.pos()
    if local.x() > WIDTH * 2 / 3:
        places = item.outputs
    elif local.x() < WIDTH / 3:
        places = tuple(place for place in item.inputs if (place.name, False) not in item.linked)
    else:
        return None
    place = min(places, key=lambda place: abs(place.at.y() - local.y()), default=None)
    return (item, place) if place else None
