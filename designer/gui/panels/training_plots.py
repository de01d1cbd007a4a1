"""The two plots of a training: its loss, and a metric that is chosen, with the curves of other runs beside them."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from designer.gui.controls import CalmComboBox, CheckBox
from designer.gui.labels import plain_label
from designer.gui.panels.curves import CurvePlot
from designer.gui.panels.figures import title_of_figure
from designer.gui.panels.run_list import RunList
from designer.gui.run_model import RunModel
from designer.gui.theme import Theme
from designer.training.events import RATE

CHOICE_WIDTH = 180


class TrainingPlots(QWidget):
    """The curves of the run in hand and of those that are ticked in the list of runs."""

    def __init__(self, run: RunModel, runs: RunList, theme: Theme) -> None:
        super().__init__()
        self.run, self.runs = run, runs
        self.loss_plot = CurvePlot(theme, "loss", run.turns)
        self.metric_plot = CurvePlot(theme, "", run.turns)
        self.log = CheckBox("Log scale")
        self.log.toggled.connect(self.loss_plot.set_log)
        self.choice = CalmComboBox()
        self.choice.setAccessibleName("Metric shown")
        self.choice.activated.connect(self._show_metric)
        self.choice.setFixedWidth(CHOICE_WIDTH)
        self._metric_page = _page(self.metric_plot, self.choice)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(_page(self.loss_plot, plain_label("Loss", "heading"), self.log), 1)
        row.addWidget(self._metric_page, 1)
        run.progressed.connect(self.loss_plot.refresh)
        run.progressed.connect(self.metric_plot.refresh)
        runs.shown_changed.connect(self._show_guests)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        for plot in (self.loss_plot, self.metric_plot):
            plot.set_theme(theme)

    def restart(self) -> None:
        """Show the curves of another run."""
        self._show_choice()
        self.loss_plot.show_curves(self.run.curves, "loss")
        self._show_metric()

    def refresh(self) -> None:
        """Show what has come to the curves, also a metric that was not there before."""
        if self.run.curves.count:
            self._follow_metrics()
        self.loss_plot.refresh()
        self.metric_plot.refresh()

    def end(self) -> None:
        """Nothing more will come to the curves."""
        self.loss_plot.end()
        self.metric_plot.end()

    def _metrics(self) -> list[str]:
        """What there is beside the loss of the run in hand and those shown with it, the learning rate as the last."""
        names = [name for name in dict.fromkeys([*self.run.curves.metrics(), *self.runs.metrics()]) if name != "loss"]
        # a level line alone is not worth half the room
        return [] if names == [RATE] and self._is_level() else sorted(names, key=lambda name: name == RATE)

    def _is_level(self) -> bool:
        """Whether the learning rate of the run in hand has been the same all along."""
        rates = self.run.curves.parts["train"].get(RATE)
        values = rates.drawn()[1] if rates is not None else ()
        return len(values) == 0 or min(values) == max(values)

    def _follow_metrics(self) -> None:
        """Offer other metrics where others are there."""
        if self.choice.count() != len(self._metrics()):
            self._show_choice()
            self._show_metric()

    def _show_guests(self) -> None:
        """Show the curves of the runs that are ticked."""
        self._follow_metrics()
        self.loss_plot.show_guests(self.runs.guests("loss"))
        self.metric_plot.show_guests(self.runs.guests(self.metric_plot.measured))

    def _show_choice(self) -> None:
        names = self._metrics()
        chosen = self.choice.currentData()
        self.choice.clear()
        for name in names:
            self.choice.addItem(title_of_figure(name), name)
        wanted = chosen if chosen in names else next((name for name in names if self._leads(name)), None)
        if wanted is not None:
            self.choice.setCurrentIndex(names.index(wanted))
        self.choice.setVisible(bool(names))

    def _leads(self, name: str) -> bool:
        """Whether a metric tells something else than the loss of how good the network is."""
        return name != RATE and not name.endswith(".loss") and not self._repeats_loss(name)

    def _repeats_loss(self, name: str) -> bool:
        """Whether a metric is the loss under another name, so that its curves would be the very same."""
        pairs = [(part.get(name), part.get("loss")) for part in self.run.curves.parts.values()]
        known = [(one.latest, other.latest) for one, other in pairs if one is not None and other is not None]
        return bool(known) and all(one == other for one, other in known)

    def _show_metric(self) -> None:
        name = str(self.choice.currentData() or "")
        self._metric_page.setVisible(bool(name) or not self.run.curves.count)
        self.metric_plot.show_curves(self.run.curves, name)
        self.metric_plot.show_guests(self.runs.guests(name))


def _page(plot: CurvePlot, left: QWidget, right: QWidget | None = None) -> QWidget:
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
    return page
