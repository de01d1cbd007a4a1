"""Gestures: what goes on while a mouse button is held. Each can be broken off without a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtWidgets import QApplication

from designer.gui.canvas.geometry import snapped
from designer.gui.canvas.link_item import LinkItem

if TYPE_CHECKING:
    from designer.gui.canvas.node_item import NodeItem
    from designer.gui.canvas.view import CanvasView


class Gesture:
    """One gesture with ``button`` held, begun at ``start`` (pixels of the view)."""

    pans_at_edge = False

    def __init__(self, view: CanvasView, start: QPoint, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        self.view = view
        self.start = start
        self.button = button

    def moved(self, at: QPoint) -> None:
        """The cursor is at ``at``."""

    def released(self, at: QPoint) -> None:
        """The button was released at ``at``: do what the gesture is for."""

    def cancelled(self) -> None:
        """Leave everything as it was before."""


class Pan(Gesture):
    """Drags the ground along."""

    def __init__(self, view: CanvasView, start: QPoint, button: Qt.MouseButton) -> None:
        super().__init__(view, start, button)
        self._last = start
        view.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def moved(self, at: QPoint) -> None:
        """Follow the cursor."""
        self.view.pan_by(at - self._last)
        self._last = at


class BandSelection(Gesture):
    """Draws the rubber band; what it touches is selected, with ``adding`` on top of what was."""

    pans_at_edge = True

    def __init__(self, view: CanvasView, start: QPoint, adding: bool) -> None:
        super().__init__(view, start)
        scene = view.canvas
        self._corner = view.mapToScene(start)
        self._before = scene.selected_nodes(), scene.selected_links()
        self._adding = adding

    def moved(self, at: QPoint) -> None:
        """Select what the band touches now."""
        scene = self.view.canvas
        box = QRectF(self._corner, self.view.mapToScene(at)).normalized()
        scene.band.setRect(box)
        scene.band.show()
        nodes, links = self._before if self._adding else ((), ())
        scene.select({*nodes, *scene.nodes_in(box.adjusted(-1, -1, 1, 1))}, links)

    def released(self, at: QPoint) -> None:
        """Let the band go; a click on the bare ground selects nothing."""
        self.view.canvas.band.hide()
        if (at - self.start).manhattanLength() < QApplication.startDragDistance() and not self._adding:
            self.view.canvas.select(())

    def cancelled(self) -> None:
        """Select what was selected before."""
        self.view.canvas.band.hide()
        self.view.canvas.select(*self._before)


class NodeMove(Gesture):
    """Moves the selected nodes; the project hears of it once, at the release."""

    pans_at_edge = True

    def __init__(self, view: CanvasView, start: QPoint, pressed: NodeItem, alone: bool) -> None:
        super().__init__(view, start)
        self._grabbed = view.mapToScene(start)
        self._pressed = pressed
        self._alone = alone
        self._items = [view.canvas.nodes[key] for key in view.canvas.selected_nodes()]
        self._from = {item.node.id: item.pos() for item in self._items}
        self._moving = False
        self._onto: LinkItem | None = None

    def moved(self, at: QPoint) -> None:
        """Carry the nodes along, on the grid."""
        if not self._moving and (at - self.start).manhattanLength() < QApplication.startDragDistance():
            return
        self._moving = True
        origin = self._from[self._pressed.node.id]
        delta = snapped(origin + self.view.mapToScene(at) - self._grabbed) - origin
        for item in self._items:
            item.setPos(self._from[item.node.id] + delta)
        self.view.canvas.follow(self._from)
        self._aim(at)

    def released(self, at: QPoint) -> None:
        """Move in the project; a click without a drag selects the one node."""
        onto = self._onto.link if self._onto else None
        self._aim(None)
        if self._moving:
            positions = {item.node.id: (item.x(), item.y()) for item in self._items}
            if not self.view.editor.move(positions, onto):
                self.cancelled()
        elif self._alone:
            self.view.canvas.select([self._pressed.node.id])

    def cancelled(self) -> None:
        """Put the nodes back."""
        self._aim(None)
        for item in self._items:
            if item.scene() is not None:
                item.setPos(self._from[item.node.id])
        self.view.canvas.follow(self._from)

    def _aim(self, at: QPoint | None) -> None:
        onto = None
        free = len(self._items) == 1 and not self._pressed.linked and self._pressed.inputs and self._pressed.outputs
        if at is not None and free:
            onto = self.view.canvas.link_at(self.view.mapToScene(at), 8)
        self._onto = onto
        self.view.canvas.highlight(onto)
