"""Guests: curves of other runs on the plot of the run in hand, one item a curve, drawn thinned out."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from designer.gui.numbers import figure
from designer.gui.panels.line_forms import SAMPLE, colour_of, paint_sample, style_of
from designer.gui.theme import Theme

BUCKETS = 240
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
    """Draws the curves of other runs on a plot, which is there once ``attach`` was called."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.shown: tuple[Guest, ...] = ()
        self.last = 0.0
        self._plot: Any = None
        self._lines: list[Any] = []
        self._drawn: list[Guest | None] = []
        self._marks: Any = None
        self._extremes: dict[bool, list[tuple[float, float]]] = {}

    def attach(self, plot: Any) -> None:
        """Draw on ``plot`` from now on."""
        import pyqtgraph

        self._plot = plot
        self._marks = pyqtgraph.ScatterPlotItem(size=9, symbol="d")
        self._marks.setZValue(5)
        plot.addItem(self._marks, ignoreBounds=True)
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self._drawn = [None] * len(self._drawn)
        self._draw()

    def show(self, guests: Sequence[Guest]) -> None:
        """Show these curves and no others."""
        if tuple(guests) == self.shown:
            return
        self.shown = tuple(guests)
        self.last = max((float(guest.epochs[-1]) for guest in guests if guest.epochs), default=0.0)
        self._extremes.clear()
        self._draw()

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

    def ends_above(self, height: float, log: bool) -> bool:
        """Whether most curves end above ``height``, which is a power of 10 on a logarithmic scale."""
        ends = [guest.values[-1] for guest in self.shown if guest.values and math.isfinite(guest.values[-1])]
        heights = [math.log10(value) if log and value > 0 else value for value in ends]
        return 2 * sum(value > height for value in heights) > len(heights)

    def _draw(self) -> None:
        if self._plot is None:
            return
        import pyqtgraph

        while len(self._lines) < len(self.shown):
            line = self._plot.plot([], [], connect="finite", symbolPen=None, symbolSize=5)
            self._lines.append(line)
            self._drawn.append(None)
        for place, line in enumerate(self._lines):
            guest = self.shown[place] if place < len(self.shown) else None
            line.setVisible(guest is not None)
            if guest is None or self._drawn[place] == guest:
                continue
            self._drawn[place] = guest
            colour = QColor(colour_of(guest.form, self.theme))
            x, y = thinned(guest)
            line.setPen(pyqtgraph.mkPen(colour, width=1, style=style_of(guest.form)))
            line.setSymbolBrush(colour)
            # a single epoch is a point, and a line through one point is nothing
            line.setData(x, y, connect="finite", symbol="o" if len(x) == 1 else None)
        self._mark()

    def _mark(self) -> None:
        """A diamond where a run branches off from the one that it was forked from."""
        log = bool(self._plot.getAxis("left").logMode)
        spots = []
        for guest in self.shown:
            if guest.fork is None or (log and guest.fork[1] <= 0) or not math.isfinite(guest.fork[1]):
                continue
            height = math.log10(guest.fork[1]) if log else guest.fork[1]
            colour = colour_of(guest.form, self.theme) if guest.form >= 0 else self.theme.validation_curve
            place = (guest.fork[0], height)
            spots.append({"pos": place, "brush": QColor(self.theme.surface), "pen": QColor(colour)})
        self._marks.setData(spots)

    def log_changed(self) -> None:
        """The scale is another one: marks are no curves and do not know."""
        if self._plot is not None:
            self._mark()


def thinned(guest: Guest) -> tuple[Any, Any]:
    """The points of a curve: of a long one the least and the greatest value in each of 240 stretches."""
    import numpy as np

    x, y = np.array(guest.epochs, dtype=float), np.array(guest.values, dtype=float)
    if len(x) <= 2 * BUCKETS:
        return x, y
    width = -(-len(x) // BUCKETS)
    whole = len(x) // width * width
    rows = y[:whole].reshape(-1, width)
    known = np.where(np.isfinite(rows), rows, np.nan)
    with np.errstate(all="ignore"):
        low = np.where(np.isfinite(known), known, np.inf).min(1)
        high = np.where(np.isfinite(known), known, -np.inf).max(1)
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
