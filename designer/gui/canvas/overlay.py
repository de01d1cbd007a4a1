"""Overlays: what a gesture shows on top of the graph while it lasts."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from designer.gui.canvas.ink import Ink

ABOVE_ALL = 100.0
LABEL_WIDTH = 280.0
LABEL_PADDING = 8.0
LONGEST_LABEL = 400
SIGN = 22
_WRAPPED = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap


class BandItem(QGraphicsRectItem):
    """The rubber band."""

    def __init__(self, ink: Ink) -> None:
        super().__init__()
        self.setZValue(ABOVE_ALL)
        self.set_ink(ink)
        self.hide()

    def set_ink(self, ink: Ink) -> None:
        """Draw under another theme."""
        pen = QPen(ink.accent.color(), 1)
        pen.setCosmetic(True)
        self.setPen(pen)
        fill = QColor(ink.accent.color())
        fill.setAlpha(28)
        self.setBrush(fill)


class DraftLinkItem(QGraphicsPathItem):
    """The link that is being drawn."""

    def __init__(self, ink: Ink) -> None:
        super().__init__()
        self.ink = ink
        self.setZValue(ABOVE_ALL - 1)
        self.hide()

    def set_ink(self, ink: Ink) -> None:
        """Draw under another theme."""
        self.ink = ink

    def draw(self, path: QPainterPath, refused: bool) -> None:
        """Show the link along ``path``; where it is refused as a dashed line."""
        pen = QPen(self.ink.refused_link if refused else self.ink.drawn_link)
        # as wide on the screen however small the graph is seen
        pen.setCosmetic(True)
        self.setPen(pen)
        self.setPath(path)
        self.show()


class CursorLabel(QGraphicsItem):
    """A sentence beneath the cursor, always plain text and of one size on the screen."""

    def __init__(self, ink: Ink) -> None:
        super().__init__()
        self.ink = ink
        self.text = ""
        self.refusal = True
        self._box = QRectF()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(ABOVE_ALL + 1)
        self.hide()

    def set_ink(self, ink: Ink) -> None:
        """Draw under another theme."""
        self.ink = ink
        self.update()

    def say(self, text: str, at: QPointF, room: QRectF, scale: float, refusal: bool = True) -> None:
        """Show ``text`` near ``at``, within ``room`` where it can be (both of the scene)."""
        self.prepareGeometryChange()
        self.text, self.refusal = text[:LONGEST_LABEL], refusal
        words = QFontMetricsF(self.ink.small_font).boundingRect(QRectF(0, 0, LABEL_WIDTH, 1000), _WRAPPED, self.text)
        width, height = (
            words.width() + 2 * LABEL_PADDING + (SIGN if refusal else 2),
            max(20.0, words.height()) + 2 * LABEL_PADDING - 4,
        )
        over_right = at.x() + (16 + width) / scale > room.right()
        over_bottom = at.y() + (20 + height) / scale > room.bottom()
        self._box = QRectF(-16 - width if over_right else 16, -16 - height if over_bottom else 20, width, height)
        self.setPos(at)
        self.update()
        self.show()

    def boundingRect(self) -> QRectF:
        """The label's box beside its place."""
        return self._box.adjusted(-1, -1, 1, 1)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the sentence, one that refuses with the sign for "no" before it."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.ink.error_outline if self.refusal else self.ink.hovered_outline)
        painter.setBrush(self.ink.raised)
        painter.drawRoundedRect(self._box, 4, 4)
        left, middle = self._box.left() + LABEL_PADDING + 7, self._box.center().y()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.refusal:
            painter.drawEllipse(QPointF(left, middle), 6, 6)
            painter.drawLine(QPointF(left - 4.2, middle + 4.2), QPointF(left + 4.2, middle - 4.2))
        painter.setPen(self.ink.text)
        painter.setFont(self.ink.small_font)
        words = self._box.adjusted(LABEL_PADDING + (SIGN - 2 if self.refusal else 0), 0, -LABEL_PADDING + 4, 0)
        painter.drawText(words, _WRAPPED | Qt.AlignmentFlag.AlignVCenter, self.text)
