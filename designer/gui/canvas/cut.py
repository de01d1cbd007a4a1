"""Cutting links: a stroke drawn across them takes them all away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QCursor, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QApplication, QGraphicsPathItem

from designer.gui.canvas.gestures import Gesture
from designer.gui.canvas.link_item import LinkItem
from designer.gui.canvas.overlay import ABOVE_ALL

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView

CURSOR_SIZE = 24
GOING = 0.3
HINT = "Draw across links to cut them"


class Cut(Gesture):
    """Draws a stroke; the links that it crosses go at the release. A click selects ``pressed``, or lets it go."""

    pans_at_edge = True

    def __init__(self, view: CanvasView, start: QPoint, pressed: LinkItem | None) -> None:
        super().__init__(view, start)
        self._pressed = pressed
        self._points = [view.mapToScene(start)]
        self._crossed: dict[tuple[str, str, str, str], LinkItem] = {}
        self._stroke = QGraphicsPathItem()
        self._stroke.setZValue(ABOVE_ALL)
        pen = QPen(view.canvas.ink.cut)
        pen.setCosmetic(True)
        self._stroke.setPen(pen)
        self._drawn = False

    def moved(self, at: QPoint) -> None:
        """Draw on, and count what is crossed."""
        if not self._drawn:
            if (at - self.start).manhattanLength() < QApplication.startDragDistance():
                return
            self._drawn = True
            self.view.canvas.addItem(self._stroke)
            self.view.viewport().setCursor(scissors(self.view.canvas.ink.text, self.view.devicePixelRatioF()))
        point = self.view.mapToScene(at)
        self._cross(self._points[-1], point)
        self._points.append(point)
        path = QPainterPath(self._points[0])
        for corner in self._points[1:]:
            path.lineTo(corner)
        self._stroke.setPath(path)
        count = len(self._crossed)
        self.view.say(f"Cut {count} link{'s' if count > 1 else ''}" if count else HINT, at, refusal=False)

    def released(self, at: QPoint) -> None:
        """Cut what was crossed in one step."""
        if self._drawn:
            # a quick hand may have gone on since the last move
            self._cross(self._points[-1], self.view.mapToScene(at))
        links = [item.link for item in self._crossed.values()]
        self._end()
        if links:
            self.view.editor.unlink(links, "Cut")
        elif not self._drawn and self._pressed is not None:
            self._pressed.setSelected(not self._pressed.isSelected())

    def cancelled(self) -> None:
        """Cut nothing."""
        self._end()

    def _cross(self, before: QPointF, after: QPointF) -> None:
        line = QLineF(before, after)
        box = QRectF(before, after).normalized().adjusted(-1, -1, 1, 1)
        for item in self.view.canvas.items(box, Qt.ItemSelectionMode.IntersectsItemBoundingRect):
            if isinstance(item, LinkItem) and item.link.ends not in self._crossed and item.trace.crosses(line):
                self._crossed[item.link.ends] = item
                item.setOpacity(GOING)

    def _end(self) -> None:
        for ends, item in self._crossed.items():
            if self.view.canvas.links.get(ends) is item:
                item.setOpacity(1.0)
        if self._stroke.scene() is not None:
            self.view.canvas.removeItem(self._stroke)
        self.view.canvas.label.hide()


def scissors(colour: QColor, ratio: float) -> QCursor:
    """The cursor that cuts, its blades meeting at the point."""
    picture = QPixmap(round(CURSOR_SIZE * ratio), round(CURSOR_SIZE * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QLineF(2, 2, 15, 16))
    painter.drawLine(QLineF(9, 1, 8.5, 17))
    painter.drawEllipse(QPointF(17, 18.5), 3, 3)
    painter.drawEllipse(QPointF(8, 20), 3, 3)
    painter.end()
    return QCursor(picture, 4, 2)
