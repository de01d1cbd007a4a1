"""How long texts are: a histogram of their tokens with the length after which they are cut."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from designer.gui.numbers import exact, plural
from designer.gui.theme import SMALL_PIXELS, Theme
from designer.gui.wording import plain_tooltip

TALL, FOOT, HEAD = 132, 18, 18


class LengthsPlot(QWidget):
    """Bars over the number of tokens, and a line where texts are cut."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.bins: Sequence[tuple[int, int, int]] = ()
        self.length = 0
        self.setFixedHeight(TALL)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Tokens of a text")

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.update()

    def show_lengths(self, bins: Sequence[tuple[int, int, int]], length: int) -> None:
        """Show (from, to, how many texts), and after how many tokens they are cut."""
        self.bins, self.length = bins, length
        said = ", ".join(f"{low} to {high}: {count}" for low, high, count in bins)
        self.setAccessibleDescription(f"Cut after {length}. {said}")
        self.update()

    def cut_at(self) -> float:
        """Where the line of the cut stands, in pixels; past the end where nothing is cut."""
        if not self.bins:
            return 0.0
        first, last = self.bins[0][0], self.bins[-1][1] + 1
        return max(0.0, self.width() * (self.length + 1 - first) / max(1, last - first))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint bars, the cut and the ends of the axis."""
        if not self.bins:
            return
        painter = QPainter(self)
        font = painter.font()
        font.setPixelSize(SMALL_PIXELS)
        painter.setFont(font)
        most = max(count for _, _, count in self.bins) or 1
        wide, foot = self.width() / len(self.bins), self.height() - FOOT
        cut = self.cut_at()
        painter.setPen(Qt.PenStyle.NoPen)
        for place, (low, _, count) in enumerate(self.bins):
            tall = (foot - HEAD) * count / most
            painter.setBrush(QColor(self.theme.accent if low <= self.length else self.theme.faint))
            painter.drawRect(QRectF(place * wide, foot - tall, max(1.0, wide - 1), tall))
        painter.setPen(QColor(self.theme.line))
        painter.drawLine(0, foot, self.width(), foot)
        painter.setPen(QColor(self.theme.muted))
        box = QRectF(0, foot + 2, self.width(), FOOT - 2)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, exact(self.bins[0][0]))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, exact(self.bins[-1][1]))
        if cut < self.width():
            painter.setPen(QPen(QColor(self.theme.error), 1, Qt.PenStyle.DashLine))
            painter.drawLine(round(cut), 0, round(cut), foot)
        words = f"cut after {exact(self.length)}"
        painter.setPen(QColor(self.theme.error if cut < self.width() else self.theme.muted))
        room = painter.fontMetrics().horizontalAdvance(words) + 8
        left = cut + 4 if cut + room < self.width() else min(cut, self.width()) - room
        painter.drawText(QRectF(left, 0, room, HEAD - 2), Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Tell what a bar counts."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self.bins:
            place = min(len(self.bins) - 1, max(0, event.pos().x() * len(self.bins) // max(1, self.width())))
            low, high, count = self.bins[place]
            tokens = plural(low, "token") if low == high else f"{exact(low)} to {exact(high)} tokens"
            QToolTip.showText(event.globalPos(), plain_tooltip(f"{tokens}: {plural(count, 'text')}"), self)
            return True
        return super().event(event)
