"""Where the points of curves lie in the room that they are drawn in, and the round numbers along its sides."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QByteArray, QDataStream, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from designer.gui.numbers import tick_text
from designer.gui.small_plot import Scale
from designer.gui.theme import Theme

if TYPE_CHECKING:
    import numpy as np

    Values: TypeAlias = Sequence[float] | np.ndarray

# pixels around the room of the curves, and between numbers
LEFT, TOP, RIGHT, BOTTOM = 52, 6, 14, 20
APART_ACROSS, APART_UP = 64, 28
WORD_WIDTH, WORD_HEIGHT = 80, 16
MOST_DIGITS = 8
# so many points are brought to their places one by one, for which less has to be fetched than for all at once
FEW = 64
# a coordinate as QDataStream writes one
POINT = ">f8"


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
        if not self.has_place(value):
            return None
        return QPointF(self.x_of(epoch), self.box.bottom() - self.box.height() * self.up.share(value))

    def polygons(self, epochs: Values, values: Values) -> list[QPolygonF]:
        """The lines through points, which end where a value has no place on the scale."""
        return self._few(epochs, values) if len(epochs) <= FEW else self._many(epochs, values)

    def _steps(self) -> tuple[float, float, float, float]:
        """How many pixels an epoch and one of the scale at the left are, and where the zeros of both lie."""
        low, high = (math.log10(each) if self.up.log else each for each in (self.up.low, self.up.high))
        wide, tall = self.box.width() / (self.across.high - self.across.low), -self.box.height() / (high - low)
        return wide, tall, self.box.left() - wide * self.across.low, self.box.bottom() - tall * low

    def _few(self, epochs: Values, values: Values) -> list[QPolygonF]:
        wide, tall, left, bottom = self._steps()
        lines: list[list[QPointF]] = [[]]
        for epoch, value in zip(epochs, values, strict=True):
            if self.has_place(value):
                up = math.log10(value) if self.up.log else value
                lines[-1].append(QPointF(wide * epoch + left, tall * up + bottom))
            elif lines[-1]:
                lines.append([])
        return [QPolygonF(line) for line in lines if line]

    def _many(self, epochs: Values, values: Values) -> list[QPolygonF]:
        import numpy as np

        wide, tall, left, bottom = self._steps()
        x, y = np.asarray(epochs, dtype=float), np.asarray(values, dtype=float)
        sound = np.isfinite(y)
        if self.up.log:
            sound &= y > 0
            y = np.log10(np.where(sound, y, 1.0))
        points = np.empty((len(x), 2), POINT)
        points[:, 0], points[:, 1] = wide * x + left, tall * y + bottom
        ends = [0, *(np.flatnonzero(sound[1:] != sound[:-1]) + 1).tolist(), len(points)]
        return [_polygon(points[first:end]) for first, end in pairwise(ends) if sound[first]]


def _polygon(points: np.ndarray) -> QPolygonF:
    """Points as Qt has them, handed over as bytes: one at a time they cost as much as all the rest of a drawing."""
    found = QPolygonF()
    QDataStream(QByteArray(len(points).to_bytes(4, "big") + points.tobytes())) >> found
    return found


def paint_values(painter: QPainter, frame: Frame, theme: Theme) -> None:
    """Paint the numbers along the left side, and a faint line for each."""
    box, level = frame.box, Qt.AlignmentFlag.AlignVCenter
    faint, muted = between(theme.line, theme.surface), QColor(theme.muted)
    values = frame.up.ticks(max(2, int(box.height() // APART_UP)))
    for value, words in zip(values, tick_words(values), strict=True):
        y = round(box.bottom() - box.height() * frame.up.share(value))
        painter.setPen(faint)
        painter.drawLine(QLineF(box.left(), y, box.right(), y))
        painter.setPen(muted)
        room = QRectF(0, y - WORD_HEIGHT / 2, LEFT - 6, WORD_HEIGHT)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | level, words)


def paint_epochs(painter: QPainter, frame: Frame, theme: Theme) -> None:
    """Paint the numbers along the lower side, and the lines below and at the left."""
    box, level = frame.box, Qt.AlignmentFlag.AlignVCenter
    line, muted = QColor(theme.line), QColor(theme.muted)
    epochs, metrics = epoch_ticks(frame), painter.fontMetrics()
    for epoch, words in zip(epochs, tick_words(epochs), strict=True):
        x = round(frame.x_of(epoch))
        painter.setPen(line)
        painter.drawLine(QLineF(x, box.bottom(), x, box.bottom() + 3))
        painter.setPen(muted)
        room = QRectF(x - WORD_WIDTH / 2, box.bottom() + 3, WORD_WIDTH, WORD_HEIGHT)
        over = x + metrics.horizontalAdvance(words) / 2 - (box.right() + RIGHT - 2)
        painter.drawText(room.translated(-max(0.0, over), 0), Qt.AlignmentFlag.AlignHCenter | level, words)
    painter.setPen(line)
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
