"""Marks on the curves: where settings were changed while the run trained."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from designer.gui.numbers import exact
from designer.gui.panels.curve_frame import RIGHT, Frame
from designer.gui.theme import Theme

# pixels: the strip above the curves where the words stand, the tick of a line there, and between words
STRIP, TICK, APART = 16, 5, 8
# pixels: between a line and its words, and what a pointer means
BESIDE, NEAR = 3, 4
MORE = "…"


@dataclass(frozen=True)
class Label:
    """Words of a line in ``room``."""

    words: str
    room: QRectF


class ChangeMarks:
    """Upright lines on one plot, each with a tick in a strip above the curves, and beside it words if they have room.

    What has none is told by pointing at the line. The words of a later line never stand before those of an earlier one.
    """

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.shown: list[tuple[float, str]] = []

    @property
    def strip(self) -> float:
        """How high the strip above the curves is; 0 without marks."""
        return STRIP if self.shown else 0.0

    def show(self, marks: Sequence[tuple[float, str]]) -> bool:
        """Show these marks and no others: epochs, and what was changed there; answers whether they are other ones."""
        fresh = list(marks) != self.shown
        self.shown = list(marks)
        return fresh

    def labels(self, frame: Frame, metrics: QFontMetricsF) -> list[Label]:
        """Where the words stand: right of their line, the last ones else left of it; upon no other line's.

        Of several settings those are left out that have no room, of one setting nothing is.
        """
        placed: list[Label] = []
        if frame.box.top() < STRIP:
            # the strip is there once the next picture is
            return placed
        lines = self._lines(frame)
        # up to where there is room: to the rim, then to the line that follows
        end = frame.box.right() + RIGHT
        for place in range(len(lines) - 1, -1, -1):
            x, settings = lines[place]
            before = lines[place - 1][0] if place else frame.box.left() - APART
            words = _fitting(settings, end - x - BESIDE, metrics)
            left = x + BESIDE
            if not words and not placed:
                words = _fitting(settings, x - BESIDE - before - APART, metrics)
                left = x - BESIDE - metrics.horizontalAdvance(words)
            if words:
                top = frame.box.top() - STRIP
                placed.append(Label(words, QRectF(left, top, metrics.horizontalAdvance(words) + 1, STRIP - 1)))
            end = min(x, left if words else x) - APART
        return placed[::-1]

    def _seen(self, frame: Frame) -> list[tuple[float, str]]:
        """The marks that are in sight."""
        return sorted((mark for mark in self.shown if frame.shows(mark[0])), key=lambda mark: mark[0])

    def _lines(self, frame: Frame) -> list[tuple[int, list[str]]]:
        """Where the lines stand, with the settings that were changed there: several marks may fall on one line."""
        near = groupby(self._seen(frame), lambda mark: round(frame.x_of(mark[0])))
        return [(x, [setting for _, words in marks for setting in words.split(", ")]) for x, marks in near]

    def words_at(self, x: float, frame: Frame) -> str:
        """What was changed at the lines near ``x``, a sentence each; empty where there are none."""
        near = [mark for mark in self._seen(frame) if abs(frame.x_of(mark[0]) - x) <= NEAR]
        return "\n".join(f"{_when(epoch)}: {words}" for epoch, words in near)

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Paint the lines with their ticks, and the words."""
        metrics, box = QFontMetricsF(painter.font(), painter.device()), frame.box
        for x, _ in self._lines(frame):
            painter.setPen(QPen(QColor(self.theme.strong_line), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QLineF(x, box.top(), x, box.bottom()))
            painter.setPen(QPen(QColor(self.theme.muted), 1))
            painter.drawLine(QLineF(x, box.top() - TICK, x, box.top()))
        for label in self.labels(frame, metrics):
            base = label.room.center().y() + (metrics.ascent() - metrics.descent()) / 2
            painter.drawText(QPointF(label.room.left(), base), label.words)


def _when(epoch: float) -> str:
    return f"After epoch {exact(round(epoch))}" if epoch == round(epoch) else f"In epoch {exact(math.ceil(epoch))}"


def _fitting(settings: Sequence[str], room: float, metrics: QFontMetricsF) -> str:
    """As many settings, the first ones, as have room; empty where none has."""
    for count in range(len(settings), 0, -1):
        words = ", ".join(settings[:count]) + (f", {MORE}" if count < len(settings) else "")
        if metrics.horizontalAdvance(words) <= room:
            return words
    return ""
