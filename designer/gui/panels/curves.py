"""Curves: what a run measures, drawn while it is measured, to be read by pointing at it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSizeF, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from designer.gui.labels import plain_label
from designer.gui.numbers import figure
from designer.gui.panels.change_marks import ChangeMarks
from designer.gui.panels.curve_plane import CurvePlane
from designer.gui.panels.curve_words import Key, Readout
from designer.gui.panels.guests import Guest, Guests, Legend
from designer.gui.resting import Resting
from designer.gui.run_curves import Curves
from designer.gui.small_plot import Scale
from designer.gui.theme import Theme
from designer.gui.turns import OneByOne

# what comes sooner after another is drawn together
REST_MS = 30
# figures that change faster cannot be read
READ_MS = 500
PARTS = ("train", "validation")
ROOM = 0.08
MOST_SLACK = 2.5
# a double reaches to 1.8e308
MOST_LOG = 300.0


class CurvePlot(QWidget):
    """One metric over the epochs, for training and validation. Pointing at it reads the nearest epoch.

    ``readout`` says which, and stands where the plot is put. Each piece of its work is done in one of the ``turns``.
    """

    def __init__(self, theme: Theme, metric: str = "loss", turns: OneByOne | None = None) -> None:
        super().__init__()
        self._turns = turns or OneByOne(self)
        self.theme, self.measured = theme, metric
        self.log = False
        self._curves = Curves()
        self._pointed: float | None = None
        self._right = 10.0
        self._range: tuple[float, float] | None = None
        self._scales: tuple[float, float, float, bool] | None = None
        self._over = False
        # what the legend's place was found for
        self._legend_of: object = None
        self.setMinimumSize(200, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.keys = {part: Key(part, theme) for part in PARTS}
        self.readout = Readout(theme)
        self._hint = plain_label("Curves appear here while the network is trained.", "muted", wrap=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.guests, self.marks = Guests(theme), ChangeMarks(theme)
        self.plane = CurvePlane(theme, self.guests, self.marks, self._turns)
        self.plane.pointed.connect(self.point_at)
        self.plane.hide()
        self._lay_out()
        self.legend = Legend(theme, self)
        self._drawing = Resting(partial(self._turns.ask, self._draw), REST_MS, self)
        self._reading = Resting(partial(self._turns.ask, self._read), READ_MS, self)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 0, 12, 0)
        head.setSpacing(12)
        for key in self.keys.values():
            head.addWidget(key)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._hint, 1)
        column.addWidget(self.plane, 1)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        for part in (
            *self.keys.values(),
            self.readout,
            self.legend,
            self.guests,
            self.marks,
            self.plane.kept,
            self.plane,
        ):
            part.theme = theme
        for words in (*self.keys.values(), self.readout, self.legend):
            words.update()
        self.plane.renew()

    def show_curves(self, curves: Curves, metric: str) -> None:
        """Show another run, or another metric of it."""
        if curves is not self._curves or metric != self.measured:
            self._right, self._range, self._pointed = 10.0, None, None
        self._curves, self.measured, self._over = curves, metric, False
        self.setAccessibleName(f"Curves of {metric}")
        self.refresh()

    def show_guests(self, guests: Sequence[Guest]) -> None:
        """Show curves of other runs beside, and no others."""
        if self.guests.show(guests):
            self._range = None
            self.plane.renew()
            self._read()
            self.refresh()

    def set_log(self, log: bool) -> None:
        """Whether the values stand on a logarithmic scale."""
        self.log, self._range = log, None
        self.refresh()

    def end(self) -> None:
        """No more will come: the axis ends where the curves do."""
        self._over = True
        self.refresh()

    def refresh(self) -> None:
        """Draw again soon."""
        if self.isVisible():
            self._drawing.ask()

    def showEvent(self, event: QShowEvent) -> None:
        """What came while nobody looked is drawn now."""
        super().showEvent(event)
        self.refresh()

    def _draw(self) -> None:
        series = {part: self._curves.parts[part].get(self.measured) for part in PARTS}
        steps = self._curves.steps if self.measured == "loss" and self._curves.count < 3 else None
        self.plane.follow({**series, "steps": steps}, self.log)
        lines = self.plane.lines
        filled = any(lines[part].count for part in PARTS)
        empty = not filled and not self.guests.shown and not lines["steps"].count
        self._hint.setVisible(empty)
        self.plane.setVisible(not empty)
        if not empty:
            kept = self.plane.kept.show(self._curves.kept, series["validation"])
            if self.marks.show(self._curves.marks) or kept:
                self.plane.renew()
            # the loss within epochs is wilder than the curves, for which the room is
            known = [lines[part] for part in (PARTS if filled else lines) if lines[part].low <= lines[part].high]
            extremes = [(line.low, line.high) for line in known] + self.guests.extremes(self.log)
            reached = [line.reach for line in lines.values() if line.count]
            self._over = self._over or not reached
            self._set_ranges(extremes, max([*reached, self.guests.last], default=1.0) or 1.0)
            self.plane.grow()
        self._reading.ask()

    def _set_ranges(self, extremes: list[tuple[float, float]], last: float) -> None:
        if self._over:
            self._right = max(1.0, last)
        elif last > self._right:
            self._right = room_for(last)
        if extremes:
            self._set_height(extremes)
        low, high = self._range or (0.0, 1.0)
        if (self._right, low, high, self.log) != self._scales:
            self._scales = (self._right, low, high, self.log)
            if self.log:
                low, high = (10.0 ** max(-MOST_LOG, min(MOST_LOG, each)) for each in (low, high))
            self.plane.show_scales(Scale(0.0, self._right), Scale(low, high, self.log))

    def _set_height(self, extremes: list[tuple[float, float]]) -> None:
        low, high = min(pair[0] for pair in extremes), max(pair[1] for pair in extremes)
        if self.log:
            low, high = math.log10(low), math.log10(high)
        spread = (high - low) or abs(high) * 0.1 or 1.0
        old = self._range
        # the scale stays while the curves fit it well, so that nothing jumps
        if old is not None and old[0] <= low and high <= old[1] and (old[1] - old[0]) <= MOST_SLACK * spread:
            return
        self._range = (low - ROOM * spread, high + ROOM * spread)
        if not self.log and low >= 0 > self._range[0]:
            self._range = (0.0, self._range[1])

    def point_at(self, epoch: float | None) -> None:
        """Read the epoch nearest to ``epoch``; the latest one for None."""
        self._pointed = epoch
        self._read()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The legend lies where it hides least."""
        super().resizeEvent(event)
        self._place_legend()

    def _place_legend(self) -> None:
        """Where the least is hidden; thought of anew only with other scales, curves, marks or words."""
        shown = self._scales, self.plane.geometry(), self.guests.shown, self.marks.shown, self.legend.size(), self._over
        if self.legend.isVisible() and shown != self._legend_of:
            self._legend_of = shown
            place = self.plane.free_place(QSizeF(self.legend.size()), not self._over)
            self.legend.move(self.plane.pos() + place.toPoint())

    def _read(self) -> None:
        lines = {part: self._curves.parts[part].get(self.measured) for part in PARTS}
        known = {part: line for part, line in lines.items() if line is not None and len(line)}
        for part, key in self.keys.items():
            key.setVisible(part in known or not (known or self.guests.shown))
        place = self._pointed
        points = {part: line.latest if place is None else line.nearest(place) for part, line in known.items()}
        if place is not None and self.guests.shown:
            # where others have gone on alone
            points = {part: point for part, point in points.items() if place <= known[part].latest[0] + 0.5}
        found = [point[0] for point in points.values() if point is not None]
        epoch = found[0] if found else round(place) if self.guests.shown and place is not None else None
        # all are read at the epoch that is told
        self.legend.show_guests(self.guests.shown, None if place is None else epoch)
        self._place_legend()
        self.readout.show_epoch(epoch)
        self.plane.show_cursor(epoch if self._pointed is not None else None)
        for part, key in self.keys.items():
            point = points.get(part)
            key.show_value("" if point is None else figure(point[1]))


def room_for(epochs: float) -> float:
    """A round number of epochs, half as many again or a little more."""
    wanted = 1.5 * epochs
    unit = 10.0 ** math.floor(math.log10(wanted)) / 2
    return math.ceil(wanted / unit - 1e-9) * unit
