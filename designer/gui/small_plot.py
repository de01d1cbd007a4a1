"""A small plot of a few curves on linear or logarithmic scales, with a mark that may be moved along them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from designer.gui.theme import SMALL_PIXELS, Theme

LEFT, RIGHT, TOP, BOTTOM = 54, 10, 8, 20
STEPS = 60
GRIP = 2.0


@dataclass(frozen=True)
class Scale:
    """The values from ``low`` to ``high`` along an axis, by their logarithms where it is ``log``."""

    low: float
    high: float
    log: bool = False

    def share(self, value: float) -> float:
        """Where a value lies from 0 at the low end to 1 at the high one."""
        low, high, at = (math.log10(each) if self.log else each for each in (self.low, self.high, value))
        return (at - low) / (high - low)

    def value(self, share: float) -> float:
        """The value that lies there."""
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            return float(10 ** (low + share * (high - low)))
        return self.low + share * (self.high - self.low)

    def ticks(self, most: int) -> list[float]:
        """At most so many round values along the axis."""
        if self.log:
            powers = range(math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9) + 1)
            found = [10.0**power for power in powers][:: max(1, math.ceil(len(powers) / most))]
            if len(found) > 1:
                return found
        span = self.high - self.low
        step = 10.0 ** math.floor(math.log10(span / most)) if span > 0 else 1.0
        step *= next(factor for factor in (1, 2, 5, 10, 20) if span / (step * factor) <= most)
        first = math.ceil(self.low / step - 1e-9)
        return [place * step for place in range(first, math.floor(self.high / step + 1e-9) + 1)]


def scale_of(values: Sequence[float], log: bool) -> Scale:
    """A scale with room for all values; linear where logarithms cannot be taken of them."""
    sound = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(sound), max(sound)
    if log and low > 0:
        return Scale(low, high if high > low * 1.01 else low * 10, log=True)
    return Scale(low, high if high > low else low + (abs(low) or 1.0))


class SmallPlot(QWidget):
    """``marked`` carries the value along the lower axis to which a person moved the mark."""

    marked = Signal(float)

    def __init__(self, theme: Theme, name: str, movable: bool = False) -> None:
        super().__init__()
        self.theme = theme
        self.movable = movable
        self.curves: list[tuple[list[tuple[float, float]], str]] = []
        self.across, self.up = Scale(0.0, 1.0), Scale(0.0, 1.0)
        self.mark: float | None = None
        self.setAccessibleName(name)
        self.setMinimumSize(160, 96)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        if movable:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.SizeHorCursor)

    def show_curves(
        self,
        curves: Sequence[tuple[Sequence[tuple[float, float]], str]],
        across_log: bool = False,
        up_log: bool = False,
        most: float = math.inf,
    ) -> None:
        """Show curves of (x, y), each with its colour; what lies above ``most`` is cut off."""
        self.curves = [([each for each in points if math.isfinite(each[1])], colour) for points, colour in curves]
        every = [point for points, _ in self.curves for point in points]
        self.across = scale_of([x for x, _ in every], across_log)
        self.up = scale_of([min(y, most) for _, y in every], up_log)
        self.update()

    def show_mark(self, value: float | None) -> None:
        """Let the mark stand at this value along the lower axis; nowhere for None."""
        self.mark = value
        self.update()

    def sizeHint(self) -> QSize:
        """A little."""
        return QSize(240, 120)

    def box(self) -> QRectF:
        """The part of the widget that the curves are drawn in."""
        return QRectF(self.rect()).adjusted(LEFT, TOP, -RIGHT, -BOTTOM)

    def place(self, x: float, y: float) -> QPointF:
        """Where a point of a curve is drawn."""
        box = self.box()
        return QPointF(box.left() + box.width() * self.across.share(x), box.bottom() - box.height() * self.up.share(y))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Bring the mark to where the mouse is pressed."""
        self._move_to(event.position().x(), event.buttons())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw the mark along."""
        self._move_to(event.position().x(), event.buttons())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right move the mark by a sixtieth of the axis."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not self.movable or self.mark is None or not steps:
            super().keyPressEvent(event)
            return
        self._move(self.across.share(self.mark) + steps / STEPS)

    def _move_to(self, x: float, buttons: Qt.MouseButton) -> None:
        if self.movable and any(points for points, _ in self.curves) and buttons & Qt.MouseButton.LeftButton:
            self._move((x - self.box().left()) / self.box().width())

    def _move(self, share: float) -> None:
        self.show_mark(self.across.value(max(0.0, min(1.0, share))))
        self.marked.emit(self.mark)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw scales, curves and mark."""
        painter = QPainter(self)
        font = QFont(self.font())
        font.setPixelSize(SMALL_PIXELS)
        painter.setFont(font)
        if any(points for points, _ in self.curves):
            self._paint_scales(painter)
        painter.save()
        painter.setClipRect(self.box().adjusted(-1, -1, 1, 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for points, colour in self.curves:
            painter.setPen(QPen(QColor(colour), 1.5))
            shown = [self.place(x, y if not self.up.log else max(y, self.up.low)) for x, y in points]
            painter.drawPolyline(QPolygonF(shown))
        painter.restore()
        if self.mark is not None and self.across.low <= self.mark <= self.across.high:
            x = self.box().left() + self.box().width() * self.across.share(self.mark)
            painter.setPen(QPen(QColor(self.theme.accent), GRIP if self.movable else 1))
            painter.drawLine(QPointF(x, self.box().top()), QPointF(x, self.box().bottom()))
        if self.hasFocus():
            painter.setPen(QPen(QColor(self.theme.accent), 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _paint_scales(self, painter: QPainter) -> None:
        box = self.box()
        for value in self.up.ticks(max(2, int(box.height() // 28))):
            level = box.bottom() - box.height() * self.up.share(value)
            painter.setPen(QPen(QColor(self.theme.line), 1))
            painter.drawLine(QPointF(box.left(), level), QPointF(box.right(), level))
            painter.setPen(QColor(self.theme.muted))
            words = QRectF(0, level - 8, LEFT - 6, 16)
            painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, short(value))
        for value in self.across.ticks(max(2, int(box.width() // 52))):
            x = box.left() + box.width() * self.across.share(value)
            words = QRectF(x - 30, box.bottom() + 3, 60, 16)
            painter.drawText(words.translated(min(0.0, self.width() - words.right()), 0),
                             Qt.AlignmentFlag.AlignCenter, short(value))  # fmt: skip


def short(value: float) -> str:
    """A round number in as few letters as it takes: ``0.001``, ``1e−5``, ``20``."""
    if value == 0 or 0.001 <= abs(value) < 100_000:
        return f"{value:.4g}"
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return f"{float(mantissa):g}e{exponent.replace('-', '−').replace('+', '').replace('−0', '−').lstrip('0')}"
