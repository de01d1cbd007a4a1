"""A ring on a curve at the epoch whose weights are kept, and what is said of it."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from designer.gui.numbers import exact
from designer.gui.panels.curve_frame import Frame
from designer.gui.panels.series import Series
from designer.gui.theme import Theme

RADIUS = 4.0
# so near has to be pointed at it, in pixels
REACH = 8.0


class KeptMark:
    """A ring where a run that is over was at its best, so that its weights of then are kept."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.shown: tuple[float, float] | None = None
        self._epoch = 0

    def show(self, epoch: int, series: Series | None) -> bool:
        """Stand on the series at an epoch, nowhere for epoch 0; answers whether that is another place."""
        place = series.nearest(float(epoch)) if epoch and series is not None else None
        fresh = place != self.shown
        # of a long run the series knows stretches of epochs
        self.shown, self._epoch = place, epoch
        return fresh

    def words_at(self, point: QPointF, frame: Frame) -> str:
        """What is said to who points there; nothing far from the ring."""
        place = self._place(frame)
        if place is None or self.shown is None or math.dist(place.toTuple(), point.toTuple()) > REACH:
            return ""
        return f"The weights of epoch {exact(self._epoch)} are kept"

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Paint it."""
        place = self._place(frame)
        if place is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.theme.text), 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(place, RADIUS, RADIUS)
        painter.restore()

    def _place(self, frame: Frame) -> QPointF | None:
        """Where it stands; None where that is out of sight."""
        return frame.place(*self.shown) if self.shown is not None and frame.shows(self.shown[0]) else None
