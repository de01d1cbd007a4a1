"""The training panel: its controls, the settings or the list of runs, and the curves."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from designer.compiler.problems import SettingPlace
from designer.compiler.report import Analysis
from designer.gui.data.view_switch import ViewSwitch
from designer.gui.form import Burst, words_of
from designer.gui.labels import plain_label
from designer.gui.panels.column_edge import THICK, ColumnEdge
from designer.gui.panels.inspector import scrolling
from designer.gui.panels.rate_button import RateButton
from designer.gui.panels.run_list import RunList
from designer.gui.panels.run_tools import RunTools
from designer.gui.panels.schedule_section import ScheduleSection
from designer.gui.panels.training_controls import TrainingControls
from designer.gui.panels.training_form import TrainingForm, fields_for, offered_for, set_training, values_for
from designer.gui.panels.training_plots import TrainingPlots
from designer.gui.resting import Resting
from designer.gui.run_model import RunModel
from designer.gui.theme import Theme
from designer.layers.catalog import OPTIMIZERS
from designer.layers.fields import shown
from designer.project.errors import EditError
from designer.project.facts import Facts
from designer.project.model import FieldValue, Project
from designer.workspace.session import Session

SETTINGS_WIDTH = 304
LABEL_WIDTH = 120
# of the curves, at least
PLOTS_WIDTH = 590
# each other text makes Qt lay out the whole window
TEXT_MS = 500


class TrainingPanel(QWidget):
    """What ``controls`` ask for is asked in their signals; ``rate_wanted`` asks for a search for a rate."""

    rate_wanted = Signal()
    refused = Signal(str)

    def __init__(self, session: Session, run: RunModel, theme: Theme) -> None:
        super().__init__()
        self.session, self.run, self.theme = session, run, theme
        self._burst = Burst()
        self._faults: dict[str, str] = {}
        self._mild: set[str] = set()
        self.facts: Facts | None = None
        self.setAccessibleName("Training")
        self.controls = TrainingControls(session, run, theme)
        self.run_list = RunList(theme)
        self.plots = TrainingPlots(run, self.run_list, theme)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.controls)
        column = self._settings()
        self.edge = ColumnEdge(column, "runs", SETTINGS_WIDTH, self._most, theme)
        layout.addWidget(column)
        layout.addWidget(self.edge)
        layout.addWidget(self.plots, 1)
        run.state_changed.connect(self._show_state)
        run.progressed.connect(Resting(partial(run.turns.ask, self._go_on), TEXT_MS, self).ask)
        run.restarted.connect(self._restart)
        run.finished.connect(self._ended)
        run.failed.connect(self._ended)
        self._unsubscribe = session.subscribe(self._project_changed)
        self.destroyed.connect(self._unsubscribe)
        self.refresh()
        self._restart()
        self._show_state()

    def _settings(self) -> QWidget:
        self.form = TrainingForm(LABEL_WIDTH)
        self.form.changed.connect(self._set)
        self.form.main.beside = self._beside
        self.schedules = ScheduleSection(self.session, self.run, self.theme)
        self.schedules.refused.connect(self.refused)
        self.schedules.added.connect(self._into_view)
        self.form.put_in(self.schedules)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 12, 12, 12)
        self.apart = plain_label("", "muted", wrap=True)
        self.apart.setAccessibleName("Settings of the run that is shown")
        self.apart.hide()
        column.addWidget(self.apart)
        column.addWidget(self.form)
        self.pages = QStackedWidget()
        self.area = scrolling(page, "Training settings")
        self.pages.addWidget(self.area)
        self.pages.addWidget(self.run_list)
        self.switch = ViewSwitch("Settings or runs", {"settings": "Settings", "runs": "Runs"})
        self.switch.chosen.connect(self.show_page)
        both = QWidget()
        layout = QVBoxLayout(both)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.tools = RunTools(self.run_list)
        self.tools.hide()
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.switch, 1)
        head.addWidget(self.tools)
        layout.addLayout(head)
        layout.addWidget(self.pages, 1)
        return both

    def _most(self) -> int:
        """How wide the column of settings and runs may be, for the curves to be seen beside it."""
        plots = max(PLOTS_WIDTH, self.plots.minimumSizeHint().width())
        return self.width() - self.controls.width() - THICK - plots

    def minimumSizeHint(self) -> QSize:
        """As small as with the column at its least, to which it goes back where there is less room."""
        size = super().minimumSizeHint()
        size.setWidth(size.width() - self.edge.column.minimumWidth() + SETTINGS_WIDTH)
        return size

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The column has the width that is wanted where there is room."""
        super().resizeEvent(event)
        self.edge.fit()

    def show_page(self, key: str) -> None:
        """Show the ``settings`` or the list of ``runs``."""
        self.switch.choose(key)
        self.pages.setCurrentIndex(1 if key == "runs" else 0)
        self.tools.setVisible(key == "runs")

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.controls.set_theme(theme)
        self.edge.set_theme(theme)
        self.plots.set_theme(theme)
        self.run_list.set_theme(theme)
        self.schedules.set_theme(theme)

    def set_analysis(self, analysis: Analysis) -> None:
        """Take over what stands in the way of training."""
        self.controls.errors = sum(problem.severity == "error" for problem in analysis.problems)
        found = {
            problem.place.path.removeprefix("training."): problem
            for problem in analysis.problems
            if isinstance(problem.place, SettingPlace) and problem.place.path.startswith("training.")
        }
        self._faults = {path: problem.sentence for path, problem in found.items()}
        self._mild = {path for path, problem in found.items() if problem.severity == "warning"}
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
            self._into_view(editor)

    def _into_view(self, widget: QWidget) -> None:
        # only once the section has got its room
        QTimer.singleShot(0, widget, lambda: self.area.ensureWidgetVisible(widget))

    def set_resumable(self, words: str) -> None:
        """Offer in these ``words`` to go on with what was interrupted; empty where nothing was."""
        self.controls.resumable = words
        self._show_state()

    def refresh(self) -> None:
        """Show the settings as they are now."""
        training = self.session.project.training
        offered = offered_for(self.session.project, self.facts)
        self.form.set_mild(self._mild)
        self.form.show_fields(
            fields_for(training), values_for(training), self._faults, offered, owner=training.optimizer
        )
        self.schedules.refresh(self._faults, self.facts, self._mild)

    def _beside(self, name: str) -> QWidget | None:
        """What stands beside a setting: the search for a rate beside the learning rate."""
        return RateButton(self.rate_wanted.emit) if name == "learning_rate" else None

    def _project_changed(self, old: Project, new: Project) -> None:
        self.controls.forecast.project_changed(old, new)
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
        for button in self.form.main.beside_widgets.values():
            button.setEnabled(self.controls.ready)
        self.controls.show_state()
        self._show_apart()
        self.plots.refresh()

    def _show_apart(self) -> None:
        """Say with what other settings than these the run that is shown was trained."""
        from designer.workspace.run_list import other_settings

        run, words = self.run, ""
        if run.project is not None and run.folder is not None:
            trained = replace(run.project, training=replace(run.project.training, **run.settings))
            words = other_settings(trained, self.session.project)
        self.apart.setText(f"The run that is shown has other settings: {words}." if words else "")
        self.apart.setVisible(bool(words))

    def _go_on(self) -> None:
        """Show how far it is, while it goes on: everywhere at the same moment, though the figures come in turns."""
        self.run_list.show_standing(self.run.standing)
        self.controls.show_progress(self.run.turns)
        self.run.turns.ask(self.plots.refresh)

    def _show_progress(self) -> None:
        self.run_list.show_standing(self.run.standing)
        self.controls.show_progress()
        self.plots.refresh()

    def _restart(self) -> None:
        self.plots.restart()
        self._show_progress()
        if self.run.state == "idle":
            # a run that was over before it was shown
            self.plots.end()

    def _ended(self) -> None:
        self._show_progress()
        self.plots.end()
