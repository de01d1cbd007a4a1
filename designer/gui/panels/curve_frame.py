"""Where the points of curves lie in the room that they are drawn in, and the round numbers along its sides."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QByteArray, QDataStream, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from designer.gui.numbers import MINUS, tick_text
from designer.gui.panels.curve_seen import FEW
from designer.gui.small_plot import Scale
from designer.gui.theme import Theme

if TYPE_CHECKING:
    import numpy as np

    from designer.gui.panels.curve_seen import Values

# how many pixels words take
Wide: TypeAlias = Callable[[str], float]
# pixels around the room of the curves, where numbers need no more at the left, and between numbers
LEFT, TOP, RIGHT, BOTTOM = 52, 6, 14, 20
BESIDE, WIDEST = 6, 96
APART_ACROSS, APART_UP = 64, 28
BETWEEN_WORDS = 12
WORD_HEIGHT = 16
MOST_DIGITS = 8
# pixels beyond which a line goes straight out of the room: what is still farther cannot be painted
FAR = 1e5
# a coordinate as QDataStream writes one
POINT = ">f8"


@dataclass(frozen=True)
class Frame:
    """A room in pixels between a scale of epochs below and one of values at its left; ``whole`` where all is shown."""

    box: QRectF
    across: Scale
    up: Scale
    whole: bool = True

    def shows(self, epoch: float) -> bool:
        """Whether an epoch is in sight."""
        return self.across.low <= epoch <= self.across.high

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
                lines[-1].append(QPointF(wide * epoch + left, max(-FAR, min(FAR, tall * up + bottom))))
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
        points[:, 0], points[:, 1] = wide * x + left, np.clip(tall * y + bottom, -FAR, FAR)
        ends = [0, *(np.flatnonzero(sound[1:] != sound[:-1]) + 1).tolist(), len(points)]
        return [_polygon(points[first:end]) for first, end in pairwise(ends) if sound[first]]


def _polygon(points: np.ndarray) -> QPolygonF:
    """Points as Qt has them, handed over as bytes: one at a time they cost as much as all the rest of a drawing."""
    found = QPolygonF()
    QDataStream(QByteArray(len(points).to_bytes(4, "big") + points.tobytes())) >> found
    return found


def value_ticks(up: Scale, height: float) -> list[float]:
    """Round values along the left side of a room of that height."""
    return up.ticks(max(2, int(height // APART_UP)))


def left_side(up: Scale, height: float, wide: Wide) -> float:
    """How many pixels the numbers along the left side take."""
    longest = max((wide(words) for words in tick_words(value_ticks(up, height))), default=0.0)
    return max(LEFT, min(WIDEST, math.ceil(longest) + 2 * BESIDE))


def paint_values(painter: QPainter, frame: Frame, theme: Theme) -> None:
    """Paint the numbers along the left side, and a faint line for each."""
    box, level, metrics = frame.box, Qt.AlignmentFlag.AlignVCenter, painter.fontMetrics()
    faint, muted = between(theme.line, theme.surface), QColor(theme.muted)
    values = value_ticks(frame.up, box.height())
    for value, words in zip(values, tick_words(values), strict=True):
        y = round(box.bottom() - box.height() * frame.up.share(value))
        painter.setPen(faint)
        painter.drawLine(QLineF(box.left(), y, box.right(), y))
        painter.setPen(muted)
        room = QRectF(0, y - WORD_HEIGHT / 2, box.left() - BESIDE, WORD_HEIGHT)
        cut = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | level, cut)


def paint_epochs(painter: QPainter, frame: Frame, theme: Theme) -> None:
    """Paint the numbers along the lower side, and the lines below and at the left."""
    box, level = frame.box, Qt.AlignmentFlag.AlignVCenter
    line, muted = QColor(theme.line), QColor(theme.muted)
    for epoch, room, words in epoch_words(frame, painter.fontMetrics().horizontalAdvance):
        x = round(frame.x_of(epoch))
        painter.setPen(line)
        painter.drawLine(QLineF(x, box.bottom(), x, box.bottom() + 3))
        painter.setPen(muted)
        painter.drawText(room, Qt.AlignmentFlag.AlignHCenter | level, words)
    painter.setPen(line)
    painter.drawPolyline([box.topLeft(), box.bottomLeft(), box.bottomRight()])


def between(one: str, other: str) -> QColor:
    """The colour in the middle of two: solid, which is painted much faster than one that lets the ground through."""
    first, second = QColor(one), QColor(other)
    return QColor(*((a + b) // 2 for a, b in zip(first.getRgb()[:3], second.getRgb()[:3], strict=True)))


def epoch_words(frame: Frame, wide: Wide) -> list[tuple[float, QRectF, str]]:
    """The numbers along the lower side, each with its epoch and its place: as many as have room beside each other."""
    epochs = epoch_ticks(frame)
    longest = max(map(wide, tick_words(epochs)), default=0.0) + BETWEEN_WORDS
    if longest > APART_ACROSS:
        epochs = epoch_ticks(frame, longest)
    found: list[tuple[float, QRectF, str]] = []
    free = math.inf
    # the last one of all has its place in any case
    for epoch, words in reversed(list(zip(epochs, tick_words(epochs), strict=True))):
        room = QRectF(0, frame.box.bottom() + 3, wide(words) + 2, WORD_HEIGHT)
        room.moveLeft(min(frame.x_of(epoch) - room.width() / 2, frame.box.right() + RIGHT - room.width()))
        if room.right() + BETWEEN_WORDS / 2 <= free:
            found.append((epoch, room, words))
            free = room.left()
    return found[::-1]


def epoch_ticks(frame: Frame, apart: float = APART_ACROSS) -> list[float]:
    """Round epochs along the lower side, so many pixels apart; where all is shown the last one of all among them."""
    found = frame.across.ticks(max(2, int(frame.box.width() // apart)))
    last = frame.across.high
    if not frame.whole:
        # nothing is measured between two epochs, but within the first ones
        among = [epoch for epoch in found if epoch == round(epoch)]
        return among if len(among) > 1 else found
    if found and found[-1] < last and frame.x_of(last) - frame.x_of(found[-1]) < apart / 2:
        found.pop()
    return [*found, last] if not found or found[-1] < last else found


def tick_words(values: Sequence[float]) -> list[str]:
    """Numbers in as few letters as tell them apart: ``0.02``, ``1,500``, ``1.5 M``, ``2e−5``; thousands set apart."""
    digits = 2
    while digits < MOST_DIGITS and len({f"{value:.{digits}g}" for value in values}) < len(values):
        digits += 1
    return [_parted(value, tick_text(value, digits)) for value in values]


def _parted(value: float, words: str) -> str:
    """A number with its thousands set apart, also below ten thousand: a longer one may stand beside it."""
    whole = words.lstrip(MINUS)
    return words.replace(whole, f"{int(whole):,}") if abs(value) >= 1000 and whole.isdigit() else words
