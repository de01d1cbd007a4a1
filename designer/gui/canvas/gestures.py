"""Gestures: what goes on while a mouse button is held. Each can be broken off without a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtWidgets import QApplication

from designer.gui.canvas.commands.mouse import WHILE_BANDING, WHILE_MOVING
from designer.gui.canvas.frame_item import FrameItem
from designer.gui.canvas.guides import Guides, free_of_grid
from designer.gui.canvas.link_item import LinkItem
from designer.gui.canvas.node_item import NodeItem
from designer.gui.canvas.things import ThingItem
from designer.project.frames import lying_on

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView


class Gesture:
    """One gesture with ``button`` held, begun at ``start`` (pixels of the view).

    ``hint`` is what one may want to know while it goes on.
    """

    pans_at_edge = False
    hint = ""

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
    hint = WHILE_BANDING

    def __init__(self, view: CanvasView, start: QPoint, adding: bool) -> None:
        super().__init__(view, start)
        scene = view.canvas
        self._corner = view.mapToScene(start)
        self._before = scene.selected_nodes(), scene.selected_links(), scene.selected_things()
        self._adding = adding

    def moved(self, at: QPoint) -> None:
        """Select what the band touches now."""
        scene = self.view.canvas
        box = QRectF(self._corner, self.view.mapToScene(at)).normalized()
        scene.band.setRect(box)
        scene.band.show()
        nodes, links, things = self._before if self._adding else ((), (), ())
        touched = scene.nodes_in(box.adjusted(-1, -1, 1, 1))
        scene.select({*nodes, *touched}, links, {*things, *scene.things.within(box)})

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
    """Moves what is selected, and what lies on selected frames; the project hears of it once, at the release."""

    pans_at_edge = True
    hint = WHILE_MOVING

    def __init__(self, view: CanvasView, start: QPoint, pressed: NodeItem | ThingItem, alone: bool) -> None:
        super().__init__(view, start)
        self._grabbed = view.mapToScene(start)
        self._pressed = pressed
        self._alone = alone
        self._items = carried_by(view)
        self._from = {key: item.pos() for key, item in self._items.items()}
        self._nodes = [key for key in self._items if key in view.canvas.nodes]
        self._guides: Guides | None = None
        self._onto: LinkItem | None = None

    def moved(self, at: QPoint) -> None:
        """Carry the nodes along, on the grid and in line with what is near, unless Alt is held."""
        if self._guides is None:
            if (at - self.start).manhattanLength() < QApplication.startDragDistance():
                return
            self._guides = self._begin()
        delta = self._guides.settle(
            self.view.mapToScene(at) - self._grabbed, self._from[_key(self._pressed)], free_of_grid(self.view.modifiers)
        )
        for key, item in self._items.items():
            item.setPos(self._from[key] + delta)
        self.view.canvas.follow(self._nodes)
        self._aim(at)

    def released(self, at: QPoint) -> None:
        """Move in the project; a click without a drag selects the one that was pressed."""
        onto = self._onto.link if self._onto else None
        self._aim(None)
        if self._guides is not None:
            self._guides.end()
            positions = {key: (item.x(), item.y()) for key, item in self._items.items()}
            if not self.view.editor.move(positions, onto):
                self.cancelled()
        elif self._alone and isinstance(self._pressed, ThingItem):
            self.view.canvas.select((), (), [self._pressed.key])
        elif self._alone:
            self.view.canvas.select([_key(self._pressed)])

    def cancelled(self) -> None:
        """Put everything back."""
        self._aim(None)
        if self._guides is not None:
            self._guides.end()
        for key, item in self._items.items():
            if item.scene() is not None:
                item.setPos(self._from[key])
        self.view.canvas.follow(self._nodes)

    def _begin(self) -> Guides:
        box = QRectF()
        for item in self._items.values():
            box = box.united(item.rect())
        return Guides(
            self.view, box, self._items.keys(), any(isinstance(one, FrameItem) for one in self._items.values())
        )

    def _aim(self, at: QPoint | None) -> None:
        onto, item = None, self._pressed
        free = len(self._items) == 1 and isinstance(item, NodeItem) and not item.linked and item.inputs and item.outputs
        if at is not None and free:
            onto = self.view.canvas.link_at(self.view.mapToScene(at), 8)
        self._onto = onto
        self.view.canvas.highlight(onto)


def carried_by(view: CanvasView) -> dict[str, NodeItem | ThingItem]:
    """The items that a drag of the selection moves: those selected, and what lies on the frames among them."""
    scene, graph = view.canvas, view.session.project.graph
    things = scene.selected_things()
    keys = dict.fromkeys((*scene.selected_nodes(), *things))
    if any(key in scene.things.frames for key in things):
        sizes = scene.sizes()
        for key in things:
            if key in graph.frames:
                keys.update(dict.fromkeys(sorted(lying_on(graph, key, sizes))))
    items: dict[str, NodeItem | ThingItem] = {}
    for key in keys:
        item = scene.nodes.get(key) or scene.things.get(key)
        if item is not None:
            items[key] = item
    return items


def _key(item: NodeItem | ThingItem) -> str:
    return item.node.id if isinstance(item, NodeItem) else item.key
