"""Guests: curves of other runs on the plot of the run in hand, drawn thinned out."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from designer.gui.numbers import figure
from designer.gui.panels.curve_frame import FEW, Frame
from designer.gui.panels.line_forms import SAMPLE, colour_of, paint_sample, style_of
from designer.gui.theme import Theme

if TYPE_CHECKING:
    from designer.gui.panels.curve_frame import Values

    Points: TypeAlias = tuple[Values, Values]

BUCKETS = 240
DOT, DIAMOND = 5.0, 4.5
LEGEND_ROWS = 8
ROW = 16
NAME_WIDTH = 150


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
        self._extremes: dict[bool, list[tuple[float, float]]] = {}

    def show(self, guests: Sequence[Guest]) -> bool:
        """Show these curves and no others; answers whether they are other ones."""
        if tuple(guests) == self.shown:
            return False
        self.shown = tuple(guests)
        self.last = max((float(guest.epochs[-1]) for guest in guests if guest.epochs), default=0.0)
        self._points = [thinned(guest) for guest in guests]
        self._extremes.clear()
        return True

    def extremes(self, log: bool) -> list[tuple[float, float]]:
        """The least and the greatest value of each curve, of those above 0 alone on a logarithmic scale."""
        if log not in self._extremes:
            found = []
            for guest in self.shown:
                sound = [value for value in guest.values if math.isfinite(value) and (value > 0 or not log)]
                if sound:
                    found.append((min(sound), max(sound)))
            self._extremes[log] = found
        return self._extremes[log]

    def courses(self, frame: Frame) -> list[QPolygonF]:
        """Where the curves lie."""
        return [line for x, y in self._points for line in frame.polygons(x, y)]

    def paint(self, painter: QPainter, frame: Frame, place: int) -> None:
        """Paint one of the curves; that of a single epoch is a point, for a line through one point is nothing."""
        if place >= len(self.shown):
            # there were more of them
            return
        guest, (x, y) = self.shown[place], self._points[place]
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
            place = frame.place(*guest.fork) if guest.fork is not None else None
            if place is None:
                continue
            own = self.theme.validation_curve
            painter.setPen(QPen(QColor(colour_of(guest.form, self.theme) if guest.form >= 0 else own), 1))
            corners = [QPointF(0, -DIAMOND), QPointF(DIAMOND, 0), QPointF(0, DIAMOND), QPointF(-DIAMOND, 0)]
            painter.drawPolygon([place + corner for corner in corners])


def thinned(guest: Guest) -> Points:
    """The points of a curve: of a long one the least and the greatest value in each of 240 stretches."""
    return thin(guest.epochs, guest.values, BUCKETS)


def thin(epochs: Values, values: Values, buckets: int) -> Points:
    """Of more than twice as many points the least and the greatest value in each of so many stretches."""
    if len(epochs) <= max(FEW, 2 * buckets):
        return epochs, values
    import numpy as np

    x, y = np.array(epochs, dtype=float), np.array(values, dtype=float)
    width = -(-len(x) // buckets)
    whole = len(x) // width * width
    rows = y[:whole].reshape(-1, width)
    known = np.isfinite(rows)
    low = np.where(known, rows, np.inf).min(1)
    high = np.where(known, rows, -np.inf).max(1)
    ends = np.repeat(x[:whole].reshape(-1, width)[:, 0], 2)
    ends[1::2] = x[:whole].reshape(-1, width)[:, -1]
    both = np.stack([low, high], 1)
    # in the order in which the curve comes through them
    falling = rows[:, 0] > rows[:, -1]
    both[falling] = both[falling][:, ::-1]
    flat = both.reshape(-1)
    flat[~np.isfinite(flat)] = np.nan
    return np.concatenate([ends, x[whole:]]), np.concatenate([flat, y[whole:]])


class Legend(QWidget):
    """Names the curves of other runs, each with a piece of its line and the value that is read."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self._rows: list[tuple[int, str, str]] = []
        self._more = 0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_guests(self, guests: Sequence[Guest], epoch: float | None) -> None:
        """Show a row for each of the first curves, with its value at ``epoch``, and how many more there are."""
        named = [guest for guest in guests if guest.form >= 0]
        names = short_names([guest.name for guest in named])
        rows = [
            (guest.form, name, figure(guest.value_at(epoch)))
            for guest, name in zip(named[:LEGEND_ROWS], names, strict=False)
        ]
        more = len(named) - len(rows)
        if (rows, more) == (self._rows, self._more):
            return
        self._rows, self._more = rows, more
        self.setAccessibleName("; ".join(f"{name} {value}" for _, name, value in rows))
        self.setVisible(bool(rows))
        self.resize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        """Room for all rows."""
        lines = len(self._rows) + bool(self._more)
        return QSize(8 + SAMPLE + 6 + self._name_width() + 60, 8 + lines * ROW)

    def _name_width(self) -> int:
        """Room for the longest of the names, up to a point."""
        metrics = self.fontMetrics()
        return min(NAME_WIDTH, max((metrics.horizontalAdvance(name) for _, name, _ in self._rows), default=0) + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, lines, names and values."""
        painter = QPainter(self)
        ground = QColor(self.theme.surface)
        ground.setAlpha(215)
        painter.fillRect(self.rect(), ground)
        middle, metrics = Qt.AlignmentFlag.AlignVCenter, self.fontMetrics()
        left, wide = 4 + SAMPLE + 6, self._name_width()
        for place, (form, name, value) in enumerate(self._rows):
            top = 4 + place * ROW
            paint_sample(painter, QPointF(4, top + ROW / 2), form, self.theme)
            painter.setPen(QColor(self.theme.muted))
            cut = metrics.elidedText(name, Qt.TextElideMode.ElideRight, wide)
            painter.drawText(QRectF(left, top, wide, ROW), middle, cut)
            painter.setPen(QColor(self.theme.text))
            box = QRectF(left + wide, top, self.width() - left - wide - 4, ROW)
            painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, value)
        if self._more:
            painter.setPen(QColor(self.theme.muted))
            top = 4 + len(self._rows) * ROW
            painter.drawText(QRectF(left, top, self.width() - left, ROW), middle, f"and {self._more} more")
        painter.end()


def short_names(names: Sequence[str]) -> list[str]:
    """The names without the day that all of them begin with: ``005`` for ``2026-01-31-005``."""
    days = {name[:10] for name in names}
    dated = all(len(name) > 11 and name[:10].count("-") == 2 and name[10] == "-" for name in names)
    return [name[11:] for name in names] if dated and len(days) == 1 else list(names)
