"""The axes of a plane in which points lie: where each is drawn, lines and numbers at round values, two names."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from designer.gui.numbers import tick_text
from designer.gui.panels.scatter import nice_ticks
from designer.gui.theme import Theme

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class PlaneAxes:
    """Two axes around ``area``, with the lowest and the highest value of each; beside it is room for numbers."""

    area: QRectF
    across: tuple[float, float]
    up: tuple[float, float]

    def at(self, point: tuple[float, float]) -> QPointF:
        """Where a point is drawn."""
        (left, right), (low, high), area = self.across, self.up, self.area
        x, y = (point[0] - left) / (right - left), (point[1] - low) / (high - low)
        return QPointF(area.left() + x * area.width(), area.bottom() - y * area.height())

    def paint(self, painter: QPainter, theme: Theme, names: tuple[str, str]) -> None:
        """Paint lines, numbers and what the axes are called."""
        area, line = self.area, painter.fontMetrics().height()
        for tick in nice_ticks(*self.across):
            across = self.at((tick, self.up[0])).x()
            painter.setPen(QColor(theme.line))
            painter.drawLine(QPointF(across, area.top()), QPointF(across, area.bottom()))
            painter.setPen(QColor(theme.muted))
            box = QRectF(across - 40, area.bottom() + 2, 80, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, tick_text(tick))
        for tick in nice_ticks(*self.up):
            down = self.at((self.across[0], tick)).y()
            painter.setPen(QColor(theme.line))
            painter.drawLine(QPointF(area.left(), down), QPointF(area.right(), down))
            painter.setPen(QColor(theme.muted))
            painter.drawText(QRectF(18, down - 10, area.left() - 24, 20), RIGHT, tick_text(tick))
        box = QRectF(area.left(), area.bottom() + line + 2, area.width(), line + 2)
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, names[0])
        painter.save()
        painter.translate(2, area.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, area.height(), 18), Qt.AlignmentFlag.AlignCenter, names[1])
        painter.restore()


def span_of(values: list[float], room: float) -> tuple[float, float]:
    """From the lowest to the highest, with ``room`` as a share of what lies between on either side."""
    low, high = min(values), max(values)
    margin = (high - low) * room or 0.5
    return low - margin, high + margin
