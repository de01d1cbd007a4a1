"""Fitting: where a link that is being drawn may end, worked out once when the drag begins."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from designer.compiler.wiring import accepts
from designer.gui.canvas.geometry import Place
from designer.gui.canvas.node_item import NodeItem
from designer.project.model import Link

if TYPE_CHECKING:
    from designer.gui.canvas.scene import CanvasScene

FITS, AXES_DIFFER, REFUSED = 0, 1, 2
Target = tuple[NodeItem, Place]


class Fitting:
    """Tells of each port of ``scene`` how well a link from ``place`` of ``item`` could end there.

    ``lifted`` is the link that is being moved, if one is: what it holds counts as free. A port that takes other axes
    than those that flow can be linked, since fields or layers before it may still change, but ranks after one that
    fits.
    """

    def __init__(self, scene: CanvasScene, item: NodeItem, place: Place, lifted: Link | None) -> None:
        self._scene = scene
        self._output = place.output
        self._from = item, place
        self._lifted = lifted.ends[2:] if lifted else ("", "")
        self._barred = self._on_the_way_to(item.node.id, lifted)
        self._axes = axes_of(item, place.name) if place.output else ""
        port = None if place.output else item.ports.input(place.name)
        self._wanted = port.axes if port is not None else "*"

    def fades(self, item: NodeItem, place: Place) -> bool:
        """Whether a port is faded while the link is drawn."""
        return self.rank(item, place) == REFUSED and (item, place) != self._from

    def rank(self, item: NodeItem, place: Place) -> int:
        """How well a port fits: best, with other axes than those wanted, or not at all."""
        if place.output is self._output or item.node.id in self._barred:
            return REFUSED
        if self._output:
            port = item.ports.input(place.name)
            if port is None or (not port.many and self._taken(item, place)):
                return REFUSED
            fits = not self._axes or accepts(port.axes, self._axes)
        else:
            if item.ports.output(place.name) is None:
                return REFUSED
            axes = axes_of(item, place.name)
            fits = not axes or accepts(self._wanted, axes)
        return FITS if fits else AXES_DIFFER

    def nearest(self, point: QPointF, reach: float, close: float) -> Target | None:
        """The best port within ``reach``; one within ``close`` is meant whether it fits or not."""
        best: tuple[int, float] | None = None
        found: Target | None = None
        for item, place, away in self._scene.ports_near(point, reach):
            rank = self.rank(item, place)
            order = (-1, away) if away <= close else (rank, away)
            if order[0] != REFUSED and (item, place) != self._from and (best is None or order < best):
                best, found = order, (item, place)
        return self._free(*found) if found else None

    def within(self, item: NodeItem) -> Target | None:
        """The port of a node that a link let go over its body would take: the first that fits best.

        Of a node where none does it is one that says why.
        """
        sides = (item.inputs, item.outputs) if self._output else (item.outputs, item.inputs)
        ranked = [(self.rank(item, place), number) for number, place in enumerate(sides[0])]
        if ranked:
            return self._free(item, sides[0][min(ranked)[1]])
        return (item, sides[1][0]) if sides[1] else None

    def _free(self, item: NodeItem, place: Place) -> Target:
        """The place itself, or of a port that takes many a free one."""
        if self._output and place.many and self._taken(item, place):
            port = item.ports.input(place.name)
            free = (other for other in item.inputs if item.ports.input(other.name) is port)
            place = next((other for other in free if not self._taken(item, other)), place)
        return item, place

    def _taken(self, item: NodeItem, place: Place) -> bool:
        return (place.name, False) in item.linked and (item.node.id, place.name) != self._lifted

    def _on_the_way_to(self, key: str, lifted: Link | None) -> set[str]:
        """The node and all that must not be linked with it: a link there would close a circle."""
        found, waiting = {key}, deque([key])
        while waiting:
            here = waiting.popleft()
            for other in self._scene.links_of(here):
                link = other.link
                near, far = (link.target, link.source) if self._output else (link.source, link.target)
                if near == here and far not in found and (lifted is None or link.ends != lifted.ends):
                    found.add(far)
                    waiting.append(far)
        return found


def axes_of(item: NodeItem, port: str) -> str:
    """The axes of what leaves a node at an output; empty where they are not known."""
    return item.report.shape_of(port).axes if item.report is not None else ""
