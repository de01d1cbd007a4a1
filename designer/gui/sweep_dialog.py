"""The dialog that plans a sweep: one or two settings, the values of each, and how many trainings that makes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout

from designer.gui.controls import EXPLANATION, CalmComboBox, CalmSpinBox
from designer.gui.form import words_of
from designer.gui.labels import plain_label, say_role
from designer.gui.numbers import plural
from designer.gui.tasks import Task, Tasks
from designer.project.errors import EditError
from designer.project.model import Project
from designer.workspace.pool import MOST_AT_ONCE
from designer.workspace.sweep_jobs import usual_jobs
from designer.workspace.sweep_plan import (
    add_sweep_to_queue,
    as_varied,
    suggested,
    typed_values,
    value_of,
    varied_fields,
)
from designer.workspace.sweeps import Variation, combinations, refuse_unsound

if TYPE_CHECKING:
    from designer.gui.window import MainWindow

TITLE = "Sweep over settings"
WHAT = (
    "Each combination of the values is trained as a run of its own, several side by side. Their curves are shown"
    " together. The settings of the project stay as they are."
)
WIDTH = 560
CHOICE_WIDTH = 190
FAULT_HEIGHT = 34
SHOWN = 4
TYPING_MS = 150
LANE = "sweep"
WAIT = "Still adding to the queue; a moment."


class Varied:
    """One setting that varies: which it is, its values as they are typed, and beneath them what is wrong."""

    def __init__(self, project: Project, place: int, changed: Callable[[], object]) -> None:
        self._training, self._changed = project.training, changed
        self._fields = varied_fields(project.training)
        words = ("First", "Second")[place]
        self.choice = CalmComboBox()
        self.choice.setAccessibleName(f"{words} setting")
        self.choice.setToolTip("The setting that varies")
        self.choice.setFixedWidth(CHOICE_WIDTH)
        if place:
            self.choice.addItem("No second setting", "")
        for name, field in self._fields.items():
            self.choice.addItem(words_of(name, field), name)
            self.choice.setItemData(self.choice.count() - 1, field.help, EXPLANATION)
        self.line = QLineEdit()
        self.line.setAccessibleName(f"Values of the {words.lower()} setting")
        self.line.setToolTip("The values, separated by commas")
        self.fault = plain_label("", "error", wrap=True)
        # its room is kept, so that nothing moves while one types
        self.fault.setMinimumHeight(FAULT_HEIGHT)
        self.fault.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.choice.currentIndexChanged.connect(self._suggest)
        self.line.textChanged.connect(lambda: changed())
        self._suggest()

    @property
    def name(self) -> str:
        """The setting; empty where none is chosen."""
        return str(self.choice.currentData() or "")

    def read(self, taken: str) -> list[str] | None:
        """The values; None, with the reason shown, where they are not sound or the setting varies already."""
        fault, values = "", None
        if self.name and self.name == taken:
            fault = "This setting varies already: choose another one."
        elif self.name:
            try:
                values = typed_values(self._fields[self.name], self.line.text())
            except ValueError as error:
                fault = f"{str(error)[:1].upper()}{str(error)[1:]}."
        self.fault.setText(fault)
        return values

    def _suggest(self) -> None:
        """Put values worth a try in the line of the setting that was just chosen."""
        field = self._fields.get(self.name)
        self.line.setEnabled(field is not None)
        text = suggested(field, value_of(self._training, self.name, field)) if field is not None else ""
        if text == self.line.text():
            self._changed()
        self.line.setText(text)


class SweepDialog(QDialog):
    """``queued`` carries the folders of the runs that now wait."""

    queued = Signal(list)

    def __init__(self, window: MainWindow, path: Path) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(TITLE)
        self.setMinimumWidth(WIDTH)
        self._window, self._path = window, path
        self._project, self._base = window.session.project, window.session.base
        self._found: list[Variation] = []
        self._adding: Task | None = None
        self._tasks = Tasks(self)
        self._typed = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._typed.timeout.connect(self._check)
        self.finished.connect(lambda _: self._end())
        window.tasks.given_up.connect(self._given_up)
        self.summary = plain_label("", "muted", wrap=True)
        self.summary.setMinimumHeight(40)
        self.summary.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.at_once = CalmSpinBox()
        self.at_once.setRange(1, MOST_AT_ONCE)
        self.at_once.setValue(max(usual_jobs(MOST_AT_ONCE), window.runs.queue.at_once))
        self.at_once.setAccessibleName("Runs at once")
        self.at_once.setToolTip("How many runs train side by side, each in a process of its own: one for each core")
        self.at_once.setMaximumWidth(72)
        self.add = QPushButton("Add to queue")
        self.add.setProperty("primary", True)
        self.varied: list[Varied] = []
        self.varied = [Varied(self._project, place, self._show) for place in (0, 1)]
        self._lay_out()
        self._show()
        self.varied[0].line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.addWidget(plain_label("Setting", "small"), 0, 0)
        grid.addWidget(plain_label("Values, separated by commas", "small"), 0, 1)
        for place, each in enumerate(self.varied):
            grid.addWidget(each.choice, 1 + 2 * place, 0)
            grid.addWidget(each.line, 1 + 2 * place, 1)
            grid.addWidget(each.fault, 2 + 2 * place, 1)
        buttons = QDialogButtonBox()
        buttons.addButton(self.add, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._queue)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(plain_label(WHAT, "muted", wrap=True))
        layout.addLayout(grid)
        row = QHBoxLayout()
        row.setSpacing(8)
        label = plain_label("Train", "muted")
        label.setBuddy(self.at_once)
        row.addWidget(label)
        row.addWidget(self.at_once)
        row.addWidget(plain_label("at once", "muted"))
        row.addStretch(1)
        layout.addLayout(row)
        layout.addStretch(1)
        layout.addWidget(self.summary)
        layout.addWidget(buttons)
        # only a button that is in the dialog by then takes Return from the others
        self.add.setDefault(True)

    def _show(self) -> None:
        """Say what would be trained, or that it cannot be."""
        if len(self.varied) < 2:
            return
        first, second = self.varied
        typed = {first.name: first.read("")}
        other = second.read(first.name)
        if second.name:
            typed[second.name if second.name != first.name else ""] = other
        self._found, words = [], ""
        sound = {name: values for name, values in typed.items() if values is not None}
        if len(sound) == len(typed):
            try:
                self._found = combinations(as_varied(sound))
            except EditError as error:
                words = str(error)
        self._say(words or _summary(self._found), fault=bool(words))
        self.add.setEnabled(bool(self._found))
        self._tasks.cancel(LANE)
        self._typed.start()

    def _check(self) -> None:
        """Try each combination on the project: with hundreds of them too long a work for after each letter."""
        project, found = self._project, self._found
        if found:
            self._tasks.run("", lambda: refuse_unsound(project, found), failed=self._refuse, lane=LANE)

    def _refuse(self, sentence: str) -> None:
        self._found = []
        self.add.setEnabled(False)
        self._say(sentence, fault=True)

    def _end(self) -> None:
        self._typed.stop()
        self._tasks.leave()

    def reject(self) -> None:
        """Leave; what is being put to the queue comes there first."""
        if self._adding is not None:
            self._say(WAIT)
        else:
            super().reject()

    def _say(self, words: str, fault: bool = False) -> None:
        self.summary.setText(words)
        say_role(self.summary, "error" if fault else "muted")

    def _queue(self) -> None:
        project, base, path, found = self._project, self._base, self._path, self._found
        self.add.setEnabled(False)
        self._typed.stop()
        self._tasks.cancel(LANE)
        self._adding = self._window.tasks.run(
            "Adding the trainings to the queue",
            lambda: add_sweep_to_queue(project, base, path, found),
            self._done,
            self._refused,
        )

    def _done(self, folders: list[Path]) -> None:
        self._adding = None
        self._window.build().training.run_list.at_once.setValue(self.at_once.value())
        self.queued.emit(folders)
        self.accept()

    def _given_up(self) -> None:
        if self._adding is not None and self._adding.cancelled.is_set():
            self._refused("This was given up. The runs in the list show which trainings are in the queue already.")

    def _refused(self, sentence: str) -> None:
        self._adding = None
        self.add.setEnabled(True)
        self._say(sentence[:1].upper() + sentence[1:], fault=True)


def _summary(found: list[Variation]) -> str:
    """How many trainings there would be, and which are the first of them."""
    if not found:
        return ""
    labels = [each.label.replace("_", " ") for each in found]
    more = f"; and {len(labels) - SHOWN} more" if len(labels) > SHOWN else ""
    return f"{plural(len(found), 'training')}: {'; '.join(labels[:SHOWN])}{more}."
