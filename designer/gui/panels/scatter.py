"""Predicted against actual values: the nearer the diagonal, the better."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from designer.gui.numbers import tick_text
from designer.gui.theme import Theme

TICKS = 6


class Scatter(QWidget):
    """Points (actual, predicted) in the target's own units, with the diagonal on which they should lie."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.points: list[tuple[float, float]] = []
        self.name = ""
        self.setMinimumSize(220, 180)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Predicted against actual values")

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.update()

    def show_points(self, actual: Sequence[float], predicted: Sequence[float], name: str = "") -> None:
        """Show these points; ``name`` is the target's."""
        pairs = zip(actual, predicted, strict=True)
        self.points = [(float(x), float(y)) for x, y in pairs if math.isfinite(x) and math.isfinite(y)]
        self.name = name
        self.setAccessibleDescription(f"{len(self.points)} points")
        self.update()

    def sizeHint(self) -> QSize:
        """A square that can be read."""
        return QSize(320, 260)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint axes, diagonal and points."""
        if not self.points:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low = min(min(point) for point in self.points)
        high = max(max(point) for point in self.points)
        if high == low:
            low, high = low - 0.5, high + 0.5
        margin = (high - low) * 0.04
        low, high = low - margin, high + margin
        ticks = nice_ticks(low, high)
        metrics = QFontMetrics(self.font())
        left = max(metrics.horizontalAdvance(tick_text(tick)) for tick in ticks) + 36
        area = QRectF(left, 8, self.width() - left - 16, self.height() - 8 - 2 * metrics.height() - 12)
        side = QRectF(area.left(), area.top(), min(area.width(), area.height() * 1.6), area.height())

        def at(x: float, y: float) -> QPointF:
            across, down = (x - low) / (high - low), (y - low) / (high - low)
            return QPointF(side.left() + across * side.width(), side.bottom() - down * side.height())

        self._paint_axes(painter, side, ticks, at)
        painter.setClipRect(side)
        painter.setPen(QPen(QColor(self.theme.muted), 1, Qt.PenStyle.DashLine))
        painter.drawLine(at(low, low), at(high, high))
        colour = QColor(self.theme.accent)
        colour.setAlphaF(0.75 if len(self.points) < 300 else 0.4)
        painter.setPen(QPen(colour, 5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPoints([at(x, y) for x, y in self.points])
        painter.end()

    def _paint_axes(self, painter: QPainter, side: QRectF, ticks: list[float], at: object) -> None:
        metrics = QFontMetrics(self.font())
        middle = Qt.AlignmentFlag.AlignVCenter
        for tick in ticks:
            here = at(tick, tick)  # type: ignore[operator]
            painter.setPen(QColor(self.theme.line))
            painter.drawLine(QPointF(side.left(), here.y()), QPointF(side.right(), here.y()))
            painter.drawLine(QPointF(here.x(), side.top()), QPointF(here.x(), side.bottom()))
            painter.setPen(QColor(self.theme.muted))
            box = QRectF(0, here.y() - 10, side.left() - 6, 20)
            painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, tick_text(tick))
            box = QRectF(here.x() - 40, side.bottom() + 2, 80, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, tick_text(tick))
        painter.setPen(QColor(self.theme.muted))
        box = QRectF(side.left(), side.bottom() + metrics.height() + 4, side.width(), metrics.height() + 2)
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, f"actual {self.name[:40]}".rstrip())
        painter.save()
        painter.translate(2, side.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, side.height(), 20), Qt.AlignmentFlag.AlignCenter, "predicted")
        painter.restore()


def nice_ticks(low: float, high: float, wanted: int = TICKS) -> list[float]:
    """Round numbers from ``low`` to ``high``, about ``wanted`` of them."""
    raw = (high - low) / max(1, wanted)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= raw)
    first = math.ceil(low / step)
    return [round(place * step, 12) for place in range(first, math.floor(high / step) + 1)]
