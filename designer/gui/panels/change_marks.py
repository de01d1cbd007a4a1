"""Marks on the curves: where settings were changed while the run trained."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from designer.gui.panels.curve_frame import Frame
from designer.gui.theme import Theme

LONGEST = 40


class ChangeMarks:
    """Upright lines on one plot, each with words along it."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.shown: list[tuple[float, str]] = []

    def show(self, marks: Sequence[tuple[float, str]]) -> bool:
        """Show these marks and no others: epochs, and what was changed there; answers whether they are other ones."""
        fresh = list(marks) != self.shown
        self.shown = list(marks)
        return fresh

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Paint them."""
        for epoch, words in self.shown:
            x = round(frame.x_of(epoch))
            painter.setPen(QPen(QColor(self.theme.muted), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QLineF(x, frame.box.top(), x, frame.box.bottom()))
            text = words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
            painter.save()
            painter.translate(x, frame.box.top())
            painter.rotate(-90)
            wide = painter.fontMetrics().horizontalAdvance(text)
            painter.drawText(QPointF(-wide - 4, -4), text)
            painter.restore()
