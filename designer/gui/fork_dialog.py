"""The dialog that asks after which epoch a run shall be forked, and with which settings."""

from __future__ import annotations

from dataclasses import fields as members
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QPushButton, QVBoxLayout

from designer.gui.controls import CalmComboBox
from designer.gui.labels import plain_label
from designer.gui.panels.inspector import scrolling
from designer.gui.panels.training_form import TrainingForm, fields_for, offered_for, set_training, values_for
from designer.gui.wording import plain_tooltip
from designer.layers.fields import shown
from designer.project.errors import EditError
from designer.project.model import FieldValue, Project, Training
from designer.workspace.schedule_text import schedules_text
from designer.workspace.settings import set_setting

if TYPE_CHECKING:
    from designer.gui.window import MainWindow
    from designer.workspace.forks import ForkPlace

SIZE = (460, 600)
LABEL_WIDTH = 150
FIXED = ("mode",)
SCHEDULES_TIP = "As on the command line: none, cosine, or linear:5, step(step_size=10, gamma=0.5)"


class ForkDialog(QDialog):
    """``forked`` carries the folder of the fork, which is ready to be trained."""

    forked = Signal(object)

    def __init__(self, run: Path, project: Project, places: list[ForkPlace], window: MainWindow, busy: bool) -> None:
        super().__init__(window)
        self._run, self._window, self._places = run, window, places
        self._before = self.project = project
        self._proposed = project.training.epochs
        self.setWindowTitle(f"Fork {run.name}")
        self.resize(*SIZE)
        self.place = CalmComboBox()
        self.place.setAccessibleName("Fork after epoch")
        last = max((place.epoch for place in places if not place.best), default=0)
        for place in places:
            words = "best weights, the optimizer starts anew" if place.best else "last" if place.epoch == last else ""
            self.place.addItem(f"{place.epoch}" + (f" ({words})" if words else ""), place.epoch)
        self.place.setCurrentIndex(max(0, len(places) - 1))
        self.place.currentIndexChanged.connect(self._moved)
        self.form = TrainingForm(LABEL_WIDTH)
        self.form.changed.connect(self._set)
        self.schedules = QLineEdit()
        self.schedules.setAccessibleName("Schedules of the learning rate")
        self.schedules.setToolTip(plain_tooltip(SCHEDULES_TIP))
        self.schedules.editingFinished.connect(self._set_schedules)
        self.changes = plain_label("", "muted", wrap=True)
        self.changes.setMinimumHeight(36)
        self.fault = plain_label("", "error", wrap=True)
        self.fault.hide()
        self.buttons = QDialogButtonBox()
        self.go = QPushButton("Add to queue" if busy else "Fork")
        self.go.setDefault(True)
        self.buttons.addButton(self.go, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self._fork)
        self.buttons.rejected.connect(self.reject)
        top = QFormLayout()
        for words, field in (("Go on after epoch", self.place), ("Schedules", self.schedules)):
            label = plain_label(words, "muted")
            label.setMinimumWidth(LABEL_WIDTH)
            label.setBuddy(field)
            top.addRow(label, field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        sentence = (
            "The fork is a run of its own: it begins with the epochs of this one and goes on with other settings."
        )
        layout.addWidget(plain_label(sentence, "muted", wrap=True))
        layout.addLayout(top)
        layout.addWidget(scrolling(self.form, "Settings of the fork"), 1)
        layout.addWidget(self.changes)
        layout.addWidget(self.fault)
        layout.addWidget(self.buttons)
        self._moved()
        self.form.setFocus()

    @property
    def epoch(self) -> int:
        """The epoch that the fork goes on after."""
        return int(self.place.currentData())

    def _moved(self) -> None:
        """Another epoch is chosen: there must be some left to train, as many as the run had where none are."""
        own, chosen = self._before.training.epochs, self.project.training.epochs
        if chosen in (own, self._proposed) or chosen <= self.epoch:
            self._proposed = own if own > self.epoch else self.epoch + own
            self.project = set_training(self.project, "epochs", self._proposed)
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
        self.schedules.setText(schedules_text(training.schedules))
        changed = changed_settings(self._before.training, training)
        self.changes.setText(f"Changed: {', '.join(changed)}." if changed else "Nothing is changed: the same again.")

    def _set(self, name: str, value: FieldValue) -> None:
        try:
            self.project = set_training(self.project, name, value)
        except EditError as error:
            self.fault.setText(str(error))
            self.fault.show()
            return
        self._show()

    def _set_schedules(self) -> None:
        """Take over the schedules as they are typed."""
        try:
            self.project = set_setting(self.project, f"training.schedules={self.schedules.text()}")
        except EditError as error:
            self.fault.setText(str(error))
            self.fault.show()
            return
        self._show()

    def _fork(self) -> None:
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
        self.fault.setText(sentence[:1].upper() + sentence[1:])
        self.fault.show()


def changed_settings(before: Training, after: Training) -> list[str]:
    """The settings that are not the same any more, by the words of the form."""
    found = []
    for name in (each.name for each in members(Training)):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            words = name.replace("_", " ")
            plain = isinstance(new, (bool, int, float, str))
            found.append(f"{words} {shown(new)} instead of {shown(old)}" if plain else words)
    return found
