"""Predicted against actual values: the nearer the diagonal, the better."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from designer.gui.numbers import figure, tick_text
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip

TICKS = 6
# so far from a point it is pointed at, and so far are numbers along an axis apart
REACH, APART = 8, 12


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

    def _range(self) -> tuple[float, float]:
        """From where to where both axes go."""
        low = min(min(point) for point in self.points)
        high = max(max(point) for point in self.points)
        if high == low:
            low, high = low - 0.5, high + 0.5
        margin = (high - low) * 0.04
        return low - margin, high + margin

    def _side(self) -> QRectF:
        """Where the points are drawn."""
        metrics = QFontMetrics(self.font())
        left = max(metrics.horizontalAdvance(tick_text(tick)) for tick in nice_ticks(*self._range())) + 36
        area = QRectF(left, 8, self.width() - left - 16, self.height() - 8 - 2 * metrics.height() - 12)
        return QRectF(area.left(), area.top(), min(area.width(), area.height() * 1.6), area.height())

    def placing(self) -> Callable[[float, float], QPointF]:
        """What says where a point is drawn."""
        (low, high), side = self._range(), self._side()

        def at(x: float, y: float) -> QPointF:
            across, down = (x - low) / (high - low), (y - low) / (high - low)
            return QPointF(side.left() + across * side.width(), side.bottom() - down * side.height())

        return at

    def words_at(self, place: QPointF) -> str:
        """The point nearest to ``place`` in words; nothing where none is near."""
        if not self.points:
            return ""
        at = self.placing()
        far, (actual, predicted) = min((QLineF(at(*point), place).length(), point) for point in self.points)
        if far > REACH:
            return ""
        off = predicted - actual
        more = f"{figure(abs(off))} too {'high' if off > 0 else 'low'}" if off else "the very value"
        return f"actual {figure(actual)}, predicted {figure(predicted)}: {more}"

    def event(self, event: QEvent) -> bool:
        """The tool tip says the point in words."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), plain_tooltip(self.words_at(QPointF(event.pos()))), self)
            return True
        return super().event(event)

    def named_across(self, ticks: Sequence[float]) -> list[float]:
        """Those of ``ticks`` whose numbers find room beside each other along the lower axis."""
        (low, high), side, metrics = self._range(), self._side(), QFontMetrics(self.font())
        widest = max((metrics.horizontalAdvance(tick_text(tick)) for tick in ticks), default=0)
        step = (ticks[1] - ticks[0]) / (high - low) * side.width() if len(ticks) > 1 else 1.0
        every = max(1, math.ceil((widest + APART) / max(step, 1.0)))
        return [tick for place, tick in enumerate(ticks) if place % every == 0]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint axes, diagonal and points."""
        if not self.points:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        (low, high), side, at = self._range(), self._side(), self.placing()
        self._paint_axes(painter, side, nice_ticks(low, high), at)
        painter.setClipRect(side)
        painter.setPen(QPen(QColor(self.theme.muted), 1, Qt.PenStyle.DashLine))
        painter.drawLine(at(low, low), at(high, high))
        colour = QColor(self.theme.accent)
        colour.setAlphaF(0.75 if len(self.points) < 300 else 0.4)
        painter.setPen(QPen(colour, 5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPoints([at(x, y) for x, y in self.points])
        painter.end()

    def _paint_axes(
        self, painter: QPainter, side: QRectF, ticks: list[float], at: Callable[[float, float], QPointF]
    ) -> None:
        metrics = QFontMetrics(self.font())
        middle = Qt.AlignmentFlag.AlignVCenter
        named = self.named_across(ticks)
        for tick in ticks:
            here = at(tick, tick)
            painter.setPen(QColor(self.theme.line))
            painter.drawLine(QPointF(side.left(), here.y()), QPointF(side.right(), here.y()))
            painter.drawLine(QPointF(here.x(), side.top()), QPointF(here.x(), side.bottom()))
            painter.setPen(QColor(self.theme.muted))
            box = QRectF(0, here.y() - 10, side.left() - 6, 20)
            painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, tick_text(tick))
            if tick in named:
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
