"""What is looked at of a run: found once somebody looks, and anew where the looking was given up or refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from designer.gui.labels import plain_label
from designer.gui.tasks import Tasks
from designer.workspace.runs import written_at


class RunView(QWidget):
    """Shows in ``body`` what ``look`` finds in a run, or a sentence in its place. ``found`` carries what it has found.

    ``label`` says what goes on meanwhile. What nobody looks at for ``kept_ms`` is let go, which ``gone`` says, and is
    found anew once somebody does; 0 keeps it.
    """

    found = Signal(object)
    gone = Signal()

    def __init__(self, tasks: Tasks, label: str, look: Callable[[Path], Any], body: QWidget, kept_ms: int = 0) -> None:
        super().__init__()
        self.tasks = tasks
        self.view: Any = None
        self.said = plain_label("", "muted", wrap=True)
        self._label, self._look, self._body = label, look, body
        self._run: tuple[Path, int] | None = None
        self._asked = False
        self.unseen = QTimer(self, singleShot=True, interval=kept_ms)
        self.unseen.timeout.connect(self._let_go)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.said)
        self._stack.addWidget(body)
        tasks.given_up.connect(self._see_given_up)

    def show_run(self, run: Path) -> None:
        """Show what is found in a run."""
        written = written_at(run)
        if written != self._run:
            self._drop(written)
            self._say(f"{self._label}…")
        if self.isVisible():
            self._ask()

    def forget(self) -> None:
        """Show no run any more, and keep nothing of the last one."""
        reading = self._asked and self.view is None
        self._drop(None)
        self._say("")
        if reading:
            self.tasks.cancel(self._label)

    def showEvent(self, event: QShowEvent) -> None:
        """What nobody looked at was not read."""
        super().showEvent(event)
        self.unseen.stop()
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        """It is kept for a while."""
        super().hideEvent(event)
        self._wait_unseen()

    def _wait_unseen(self) -> None:
        if self.unseen.interval():
            self.unseen.start()

    def _let_go(self) -> None:
        if self.view is not None:
            self._drop(self._run)
            self._say(f"{self._label}…")

    def _drop(self, run: tuple[Path, int] | None) -> None:
        """Go over to a run of which nothing is known yet."""
        had = self.view is not None
        self._run, self._asked, self.view = run, False, None
        if had:
            self.gone.emit()

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
            if not self.isVisible():
                self._wait_unseen()
            self.found.emit(view)
            self._stack.setCurrentWidget(self._body)

    def _refuse(self, run: tuple[Path, int], sentence: str) -> None:
        if run == self._run:
            # to be tried again when somebody comes back
            self._asked = False
            self._say(sentence)
