"""Curves: what a run measures, drawn while it is measured, to be read by pointing at it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from designer.gui.announce import announce
from designer.gui.labels import plain_label
from designer.gui.numbers import figure
from designer.gui.panels.change_marks import ChangeMarks
from designer.gui.panels.curve_height import Height
from designer.gui.panels.curve_legend import ROW, Legend
from designer.gui.panels.curve_line import CurveLine
from designer.gui.panels.curve_plane import CurvePlane
from designer.gui.panels.curve_sight import Reach, Sight
from designer.gui.panels.curve_words import HEIGHT, Key, Keys, Readout
from designer.gui.panels.guests import Guest, Guests
from designer.gui.panels.series import Series
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
# of the height, that a legend takes at most
LEGEND_SHARE = 0.25


class CurvePlot(QWidget):
    """One metric over the epochs, for training and validation. Pointing at it reads the nearest epoch.

    ``readout`` says which, and stands where the plot is put. Each piece of its work is done in one of the ``turns``.
    Which epochs are in ``sight`` is the same for all plots that share it.
    """

    def __init__(
        self, theme: Theme, metric: str = "loss", turns: OneByOne | None = None, sight: Sight | None = None
    ) -> None:
        super().__init__()
        self._turns = turns or OneByOne(self)
        self.theme, self.measured = theme, metric
        self.sight, self.height_of = sight or Sight(self), Height()
        self._curves = Curves()
        self._pointed: float | None = None
        self._scales: object = None
        # how wide a stretch the values fit
        self._wide = math.inf
        self.setMinimumSize(200, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.keys = {part: Key(part, theme) for part in PARTS}
        self.readout = Readout(theme)
        self._hint = plain_label("Curves appear here while the network is trained.", "muted", wrap=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.guests, self.marks = Guests(theme), ChangeMarks(theme)
        self.plane = CurvePlane(theme, self.guests, self.marks, self._turns, self.sight)
        self.plane.hide()
        self.all = QPushButton("All")
        self.legend = Legend(theme)
        self._lay_out()
        self._drawing = Resting(partial(self._turns.ask, self._draw), REST_MS, self)
        self._reading = Resting(partial(self._turns.ask, self._read), READ_MS, self)
        self._connect()

    def _connect(self) -> None:
        self.plane.pointed.connect(self.point_at)
        self.all.clicked.connect(self.show_all)
        self.sight.sources.append(self._reach)
        self.sight.changed.connect(self._look)
        hand = self.plane.hand
        hand.all_wanted.connect(self.show_all)
        hand.let_go.connect(self._fit_anew)
        hand.read_on.connect(self.read_on)
        hand.read_at.connect(self.read_at)
        hand.values_zoomed.connect(
            lambda factor, share: self._change_values(partial(Height.zoom, factor=factor, share=share))
        )
        hand.values_moved.connect(lambda share: self._change_values(partial(Height.move, share=share)))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 0, 12, 0)
        head.setSpacing(12)
        head.addWidget(Keys(list(self.keys.values())), 1)
        self.all.setProperty("link", True)
        self.all.setFixedHeight(HEIGHT)
        self.all.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.all.setToolTip("Show all epochs and values again (0 or a double-click on the curves)")
        self.all.hide()
        head.addWidget(self.all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.legend)
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

    @property
    def curves(self) -> Curves:
        """What is shown of the run in hand."""
        return self._curves

    @property
    def log(self) -> bool:
        """Whether the values stand on a logarithmic scale."""
        return self.height_of.log

    def show_curves(self, curves: Curves, metric: str) -> None:
        """Show another run, or another metric of it."""
        other = curves is not self._curves
        if other or metric != self.measured:
            self.height_of.forget()
            self._pointed = self.plane.hand.reading = None
        self._curves, self.measured = curves, metric
        if other:
            self.plane.hand.drop()
            self.sight.begin(curves)
        for widget in (self, self.plane):
            widget.setAccessibleName(f"Curves of {metric}")
        self._look()

    def show_guests(self, guests: Sequence[Guest]) -> None:
        """Show curves of other runs beside, and no others."""
        if self.guests.show(guests):
            self.height_of.fit_anew()
            self.sight.settle()
            self.plane.renew()
            self._read()
            self.refresh()

    def set_log(self, log: bool) -> None:
        """Whether the values stand on a logarithmic scale."""
        self.height_of.log = log
        self.height_of.forget()
        self._look()

    def end(self) -> None:
        """No more will come: the axis ends where the curves do."""
        self.sight.end()
        self.refresh()

    def show_all(self) -> None:
        """See all epochs, and all values of them."""
        self.height_of.release()
        self.sight.show_all()
        self._look()

    def _look(self) -> None:
        """See what is in sight now."""
        wide = self.sight.high - self.sight.low if self.sight.zoomed else math.inf
        if not math.isclose(wide, self._wide):
            self._wide = wide
            self.height_of.fit_anew()
        self.plane.hand.holds_values = self.height_of.held
        self._offer_all()
        self.refresh()

    def _offer_all(self) -> None:
        """Offer to show all where that is not so."""
        self.all.setVisible((self.sight.zoomed or self.height_of.held) and not self.plane.isHidden())

    def _fit_anew(self) -> None:
        self.height_of.fit_anew()
        self.refresh()

    def _change_values(self, change: Callable[[Height], None]) -> None:
        change(self.height_of)
        self._look()

    def refresh(self) -> None:
        """Draw again soon."""
        if self.isVisible():
            self._drawing.ask()

    def showEvent(self, event: QShowEvent) -> None:
        """What came while nobody looked is drawn now."""
        super().showEvent(event)
        self.refresh()

    def _series(self) -> dict[str, Series | None]:
        """What is drawn: the loss within epochs only until there are some."""
        steps = self._curves.steps if self.measured == "loss" and self._curves.count < 3 else None
        return {**{part: self._curves.parts[part].get(self.measured) for part in PARTS}, "steps": steps}

    def _reach(self) -> Reach:
        known = [line for line in self._series().values() if line is not None and len(line)]
        own = max((line.latest[0] for line in known if line.latest is not None), default=0.0)
        others = [1.0] if self.guests.last else []
        apart = min([*(line.apart for line in known), *others], default=math.inf)
        return Reach(own, self.guests.last, apart, self._curves.planned)

    def _draw(self) -> None:
        series = self._series()
        self.plane.follow(series, self.log)
        lines = self.plane.lines
        filled = any(lines[part].count for part in PARTS)
        empty = not filled and not self.guests.shown and not lines["steps"].count
        self._hint.setVisible(empty)
        self.plane.setVisible(not empty)
        self._offer_all()
        if not empty:
            kept = self.plane.kept.show(self._curves.kept, series["validation"])
            if self.marks.show(self._curves.marks) or kept:
                self.plane.renew()
            self.sight.settle()
            # the loss within epochs is wilder than the curves, for which the room is
            self.height_of.fit(self._extremes([lines[name] for name in (PARTS if filled else lines)]))
            self._show_scales()
            self.plane.grow()
        self._reading.ask()

    def _extremes(self, lines: Sequence[CurveLine]) -> list[tuple[float, float]]:
        """The least and the greatest value of each curve, of what is seen of it."""
        if not self.sight.zoomed:
            return [(line.low, line.high) for line in lines if line.low <= line.high] + self.guests.extremes(self.log)
        low, high = self.sight.low, self.sight.high
        seen = [line.extremes_between(low, high) for line in lines]
        return [each for each in seen if each is not None] + self.guests.extremes_between(low, high, self.log)

    def _show_scales(self) -> None:
        scales = Scale(self.sight.low, self.sight.high), self.height_of.scale, not self.sight.zoomed
        if (scales, self.marks.strip) != self._scales:
            self._scales = scales, self.marks.strip
            self.plane.show_scales(*scales)

    def point_at(self, epoch: float | None) -> None:
        """Read the epoch nearest to ``epoch``; the latest one for None."""
        self._pointed = self.plane.hand.reading = epoch
        self._read()

    def read_on(self, by: int) -> None:
        """Read the point so many places on from the one that is read, from the newest where none is."""
        here = self.readout.epoch
        if here is None or not (self._pointed is not None or self.sight.low <= here <= self.sight.high):
            here = (self.sight.low + self.sight.high) / 2
        found = next((line.beside(here, by) for part in PARTS if (line := self._series()[part]) is not None), None)
        # where others have gone on alone, and where they come back
        if found is None or (found - here) * by <= 0 or here > self._reach().own + 0.5:
            found = here + by
        self.read_at(found)

    def read_at(self, epoch: float) -> None:
        """Read the epoch nearest to one, bring it into sight, and say what is read."""
        reach = self._reach()
        last = max(reach.own, reach.others)
        if last > 0:
            self.point_at(max(min(1.0, last), min(epoch, last)))
            self.sight.reveal(self.readout.epoch if self.readout.epoch is not None else last)
            announce(self.plane, self.words())

    def words(self) -> str:
        """What is read, in words."""
        read = [self.readout.text(), *(key.words() for key in self.keys.values() if key.value)]
        return ", ".join([*read, self.legend.accessibleName()] if self.legend.isVisibleTo(self) else read)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The legend has its share of the room."""
        super().resizeEvent(event)
        self.legend.set_most(max(1, int(LEGEND_SHARE * self.height() // ROW)))

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
        self.readout.show_epoch(epoch)
        self.plane.show_cursor(epoch if self._pointed is not None else None)
        for part, key in self.keys.items():
            point = points.get(part)
            key.show_value("" if point is None else figure(point[1]))
