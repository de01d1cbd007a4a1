"""A small plot of a few curves on linear or logarithmic scales, with a mark that may be moved along them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from designer.gui.numbers import tick_text
from designer.gui.theme import SMALL_PIXELS, Theme

LEFT, RIGHT, TOP, BOTTOM = 54, 10, 8, 20
LEGEND = 20
# between what is written at two places of the lower axis, and the least that one takes
GAP, LEAST = 10, 24
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
    """``marked`` carries the value along the lower axis to which a person moved the mark.

    ``whole`` is whether only whole numbers stand along the lower axis, of what is counted.
    """

    marked = Signal(float)

    def __init__(
        self, theme: Theme, name: str, movable: bool = False, axes: tuple[str, str] = ("", ""), whole: bool = False
    ) -> None:
        super().__init__()
        self.theme = theme
        self.movable = movable
        self.axes = axes
        self.whole = whole
        self.curves: list[tuple[list[tuple[float, float]], str]] = []
        self.across, self.up = Scale(0.0, 1.0), Scale(0.0, 1.0)
        self.mark: float | None = None
        self.known: tuple[float, str] | None = None
        self.names: tuple[str, ...] = ()
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
        floor: float | None = None,
    ) -> None:
        """Show curves of (x, y), each with its colour; what lies above ``most`` is cut off, ``floor`` is seen too."""
        self.curves = [([each for each in points if math.isfinite(each[1])], colour) for points, colour in curves]
        every = [point for points, _ in self.curves for point in points]
        self.across = scale_of([x for x, _ in every], across_log)
        self.up = scale_of([min(y, most) for _, y in every] + ([] if floor is None else [floor]), up_log)
        self.update()

    def show_mark(self, value: float | None) -> None:
        """Let the mark stand at this value along the lower axis; nowhere for None."""
        self.mark = value
        self.update()

    def show_known(self, value: float | None, words: str) -> None:
        """Show by a dashed line where this value along the lower axis lies, and what it is; nothing for None."""
        self.known = None if value is None else (value, words)
        self.update()

    def sizeHint(self) -> QSize:
        """A little."""
        return QSize(240, 120)

    def box(self) -> QRectF:
        """The part of the widget that the curves are drawn in."""
        return QRectF(self.rect()).adjusted(LEFT, TOP + (LEGEND if self.names else 0), -RIGHT, -BOTTOM)

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
            self._paint_legend(painter)
        painter.save()
        painter.setClipRect(self.box().adjusted(-1, -1, 1, 1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for points, colour in self.curves:
            painter.setPen(QPen(QColor(colour), 1.5))
            shown = [self.place(x, y if not self.up.log else max(y, self.up.low)) for x, y in points]
            painter.drawPolyline(QPolygonF(shown))
        painter.restore()
        self._paint_known(painter)
        self._paint_mark(painter)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self.theme.accent), 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _level(self, value: float | None) -> float | None:
        """Where along the plot a value of the lower axis is drawn; None where it is not on it."""
        if value is None or not any(points for points, _ in self.curves):
            return None
        if not self.across.low <= value <= self.across.high:
            return None
        return self.box().left() + self.box().width() * self.across.share(value)

    def _paint_known(self, painter: QPainter) -> None:
        value, words = self.known or (None, "")
        x = self._level(value)
        if x is None:
            return
        box = self.box()
        painter.setPen(QPen(QColor(self.theme.muted), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        wide = painter.fontMetrics().horizontalAdvance(words)
        left = x + 4 if x + 4 + wide <= box.right() else x - 4 - wide
        painter.drawText(QRectF(left, box.bottom() - 18, wide + 1, 16), Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_mark(self, painter: QPainter) -> None:
        """The line of the mark; one that can be moved has a grip at its upper end."""
        x = self._level(self.mark)
        if x is None:
            return
        box = self.box()
        ink = QColor(self.theme.text if self.movable else self.theme.accent)
        painter.setPen(QPen(ink, GRIP if self.movable else 1))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        if self.movable:
            painter.setBrush(ink)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            top = box.top()
            painter.drawPolygon(QPolygonF([QPointF(x - 6, top), QPointF(x + 6, top), QPointF(x, top + 9)]))
            painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_legend(self, painter: QPainter) -> None:
        """Above the plot, at its right: what each curve is."""
        right = self.box().right()
        for name, (points, colour) in reversed(list(zip(self.names, self.curves, strict=False))):
            if not points:
                continue
            wide = painter.fontMetrics().horizontalAdvance(name)
            painter.setPen(QColor(self.theme.muted))
            painter.drawText(QRectF(right - wide, TOP - 4, wide + 1, 16), Qt.AlignmentFlag.AlignVCenter, name)
            painter.setPen(QPen(QColor(colour), 2))
            painter.drawLine(QPointF(right - wide - 18, TOP + 4), QPointF(right - wide - 6, TOP + 4))
            right -= wide + 36

    def _paint_scales(self, painter: QPainter) -> None:
        box, metrics = self.box(), painter.fontMetrics()
        across, up = self.axes
        for value in self.up.ticks(max(2, int(box.height() // 28))):
            level = box.bottom() - box.height() * self.up.share(value)
            painter.setPen(QPen(QColor(self.theme.line), 1))
            painter.drawLine(QPointF(box.left(), level), QPointF(box.right(), level))
            painter.setPen(QColor(self.theme.muted))
            words = QRectF(0, level - 8, LEFT - 6, 16)
            if not up or level > box.top() + 20:
                painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, tick_text(value))
        painter.setPen(QColor(self.theme.muted))
        corner = self._room_for_name(metrics)
        for words, room in self._across_words(metrics, corner):
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)
        painter.drawText(corner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, across)
        side = QRectF(0, box.top() - 2, LEFT - 6, 16)
        painter.drawText(side, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, up)

    def _room_for_name(self, metrics: QFontMetrics) -> QRectF:
        """Where the name of the lower axis stands: before it, or where that is too narrow, at its end."""
        name, box = self.axes[0], self.box()
        wide = metrics.horizontalAdvance(name) + 1 if name else 0
        left = LEFT - GAP - wide
        return QRectF(left if left >= 0 else box.right() - wide, box.bottom() + 3, wide, 16)

    def _across_words(self, metrics: QFontMetrics, corner: QRectF) -> list[tuple[str, QRectF]]:
        """What is written along the lower axis, and where: as much as has room side by side."""
        box = self.box()
        for most in range(max(1, int(box.width() // LEAST)), 0, -1):
            values = [value for value in self.across.ticks(most) if not self.whole or value == round(value)]
            found = [(tick_text(value), self._room_at(value, metrics)) for value in values]
            if all(after.left() - room.right() >= GAP for (_, room), (_, after) in pairwise(found)):
                before = corner.right() <= box.left()
                return [each for each in found if before or each[1].right() + GAP <= corner.left()]
        return []

    def _room_at(self, value: float, metrics: QFontMetrics) -> QRectF:
        """The room of what is written at a value of the lower axis, within the widget."""
        box, wide = self.box(), metrics.horizontalAdvance(tick_text(value)) + 1
        middle = box.left() + box.width() * self.across.share(value)
        return QRectF(max(0.0, min(middle - wide / 2, self.width() - wide)), box.bottom() + 3, wide, 16)
