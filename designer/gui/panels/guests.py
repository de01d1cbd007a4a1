"""Guests: curves of other runs on the plot of the run in hand, drawn thinned out."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen

from designer.gui.panels.curve_frame import Frame
from designer.gui.panels.curve_seen import cut, extremes, thin
from designer.gui.panels.line_forms import colour_of, style_of
from designer.gui.theme import Theme

if TYPE_CHECKING:
    from designer.gui.panels.curve_seen import Points

BUCKETS = 240
DOT, DIAMOND = 5.0, 4.5


@dataclass(frozen=True)
class Guest:
    """The curve of a run: its values at epochs, in a line form. ``fork`` is (epoch, value) where it branches off."""

    name: str
    form: int
    epochs: tuple[int, ...]
    values: tuple[float, ...]
    fork: tuple[float, float] | None = None

    def value_at(self, epoch: float | None) -> float:
        """The value at the epoch nearest to ``epoch``, the last for None; NaN before the first and after the last."""
        if not self.epochs:
            return math.nan
        if epoch is None:
            return self.values[-1]
        place = bisect_left(self.epochs, epoch)
        near = [at for at in (place - 1, place) if 0 <= at < len(self.epochs)]
        best = min(near, key=lambda at: abs(self.epochs[at] - epoch))
        return self.values[best] if abs(self.epochs[best] - epoch) <= 1 else math.nan


class Guests:
    """The curves of other runs on a plot, beside those of the run in hand."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.shown: tuple[Guest, ...] = ()
        self.last = 0.0
        self._points: list[Points] = []
        # all points of them, for who looks at a few epochs
        self._every: list[Points] = []
        self._extremes: dict[bool, list[tuple[float, float]]] = {}

    def show(self, guests: Sequence[Guest]) -> bool:
        """Show these curves and no others; answers whether they are other ones."""
        if tuple(guests) == self.shown:
            return False
        self.shown = tuple(guests)
        self.last = max((float(guest.epochs[-1]) for guest in guests if guest.epochs), default=0.0)
        self._every = [_points(guest) for guest in guests]
        self._points = [thin(x, y, BUCKETS) for x, y in self._every]
        self._extremes.clear()
        return True

    def extremes(self, log: bool) -> list[tuple[float, float]]:
        """The least and the greatest value of each curve, of those above 0 alone on a logarithmic scale."""
        if log not in self._extremes:
            self._extremes[log] = [found for _, y in self._every if (found := extremes(y, log)) is not None]
        return self._extremes[log]

    def extremes_between(self, low: float, high: float, log: bool) -> list[tuple[float, float]]:
        """The same of what is seen of the curves between two epochs."""
        seen = [extremes(cut(x, y, low, high, log)[1], log) for x, y in self._every]
        return [each for each in seen if each is not None]

    def _seen(self, place: int, frame: Frame) -> Points:
        """The points of what is seen of a curve."""
        if frame.whole:
            return self._points[place]
        seen = cut(*self._every[place], frame.across.low, frame.across.high, frame.up.log)
        return thin(*seen, max(BUCKETS, math.ceil(frame.box.width())))

    def paint(self, painter: QPainter, frame: Frame, place: int) -> None:
        """Paint one of the curves; that of a single epoch is a point, for a line through one point is nothing."""
        if place >= len(self.shown):
            # there were more of them
            return
        guest, (x, y) = self.shown[place], self._seen(place, frame)
        pen = QPen(QColor(colour_of(guest.form, self.theme)), 1, style_of(guest.form))
        pen.setCosmetic(True)
        painter.setPen(pen)
        for line in frame.polygons(x, y) if len(x) > 1 else ():
            painter.drawPolyline(line)
        if len(x) == 1 and (at := frame.place(x[0], y[0])) is not None:
            painter.setBrush(pen.color())
            painter.drawEllipse(at, DOT / 2, DOT / 2)

    def paint_forks(self, painter: QPainter, frame: Frame) -> None:
        """Paint a diamond where a run branches off from the one that it was forked from."""
        painter.setBrush(QColor(self.theme.surface))
        for guest in self.shown:
            place = frame.place(*guest.fork) if guest.fork is not None and frame.shows(guest.fork[0]) else None
            if place is None:
                continue
            own = self.theme.validation_curve
            painter.setPen(QPen(QColor(colour_of(guest.form, self.theme) if guest.form >= 0 else own), 1))
            corners = [QPointF(0, -DIAMOND), QPointF(DIAMOND, 0), QPointF(0, DIAMOND), QPointF(-DIAMOND, 0)]
            painter.drawPolygon([place + corner for corner in corners])


def _points(guest: Guest) -> Points:
    """All points of a curve: of a long one as arrays, made once."""
    if len(guest.epochs) <= 2 * BUCKETS:
        return guest.epochs, guest.values
    import numpy as np

    return np.array(guest.epochs, dtype=float), np.array(guest.values, dtype=float)
