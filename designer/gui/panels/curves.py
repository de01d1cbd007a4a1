"""Curves: what a run measures, drawn while it is measured, to be read by pointing at it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QColor, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from designer.gui.labels import plain_label
from designer.gui.numbers import figure
from designer.gui.panels.change_marks import ChangeMarks
from designer.gui.panels.curve_line import CurveLine
from designer.gui.panels.curve_words import Key, Readout
from designer.gui.panels.guests import Guest, Guests, Legend
from designer.gui.run_model import Curves
from designer.gui.theme import Theme

# pixels of width
ROOM_FOR_WORD = 372
INTERVAL_MS = 50
PARTS = ("train", "validation")
ROOM = 0.08
MOST_SLACK = 2.5


class CurvePlot(QWidget):
    """One metric over the epochs, for training and validation. Pointing at it reads the nearest epoch.

    It draws ``delay_ms`` later than others do, so that not all plots are painted in one go.
    """

    def __init__(self, theme: Theme, metric: str = "loss", delay_ms: int = 0) -> None:
        super().__init__()
        self.theme, self.measured = theme, metric
        self.log = False
        self._curves = Curves()
        self._plot: Any = None
        self._lines: dict[str, CurveLine] = {}
        self._cursor: Any = None
        self._pointed: float | None = None
        self._right = 10.0
        self._range: tuple[float, float] | None = None
        self._over = False
        self.setMinimumSize(200, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.keys = {part: Key(part, theme) for part in PARTS}
        self.readout = Readout(theme)
        head = QHBoxLayout()
        head.setContentsMargins(8, 0, 12, 0)
        head.setSpacing(12)
        for key in self.keys.values():
            head.addWidget(key)
        head.addWidget(self.readout, 1)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addLayout(head)
        self._hint = plain_label("Curves appear here while the network is trained.", "muted", wrap=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._layout.addWidget(self._hint, 1)
        self.guests, self.legend = Guests(theme), Legend(theme, self)
        self.marks = ChangeMarks(theme)
        self._timer = QTimer(self, singleShot=True, interval=INTERVAL_MS + delay_ms)
        self._timer.timeout.connect(self._draw)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        for words in (*self.keys.values(), self.readout):
            words.theme = theme
            words.update()
        self.guests.set_theme(theme)
        self.marks.set_theme(theme)
        self.legend.theme = theme
        self.legend.update()
        if self._plot is not None:
            self._dress()

    def show_curves(self, curves: Curves, metric: str) -> None:
        """Show another run, or another metric of it."""
        if curves is not self._curves or metric != self.measured:
            self._right, self._range, self._pointed = 10.0, None, None
        self._curves, self.measured, self._over = curves, metric, False
        self.setAccessibleName(f"Curves of {metric}")
        self.refresh()

    def show_guests(self, guests: Sequence[Guest]) -> None:
        """Show curves of other runs beside, and no others."""
        self.guests.show(guests)
        self._range = None
        self.refresh()

    def set_log(self, log: bool) -> None:
        """Whether the values stand on a logarithmic scale."""
        self.log, self._range = log, None
        if self._plot is not None:
            self._plot.setLogMode(False, log)
            self.guests.log_changed()
        self.refresh()

    def end(self) -> None:
        """No more will come: the axis ends where the curves do."""
        self._over = True
        self.refresh()

    def refresh(self) -> None:
        """Draw again soon, 20 times a second at most."""
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        """What came while nobody looked is drawn now."""
        super().showEvent(event)
        self.refresh()

    def _draw(self) -> None:
        series = {part: self._curves.parts[part].get(self.measured) for part in PARTS}
        filled = any(line is not None and len(line) for line in series.values())
        steps = self._curves.steps if self.measured == "loss" and self._curves.count < 3 else None
        if not filled and not self.guests.shown and not (steps is not None and len(steps)):
            self._hint.setVisible(True)
            if self._plot is not None:
                self._plot.hide()
            self._read()
            return
        if self._plot is None:
            self._make_plot()
        self._hint.hide()
        self._plot.show()
        import numpy as np

        extremes: list[tuple[float, float]] = []
        for part, line in {**series, "steps": steps}.items():
            x, y = line.drawn() if line is not None else ((), ())
            values = np.array(y, dtype=float)
            # a single epoch is a point, and a line through one point is nothing
            lone = part != "steps" and len(values) == 1
            self._lines[part].show_points(np.array(x, dtype=float), values, self.log, lone)
            sound = values[np.isfinite(values) & ((values > 0) | (not self.log))]
            if len(sound) and (part != "steps" or not filled):
                extremes.append((float(sound.min()), float(sound.max())))
        extremes += self.guests.extremes(self.log)
        reached = [line.latest[0] for line in (*series.values(), steps) if line and line.latest]
        self._over = self._over or not (filled or reached)
        self._set_ranges(extremes, max([*reached, self.guests.last], default=1.0) or 1.0)
        self._read()

    def _make_plot(self) -> None:
        import pyqtgraph

        pyqtgraph.setConfigOptions(antialias=False)
        self._plot = pyqtgraph.PlotWidget(background=None)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setMouseEnabled(False, False)
        self._plot.setFrameShape(self._plot.Shape.NoFrame)
        self._plot.getViewBox().disableAutoRange()
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for part in ("steps", *PARTS):
            self._lines[part] = CurveLine()
            self._plot.getViewBox().addItem(self._lines[part], ignoreBounds=True)
        self._cursor = pyqtgraph.InfiniteLine(angle=90)
        self._cursor.hide()
        self._plot.addItem(self._cursor, ignoreBounds=True)
        # its ground is painted whole, so that nothing below needs to be
        self._plot.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._plot.viewport().setMouseTracking(True)
        self._plot.viewport().installEventFilter(self)
        self._plot.setLogMode(False, self.log)
        self.guests.attach(self._plot)
        self.marks.show(self._plot, self._curves.marks)
        self._layout.addWidget(self._plot, 1)
        self.legend.raise_()
        self._dress()

    def _dress(self) -> None:
        """Put the theme's colours on the plot."""
        import pyqtgraph

        colours = {"train": self.theme.train_curve, "validation": self.theme.validation_curve}
        faint = QColor(self.theme.train_curve)
        faint.setAlpha(110)
        for part, line in self._lines.items():
            colour = QColor(colours[part]) if part in colours else faint
            line.set_colour(colour)
        self._cursor.setPen(pyqtgraph.mkPen(QColor(self.theme.muted), width=1, style=Qt.PenStyle.DotLine))
        self._plot.setBackground(QColor(self.theme.surface))
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.setPen(QColor(self.theme.line))
            axis.setTextPen(QColor(self.theme.muted))
            axis.setStyle(tickLength=4)
            axis.enableAutoSIPrefix(False)
            # ticks and their words stay while the scale does; painting them anew takes more than all curves
            axis.setCacheMode(axis.CacheMode.DeviceCoordinateCache)
        self._plot.getAxis("left").setWidth(52)
        self._plot.showGrid(x=False, y=True, alpha=0.25)

    def _set_ranges(self, extremes: list[tuple[float, float]], last: float) -> None:
        if self._over:
            self._right = max(1.0, last)
        elif last > self._right:
            self._right = last * 1.5
        self._plot.setXRange(0, self._right, padding=0.02)
        if extremes:
            self._set_height(extremes)
        area = self._plot.getViewBox().viewRect()
        for line in self._lines.values():
            line.set_area(area)

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
        self._plot.setYRange(*self._range, padding=0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the mouse over the plot."""
        if event.type() == QEvent.Type.MouseMove:
            at = self._plot.mapToScene(event.position().toPoint())  # type: ignore[attr-defined]
            self.point_at(self._plot.getViewBox().mapSceneToView(QPointF(at)).x())
        elif event.type() == QEvent.Type.Leave:
            self.point_at(None)
        return False

    def point_at(self, x: float | None) -> None:
        """Read the epoch nearest to ``x``; the latest one for None."""
        self._pointed = x
        self._read()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The legend stays at the upper right."""
        super().resizeEvent(event)
        self._place_legend()

    def _epoch_words(self, epoch: float) -> str:
        """Which epoch is read: the number alone where the values have no room beside the word."""
        return f"epoch {epoch:.0f}" if self.width() >= ROOM_FOR_WORD else f"{epoch:.0f}"

    def _place_legend(self) -> None:
        """Where the curves leave room: at the right below, if most end above the middle, else above."""
        low, high = self._range or (0.0, 1.0)
        down = self.guests.ends_above(low + (high - low) / 2, self.log)
        top = self.height() - self.legend.height() - 34 if down else 24
        self.legend.move(self.width() - self.legend.width() - 14, top)

    def _read(self) -> None:
        self.legend.show_guests(self.guests.shown, self._pointed)
        self._place_legend()
        lines = {part: self._curves.parts[part].get(self.measured) for part in PARTS}
        known = {part: line for part, line in lines.items() if line is not None and len(line)}
        for part, key in self.keys.items():
            key.setVisible(part in known or not (known or self.guests.shown))
        if not known:
            self.readout.setText("")
            for key in self.keys.values():
                key.show_value("")
            if self._cursor is not None:
                self._cursor.setVisible(bool(self.guests.shown) and self._pointed is not None)
                self._cursor.setPos(round(self._pointed or 0.0))
            if self.guests.shown and self._pointed is not None:
                self.readout.setText(self._epoch_words(self._pointed))
            return
        points = {
            part: line.latest if self._pointed is None else line.nearest(self._pointed) for part, line in known.items()
        }
        epoch = next(point[0] for point in points.values() if point is not None)
        self.readout.setText(self._epoch_words(epoch))
        for part, point in points.items():
            self.keys[part].show_value("" if point is None else figure(point[1]))
        if self._cursor is not None:
            self._cursor.setVisible(self._pointed is not None)
            self._cursor.setPos(epoch)
