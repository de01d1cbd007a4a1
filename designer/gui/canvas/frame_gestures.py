"""Frames and notes under the mouse: pressing, resizing, double-clicking them, and the cursors that announce it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtWidgets import QApplication

from designer.gui.canvas.commands.mouse import WHILE_RESIZING
from designer.gui.canvas.frame_item import FrameItem
from designer.gui.canvas.framing import edit_text, resize_thing
from designer.gui.canvas.gestures import Gesture, NodeMove
from designer.gui.canvas.guides import COARSE, free_of_grid, on_grid
from designer.gui.canvas.things import Grip
from designer.gui.theme import GRID
from designer.project.frames import LEAST_FRAME, LEAST_NOTE

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView


class Resize(Gesture):
    """Drags an edge or a corner of a frame or note; the project hears of it once, at the release."""

    pans_at_edge = True
    hint = WHILE_RESIZING

    def __init__(self, view: CanvasView, start: QPoint, grip: Grip) -> None:
        super().__init__(view, start)
        self._grip = grip
        self._before = grip.item.rect()
        self._grabbed = view.mapToScene(start)
        self._least = LEAST_FRAME if isinstance(grip.item, FrameItem) else LEAST_NOTE
        self._moving = False

    def moved(self, at: QPoint) -> None:
        """Let the edge follow, on the grid unless Alt is held."""
        if not self._moving and (at - self.start).manhattanLength() < QApplication.startDragDistance():
            return
        self._moving = True
        away = self.view.mapToScene(at) - self._grabbed
        step = 1 if free_of_grid(self.view.modifiers) else COARSE if self.view.coarse_grid else GRID
        low = on_grid(self._before.topLeft() + away, step)
        high = on_grid(self._before.bottomRight() + away, step)
        box, grip = QRectF(self._before), self._grip
        if grip.across < 0:
            box.setLeft(min(low.x(), box.right() - self._least[0]))
        elif grip.across > 0:
            box.setRight(max(high.x(), box.left() + self._least[0]))
        if grip.down < 0:
            box.setTop(min(low.y(), box.bottom() - self._least[1]))
        elif grip.down > 0:
            box.setBottom(max(high.y(), box.top() + self._least[1]))
        grip.item.set_box(box)
        self.view.canvas.overview.changed()

    def released(self, at: QPoint) -> None:
        """Resize in the project; a click without a drag only selects."""
        if self._moving and not resize_thing(self.view, self._grip.item.key, self._grip.item.rect()):
            self.cancelled()

    def cancelled(self) -> None:
        """Give the frame or note its size back."""
        if self._grip.item.scene() is not None:
            self._grip.item.set_box(self._before)
            self.view.canvas.overview.changed()


def grip_at(view: CanvasView, point: QPointF, notes: bool = True, frames: bool = True) -> Grip | None:
    """The note or frame there, and which part of it."""
    things = view.canvas.things
    found = things.note_at(point, view.zoom) if notes else None
    return found or (things.frame_at(point, view.zoom) if frames else None)


def press_thing(view: CanvasView, at: QPoint, grip: Grip, adding: bool) -> Gesture | None:
    """Begin to move or resize; with ``adding`` only put it into the selection or take it out."""
    item = grip.item
    was = item.isSelected()
    if adding:
        item.setSelected(not was)
        return None
    if not was:
        view.canvas.select((), (), [item.key])
    return Resize(view, at, grip) if grip.resizes else NodeMove(view, at, item, alone=was)


def open_thing(view: CanvasView, point: QPointF) -> bool:
    """Edit in place the title or text that was double-clicked; whether there is one."""
    grip = grip_at(view, point)
    if grip is None or (isinstance(grip.item, FrameItem) and not grip.item.title_box(view.zoom).contains(point)):
        return False
    view.canvas.select((), (), [grip.item.key])
    edit_text(view, grip.item.key)
    return True


def thing_cursor(view: CanvasView) -> Qt.CursorShape | None:
    """The cursor for the frame or note beneath it; None where nodes or links lie above, or where there is none."""
    if view.cursor_at is None or not view.canvas.things:
        return None
    point = view.mapToScene(view.cursor_at)
    if view.canvas.node_at(point) is not None:
        return None
    grip = grip_at(view, point)
    return grip.cursor if grip is not None else None
