"""Overview: the graph from afar, painted in a few strokes and not item by item."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsItem

from designer.gui.canvas.gathering import Gathered
from designer.gui.canvas.geometry import WIDTH
from designer.gui.canvas.ink import Ink
from designer.gui.canvas.node_marks import paint_badge
from designer.gui.canvas.node_paint import outline_of
from designer.gui.categories import sign_picture

if TYPE_CHECKING:
    from designer.gui.canvas.scene import CanvasScene

FAR = 0.45
FARTHEST = 0.2
SIGN = 32.0
BADGE_SCALE = 2.4
MOST_PICTURES = 200
_EMPTY = QGraphicsItem.GraphicsItemFlag.ItemHasNoContents


class Overview:
    """Paints all of ``scene`` at scales below .45: colour, sign and name of each node, and below .2 boxes of colour.

    Bypassed nodes are hollow, or grey; uses of blocks have a second outline within the first.
    While it does, the items themselves have no contents. What it paints is gathered once after each change, which
    those in ``told`` hear of; while nodes are moved the rest stays gathered.
    """

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self.told: list[Callable[[], None]] = []
        self.shown = False
        self._resting: Gathered | None = None
        self._moving: Gathered | None = None
        self._moving_keys: frozenset[str] = frozenset()
        self._pictures: dict[tuple[str, int, str], QPixmap] = {}

    def show(self, shown: bool) -> None:
        """Paint the graph here, or leave it to the items."""
        if shown == self.shown:
            return
        self.shown = shown
        self.changed()
        for item in (*self._scene.nodes.values(), *self._scene.links.values(), *self._scene.things):
            item.setFlag(_EMPTY, shown)

    def adopt(self, item: QGraphicsItem) -> None:
        """A new item of the scene."""
        if self.shown:
            item.setFlag(_EMPTY)

    def changed(self) -> None:
        """Something in the scene is not as it was."""
        self._resting, self._moving, self._moving_keys = None, None, frozenset()
        self._tell()

    def moved(self, keys: Iterable[str]) -> None:
        """These nodes lie elsewhere now, and their links with them; they may soon move on."""
        moving = frozenset(keys)
        if moving != self._moving_keys:
            self._resting, self._moving_keys = None, moving
        self._moving = None
        self._tell()

    def _tell(self) -> None:
        if self.shown:
            self._scene.update()
        for tell in self.told:
            tell()

    def paint(self, painter: QPainter, exposed: QRectF, scale: float) -> None:
        """Paint what lies in ``exposed`` (of the scene) at this ``scale``."""
        parts = self._gather()
        ink = self._scene.ink
        self._scene.things.paint_far(painter, scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for part in parts:
            painter.setPen(ink.far_link)
            painter.drawLines(part.lines)
            for pen, line in part.loud_lines:
                painter.setPen(_hair(pen))
                painter.drawLine(line)
        for part in parts:
            if scale >= FARTHEST:
                self._paint_near(painter, exposed, ink, scale, part)
            else:
                self._paint_far(painter, ink, part)
        for part in parts:
            self._paint_loud(painter, part)
        self._scene.things.paint_far_titles(painter, exposed, scale)

    def _paint_near(self, painter: QPainter, exposed: QRectF, ink: Ink, scale: float, part: Gathered) -> None:
        painter.setPen(_hair(ink.outline))
        painter.setBrush(ink.raised)
        painter.drawRects(part.bodies)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRects(part.double)
        painter.setPen(Qt.PenStyle.NoPen)
        for category, boxes in part.tiles.items():
            painter.setBrush(ink.hue(category))
            painter.drawRects(boxes)
        self._paint_signs(painter, exposed, ink, scale, part)
        painter.setPen(ink.text)
        painter.setFont(ink.far_font)
        for box, at, text in part.names:
            if box.intersects(exposed):
                painter.drawText(at, text)

    def _paint_far(self, painter: QPainter, ink: Ink, part: Gathered) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for category, boxes in part.blocks.items():
            painter.setBrush(ink.hue(category))
            painter.drawRects(boxes)
        painter.setPen(_hair(ink.port))
        painter.setBrush(ink.raised)
        painter.drawRects(part.hollow)
        painter.setPen(_hair(QPen(ink.raised, 1)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRects(part.double)

    def _paint_signs(self, painter: QPainter, exposed: QRectF, ink: Ink, scale: float, part: Gathered) -> None:
        """Copy each category's sign, drawn once for this scale, to the pixels where it belongs."""
        transform = painter.worldTransform()
        painter.resetTransform()
        ratio = painter.device().devicePixelRatioF() if painter.device() else 1.0
        for category, places in part.signs.items():
            picture = self._picture(category, ink, max(4, round(SIGN * scale * ratio)), ratio)
            half = picture.width() / ratio / 2
            for box, at in places:
                if box.intersects(exposed):
                    middle = transform.map(at)
                    painter.drawPixmap(QPoint(round(middle.x() - half), round(middle.y() - half)), picture)
        painter.setWorldTransform(transform)

    def _picture(self, category: str, ink: Ink, size: int, ratio: float) -> QPixmap:
        key = (category, size, ink.theme.name)
        if key not in self._pictures:
            if len(self._pictures) > MOST_PICTURES:
                self._pictures.clear()
            self._pictures[key] = sign_picture(category, QColor(ink.on_hue), size)
        picture = self._pictures[key]
        picture.setDevicePixelRatio(ratio)
        return picture

    def _gather(self) -> tuple[Gathered, ...]:
        """What rests, gathered once, and what moves, gathered anew after each step."""
        scene, ink = self._scene, self._scene.ink
        if self._resting is None:
            moving = {id(link) for key in self._moving_keys for link in scene.links_of(key)}
            nodes = (item for key, item in scene.nodes.items() if key not in self._moving_keys)
            links = (link for link in scene.links.values() if id(link) not in moving)
            self._resting = Gathered(nodes, links, ink)
        if self._moving is None:
            nodes = (scene.nodes[key] for key in self._moving_keys if key in scene.nodes)
            links = {id(link): link for key in self._moving_keys for link in scene.links_of(key)}
            self._moving = Gathered(nodes, links.values(), ink)
        return (self._resting, self._moving) if self._moving_keys else (self._resting,)

    def _paint_loud(self, painter: QPainter, part: Gathered) -> None:
        for item in part.loud:
            painter.setPen(_hair(outline_of(item, item.isSelected())))
            painter.setBrush(QBrush(Qt.BrushStyle.NoBrush))
            painter.drawRect(item.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for item in part.loud:
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
