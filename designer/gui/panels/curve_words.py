"""What stands over curves: what each line is, its value, and where it is read.

These change many times a second while a network is trained. They keep their room whatever they say and paint their own
ground, so that a change costs a few letters and not the layout and the painting of the whole window.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from designer.gui.numbers import LONGEST_FIGURE, exact
from designer.gui.theme import Theme

# pixels; the piece of a curve takes LINE of them
HEIGHT, LINE = 20, 16


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
            self.update(self._left(), 0, self.width(), self.height())

    def _left(self) -> int:
        """Where the value begins."""
        return LINE + self.fontMetrics().horizontalAdvance(f"{self.part} ")

    def sizeHint(self) -> QSize:
        """Room for line, word and value, the smallest and the largest too."""
        return QSize(20 + self.fontMetrics().horizontalAdvance(f"{self.part} {LONGEST_FIGURE}"), HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint line and word where they are asked for, and the value."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self.theme.surface))
        metrics, left = self.fontMetrics(), self._left()
        base = (self.height() + metrics.ascent() - metrics.descent()) // 2
        if event.rect().left() < left:
            colour = self.theme.train_curve if self.part == "train" else self.theme.validation_curve
            painter.setPen(QPen(QColor(colour), 2))
            painter.drawLine(0, self.height() // 2, 10, self.height() // 2)
            painter.setPen(QColor(self.theme.muted))
            painter.drawText(LINE, base, self.part)
        painter.setPen(QColor(self.theme.text))
        painter.drawText(left, base, self.value)
        painter.end()


class Readout(QWidget):
    """Which epoch is read, at the right of its room."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.epoch: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_epoch(self, epoch: float | None) -> None:
        """Say which epoch is read; nothing for None."""
        if epoch != self.epoch:
            self.epoch = epoch
            self.setAccessibleName(self.text())
            self.update()

    def text(self) -> str:
        """What is said."""
        return "" if self.epoch is None else f"epoch {exact(round(self.epoch))}"

    def sizeHint(self) -> QSize:
        """A line; its length is what is left over."""
        return QSize(0, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.theme.surface))
        painter.setPen(QColor(self.theme.muted))
        metrics, words = self.fontMetrics(), self.text()
        base = (self.height() + metrics.ascent() - metrics.descent()) // 2
        painter.drawText(self.width() - metrics.horizontalAdvance(words), base, words)
        painter.end()
