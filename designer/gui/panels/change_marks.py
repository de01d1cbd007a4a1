"""Marks on the curves: where settings were changed while the run trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from designer.gui.numbers import tick_text
from designer.gui.panels.curve_frame import Frame
from designer.gui.theme import Theme

# pixels: between a line and its words, between words, the least room for some, and what a pointer means
BESIDE, APART, SHORTEST, NEAR = 2, 6, 30, 4
# of the height: the rest is room for others, and for the names of curves
LONGEST = 0.62


@dataclass(frozen=True)
class Label:
    """Words that are written upwards in ``room``."""

    words: str
    room: QRectF


class ChangeMarks:
    """Upright lines on one plot, each with words along it that lie upon no others."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.shown: list[tuple[float, str]] = []

    def show(self, marks: Sequence[tuple[float, str]]) -> bool:
        """Show these marks and no others: epochs, and what was changed there; answers whether they are other ones."""
        fresh = list(marks) != self.shown
        self.shown = list(marks)
        return fresh

    def labels(self, frame: Frame, metrics: QFontMetricsF) -> list[Label]:
        """Where the words stand: at the left of their line or at its right, below others where both are taken.

        What has no room for all of its words is cut short; what has no room at all is told by pointing at the line.
        """
        lines = [round(frame.x_of(epoch)) for epoch, _ in self.shown]
        placed: list[Label] = []
        for x, (_, words) in zip(lines, self.shown, strict=True):
            others = [line for line in lines if line != x]
            long = min(metrics.horizontalAdvance(words), LONGEST * frame.box.height())
            rooms = _rooms(x, metrics.height(), frame.box, [label.room for label in placed])
            # rather on no other line, then in whole
            room = max(rooms, key=lambda room: (_enough(room, long), not _crossed(room, others)), default=None)
            if room is None:
                continue
            long = min(long, room.height())
            cut = metrics.elidedText(words, Qt.TextElideMode.ElideRight, long + 1)
            placed.append(Label(cut, QRectF(room.left(), room.top(), room.width(), long)))
        return placed

    def words_at(self, x: float, frame: Frame) -> str:
        """What was changed at the lines near ``x``, a sentence each; empty where there are none."""
        near = [mark for mark in self.shown if abs(frame.x_of(mark[0]) - x) <= NEAR]
        return "\n".join(f"Epoch {tick_text(epoch, 4)}: {words}" for epoch, words in near)

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Paint them."""
        painter.setPen(QPen(QColor(self.theme.muted), 1, Qt.PenStyle.DashLine))
        for epoch, _ in self.shown:
            x = round(frame.x_of(epoch))
            painter.drawLine(QLineF(x, frame.box.top(), x, frame.box.bottom()))
        metrics = QFontMetricsF(painter.font(), painter.device())
        for label in self.labels(frame, metrics):
            painter.fillRect(label.room, QColor(self.theme.surface))
            painter.save()
            painter.translate(label.room.bottomLeft())
            painter.rotate(-90)
            painter.drawText(QPointF(0, metrics.ascent()), label.words)
            painter.restore()


def _rooms(x: float, wide: float, box: QRectF, taken: Sequence[QRectF]) -> list[QRectF]:
    """The free rooms along a line, those further up first, at the left before the right."""
    found = []
    for left in (x - BESIDE - wide, x + 1 + BESIDE):
        if left < box.left() or left + wide > box.right():
            continue
        column = QRectF(left, box.top() + BESIDE, wide, box.height() - 2 * BESIDE)
        blocks = sorted((each for each in taken if each.intersects(column)), key=lambda each: each.top())
        top = column.top()
        for bottom, after in [(each.top() - APART, each.bottom() + APART) for each in blocks] + [(column.bottom(), 0)]:
            if bottom - top >= SHORTEST:
                found.append(QRectF(left, top, wide, bottom - top))
            top = max(top, after)
    return sorted(found, key=lambda room: room.top())


def _enough(room: QRectF, long: float) -> float:
    """How much of words of that length there is room for, from 0 to 1."""
    return min(1.0, room.height() / max(1.0, long))


def _crossed(room: QRectF, lines: Sequence[float]) -> bool:
    return any(room.left() <= line <= room.right() for line in lines)
