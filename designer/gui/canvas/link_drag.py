"""Drawing a link: from a port to another that takes it, with the reason under the cursor where none does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QPainterPath

from designer.gui.canvas.geometry import Place, link_path
from designer.gui.canvas.gestures import Gesture
from designer.project.model import Graph, Link
from designer.project.rules import free_place, quoted, refuse_link

if TYPE_CHECKING:
    from designer.gui.canvas.node_item import NodeItem
    from designer.gui.canvas.view import CanvasView

SNAP = 20.0


class LinkDrag(Gesture):
    """Draws a link from a port. Begun at an input that is taken, it picks up the end of the link that is there."""

    pans_at_edge = True

    def __init__(self, view: CanvasView, start: QPoint, item: NodeItem, place: Place) -> None:
        super().__init__(view, start)
        self._lifted: Link | None = None
        self._item, self._place = item, place
        self._link: Link | None = None
        self._reason: str | None = None
        self._aimed: NodeItem | None = None
        self._lift()
        if self._lifted is None:
            view.canvas.draft.draw(self._path(view.mapToScene(start)), refused=False)

    def moved(self, at: QPoint) -> None:
        """Run the link to the port under the cursor, or to the cursor."""
        view, point = self.view, self.view.mapToScene(at)
        if self._lifted is not None:
            view.canvas.links[self._lifted.ends].setOpacity(0.2)
        target = self._target(point)
        self._link, self._reason, hot = None, None, None
        if target is not None:
            item, place = target
            self._link, self._reason = self._proposed(item, place)
            hot = place if self._reason is None else None
        self._mark(target[0] if target else None, hot)
        view.canvas.draft.draw(
            self._path(target[0].pos() + hot.at if target and hot else point), self._reason is not None
        )
        if self._reason:
            view.say(self._reason, at)
        else:
            view.canvas.label.hide()

    def released(self, at: QPoint) -> None:
        """Link, take the lifted link away, or say why not."""
        self._end()
        view = self.view
        if self._reason:
            view.refuse(self._reason, at)
        elif self._link is not None:
            if self._lifted is None or self._link.ends != self._lifted.ends:
                view.editor.link(self._link, self._lifted)
        elif self._lifted is not None and self._far(at):
            view.editor.unlink([self._lifted])

    def cancelled(self) -> None:
        """Leave the links as they were."""
        self._end()

    def _lift(self) -> None:
        if self._place.output or (self._place.name, False) not in self._item.linked:
            return
        for item in self.view.canvas.links_of(self._item.node.id):
            if item.link.target == self._item.node.id and item.link.target_port == self._place.name:
                place = item.source.place(item.link.source_port, True)
                if place is not None:
                    self._lifted, self._item, self._place = item.link, item.source, place
                return

    def _end(self) -> None:
        scene = self.view.canvas
        self._mark(None, None)
        scene.draft.hide()
        scene.label.hide()
        if self._lifted is not None and self._lifted.ends in scene.links:
            scene.links[self._lifted.ends].setOpacity(1.0)

    def _far(self, at: QPoint) -> bool:
        return (at - self.start).manhattanLength() > 2 * SNAP

    def _target(self, point: QPointF) -> tuple[NodeItem, Place] | None:
        """The port that the link would end at: near the cursor, or of the node beneath it the first that is free."""
        scene = self.view.canvas
        near = scene.port_at(point, self.view.reach(SNAP))
        if near is not None and near != (self._item, self._place):
            item, place = near
            if place.output != self._place.output or not self._body_at(item, point):
                return near
        node = scene.node_at(point)
        if node is None or node is self._item:
            return None
        if self._place.output:
            place = node.free_input() or next(iter(node.inputs), None)
        else:
            place = next(iter(node.outputs), None)
        # a node without such a port is aimed at by one of its others, so that the refusal can name it
        place = place or next(iter((*node.inputs, *node.outputs)), None)
        return (node, place) if place else None

    def _body_at(self, item: NodeItem, point: QPointF) -> bool:
        return item.rect().contains(point)

    def _proposed(self, item: NodeItem, place: Place) -> tuple[Link, str | None]:
        """The link to that port, and why it is refused."""
        project = self.view.session.project
        kept = tuple(link for link in project.graph.links if self._lifted is None or link.ends != self._lifted.ends)
        graph = Graph(project.graph.nodes, kept)
        here, there = (self._item.node, self._place.name), (item.node, place.name)
        source, target = (here, there) if self._place.output else (there, here)
        link = Link(source[0].id, source[1], target[0].id, target[1])
        if place.output == self._place.output:
            side, other = ("output", "input") if place.output else ("input", "output")
            return link, f"{quoted(item.node.name)} offers an {side} here: a link from an {side} ends at an {other}."
        ports_of = self.view.session.catalog.ports_of
        port = ports_of(target[0]).input(link.target_port)
        taken = any(old.target == link.target and old.target_port == link.target_port for old in kept)
        if port is not None and port.many and taken:
            link = replace(link, target_port=free_place(graph, link.target, port))
        return link, refuse_link(graph, link, ports_of)

    def _path(self, end: QPointF) -> QPainterPath:
        fixed = self._item.pos() + self._place.at
        return link_path(fixed, end) if self._place.output else link_path(end, fixed)

    def _mark(self, item: NodeItem | None, place: Place | None) -> None:
        if self._aimed is not None and self._aimed is not item:
            self._aimed.set_hot_place(None)
        self._aimed = item
        if item is not None:
            item.set_hot_place(place)
