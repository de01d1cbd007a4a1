"""Where the points of curves lie in the room that they are drawn in, and the round numbers along its sides."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF, QTransform

from designer.gui.numbers import tick_text
from designer.gui.small_plot import Scale
from designer.gui.theme import Theme

# pixels around the room of the curves, and between numbers
LEFT, TOP, RIGHT, BOTTOM = 52, 6, 14, 20
APART_ACROSS, APART_UP = 64, 28
WORD_WIDTH, WORD_HEIGHT = 80, 16
MOST_DIGITS = 8


@dataclass(frozen=True)
class Frame:
    """A room in pixels between a scale of epochs below and one of values at its left."""

    box: QRectF
    across: Scale
    up: Scale

    def x_of(self, epoch: float) -> float:
        """How far to the right an epoch lies, in pixels."""
        return self.box.left() + self.box.width() * self.across.share(epoch)

    def epoch_at(self, x: float) -> float:
        """The epoch that lies there."""
        return self.across.value((x - self.box.left()) / max(1.0, self.box.width()))

    def has_place(self, value: float) -> bool:
        """Whether a value can lie on the scale at the left, be it out of sight."""
        return math.isfinite(value) and (value > 0 or not self.up.log)

    def place(self, epoch: float, value: float) -> QPointF | None:
        """Where a point lies; None for one that has no place on the scale."""
        lines = self.polygons([epoch], [value])
        return QPointF(lines[0][0]) if lines else None

    def polygons(self, epochs: Sequence[float], values: Sequence[float]) -> list[QPolygonF]:
        """The lines through points, which end where a value has no place on the scale."""
        of = math.log10 if self.up.log else float
        low, high = of(self.up.low), of(self.up.high)
        wide, tall = self.box.width() / (self.across.high - self.across.low), -self.box.height() / (high - low)
        # the points are brought to their places all at once
        mapping = QTransform(wide, 0, 0, tall, self.box.left() - wide * self.across.low, self.box.bottom() - tall * low)
        runs = [(epochs, values)] if all(map(self.has_place, values)) else self._runs(epochs, values)
        return [mapping.map(QPolygonF(list(map(QPointF, x, map(of, y))))) for x, y in runs]

    def _runs(self, epochs: Sequence[float], values: Sequence[float]) -> list[tuple[Sequence[float], Sequence[float]]]:
        """The points between those that have no place."""
        runs = groupby(zip(epochs, values, strict=True), key=lambda point: self.has_place(point[1]))
        pairs = [tuple(zip(*run, strict=True)) for sound, run in runs if sound]
        return [(pair[0], pair[1]) for pair in pairs]


def paint_scales(painter: QPainter, frame: Frame, theme: Theme) -> None:
    """Paint the lines at the left and below, the numbers along them, and a faint line for each number at the left."""
    box = frame.box
    level = Qt.AlignmentFlag.AlignVCenter
    faint = between(theme.line, theme.surface)
    values = frame.up.ticks(max(2, int(box.height() // APART_UP)))
    for value, words in zip(values, tick_words(values), strict=True):
        y = round(box.bottom() - box.height() * frame.up.share(value))
        painter.setPen(faint)
        painter.drawLine(QLineF(box.left(), y, box.right(), y))
        painter.setPen(QColor(theme.muted))
        room = QRectF(0, y - WORD_HEIGHT / 2, LEFT - 6, WORD_HEIGHT)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | level, words)
    epochs = epoch_ticks(frame)
    for epoch, words in zip(epochs, tick_words(epochs), strict=True):
        x = round(frame.x_of(epoch))
        painter.setPen(QColor(theme.line))
        painter.drawLine(QLineF(x, box.bottom(), x, box.bottom() + 3))
        painter.setPen(QColor(theme.muted))
        room = QRectF(x - WORD_WIDTH / 2, box.bottom() + 3, WORD_WIDTH, WORD_HEIGHT)
        wide = painter.fontMetrics().horizontalAdvance(words)
        over = x + wide / 2 - (box.right() + RIGHT - 2)
        painter.drawText(room.translated(-max(0.0, over), 0), Qt.AlignmentFlag.AlignHCenter | level, words)
    painter.setPen(QColor(theme.line))
    painter.drawPolyline([box.topLeft(), box.bottomLeft(), box.bottomRight()])


def between(one: str, other: str) -> QColor:
    """The colour in the middle of two: solid, which is painted much faster than one that lets the ground through."""
    first, second = QColor(one), QColor(other)
    return QColor(*((a + b) // 2 for a, b in zip(first.getRgb()[:3], second.getRgb()[:3], strict=True)))


def epoch_ticks(frame: Frame) -> list[float]:
    """Round epochs along the lower side, the last one of all among them."""
    found = frame.across.ticks(max(2, int(frame.box.width() // APART_ACROSS)))
    last = frame.across.high
    if found and found[-1] < last and frame.x_of(last) - frame.x_of(found[-1]) < APART_ACROSS / 2:
        found.pop()
    return [*found, last] if not found or found[-1] < last else found


def tick_words(values: Sequence[float]) -> list[str]:
    """Numbers in as few letters as tell them apart: ``0.02``, ``1,500``, ``1.5 M``, ``2e−5``."""
    digits = 2
    while digits < MOST_DIGITS and len({f"{value:.{digits}g}" for value in values}) < len(values):
        digits += 1
    return [tick_text(value, digits) for value in values]
