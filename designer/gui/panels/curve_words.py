"""What stands over curves: what each line is, its value, and where it is read.

These change many times a second while a network is trained. They keep their room whatever they say and paint their own
ground, so that a change costs a few letters and not the layout and the painting of the whole window.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from designer.gui.theme import Theme

HEIGHT = 20


class Key(QWidget):
    """A short piece of a curve, what it stands for and the value that is read."""

    def __init__(self, part: str, theme: Theme) -> None:
        super().__init__()
        self.part, self.theme = part, theme
        self.value = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_value(self, value: str) -> None:
        """Show another value; the room for it stays the same."""
        if value != self.value:
            self.value = value
            self.setAccessibleName(f"{self.part} {value}".strip())
            self.update()

    def sizeHint(self) -> QSize:
        """Room for line, word and value."""
        return QSize(20 + self.fontMetrics().horizontalAdvance(f"{self.part} 0.0000"), HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint line and word."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.theme.surface))
        colour = self.theme.train_curve if self.part == "train" else self.theme.validation_curve
        painter.setPen(QPen(QColor(colour), 2))
        painter.drawLine(0, self.height() // 2, 10, self.height() // 2)
        painter.setPen(QColor(self.theme.muted))
        painter.drawText(QRectF(16, 0, self.width() - 16, self.height()), Qt.AlignmentFlag.AlignVCenter, self.part)
        left = 16 + self.fontMetrics().horizontalAdvance(f"{self.part} ")
        painter.setPen(QColor(self.theme.text))
        box = QRectF(left, 0, self.width() - left, self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self.value)
        painter.end()


class Readout(QWidget):
    """A few words at the right of their room."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def text(self) -> str:
        """What is said."""
        return self._text

    def setText(self, text: str) -> None:
        """Say something else."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.update()

    def sizeHint(self) -> QSize:
        """A line; its length is what is left over."""
        return QSize(0, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.theme.surface))
        painter.setPen(QColor(self.theme.muted))
        level = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), level, self._text)
        painter.end()
