"""What is looked at of a run: found once somebody looks, and anew where the looking was given up or refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from designer.gui.labels import plain_label
from designer.gui.tasks import Tasks
from designer.workspace.runs import written_at


class RunView(QWidget):
    """Shows in ``body`` what ``look`` finds in a run, or a sentence in its place. ``found`` carries what it has found.

    ``label`` says what goes on meanwhile.
    """

    found = Signal(object)

    def __init__(self, tasks: Tasks, label: str, look: Callable[[Path], Any], body: QWidget) -> None:
        super().__init__()
        self.tasks = tasks
        self.view: Any = None
        self.said = plain_label("", "muted", wrap=True)
        self._label, self._look, self._body = label, look, body
        self._run: tuple[Path, int] | None = None
        self._asked = False
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.said)
        self._stack.addWidget(body)
        tasks.given_up.connect(self._see_given_up)

    def show_run(self, run: Path) -> None:
        """Show what is found in a run."""
        written = written_at(run)
        if written != self._run:
            self._run, self._asked, self.view = written, False, None
            self._say(f"{self._label}…")
        if self.isVisible():
            self._ask()

    def showEvent(self, event: QShowEvent) -> None:
        """What nobody looked at was not read."""
        super().showEvent(event)
        self._ask()

    def _ask(self) -> None:
        if self._run is None or self._asked:
            return
        self._asked, run = True, self._run
        self._say(f"{self._label}…")
        work = partial(self._look, run[0])
        self.tasks.run(self._label, work, partial(self._take, run), partial(self._refuse, run), self._label)

    def _say(self, words: str) -> None:
        self.said.setText(words)
        self._stack.setCurrentWidget(self.said)

    def _see_given_up(self) -> None:
        if self._asked and self.view is None and not self.tasks.busy(self._label):
            self._asked = False
            self._say(f"{self._label} was cancelled. It begins anew when you come back to this page.")

    def _take(self, run: tuple[Path, int], view: Any) -> None:
        if run == self._run:
            self.view = view
            self.found.emit(view)
            self._stack.setCurrentWidget(self._body)

    def _refuse(self, run: tuple[Path, int], sentence: str) -> None:
        if run == self._run:
            # to be tried again when somebody comes back
            self._asked = False
            self._say(sentence)
