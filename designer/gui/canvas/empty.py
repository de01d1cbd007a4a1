"""What the canvas shows while there is nothing on it: what it is for and what to do first."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from designer.gui.canvas.geometry import link_path
from designer.gui.categories import paint_tile
from designer.gui.theme import TEXT_PIXELS, Theme

SIZE = (400, 196)
FIRST = "Draw a network"
WHAT_TO_DO = (
    "Drag a layer from the palette to here, or press Tab or double-click here and type a few letters. "
    "Then drag from the disc on its right side to the triangle of the next layer."
)
_SHOWN = ("Input and output", "Linear", "Activation")


class EmptyState(QWidget):
    """A small drawing of three linked layers and a sentence; the mouse goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme: Theme | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(*SIZE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 96, 0, 0)
        layout.setSpacing(8)
        self._labels = [QLabel(FIRST, self), QLabel(WHAT_TO_DO, self)]
        for label in self._labels:
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            label.setWordWrap(True)
            layout.addWidget(label)
        self._labels[1].setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self._theme = theme
        self._labels[0].setStyleSheet(f"color: {theme.text}; font-size: {TEXT_PIXELS}px; font-weight: 600;")
        self._labels[1].setStyleSheet(f"color: {theme.muted}; font-size: {TEXT_PIXELS}px;")
        self.update()

    def centre_in(self, room: QRect) -> None:
        """Lie in the middle of ``room``."""
        place = self.rect()
        place.moveCenter(room.center())
        self.move(place.topLeft())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Three small nodes and the links between them."""
        if self._theme is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        boxes = [QRectF(40 + 124 * index, 20 + 16 * (index % 2), 72, 44) for index in range(3)]
        painter.setPen(QPen(QColor(self._theme.link), 1.5))
        for left, right in pairwise(boxes):
            painter.drawPath(
                link_path(QPointF(left.right(), left.center().y()), QPointF(right.left(), right.center().y()))
            )
        for box, category in zip(boxes, _SHOWN, strict=True):
            painter.setPen(QPen(QColor(self._theme.strong_line), 1))
            painter.setBrush(QColor(self._theme.raised))
            painter.drawRoundedRect(box, 8, 8)
            paint_tile(painter, QRectF(box.left() + 8, box.top() + 10, 24, 24), self._theme, category)
            painter.setPen(QPen(QColor(self._theme.line), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            for row, length in ((18, 24), (28, 16)):
                painter.drawLine(
                    QLineF(box.left() + 40, box.top() + row, box.left() + 40 + length - 4, box.top() + row)
                )
        painter.end()
