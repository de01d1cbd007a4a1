"""Overview: the graph from afar, painted in a few strokes and not item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem

from designer.gui.canvas.geometry import WIDTH
from designer.gui.canvas.ink import Ink
from designer.gui.canvas.node_paint import outline_of, paint_badge

if TYPE_CHECKING:
    from designer.gui.canvas.link_item import LinkItem
    from designer.gui.canvas.node_item import NodeItem
    from designer.gui.canvas.scene import CanvasScene

FAR = 0.45
FARTHEST = 0.2
STRIPE = 20.0
BADGE_SCALE = 2.4
_MIDDLE = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine
_EMPTY = QGraphicsItem.GraphicsItemFlag.ItemHasNoContents


class Overview:
    """Paints all of ``scene`` at scales below .45: blocks with names, and below .2 blocks in the hue of their category.

    While it does, the items themselves have no contents. What it paints is gathered once after each change.
    """

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._gathered = False
        self.shown = False
        self._lines: list[QLineF] = []
        self._loud_lines: list[tuple[QPen, QLineF]] = []
        self._blocks: dict[str, list[QRectF]] = {}
        self._stripes: dict[str, list[QRectF]] = {}
        self._bodies: list[QRectF] = []
        self._loud: list[NodeItem] = []

    def show(self, shown: bool) -> None:
        """Paint the graph here, or leave it to the items."""
        if shown == self.shown:
            return
        self.shown = shown
        self.changed()
        for item in (*self._scene.nodes.values(), *self._scene.links.values()):
            item.setFlag(_EMPTY, shown)

    def adopt(self, item: NodeItem | LinkItem) -> None:
        """A new item of the scene."""
        if self.shown:
            item.setFlag(_EMPTY)

    def changed(self) -> None:
        """Something in the scene is not as it was."""
        self._gathered = False
        if self.shown:
            self._scene.update()

    def paint(self, painter: QPainter, exposed: QRectF, scale: float) -> None:
        """Paint what lies in ``exposed`` (of the scene) at this ``scale``."""
        if not self._gathered:
            self._gather()
        ink = self._scene.ink
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(ink.far_link)
        painter.drawLines(self._lines)
        for pen, line in self._loud_lines:
            painter.setPen(_hair(pen))
            painter.drawLine(line)
        painter.setPen(Qt.PenStyle.NoPen)
        near = scale >= FARTHEST
        if near:
            painter.setPen(_hair(ink.outline))
            painter.setBrush(ink.raised)
            painter.drawRects(self._bodies)
            painter.setPen(Qt.PenStyle.NoPen)
        for category, boxes in (self._stripes if near else self._blocks).items():
            painter.setBrush(ink.hue(category))
            painter.drawRects(boxes)
        if near:
            self._paint_names(painter, exposed, ink)
        self._paint_loud(painter)

    def _gather(self) -> None:
        self._gathered = True
        self._blocks, self._stripes, self._bodies, self._loud = {}, {}, [], []
        for item in self._scene.nodes.values():
            box, category = item.rect(), item.category
            self._bodies.append(box)
            self._blocks.setdefault(category, []).append(box)
            self._stripes.setdefault(category, []).append(QRectF(box.left(), box.top(), STRIPE, box.height()))
            if item.problems or item.isSelected() or not item.known:
                self._loud.append(item)
        self._lines, self._loud_lines = [], []
        for link in self._scene.links.values():
            if link.isSelected() or link.problems or link.hovered:
                self._loud_lines.append((link.pen(link.isSelected()), link.line))
            else:
                self._lines.append(link.line)

    def _paint_names(self, painter: QPainter, exposed: QRectF, ink: Ink) -> None:
        painter.setPen(ink.text)
        painter.setFont(ink.far_font)
        for item in self._scene.nodes.values():
            box = item.rect()
            if box.intersects(exposed):
                painter.drawText(box.adjusted(STRIPE + 4, 0, -4, 0), _MIDDLE, item.far_text)

    def _paint_loud(self, painter: QPainter) -> None:
        for item in self._loud:
            painter.setPen(_hair(outline_of(item, item.isSelected())))
            painter.setBrush(QBrush(Qt.BrushStyle.NoBrush))
            painter.drawRect(item.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for item in self._loud:
            if item.problems:
                corner = item.pos() + QPointF(WIDTH - 4, 4)
                painter.translate(corner)
                painter.scale(BADGE_SCALE, BADGE_SCALE)
                paint_badge(painter, item, QPointF(0, 0))
                painter.scale(1 / BADGE_SCALE, 1 / BADGE_SCALE)
                painter.translate(-corner)


def _hair(pen: QPen) -> QPen:
    """The pen with its width in pixels of the screen."""
    hair = QPen(pen)
    hair.setCosmetic(True)
    return hair
