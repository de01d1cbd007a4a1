"""The dialog that asks after which epoch a run shall be forked, and with which settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields as members
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QPushButton, QVBoxLayout, QWidget

from designer.compiler.problems import SettingPlace
from designer.compiler.schedule_checks import schedule_problems
from designer.gui.controls import CalmComboBox
from designer.gui.labels import plain_label
from designer.gui.layout_memory import keep_size
from designer.gui.panels.inspector import scrolling
from designer.gui.panels.schedule_section import ScheduleSection
from designer.gui.panels.training_form import TrainingForm, fields_for, offered_for, set_training, values_for
from designer.gui.unfinished import show_editor, unsettled
from designer.layers.fields import shown
from designer.project.errors import EditError
from designer.project.facts import Facts
from designer.project.model import FieldValue, Project, Training
from designer.workspace.schedule_text import schedules_text

if TYPE_CHECKING:
    from designer.gui.window import MainWindow
    from designer.workspace.forks import ForkPlace

SIZE = QSize(500, 640)
LABEL_WIDTH = 150
FIXED = ("mode",)


class Draft:
    """The project as the fork would have it; ``changed`` is called once something in it is."""

    def __init__(self, project: Project, changed: Callable[[], object]) -> None:
        self.project, self._changed = project, changed

    def do(self, label: str, project: Project, merge: str = "") -> None:
        """Make an edit's result the project; a draft has no history, so that nobody hears of the label."""
        self.project = project
        self._changed()


class ForkDialog(QDialog):
    """``forked`` carries the folder of the fork, which is ready to be trained."""

    forked = Signal(object)

    def __init__(self, run: Path, project: Project, places: list[ForkPlace], window: MainWindow, busy: bool) -> None:
        super().__init__(window)
        self._run, self._window, self._places = run, window, places
        self._before, self._draft = project, Draft(project, self._show)
        self._proposed = project.training.epochs
        self.setWindowTitle(f"Fork {run.name}")
        self.place = CalmComboBox()
        self.place.setAccessibleName("Fork after epoch")
        last = max((place.epoch for place in places if not place.best), default=0)
        for place in places:
            words = (
                "best weights, the optimizer starts anew" if place.best else "last kept" if place.epoch == last else ""
            )
            self.place.addItem(f"{place.epoch}" + (f" ({words})" if words else ""), place.epoch)
        self.place.setCurrentIndex(max(0, len(places) - 1))
        self.place.currentIndexChanged.connect(self._moved)
        self.form = TrainingForm(LABEL_WIDTH)
        self.form.changed.connect(self._set)
        self.schedules = ScheduleSection(self._draft, None, window.theme)
        self.schedules.refused.connect(self._say)
        self.schedules.added.connect(self._into_view)
        self.form.put_in(self.schedules)
        self.changes = plain_label("", "muted", wrap=True)
        self.changes.setMinimumHeight(36)
        self.fault = plain_label("", "error", wrap=True)
        self.fault.hide()
        self.buttons = QDialogButtonBox()
        self.go = QPushButton("Add to queue" if busy else "Fork")
        self.go.setProperty("primary", True)
        self.buttons.addButton(self.go, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self._fork)
        self.buttons.rejected.connect(self.reject)
        top = QFormLayout()
        label = plain_label("Go on after epoch", "muted")
        label.setMinimumWidth(LABEL_WIDTH)
        label.setBuddy(self.place)
        top.addRow(label, self.place)
        self.area = scrolling(self.form, "Settings of the fork")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        sentence = (
            "The fork is a run of its own: it begins with the epochs of this one and goes on with other settings."
        )
        layout.addWidget(plain_label(sentence, "muted", wrap=True))
        layout.addLayout(top)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.changes)
        layout.addWidget(self.fault)
        layout.addWidget(self.buttons)
        self.go.setDefault(True)
        keep_size(self, "fork", SIZE)
        self.finished.connect(self.schedules.rates.tasks.leave)
        self._moved()
        self.place.setFocus()

    @property
    def project(self) -> Project:
        """The project as the fork would have it."""
        return self._draft.project

    @property
    def epoch(self) -> int:
        """The epoch that the fork goes on after."""
        return int(self.place.currentData())

    def _moved(self) -> None:
        """Another epoch is chosen: there must be some left to train, as many as the run had where none are."""
        own, chosen = self._before.training.epochs, self.project.training.epochs
        if chosen in (own, self._proposed) or chosen <= self.epoch:
            self._proposed = own if own > self.epoch else self.epoch + own
            self._draft.project = set_training(self.project, "epochs", self._proposed)
        self._show()

    def _show(self) -> None:
        """Show the settings, and what of them is changed."""
        self.fault.hide()
        training = self.project.training
        fields = {
            name: field
            for name, field in fields_for(training).items()
            if name not in FIXED and not name.startswith("mode_fields.")
        }
        values = values_for(training)
        shown_values = {name: values[name] for name in fields}
        self.form.show_fields(fields, shown_values, None, offered_for(self.project, None), owner=training.optimizer)
        problems = list(schedule_problems(self.project))
        found = {
            each.place.path.removeprefix("training."): each for each in problems if isinstance(each.place, SettingPlace)
        }
        faults = {path: each.sentence for path, each in found.items()}
        mild = {path for path, each in found.items() if each.severity == "warning"}
        self.schedules.rates.begins = self.epoch + 1
        self.schedules.refresh(faults, self._facts(), mild)
        self.go.setEnabled(not any(each.severity == "error" for each in problems))
        changed = changed_settings(self._before.training, training)
        self.changes.setText(f"Changed: {', '.join(changed)}." if changed else "Nothing is changed: the same again.")

    def _facts(self) -> Facts | None:
        """What is known of the data, where the window has the data of the run."""
        bench = self._window.workbench
        same = self._window.session.project.data == self._before.data
        return bench.training.facts if bench is not None and same else None

    def _into_view(self, widget: QWidget) -> None:
        # only once the section has got its room
        QTimer.singleShot(0, widget, lambda: self.area.ensureWidgetVisible(widget))

    def _set(self, name: str, value: FieldValue) -> None:
        try:
            self._draft.do(name, set_training(self.project, name, value))
        except EditError as error:
            self._say(str(error))

    def _say(self, sentence: str) -> None:
        self.fault.setText(sentence[:1].upper() + sentence[1:])
        self.fault.show()

    def _fork(self) -> None:
        refused = unsettled(self.form)
        if refused is not None:
            self._say(refused[1])
            show_editor(refused[0])
            return
        run, epoch, training = self._run, self.epoch, self.project.training

        def prepare() -> Path:
            from designer.workspace.forks import prepare_fork

            return prepare_fork(run, epoch, training).folder

        self.go.setEnabled(False)
        self._window.tasks.run("Forking the run", prepare, self._done, self._refused)

    def _done(self, folder: Path) -> None:
        self.accept()
        self.forked.emit(folder)

    def _refused(self, sentence: str) -> None:
        self.go.setEnabled(True)
        self._say(sentence)


def changed_settings(before: Training, after: Training) -> list[str]:
    """The settings that are not the same any more, by the words of the form."""
    found = []
    for name in (each.name for each in members(Training)):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            words = name.replace("_", " ")
            plain = isinstance(new, (bool, int, float, str))
            if name == "schedules":
                words, plain = f"{words} {schedules_text(new)}", False
            found.append(f"{words} {shown(new)} instead of {shown(old)}" if plain else words)
    return found
