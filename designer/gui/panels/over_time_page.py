"""The page of results over time: which series, which target, how many steps ahead, and the plot of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from designer.gui.controls import CalmComboBox, CalmSpinBox
from designer.gui.labels import ElidedLabel
from designer.gui.numbers import exact, plural
from designer.gui.panels.over_time_plot import Drawn, OverTimePlot, drawn
from designer.gui.panels.run_view import RunView
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme

if TYPE_CHECKING:
    from designer.training.over_time import OverTime

LABEL, LANE = "Predicting the series", "lines over time"
HOW = "Point at the lines, or use the arrow keys, to read them; the wheel zooms."
CHOICE_WIDTH = 120
# it may be tens of megabytes
KEPT_MS = 60_000


class OverTimePage(RunView):
    """Shows what a run predicts of its series. Choosers stand there only where there is something to choose."""

    def __init__(self, tasks: Tasks, theme: Theme) -> None:
        body = QWidget()
        super().__init__(tasks, LABEL, _view_of, body, KEPT_MS)
        self._key = ""
        # what was shown of which run before it was let go: series, target and step
        self._left: tuple[object, int, int, int] | None = None
        self._seen: object = None
        self._fit_due = True
        self.plot = OverTimePlot(theme)
        self.series, self.target, self.step = CalmComboBox(), CalmComboBox(), CalmSpinBox()
        self.readout = ElidedLabel("", "muted")
        for box, name, tip in (
            (self.series, "Series", "Which of the series is shown"),
            (self.target, "Target", "Which of the targets is shown"),
        ):
            box.setAccessibleName(name)
            box.setToolTip(tip)
            box.setFixedWidth(CHOICE_WIDTH)
            box.activated.connect(lambda _: self._draw(keep=False))
        self.step.setAccessibleName("Steps ahead")
        self.step.setToolTip("How many steps before its time each value was predicted")
        self.step.setMinimum(1)
        self.step.setFixedWidth(CHOICE_WIDTH)
        self.step.valueChanged.connect(lambda _: self._draw(keep=True))
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 4)
        row.setSpacing(8)
        for widget in (self.series, self.target, self.step):
            row.addWidget(widget)
            widget.hide()
        row.addWidget(self.readout, 1)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.plot, 1)
        self.plot.pointed.connect(self._read_out)
        self.found.connect(self._show)
        self.gone.connect(self._leave)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.plot.set_theme(theme)

    def show_output(self, run: Path, key: str) -> None:
        """Show what an output of a run predicts; the predictions of a run are made once."""
        other, self._key = key != self._key, key
        self.show_run(run)
        if other and self.view is not None:
            self._draw(keep=True)

    def _leave(self) -> None:
        """The view is gone: nothing that is drawn may keep its numbers."""
        self._left = (self._seen, self.series.currentIndex(), self.target.currentIndex(), self.step.value())
        self.tasks.cancel(LANE)
        self.plot.show_drawn(None, "", False, keep=True)

    def _show(self, view: OverTime) -> None:
        run, series, target, step = self._left or (None, 0, 0, 1)
        # of the same run the same is shown again
        again, self._left, self._seen = run is not None and run == self._run, None, self._run
        for box, words in ((self.series, [each.name for each in view.series]), (self.target, view.targets)):
            box.clear()
            box.addItems([" ".join(word.split()) or "–" for word in words])
            box.setVisible(box.count() > 1)
        blocked = self.step.blockSignals(True)
        self.step.setMaximum(view.horizon)
        self.step.setValue(step if again else 1)
        self.step.setSuffix(f" of {exact(view.horizon)} ahead")
        self.step.blockSignals(blocked)
        self.step.setVisible(view.horizon > 1)
        if again:
            self.series.setCurrentIndex(series)
            self.target.setCurrentIndex(target)
        self._draw(keep=again)

    def _draw(self, keep: bool) -> None:
        """Find the lines, which of a long series takes a moment; with ``keep`` the same stretch stays in sight."""
        view: OverTime | None = self.view
        if view is None:
            return
        self._fit_due = self._fit_due or not keep
        one = view.series[max(0, self.series.currentIndex())]
        work = partial(drawn, view, one, self._key, self.step.value(), max(0, self.target.currentIndex()))
        self.tasks.run("", work, partial(self._show_drawn, view), lane=LANE)

    def _show_drawn(self, view: OverTime, shown: Drawn) -> None:
        if view is self.view:
            keep, self._fit_due = not self._fit_due, False
            self.plot.show_drawn(shown, view.time, view.dates, keep)

    def _read_out(self, place: int) -> None:
        view: OverTime | None = self.view
        self.readout.setText(self.plot.words_of(place) or (hint(view) if view is not None else ""))


def hint(view: OverTime) -> str:
    """How much is shown, and how it is read."""
    count = plural(view.windows, "window")
    return f"{f'The latest {exact(view.shown)} of {count}' if view.shown < view.windows else count}. {HOW}"


def _view_of(run: Path) -> OverTime:
    from designer.training.over_time import over_time

    return over_time(run)
