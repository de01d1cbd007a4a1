"""The plot of series: a line for each, the parts tinted, and the window that the network would see at the pointer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen

from designer.gui.data.series_curve import stretches, thinned, value_range
from designer.gui.data.series_reading import PARTLESS, OneSeries
from designer.gui.data.time_plot import FOOT, LEFT, LINE_WIDTH, MIDDLE, RIGHT, TOP, TimePlot
from designer.gui.panels.split import part_colour
from designer.gui.theme import Theme
from designer.project.model import Windows

PART_NAMES = ("train", "validation", "test")
BETWEEN, TITLE = 12, 16
TINT, TINT_DARK = 26, 40
# hues that follow one another are alike
APART = 3


class SeriesPlot(TimePlot):
    """Draws columns beneath one another. ``pointed`` carries the last step that the network would see, -1 for none.

    The pointer or the arrow keys move the window.
    """

    pointed = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Series")
        self.windows = Windows()
        self.series: Sequence[OneSeries] = ()
        self.columns: tuple[str, ...] = ()
        self.step = -1

    def show_series(
        self, series: Sequence[OneSeries], columns: tuple[str, ...], dates: bool, keep: bool = False
    ) -> None:
        """Show these columns of these series; with ``keep`` the same stretch of time stays in sight."""
        self.series, self.columns, self.dates = series, columns, dates
        if not keep or self.high <= self.low:
            self.fit()
        self.step = min(self.step, len(self.series[0]) - 1) if series else -1
        self.setAccessibleDescription(", ".join([*columns, *(each.name for each in series if each.name)]))
        self.redraw()

    def show_windows(self, windows: Windows) -> None:
        """Draw windows of another size."""
        self.windows = windows
        self.update()

    def colour_of(self, place: int) -> QColor:
        """The colour of a series: that of text for a single one."""
        hues = self.theme.hues
        return QColor(self.theme.text if len(self.series) == 1 else hues[(APART * place + 1) % len(hues)])

    # what is seen

    def filled(self) -> bool:
        """Whether there are series and columns of them."""
        return bool(self.series and self.columns)

    def ends(self) -> tuple[float, float]:
        """The first and the last moment of all series."""
        first = min(float(each.x[0]) for each in self.series)
        last = max(float(each.x[-1]) for each in self.series)
        return first, last if last > first else first + 1.0

    def longest(self) -> int:
        """How many steps the first series has."""
        return len(self.series[0])

    def middle(self) -> float | None:
        """Where the window ends."""
        return float(self.series[0].x[self.step]) if self.series and self.step >= 0 else None

    def panels(self) -> list[QRectF]:
        """Where the line of each column is drawn."""
        count = max(1, len(self.columns))
        high = (self.height() - TOP - FOOT - (count - 1) * BETWEEN) / count
        across = self.width() - LEFT - RIGHT
        return [
            QRectF(LEFT, TOP + place * (high + BETWEEN) + TITLE, max(1, across), max(1, high - TITLE))
            for place in range(count)
        ]

    def point(self, step: int) -> None:
        """Let the window end at a step."""
        count = len(self.series[0]) if self.series else 0
        step = (
            max(min(self.windows.length - 1, count - 1), min(step, count - 1 - self.windows.horizon)) if count else -1
        )
        if step != self.step:
            self.step = step
            self.pointed.emit(step)
            self.update()

    # acting

    def point_at(self, moment: float) -> None:
        """Let the window end at the step nearest to a moment."""
        x = self.series[0].x
        after = int(x.searchsorted(moment))
        near = [step for step in (after - 1, after) if 0 <= step < len(x)]
        self.point(min(near, key=lambda step: abs(float(x[step]) - moment)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the window by steps, or what is seen."""
        key, windows = event.key(), self.windows
        count = len(self.series[0]) if self.series else 0
        moves = {
            Qt.Key.Key_Left: self.step - windows.stride,
            Qt.Key.Key_Right: self.step + windows.stride,
            Qt.Key.Key_PageUp: self.step - windows.length,
            Qt.Key.Key_PageDown: self.step + windows.length,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: count,
        }
        if key in moves:
            self.point(moves[Qt.Key(key)])
            self.reveal(self.middle())
        else:
            super().keyPressEvent(event)

    # painting

    def draw_curves(self, painter: QPainter) -> None:
        """Draw each column with the parts behind it, and the times."""
        areas = self.panels()
        for name, area in zip(self.columns, areas, strict=True):
            self._paint_parts(painter, area)
            self._paint_column(painter, name, area)
        self.paint_times(painter, areas[-1].bottom())

    def _paint_parts(self, painter: QPainter, area: QRectF) -> None:
        """Tint the stretches of the parts; those of the first series, where several are divided unlike."""
        first = self.series[0]
        for left, right, part in stretches(first.x, first.parts):
            if part != PARTLESS and right > self.low and left < self.high:
                colour = QColor(part_colour(self.theme, PART_NAMES[part]))
                colour.setAlpha(TINT_DARK if self.theme.dark else TINT)
                begin = max(area.left(), self.x_of(left))
                painter.fillRect(
                    QRectF(begin, area.top(), min(area.right(), self.x_of(right)) - begin, area.height()), colour
                )

    def _paint_column(self, painter: QPainter, name: str, area: QRectF) -> None:
        lines = [thinned(each.x, each.values[name], self.low, self.high, round(area.width())) for each in self.series]
        import numpy as np

        ends = value_range(np.concatenate([y for _, y in lines]))
        painter.setPen(QColor(self.theme.text))
        painter.drawText(QRectF(area.left(), area.top() - TITLE, area.width(), TITLE), MIDDLE, " ".join(name.split()))
        self.paint_levels(painter, area, ends)
        painter.save()
        painter.setClipRect(area)
        for place, (x, y) in enumerate(lines):
            painter.setPen(QPen(self.colour_of(place), LINE_WIDTH))
            self.paint_line(painter, area, x, y, ends)
        painter.restore()

    def draw_over(self, painter: QPainter) -> None:
        """The steps that are seen, framed, and those that are predicted, filled."""
        if self.step < 0 or not self.windows.horizon:
            return
        x = self.series[0].x
        first, last = max(0, self.step - self.windows.length + 1), min(len(x) - 1, self.step + self.windows.horizon)
        now = self.x_of(float(x[self.step]))
        begin, end = self.x_of(float(x[first])), self.x_of(float(x[last]))
        seen, ahead = QColor(self.theme.accent), QColor(self.theme.warning)
        for area in self.panels():
            painter.save()
            painter.setClipRect(area)
            for left, right, colour in ((begin, now, seen), (now, end, ahead)):
                fill = QColor(colour)
                fill.setAlpha(60)
                box = QRectF(left, area.top(), max(1.0, right - left), area.height())
                painter.fillRect(box, fill)
                painter.setPen(QPen(colour, 1))
                painter.drawRect(box)
            painter.restore()
