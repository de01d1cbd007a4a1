"""Guides: a drag clicks into line with the grid and with what is near, and thin lines show with what."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from designer.gui.canvas.geometry import WIDTH
from designer.gui.canvas.ink import Ink
from designer.gui.canvas.overlay import ABOVE_ALL
from designer.gui.theme import GRID
from designer.project.snapping import Box, Neighbours, Snap

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView

REACH = 6.0
COARSE = 16
TICK = 4.0


class GuideItem(QGraphicsItem):
    """Lines between what is in line, and lines with ends across gaps that are equal, one pixel of the screen wide."""

    def __init__(self, ink: Ink) -> None:
        super().__init__()
        self.lines: list[QLineF] = []
        self.gaps: list[QLineF] = []
        self._box = QRectF()
        self._line = QPen(QColor(ink.accent.color()), 0)
        self._gap = QPen(QColor(ink.warning.color()), 0)
        self.setZValue(ABOVE_ALL - 2)

    def show_snap(self, snap: Snap, margin: float) -> None:
        """Draw what ``snap`` found; ``margin`` is the length of the ends in the scene."""
        if not (snap.lines or snap.gaps or self.lines or self.gaps):
            return
        self.prepareGeometryChange()
        self.lines = [QLineF(*line) for line in snap.lines]
        self.gaps = [QLineF(*gap) for gap in snap.gaps]
        for gap in tuple(self.gaps):
            across = QPointF(0, margin) if gap.dy() == 0 else QPointF(margin, 0)
            self.gaps += [QLineF(end - across, end + across) for end in (gap.p1(), gap.p2())]
        ends = [end for line in (*self.lines, *self.gaps) for end in (line.p1(), line.p2())]
        xs, ys = [end.x() for end in ends], [end.y() for end in ends]
        self._box = QRectF(QPointF(min(xs), min(ys)), QPointF(max(xs), max(ys))) if ends else QRectF()
        self._box.adjust(-2, -2, 2, 2)

    def boundingRect(self) -> QRectF:
        """All lines."""
        return self._box

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the lines."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(self._line)
        painter.drawLines(self.lines)
        painter.setPen(self._gap)
        painter.drawLines(self.gaps)


class Guides:
    """Where a drag of ``box`` (of the scene, as it lies at first) clicks into place, for one drag of ``moving``."""

    def __init__(self, view: CanvasView, box: QRectF, moving: Collection[str], among_frames: bool) -> None:
        self._view = view
        self._box = box
        self._moving = moving
        self._among_frames = among_frames
        self._seen = QRectF()
        self._neighbours = Neighbours(())
        self.item = GuideItem(view.canvas.ink)
        view.canvas.addItem(self.item)

    def settle(self, delta: QPointF, origin: QPointF, free: bool) -> QPointF:
        """The move nearest to ``delta`` that brings ``origin`` to the grid or the box in line; any if ``free``."""
        if free:
            self.item.show_snap(Snap(), 0)
            return QPointF(round(delta.x()), round(delta.y()))
        step = COARSE if self._view.coarse_grid else GRID
        grid = on_grid(origin + delta, step) - origin
        if self._view.coarse_grid:
            self.item.show_snap(Snap(), 0)
            return grid
        zoom = self._view.zoom
        self._look()
        box = (self._box.x() + delta.x(), self._box.y() + delta.y(), self._box.width(), self._box.height())
        snap = self._neighbours.snap(box, REACH / zoom)
        settled = QPointF(
            delta.x() + snap.across if snap.snapped_across else grid.x(),
            delta.y() + snap.down if snap.snapped_down else grid.y(),
        )
        self.item.show_snap(snap, TICK / zoom)
        return settled

    def end(self) -> None:
        """Take the lines away."""
        if self.item.scene() is not None:
            self.item.scene().removeItem(self.item)

    def _look(self) -> None:
        """Index what is near what is seen, again where the view has moved on."""
        seen = self._view.visible_rect()
        if self._seen.contains(seen):
            return
        self._seen = seen.adjusted(-seen.width() / 4, -seen.height() / 4, seen.width() / 4, seen.height() / 4)
        left, top, right, bottom = self._seen.left(), self._seen.top(), self._seen.right(), self._seen.bottom()
        scene = self._view.canvas
        boxes: list[Box] = []
        for key, item in scene.nodes.items():
            x, y = item.x(), item.y()
            if left < x + WIDTH and x < right and top < y + item.height and y < bottom and key not in self._moving:
                boxes.append((x, y, WIDTH, item.height))
        for thing in scene.things if self._among_frames else scene.things.notes.values():
            if thing.key not in self._moving and thing.rect().intersects(self._seen):
                boxes.append(box_tuple(thing.rect()))
        self._neighbours = Neighbours(boxes)


def box_tuple(box: QRectF) -> Box:
    """Left, top, width and height."""
    return (box.x(), box.y(), box.width(), box.height())


def on_grid(point: QPointF, step: int) -> QPointF:
    """The nearest point of a grid of ``step``."""
    return QPointF(round(point.x() / step) * step, round(point.y() / step) * step)


def free_of_grid(modifiers: Qt.KeyboardModifier) -> bool:
    """Whether these keys, held, let a drag go where it will."""
    return bool(modifiers & Qt.KeyboardModifier.AltModifier)
