"""The training panel: settings, start, pause and stop, how far the run is, and its curves."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from designer.compiler.problems import SettingPlace
from designer.compiler.report import Analysis
from designer.gui.controls import CalmComboBox, CheckBox
from designer.gui.data.view_switch import ViewSwitch
from designer.gui.form import Burst, words_of
from designer.gui.icons import icon
from designer.gui.labels import plain_label, say_role
from designer.gui.numbers import time_left
from designer.gui.panels.curves import CurvePlot
from designer.gui.panels.figures import FigureTable
from designer.gui.panels.forecast_line import ForecastLine
from designer.gui.panels.inspector import scrolling
from designer.gui.panels.orders_row import OrdersRow
from designer.gui.panels.rate_button import RateButton
from designer.gui.panels.run_list import RunList
from designer.gui.panels.schedule_section import ScheduleSection
from designer.gui.panels.training_form import TrainingForm, fields_for, offered_for, set_training, values_for
from designer.gui.resting import Resting
from designer.gui.run_model import RunModel
from designer.gui.theme import Theme
from designer.layers.catalog import METRICS, OPTIMIZERS
from designer.layers.fields import shown
from designer.project.errors import EditError
from designer.project.facts import Facts
from designer.project.model import FieldValue, Project
from designer.training.memory_words import memory_words
from designer.workspace.session import Session

CONTROLS_WIDTH = 304
SETTINGS_WIDTH = 304
METRIC_DELAY_MS = 12
# each other text makes Qt lay out the whole window
TEXT_MS = 120


class TrainingPanel(QWidget):
    """``start_wanted``, ``resume_wanted`` ask for a run, ``problems_wanted`` for the list of what stands in the way.

    ``results_wanted`` asks for the results of the run that has just ended, ``rate_wanted`` for a search for a rate.
    """

    start_wanted = Signal()
    resume_wanted = Signal()
    problems_wanted = Signal()
    results_wanted = Signal()
    rate_wanted = Signal()
    refused = Signal(str)

    def __init__(self, session: Session, run: RunModel, theme: Theme) -> None:
        super().__init__()
        self.session, self.run, self.theme = session, run, theme
        self._burst = Burst()
        self._errors = 0
        self._faults: dict[str, str] = {}
        self.facts: Facts | None = None
        self.resumable = False
        self.setAccessibleName("Training")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._controls())
        layout.addWidget(self._settings())
        layout.addWidget(self._plots(), 1)
        run.state_changed.connect(self._show_state)
        run.progressed.connect(Resting(self._show_progress, TEXT_MS, self).ask)
        run.progressed.connect(self.loss_plot.refresh)
        run.progressed.connect(self.metric_plot.refresh)
        run.restarted.connect(self._restart)
        run.finished.connect(self._ended)
        run.failed.connect(self._ended)
        self._unsubscribe = session.subscribe(self._project_changed)
        self.destroyed.connect(self._unsubscribe)
        self.set_theme(theme)
        self.refresh()
        self._restart()
        self._show_state()

    def _controls(self) -> QWidget:
        self.start = QPushButton("Train")
        self.start.setProperty("primary", True)
        self.start.clicked.connect(self.start_wanted)
        self.pause = QPushButton("Pause")
        self.pause.clicked.connect(self.toggle_pause)
        self.stop = QPushButton("Stop")
        self.stop.clicked.connect(self.run.stop)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.start, self.pause, self.stop):
            button.setProperty("big", True)
            button.setIconSize(QSize(14, 14))
            buttons.addWidget(button, 3 if button is self.start else 2)
        self.stop.setToolTip("End the run early; what was learned so far is kept (Shift+F5)")
        self.bar = QProgressBar(maximum=1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.bar.setAccessibleName("Progress of the training")
        self.status = plain_label("", wrap=True)
        self.status.setMinimumHeight(36)
        self.status.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.hint = QPushButton()
        self.hint.setProperty("link", True)
        self.hint.clicked.connect(self._follow_hint)
        self.hint.setSizePolicy(self.hint.sizePolicy().Policy.Preferred, self.hint.sizePolicy().Policy.Fixed)
        policy = self.hint.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.hint.setSizePolicy(policy)
        self.orders = OrdersRow()
        self.forecast = ForecastLine(self.session)
        self.figures = FigureTable()
        page = QWidget()
        page.setFixedWidth(CONTROLS_WIDTH)
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addLayout(buttons)
        column.addWidget(self.orders)
        column.addWidget(self.bar)
        column.addWidget(self.status)
        column.addWidget(self.hint, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.forecast)
        column.addWidget(self.figures)
        column.addStretch(1)
        return page

    def _settings(self) -> QWidget:
        self.form = TrainingForm(120)
        self.form.changed.connect(self._set)
        self.form.main.beside = self._beside
        self.schedules = ScheduleSection(self.session, self.run, self.theme)
        self.schedules.refused.connect(self.refused)
        self.form.put_in(self.schedules)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(self.form)
        self.run_list = RunList(self.theme)
        self.run_list.shown_changed.connect(self._show_guests)
        self.pages = QStackedWidget()
        self.area = scrolling(page, "Training settings")
        self.pages.addWidget(self.area)
        self.pages.addWidget(self.run_list)
        self.switch = ViewSwitch("Settings or runs", {"settings": "Settings", "runs": "Runs"})
        self.switch.chosen.connect(self.show_page)
        both = QWidget()
        both.setFixedWidth(SETTINGS_WIDTH)
        layout = QVBoxLayout(both)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.switch)
        layout.addWidget(self.pages, 1)
        return both

    def show_page(self, key: str) -> None:
        """Show the ``settings`` or the list of ``runs``."""
        self.switch.choose(key)
        self.pages.setCurrentIndex(1 if key == "runs" else 0)

    def _plots(self) -> QWidget:
        self.loss_plot = CurvePlot(self.theme, "loss")
        self.metric_plot = CurvePlot(self.theme, "", delay_ms=METRIC_DELAY_MS)
        self.log = CheckBox("Log scale")
        self.log.toggled.connect(self.loss_plot.set_log)
        self.choice = CalmComboBox()
        self.choice.setAccessibleName("Metric shown")
        self.choice.activated.connect(self._show_metric)
        self.choice.setFixedWidth(180)
        pages = []
        heading = plain_label("Loss", "heading")
        for title, tool, plot in ((heading, self.log, self.loss_plot), (None, self.choice, self.metric_plot)):
            page = QWidget()
            column = QVBoxLayout(page)
            column.setContentsMargins(4, 8, 4, 4)
            column.setSpacing(2)
            head = QHBoxLayout()
            head.setContentsMargins(8, 0, 12, 0)
            if title is not None:
                head.addWidget(title)
                head.addStretch(1)
            head.addWidget(tool)
            head.addStretch(0 if title is not None else 1)
            holder = QWidget()
            holder.setLayout(head)
            holder.setFixedHeight(32)
            column.addWidget(holder)
            column.addWidget(plot, 1)
            pages.append(page)
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for page in pages:
            row.addWidget(page, 1)
        self._metric_page = pages[1]
        return both

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        for plot in (self.loss_plot, self.metric_plot):
            plot.set_theme(theme)
        self.run_list.set_theme(theme)
        self.schedules.set_theme(theme)
        self.stop.setIcon(icon("stop", theme.text, theme.faint))
        self._show_state()

    def set_analysis(self, analysis: Analysis) -> None:
        """Take over what stands in the way of training."""
        self._errors = sum(problem.severity == "error" for problem in analysis.problems)
        self._faults = {
            problem.place.path.removeprefix("training."): problem.sentence
            for problem in analysis.problems
            if isinstance(problem.place, SettingPlace) and problem.place.path.startswith("training.")
        }
        self.refresh()
        self._show_state()

    def set_facts(self, facts: Facts | None) -> None:
        """Take over what is known of the data."""
        self.facts = facts
        self.refresh()

    def reveal(self, setting: str) -> None:
        """Show a setting, and let the keyboard go on there."""
        self.show_page("settings")
        editor = self.schedules.reveal(setting) if setting.startswith("schedules") else self.form.reveal(setting)
        if editor is not None:
            # only once the section has got its room
            QTimer.singleShot(0, editor, lambda: self.area.ensureWidgetVisible(editor))

    def set_resumable(self, resumable: bool) -> None:
        """Whether the last run was interrupted, so that it can go on."""
        self.resumable = resumable
        self._show_state()

    def refresh(self) -> None:
        """Show the settings as they are now."""
        training = self.session.project.training
        offered = offered_for(self.session.project, self.facts)
        self.form.show_fields(
            fields_for(training), values_for(training), self._faults, offered, owner=training.optimizer
        )
        self.schedules.refresh(self._faults, self.facts)

    def _beside(self, name: str) -> QWidget | None:
        """What stands beside a setting: the search for a rate beside the learning rate."""
        return RateButton(self.rate_wanted.emit) if name == "learning_rate" else None

    def toggle_pause(self) -> None:
        """Pause, or go on."""
        if self.run.state == "paused":
            self.run.go_on()
        else:
            self.run.pause()

    def _project_changed(self, old: Project, new: Project) -> None:
        self.forecast.project_changed(old, new)
        if old.training is not new.training or old.graph is not new.graph:
            self.refresh()
        self._show_state()

    def _set(self, name: str, value: FieldValue) -> None:
        try:
            project = set_training(self.session.project, name, value)
        except EditError as error:
            self.refused.emit(str(error))
            return
        field = fields_for(self.session.project.training)[name]
        title = OPTIMIZERS[str(value)].title if name == "optimizer" else shown(value)
        label = f"Set {words_of(name, field).lower()} to {title}"
        self.session.do(label, project, self._burst.key(("training", name)))

    def _show_state(self) -> None:
        state, ready = self.run.state, self.session.project.data is not None
        idle = state == "idle"
        self.start.setEnabled(state != "stopping" and ready and not self._errors)
        self.start.setText("Train" if idle else "Add to queue")
        for button in self.form.main.beside_widgets.values():
            button.setEnabled(ready and not self._errors)
        self.start.setIcon(icon("play", self.theme.on_accent, self.theme.faint) if idle else QIcon())
        self.start.setToolTip(
            "Train the network from the start (F5)"
            if idle
            else "Train the network as it is now once this run has ended (F5)"
        )
        self.pause.setEnabled(state in ("running", "paused"))
        self.pause.setText("Go on" if state == "paused" else "Pause")
        self.pause.setIcon(icon("play" if state == "paused" else "pause", self.theme.text, self.theme.faint))
        self.pause.setToolTip("Let the run go on (F6)" if state == "paused" else "Hold the run (F6)")
        self.stop.setEnabled(state in ("running", "paused", "starting"))
        hint = ""
        if idle and not ready:
            hint = "Open data to train with"
        elif idle and self._errors:
            hint = "1 problem stands in the way" if self._errors == 1 else f"{self._errors} problems stand in the way"
        elif idle and self.resumable:
            hint = "Go on with the interrupted run"
        elif idle and self.run.latest.get("test") is not None:
            hint = "See the results"
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.forecast.offer(idle and ready and not self._errors)
        self._show_progress()

    def _follow_hint(self) -> None:
        if self.session.project.data is None or self._errors:
            self.problems_wanted.emit()
        elif self.resumable:
            self.resume_wanted.emit()
        else:
            self.results_wanted.emit()

    def _restart(self) -> None:
        self._show_choice()
        self.loss_plot.show_curves(self.run.curves, "loss")
        self._show_metric()
        self._show_progress()

    def _show_progress(self) -> None:
        progress = self.run.progress
        self.bar.setRange(0, 0 if self.run.state == "starting" else 1000)
        self.bar.setValue(round(1000 * progress.done) if self.run.state != "idle" or progress.done else 0)
        text = words_for(self.run)
        if text != self.status.text():
            self.status.setText(text)
            say_role(self.status, "error" if self.run.broken else "")
        self.figures.show_figures(self.run.latest)
        if self.run.curves.count and self.choice.count() != len(self._metrics()):
            self._show_choice()
            self._show_metric()
        self.loss_plot.refresh()
        self.metric_plot.refresh()

    def _metrics(self) -> list[str]:
        """The metrics beside the loss of the run in hand and of those whose curves are shown with it."""
        names = dict.fromkeys([*self.run.curves.metrics(), *self.run_list.metrics()])
        return [name for name in names if name != "loss"]

    def _show_guests(self) -> None:
        """Show the curves of the runs that are ticked."""
        if self.choice.count() != len(self._metrics()):
            self._show_choice()
            self._show_metric()
        self.loss_plot.show_guests(self.run_list.guests("loss"))
        self.metric_plot.show_guests(self.run_list.guests(self.metric_plot.measured))

    def _show_choice(self) -> None:
        names = self._metrics()
        chosen = self.choice.currentData()
        self.choice.clear()
        for name in names:
            self.choice.addItem(METRICS[name].title if name in METRICS else name, name)
        if chosen in names:
            self.choice.setCurrentIndex(names.index(chosen))
        self.choice.setVisible(bool(names))

    def _show_metric(self) -> None:
        name = str(self.choice.currentData() or "")
        self._metric_page.setVisible(bool(name) or not self.run.curves.count)
        self.metric_plot.show_curves(self.run.curves, name)
        self.metric_plot.show_guests(self.run_list.guests(name))

    def _ended(self) -> None:
        self._show_progress()
        self.loss_plot.end()
        self.metric_plot.end()


def words_for(run: RunModel) -> str:
    """Where the run stands, in a line or two."""
    progress = run.progress
    if run.state == "starting":
        return "Getting ready…"
    if run.state == "idle":
        return " ".join(part for part in (run.message, run.folds) if part) or "Ready to train."
    where = f"Epoch {progress.epoch} of {progress.epochs}"
    where = f"{run.folds} · {where}" if run.folds else where
    if run.state == "paused":
        return f"Paused. {where}"
    if run.state == "stopping":
        return f"Stopping… {where}"
    left = time_left(progress.left)
    device = "" if run.device in ("", "cpu") else f" on {run.device}"
    memory = memory_words(progress.memory) if progress.memory else ""
    return " · ".join(part for part in (f"{where}{device}", left, memory) if part)
