"""The ring around the port that the keyboard is on, and the words beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from designer.gui.canvas.ink import Ink

if TYPE_CHECKING:
    from designer.gui.canvas.scene import CanvasScene

RADIUS = 11.0
HALO = 6.0
LINE = 2.5
ABOVE_LINKS = 99.5
PADDING = 8.0
GAP = 4.0
HEIGHT = 24.0
LONGEST = 60
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine


class PortRing(QGraphicsItem):
    """A ring that no other port has, so that it is known by its form too; beside it what port this is."""

    def __init__(self) -> None:
        super().__init__()
        self.tag = PortTag()
        self.tag.setParentItem(self)
        self.setZValue(ABOVE_LINKS)
        self.hide()

    def mark(self, at: QPointF, leftward: bool, words: str, hint: str) -> None:
        """Stand at a point of the scene, the words on its left or on its right side; no words, no tag."""
        self.setPos(at)
        self.tag.write(words, hint, leftward)
        self.show()

    def boundingRect(self) -> QRectF:
        """The ring with its halo."""
        reach = RADIUS + HALO
        return QRectF(-reach, -reach, 2 * reach, 2 * reach)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the ring on a halo of the ground's colour, which sets it off from node and links."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ink = _ink(self)
        for colour, width in ((ink.canvas.color(), HALO), (ink.accent.color(), LINE)):
            painter.setPen(QPen(colour, width))
            painter.drawEllipse(QPointF(0, 0), RADIUS, RADIUS)


class PortTag(QGraphicsItem):
    """The words beside the ring, of one size on the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.hint = "", ""
        self._box = QRectF()
        self._middle = 0.0
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)

    def write(self, words: str, hint: str, leftward: bool) -> None:
        """Show other words; ``hint`` is muted."""
        self.prepareGeometryChange()
        self.words, self.hint = " ".join(words.split())[:LONGEST], hint
        self.setVisible(bool(self.words))
        metrics = _ink(self).small_metrics
        self._middle = metrics.horizontalAdvance(self.words)
        width = self._middle + 2 * PADDING
        if hint:
            width += metrics.horizontalAdvance(hint) + PADDING
        # above the ring, where no link runs
        self.setPos(0, -RADIUS - HALO / 2)
        self._box = QRectF(-width if leftward else 0.0, -GAP - HEIGHT, width, HEIGHT)
        self.update()

    def boundingRect(self) -> QRectF:
        """The tag's box."""
        return self._box.adjusted(-1, -1, 1, 1)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the words on a card."""
        ink = _ink(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ink.accent.color(), 1))
        painter.setBrush(ink.raised)
        painter.drawRoundedRect(self._box, 4, 4)
        painter.setFont(ink.small_font)
        painter.setPen(ink.text)
        words = self._box.adjusted(PADDING, 0, 0, 0)
        painter.drawText(words, _LEFT, self.words)
        painter.setPen(ink.muted)
        painter.drawText(words.adjusted(self._middle + PADDING, 0, 0, 0), _LEFT, self.hint)


def _ink(item: QGraphicsItem) -> Ink:
    """What the item's scene draws with now."""
    return cast("CanvasScene", item.scene()).ink
