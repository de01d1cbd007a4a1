"""The life of an inquiry behind a dialog: asked, heard of on the way, then answered or failed, and asked once more."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QPushButton

from designer.gui.tasks import Task, Tasks
from designer.project.model import Project
from designer.workspace.inquiry import Inquiry


class Asking(QObject):
    """Asks what a command of Layerloom works out of ``project``; once its dialog has gone nobody waits any more.

    ``begun`` comes first, ``heard`` with each thing that is said on the way, at last ``answered`` with the answer or
    ``failed`` with what went wrong. ``again`` and ``leave`` are the buttons for it.
    """

    begun = Signal()
    heard = Signal(object)
    answered = Signal(object)
    failed = Signal(str)
    _said = Signal(object)

    def __init__(self, dialog: QDialog, command: str, project: Project, base: Path) -> None:
        super().__init__(dialog)
        self.command, self.project, self.base = command, project, base
        self.tasks = Tasks(self)
        self._task: Task | None = None
        self.again, self.leave = QPushButton("Try again"), QPushButton("Cancel")
        for button in (self.again, self.leave):
            # while it is on, Enter gives nothing up
            button.setAutoDefault(False)
        self.again.clicked.connect(self.start)
        self.leave.clicked.connect(dialog.close)
        dialog.finished.connect(self.end)
        # it is said in the thread that reads it, and heard on the window's
        self._said.connect(self._hear, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Ask, or ask once more."""
        self._show_buttons(over=False)
        self.begun.emit()
        inquiry = Inquiry(self.command, self.project, self.base)
        work = lambda: inquiry.run(self._said.emit)  # noqa: E731
        self._task = self.tasks.run("", work, self._answered, self._failed, self.command)
        inquiry.unwanted = self._task.cancelled

    def end(self) -> None:
        """Nobody waits for the answer any more: what works it out ends."""
        self._task = None
        self.tasks.leave()

    def _hear(self, event: Mapping[str, Any]) -> None:
        if self._task is not None:
            self.heard.emit(event)

    def _answered(self, answer: Mapping[str, Any]) -> None:
        self._show_buttons(over=True)
        self.answered.emit(answer)

    def _failed(self, sentence: str) -> None:
        self._show_buttons(over=True)
        self.failed.emit(sentence)

    def _show_buttons(self, over: bool) -> None:
        self.again.setEnabled(over)
        self.leave.setText("Close" if over else "Cancel")
