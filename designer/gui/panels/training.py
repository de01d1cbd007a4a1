"""The training panel: settings, start, pause and stop, how far the run is, and its curves."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from designer.compiler.problems import SettingPlace
from designer.compiler.report import Analysis
from designer.gui.controls import CalmComboBox, CheckBox
from designer.gui.form import Burst, FieldForm, words_of
from designer.gui.icons import icon
from designer.gui.labels import plain_label
from designer.gui.numbers import time_left
from designer.gui.panels.curves import CurvePlot
from designer.gui.panels.figures import FigureTable
from designer.gui.panels.inspector import scrolling
from designer.gui.run_model import RunModel
from designer.gui.theme import Theme
from designer.layers.catalog import METRICS, OPTIMIZERS, fields_within, training_fields, with_own_defaults
from designer.layers.fields import Field, shown
from designer.project import edits
from designer.project.errors import EditError
from designer.project.model import FieldValue, Project, Training
from designer.workspace.session import Session

# the setting behind which the fields of a choice stand, and where they are kept
OWN_FIELDS_AFTER = {"mode": "mode_fields", "learning_rate": "optimizer_fields"}
CONTROLS_WIDTH = 304
SETTINGS_WIDTH = 304


class TrainingPanel(QWidget):
    """``start_wanted``, ``resume_wanted`` ask for a run, ``problems_wanted`` for the list of what stands in the way.

    ``results_wanted`` asks for the results of the run that has just ended.
    """

    start_wanted = Signal()
    resume_wanted = Signal()
    problems_wanted = Signal()
    results_wanted = Signal()
    refused = Signal(str)

    def __init__(self, session: Session, run: RunModel, theme: Theme) -> None:
        super().__init__()
        self.session, self.run, self.theme = session, run, theme
        self._burst = Burst()
        self._errors = 0
        self._faults: dict[str, str] = {}
        self.resumable = False
        self.setAccessibleName("Training")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._controls())
        layout.addWidget(self._settings())
        layout.addWidget(self._plots(), 1)
        run.state_changed.connect(self._show_state)
        run.progressed.connect(self._show_progress)
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
        self.start.setToolTip("Train the network from the start (F5)")
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
        self.figures = FigureTable()
        page = QWidget()
        page.setFixedWidth(CONTROLS_WIDTH)
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addLayout(buttons)
        column.addWidget(self.bar)
        column.addWidget(self.status)
        column.addWidget(self.hint, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.figures)
        column.addStretch(1)
        return page

    def _settings(self) -> QWidget:
        self.form = FieldForm(120)
        self.form.changed.connect(self._set)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(self.form)
        area = scrolling(page, "Training settings")
        area.setFixedWidth(SETTINGS_WIDTH)
        return area

    def _plots(self) -> QWidget:
        self.loss_plot = CurvePlot(self.theme, "loss")
        self.metric_plot = CurvePlot(self.theme, "")
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
        self.start.setIcon(icon("play", theme.on_accent, theme.faint))
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

    def set_resumable(self, resumable: bool) -> None:
        """Whether the last run was interrupted, so that it can go on."""
        self.resumable = resumable
        self._show_state()

    def refresh(self) -> None:
        """Show the settings as they are now."""
        training = self.session.project.training
        fields = fields_for(training)
        self.form.show_fields(fields, values_for(training), self._faults, owner=training.optimizer)

    def toggle_pause(self) -> None:
        """Pause, or go on."""
        if self.run.state == "paused":
            self.run.go_on()
        else:
            self.run.pause()

    def _project_changed(self, old: Project, new: Project) -> None:
        if old.training is not new.training:
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
        self.start.setEnabled(idle and ready and not self._errors)
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
            self.status.setProperty("role", "error" if self.run.broken else "")
            self.status.style().unpolish(self.status)
            self.status.style().polish(self.status)
        self.figures.show_figures(self.run.latest)
        if self.run.curves.count and self.choice.count() != len(self.run.curves.metrics()) - 1:
            self._show_choice()
            self._show_metric()
        self.loss_plot.refresh()
        self.metric_plot.refresh()

    def _show_choice(self) -> None:
        names = [name for name in self.run.curves.metrics() if name != "loss"]
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

    def _ended(self) -> None:
        self._show_progress()
        self.loss_plot.end()
        self.metric_plot.end()


def fields_for(training: Training) -> dict[str, Field]:
    """All settings as fields; those of the chosen way of training and optimizer follow its choice, or the rate."""
    fields: dict[str, Field] = {}
    within = fields_within(training)
    for name, field in training_fields().items():
        fields[name] = field
        place = OWN_FIELDS_AFTER.get(name, "")
        fields.update({f"{place}.{own}": kind for own, kind in within.get(place, {}).items()})
    return fields


def values_for(training: Training) -> dict[str, FieldValue]:
    """The value of every setting."""
    values: dict[str, FieldValue] = {}
    for name, field in fields_for(training).items():
        place, dot, own = name.partition(".")
        values[name] = getattr(training, place).get(own, field.initial) if dot else getattr(training, name)
    return values


def set_training(project: Project, name: str, value: FieldValue) -> Project:
    """The project with one setting changed. Another optimizer starts with its own usual settings."""
    training = project.training
    place, dot, own = name.partition(".")
    if dot:
        fields = {**getattr(training, place), own: value}
        return edits.set_training(project, replace(training, **{place: fields}))
    changed = with_own_defaults(training, replace(training, **{name: value}))  # type: ignore[arg-type]
    if name == "optimizer":
        old, new = OPTIMIZERS.get(training.optimizer), OPTIMIZERS.get(str(value))
        if old is not None and new is not None and training.learning_rate == old.learning_rate:
            changed = replace(changed, learning_rate=new.learning_rate)
    return edits.set_training(project, changed)


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
    return f"{where}{device}" + (f" · {left}" if left else "")
