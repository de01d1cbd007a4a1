"""Drawing a link, or moving one of its ends: from a port to another that takes it, with the reason where none does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication

from designer.gui.canvas.commands.mouse import WHILE_LINKING
from designer.gui.canvas.fitting import FITS, Fitting, axes_of
from designer.gui.canvas.geometry import PORT_RADIUS, Place, link_path
from designer.gui.canvas.gestures import Gesture
from designer.gui.canvas.overview import FAR
from designer.project.model import Graph, Link
from designer.project.rules import free_place, quoted, refuse_link

if TYPE_CHECKING:
    from designer.gui.canvas.node_item import NodeItem
    from designer.gui.canvas.view import CanvasView

SNAP = 28.0
CLOSE = PORT_RADIUS + 3
FAR_OFF = 40
LIFTED = 0.2


class LinkDrag(Gesture):
    """Draws a link from ``place`` of ``item``; with ``lifted`` it moves the other end of that link.

    Let go on the bare ground, a link asks for a layer to end at; a lifted one is taken away, whatever is answered.
    """

    pans_at_edge = True
    hint = WHILE_LINKING

    def __init__(
        self, view: CanvasView, start: QPoint, item: NodeItem, place: Place, lifted: Link | None = None
    ) -> None:
        super().__init__(view, start)
        self._item, self._place, self._lifted = item, place, lifted
        self._fitting = Fitting(view.canvas, item, place, lifted)
        self._link: Link | None = None
        self._reason: str | None = None
        self._target: tuple[NodeItem, Place] | None = None
        self._begun = False
        if lifted is None:
            self._draw(view.mapToScene(start))

    def moved(self, at: QPoint) -> None:
        """Run the link to the port under the cursor, or to the cursor."""
        if not self._begun:
            if (at - self.start).manhattanLength() < QApplication.startDragDistance():
                return
            self._begin()
        view, point = self.view, self.view.mapToScene(at)
        self._aim(self._found(point))
        hot = self._target if self._reason is None else None
        self._draw(hot[0].pos() + hot[1].at if hot else point)
        if self._reason:
            view.say(self._reason, at)
        elif hot and (hint := self._hint(*hot)):
            view.say(hint, at, refusal=False)
        else:
            view.canvas.label.hide()

    def released(self, at: QPoint) -> None:
        """Link, take the lifted link away, ask what to add, or say why not."""
        begun, link, reason = self._begun, self._link, self._reason
        self._end()
        view = self.view
        if not begun:
            if view.zoom < FAR:
                # from afar the side of a node stands for its ports, and a click is still one on the node
                view.canvas.select([self._item.node.id])
            return
        if reason:
            view.refuse(reason, at)
        elif link is not None:
            if self._lifted is None or link.ends != self._lifted.ends:
                view.editor.link(link, self._lifted)
        elif (at - self.start).manhattanLength() > FAR_OFF and view.viewport().rect().contains(at):
            self._let_go(at)

    def cancelled(self) -> None:
        """Leave the links as they were."""
        self._end()

    def _begin(self) -> None:
        self._begun = True
        self.view.port_fade.show(self._fitting.fades)
        if self._lifted is not None:
            self.view.canvas.links[self._lifted.ends].setOpacity(LIFTED)

    def _end(self) -> None:
        scene = self.view.canvas
        self._aim(None)
        self.view.port_fade.show(None)
        scene.draft.hide()
        scene.label.hide()
        if self._lifted is not None and self._lifted.ends in scene.links:
            scene.links[self._lifted.ends].setOpacity(1.0)

    def _let_go(self, at: QPoint) -> None:
        from designer.gui.canvas.bringing import LinkEnd
        from designer.gui.canvas.search_box import open_search

        onto, merge = self.view.canvas.node_at(self.view.mapToScene(at)), ""
        if self._lifted is not None:
            merge = f"lifted {uuid4()}"
            if not self.view.editor.unlink([self._lifted], merge=merge):
                return
        if onto is None:
            open_search(self.view, at, LinkEnd(self._item.node.id, self._place.name, self._place.output), merge)

    def _found(self, point: QPointF) -> tuple[NodeItem, Place] | None:
        """The port that the link would end at: near the cursor, or of the node beneath it the first that fits."""
        scene, pixel = self.view.canvas, self.view.pixel
        near = self._fitting.nearest(point, SNAP * pixel, CLOSE * pixel)
        if near is not None:
            return near
        node = scene.node_at(point)
        return None if node is None or node is self._item else self._fitting.within(node)

    def _aim(self, target: tuple[NodeItem, Place] | None) -> None:
        """Aim at another port, or none; only then is it asked whether and why not."""
        if target == self._target:
            return
        if self._target is not None:
            self._target[0].set_hot_place(None)
        self._target, self._link, self._reason = target, None, None
        if target is not None:
            self._link, self._reason = self._proposed(*target)
            target[0].set_hot_place(target[1] if self._reason is None else None)

    def _proposed(self, item: NodeItem, place: Place) -> tuple[Link, str | None]:
        """The link to that port, and why it is refused."""
        project = self.view.session.project
        lifted = self._lifted
        kept = tuple(link for link in project.graph.links if lifted is None or link.ends != lifted.ends)
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
        if lifted is not None:
            # between the same two nodes it goes on the way that it went
            same = (link.source, link.target) == (lifted.source, lifted.target)
            link = replace(link, extra=lifted.extra, bends=lifted.bends if same else ())
        return link, refuse_link(graph, link, ports_of)

    def _hint(self, item: NodeItem, place: Place) -> str:
        """What to know of a link that can be drawn but would not run as things are."""
        if self._fitting.rank(item, place) == FITS:
            return ""
        source, target = ((self._item, self._place), (item, place))[:: 1 if self._place.output else -1]
        port = target[0].ports.input(target[1].name)
        given = "×".join(axes_of(source[0], source[1].name))
        wanted = " or ".join("×".join(axes) for axes in port.axes.split()) if port is not None else ""
        return f"{quoted(target[0].node.name)} takes {wanted}, and {given} comes from {quoted(source[0].node.name)}."

    def _draw(self, end: QPointF) -> None:
        fixed = self._item.pos() + self._place.at
        path = link_path(fixed, end) if self._place.output else link_path(end, fixed)
        self.view.canvas.draft.draw(path, self._reason is not None)


def port_drag(view: CanvasView, at: QPoint, item: NodeItem, place: Place) -> LinkDrag:
    """The drag that begins at a port: an input that is taken lends the end of its link, with Alt an output the start.

    Of several links that begin there it is the selected one, or else the one drawn last.
    """
    links = [other for other in view.canvas.links_of(item.node.id) if _begins_or_ends(other.link, item, place)]
    if place.output and not view.modifiers & Qt.KeyboardModifier.AltModifier:
        links = []
    links.sort(key=lambda other: other.isSelected())
    if links:
        link = links[-1].link
        other = links[-1].target if place.output else links[-1].source
        fixed = other.place(*((link.target_port, False) if place.output else (link.source_port, True)))
        if fixed is not None:
            return LinkDrag(view, at, other, fixed, link)
    return LinkDrag(view, at, item, place)


def _begins_or_ends(link: Link, item: NodeItem, place: Place) -> bool:
    end = (link.source, link.source_port) if place.output else (link.target, link.target_port)
    return end == (item.node.id, place.name)
