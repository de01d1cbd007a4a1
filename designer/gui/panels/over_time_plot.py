"""The plot of a series with what a network predicted of it: two lines over time, read by pointing at them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QToolTip

from designer.gui.announce import announce
from designer.gui.data.series_curve import LongCurve, moment_text, value_range
from designer.gui.data.time_plot import FOOT, LEFT, LINE_WIDTH, MIDDLE, RIGHT, TOP, TimePlot
from designer.gui.numbers import datum, exact, figure, plural
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip
from designer.training.over_time import OneOverTime, OverTime

if TYPE_CHECKING:
    import numpy as np

TITLE, SAMPLE, APART = 18, 14, 16
DOT = 6.0
# by how many points the page keys move, as a share of what is seen
PAGE = 0.5
DIGITS = 6
WORDS = {"actual": "actual", "predicted": "predicted", "together": "from one window"}


@dataclass(frozen=True, eq=False)
class Drawn:
    """What is drawn of a series: its two lines, and beside them the predicted value of each row, NaN without one.

    ``ahead`` (w, H) has all steps that each window predicts, of which the line is made of one, ``step``. ``usual`` is
    the time from one row to the next, ``name`` the target.
    """

    one: OneOverTime
    name: str
    actual: np.ndarray
    predicted: np.ndarray
    lines: dict[str, LongCurve]
    ahead: np.ndarray
    step: int
    usual: float

    def together(self, place: int) -> tuple[np.ndarray, np.ndarray]:
        """Moments and values of all steps predicted by the window that predicts this row; none where no window does."""
        begin = place - (self.step - 1)
        window = int(self.one.first.searchsorted(begin))
        if window == len(self.one.first) or self.one.first[window] != begin:
            return self.one.x[:0], self.ahead[:0, 0]
        return self.one.x[begin : begin + self.ahead.shape[1]], self.ahead[window]


def drawn(view: OverTime, one: OneOverTime, key: str, step: int, target: int) -> Drawn:
    """What to draw of a series of a view: the ``target`` (from 0), predicted ``step`` steps ahead by an output."""
    import numpy as np

    ahead, predicted = one.predicted[key][:, :, target], np.full(len(one.x), np.nan)
    predicted[one.first + (step - 1)] = ahead[:, step - 1]
    lines = {
        "actual": LongCurve(*one.actual_line(target)),
        "predicted": LongCurve(*one.predicted_line(key, step, target, view.stride)),
    }
    usual = float(np.median(np.diff(one.x[:1000]))) if len(one.x) > 1 else 0.0
    return Drawn(one, view.targets[target], one.actual[:, target], predicted, lines, ahead, step, usual)


def style_of(line: str) -> Qt.PenStyle:
    """Whether a line is dashed."""
    return Qt.PenStyle.DashLine if line == "together" else Qt.PenStyle.SolidLine


class OverTimePlot(TimePlot):
    """Draws both lines. ``pointed`` carries the place of the row that is read, -1 for none.

    The pointer or the arrow keys choose it.
    """

    pointed = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Predicted and actual values over time")
        self.shown: Drawn | None = None
        self.time = ""
        self.place = -1
        self._range = (0.0, 1.0)

    def show_drawn(self, shown: Drawn | None, time: str, dates: bool, keep: bool) -> None:
        """Show these lines along the column ``time``; with ``keep`` the same stretch of time stays in sight."""
        self.shown, self.time, self.dates = shown, time, dates
        if not keep:
            self.place = -1
            self.fit()
        self.redraw()
        self.setAccessibleDescription(self.summary())
        self.pointed.emit(self.place)

    def summary(self) -> str:
        """What is shown, in words."""
        if self.shown is None:
            return ""
        import numpy as np

        counts = [int(np.isfinite(values).sum()) for values in (self.shown.actual, self.shown.predicted)]
        return f"{self.shown.name}: {plural(counts[0], 'actual value')}, {exact(counts[1])} predicted"

    def colour_of(self, line: str) -> QColor:
        """The colour of a line."""
        colours = {"actual": self.theme.text, "predicted": self.theme.validation_curve, "together": self.theme.accent}
        return QColor(colours[line])

    # what is seen

    def filled(self) -> bool:
        """Whether there is a row."""
        return self.shown is not None and len(self.shown.one.x) > 0

    def ends(self) -> tuple[float, float]:
        """The first and the last moment of the part."""
        assert self.shown is not None
        x = self.shown.one.x
        first, last = float(x[0]), float(x[-1])
        return first, last if last > first else first + 1.0

    def longest(self) -> int:
        """How many rows there are."""
        return 0 if self.shown is None else len(self.shown.one.x)

    def middle(self) -> float | None:
        """The moment that is read."""
        return None if self.shown is None or self.place < 0 else float(self.shown.one.x[self.place])

    def area(self) -> QRectF:
        """Where the lines are drawn."""
        return QRectF(
            LEFT, TOP + TITLE, max(1, self.width() - LEFT - RIGHT), max(1, self.height() - TOP - TITLE - FOOT)
        )

    def place_at(self, moment: float) -> int:
        """The place of the row nearest to a moment; -1 without rows."""
        if self.shown is None or not self.filled():
            return -1
        x = self.shown.one.x
        after = int(x.searchsorted(moment))
        near = [place for place in (after - 1, after) if 0 <= place < len(x)]
        return min(near, key=lambda place: abs(float(x[place]) - moment))

    def words_of(self, place: int) -> str:
        """A row in words: when, what came, what was predicted, and how far off that is; nothing for -1."""
        if self.shown is None or not 0 <= place < len(self.shown.one.x):
            return ""
        actual, predicted = float(self.shown.actual[place]), float(self.shown.predicted[place])
        words = [self._moment(place)]
        words.append(f"actual {figure(actual)}" if math.isfinite(actual) else "no actual value")
        words.append(f"predicted {figure(predicted)}" if math.isfinite(predicted) else "not predicted")
        off = predicted - actual
        if math.isfinite(off):
            words.append(f"{figure(abs(off))} too {'high' if off > 0 else 'low'}" if off else "the very value")
        return " · ".join(words)

    def _moment(self, place: int) -> str:
        assert self.shown is not None
        moment = float(self.shown.one.x[place])
        if self.dates:
            return moment_text(moment, self.shown.usual)
        return f"{self.time} {datum(moment, DIGITS)}" if self.time else f"row {exact(round(moment))}"

    # acting

    def point(self, place: int) -> None:
        """Read the row at a place, as near to it as there are rows; none for -1."""
        place = max(-1, min(place, self.longest() - 1))
        if place != self.place:
            self.place = place
            self.pointed.emit(place)
            self.update()

    def point_at(self, moment: float) -> None:
        """Read the row nearest to a moment."""
        self.point(self.place_at(moment))

    def leaveEvent(self, event: QEvent) -> None:
        """Read none."""
        super().leaveEvent(event)
        self.point(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Read another row, or move what is seen."""
        key, count = event.key(), self.longest()
        if not self.filled():
            super().keyPressEvent(event)
            return
        first, last = self.ends()
        page = max(1, round(PAGE * count * (self.high - self.low) / (last - first)))
        here = self.place if self.place >= 0 else self.place_at(self.low) - 1
        moves = {
            Qt.Key.Key_Left: here - 1,
            Qt.Key.Key_Right: here + 1,
            Qt.Key.Key_PageUp: here - page,
            Qt.Key.Key_PageDown: here + page,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: count - 1,
        }
        if key not in moves:
            super().keyPressEvent(event)
            return
        self.point(max(0, moves[Qt.Key(key)]))
        self.reveal(self.middle())
        announce(self, self.words_of(self.place))

    def event(self, event: QEvent) -> bool:
        """The tool tip says in words what lies above or below the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            near = self.area().contains(QPointF(event.pos()))
            words = self.words_of(self.place_at(self.moment_at(event.pos().x()))) if near else ""
            QToolTip.showText(event.globalPos(), plain_tooltip(words), self)
            return True
        return super().event(event)

    # painting

    def draw_curves(self, painter: QPainter) -> None:
        """Draw both lines, what each is, levels and times."""
        import numpy as np

        assert self.shown is not None
        area = self.area()
        lines = {name: line.seen(self.low, self.high, round(area.width())) for name, line in self.shown.lines.items()}
        self._range = value_range(np.concatenate([y for _, y in lines.values()]))
        self.paint_levels(painter, area, self._range)
        painter.save()
        painter.setClipRect(area)
        for name, (x, y) in lines.items():
            painter.setPen(QPen(self.colour_of(name), LINE_WIDTH))
            self.paint_line(painter, area, x, y, self._range)
        painter.restore()
        self._paint_legend(painter, area)
        self.paint_times(painter, area.bottom())

    def _paint_legend(self, painter: QPainter, area: QRectF) -> None:
        """Above the plot: the target at the left, and what each line is at the right."""
        assert self.shown is not None
        metrics, right, level = painter.fontMetrics(), area.right(), area.top() - TITLE / 2 - 2
        names = ["actual", "predicted"] if self.shown.ahead.shape[1] == 1 else list(WORDS)
        for name in reversed(names):
            wide = metrics.horizontalAdvance(WORDS[name])
            painter.setPen(QColor(self.theme.muted))
            painter.drawText(QRectF(right - wide, level - 8, wide + 1, 16), MIDDLE, WORDS[name])
            painter.setPen(QPen(self.colour_of(name), 2, style_of(name)))
            right -= wide + 6
            painter.drawLine(QPointF(right - SAMPLE, level), QPointF(right, level))
            right -= SAMPLE + APART
        painter.setPen(QColor(self.theme.text))
        room = max(0.0, right - area.left())
        title = metrics.elidedText(" ".join(self.shown.name.split()), Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(QRectF(area.left(), level - 8, room, 16), MIDDLE, title)

    def draw_over(self, painter: QPainter) -> None:
        """An upright line at the row that is read, a dot on each line there, and all that its window predicts."""
        moment = self.middle()
        if self.shown is None or moment is None or not self.low <= moment <= self.high:
            return
        area, x = self.area(), self.x_of(moment)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.theme.muted), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(round(x), area.top()), QPointF(round(x), area.bottom()))
        if self.shown.ahead.shape[1] > 1:
            painter.save()
            painter.setClipRect(area)
            painter.setPen(QPen(self.colour_of("together"), LINE_WIDTH, style_of("together")))
            self.paint_line(painter, area, *self.shown.together(self.place), self._range)
            painter.restore()
        low, high = self._range
        for name, values in (("actual", self.shown.actual), ("predicted", self.shown.predicted)):
            value = float(values[self.place])
            if math.isfinite(value):
                y = area.bottom() - (value - low) / (high - low) * area.height()
                painter.setPen(QPen(self.colour_of(name), DOT, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
                painter.drawPoint(QPointF(x, y))
