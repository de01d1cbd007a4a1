"""The two plots of a training: its loss, and a metric that is chosen, with the curves of other runs beside them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from designer.gui.controls import CalmComboBox, CheckBox
from designer.gui.labels import plain_label
from designer.gui.panels.curve_sight import Sight
from designer.gui.panels.curves import CurvePlot
from designer.gui.panels.figures import title_of_figure
from designer.gui.panels.run_list import RunList
from designer.gui.run_curves import Curves
from designer.gui.run_model import RunModel
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip
from designer.training.events import RATE

CHOICE_WIDTH, SHORTEST_CHOICE = 180, 84
LOSS = "loss"
# pixels: with less there is room for one plot alone
TWO = 480


class FigureChoice(CalmComboBox):
    """A list of figures that has the same width whatever they are, and gives way where the plot is narrow."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.currentTextChanged.connect(lambda words: self.setToolTip(plain_tooltip(words)))

    def sizeHint(self) -> QSize:
        """Room for a usual name."""
        return QSize(CHOICE_WIDTH, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Room for its first letters."""
        return QSize(SHORTEST_CHOICE, super().minimumSizeHint().height())


class TrainingPlots(QWidget):
    """The curves of the run in hand and of those that are ticked in the list of runs.

    ``wanted`` is the figure that a person has chosen beside the loss: it is shown again wherever a run has it. Where
    two plots have no room beside each other, one is shown, and which it is is chosen among the figures.
    """

    def __init__(self, run: RunModel, runs: RunList, theme: Theme) -> None:
        super().__init__()
        self.run, self.runs = run, runs
        self.wanted, self.alone = "", LOSS
        self._waits = self._narrow = False
        self.sight = Sight(self)
        self.loss_plot = CurvePlot(theme, LOSS, run.turns, self.sight)
        self.metric_plot = CurvePlot(theme, "", run.turns, self.sight)
        self.log = CheckBox("Log scale")
        self.log.toggled.connect(self.loss_plot.set_log)
        self.choice = FigureChoice()
        self.choice.setAccessibleName("Metric shown")
        self.choice.activated.connect(self._choose)
        self._heading = plain_label("Loss", "heading")
        self._loss_page, self._loss_head = _page(self.loss_plot, self._heading, self.log)
        self._metric_page, self._metric_head = _page(self.metric_plot, self.choice)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._loss_page, 1)
        row.addWidget(self._metric_page, 1)
        run.progressed.connect(self._go_on)
        runs.shown_changed.connect(self._show_guests)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        for plot in (self.loss_plot, self.metric_plot):
            plot.set_theme(theme)

    def minimumSizeHint(self) -> QSize:
        """Room for one of the plots."""
        size = super().minimumSizeHint()
        size.setWidth(self._loss_page.minimumSizeHint().width())
        return size

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two plots where there is room for two."""
        super().resizeEvent(event)
        narrow = self.width() < TWO
        if narrow != self._narrow:
            self._narrow = narrow
            self._show_choice()
            self._show_pages()

    def restart(self) -> None:
        """Show the curves of another run; one that was shown and goes on is, until it is read, seen as it was."""
        self._waits = self.run.going_on and self.run.state == "starting"
        if not self._waits:
            self._begin()

    def _begin(self) -> None:
        self._waits = False
        self._show_choice()
        self.sight.begin(self.run.curves)
        self.loss_plot.show_curves(self.run.curves, LOSS)
        self._show_metric()

    def refresh(self) -> None:
        """Show what has come to the curves, also a metric that was not there before."""
        if self._waits and self.run.curves.count:
            self._begin()
        if self.run.curves.count:
            self._follow_metrics()
        self.loss_plot.refresh()
        self.metric_plot.refresh()

    def _go_on(self) -> None:
        if self._waits:
            self.refresh()
        self.loss_plot.refresh()
        self.metric_plot.refresh()

    def end(self) -> None:
        """Nothing more will come to the curves."""
        self.loss_plot.end()
        self.metric_plot.end()

    def _metrics(self) -> list[str]:
        """What there is beside the loss of the run in hand and those shown with it, the learning rate as the last."""
        curves = self.loss_plot.curves if self._waits else self.run.curves
        names = [name for name in dict.fromkeys([*curves.metrics(), *self.runs.metrics()]) if name != LOSS]
        # a level line alone is not worth half the room
        return [] if names == [RATE] and _is_level(curves) else sorted(names, key=lambda name: name == RATE)

    def _follow_metrics(self) -> None:
        """Offer other metrics where others are there."""
        if [name for name in self._offered() if name != LOSS] != self._metrics():
            self._show_choice()
            self._show_metric()

    def _offered(self) -> list[str]:
        return [self.choice.itemData(place) for place in range(self.choice.count())]

    def _show_guests(self) -> None:
        """Show the curves of the runs that are ticked."""
        self._follow_metrics()
        self.loss_plot.show_guests(self.runs.guests(LOSS))
        self.metric_plot.show_guests(self.runs.guests(self.metric_plot.measured))

    def _choose(self) -> None:
        """Show the figure that is chosen."""
        self.alone = str(self.choice.currentData())
        if self.alone != LOSS:
            self.wanted = self.alone
        self._show_metric()

    def _show_choice(self) -> None:
        """Offer the figures that there are, and of these the one that is wanted."""
        names = self._metrics()
        offered = [LOSS, *names] if self._narrow and names else names
        if self._offered() != offered:
            self.choice.clear()
            for name in offered:
                self.choice.addItem(title_of_figure(name), name)
        shown = LOSS if self._narrow and self.alone == LOSS else self._shown(names)
        if shown in offered:
            self.choice.setCurrentIndex(offered.index(shown))
        self.choice.setVisible(bool(names))

    def _shown(self, names: Sequence[str]) -> str:
        """Which of the metrics is shown: the one that is wanted, else one that tells most; empty where none is."""
        shown = self.metric_plot.measured
        for name in (self.wanted, shown if shown and self._leads(shown) else ""):
            if name in names:
                return name
        return next((name for name in names if self._leads(name)), names[0] if names else "")

    def _leads(self, name: str) -> bool:
        """Whether a metric tells something else than the loss of how good the network is."""
        return name != RATE and not name.endswith(".loss") and not self._repeats_loss(name)

    def _repeats_loss(self, name: str) -> bool:
        """Whether a metric is the loss under another name, so that its curves would be the very same."""
        pairs = [(part.get(name), part.get(LOSS)) for part in self.run.curves.parts.values()]
        known = [(one.latest, other.latest) for one, other in pairs if one is not None and other is not None]
        return bool(known) and all(one == other for one, other in known)

    def _show_metric(self) -> None:
        name = self._shown(self._metrics())
        self.metric_plot.show_curves(self.loss_plot.curves if self._waits else self.run.curves, name)
        self.metric_plot.show_guests(self.runs.guests(name))
        self._show_pages()

    def _show_pages(self) -> None:
        """Both plots, or the one that is chosen where there is no room for two."""
        any_metric = bool(self._metrics())
        of_loss = self._narrow and (self.alone == LOSS or not any_metric)
        focused = self.choice.hasFocus()
        self._heading.setVisible(not (self._narrow and any_metric))
        head = self._loss_head if of_loss else self._metric_head
        if head.indexOf(self.choice) < 0:
            head.insertWidget(0, self.choice)
        self._loss_page.setVisible(of_loss or not self._narrow)
        self._metric_page.setVisible(not of_loss and (any_metric or not self.run.curves.count))
        if focused:
            self.choice.setFocus()


def _is_level(curves: Curves) -> bool:
    """Whether the learning rate of a run has been the same all along."""
    rates = curves.parts["train"].get(RATE)
    values = rates.drawn()[1] if rates is not None else ()
    return len(values) == 0 or min(values) == max(values)


def _page(plot: CurvePlot, left: QWidget, right: QWidget | None = None) -> tuple[QWidget, QHBoxLayout]:
    """A plot under a line with something at its left, the epoch that is read, and something at its right."""
    holder = QWidget()
    holder.setFixedHeight(32)
    head = QHBoxLayout(holder)
    head.setContentsMargins(8, 0, 14, 0)
    head.setSpacing(12)
    head.addWidget(left)
    head.addWidget(plot.readout, 1)
    if right is not None:
        head.addWidget(right)
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(4, 8, 4, 4)
    column.setSpacing(2)
    column.addWidget(holder)
    column.addWidget(plot, 1)
    return page, head
