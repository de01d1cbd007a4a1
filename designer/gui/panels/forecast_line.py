"""The line of the training panel that says what a run will take: worked out in the background when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from designer.gui.labels import plain_label, say_role
from designer.gui.tasks import Tasks
from designer.gui.wording import plain_tooltip
from designer.project.model import Project
from designer.training.memory_words import memory_words
from designer.workspace.forecast_words import seconds_words, until_words, ways_words
from designer.workspace.inquiry import Inquiry
from designer.workspace.session import Session

LANE = "forecast"
ASK = "How long will it take?"
CANCEL = "Cancel"


class ForecastLine(QWidget):
    """A question, and once it was asked the answer, for as long as it holds. ``said``: there is something to read.

    The question ``ask`` may stand elsewhere.
    """

    said = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self.tasks = session, Tasks(self)
        self.ask = QPushButton(ASK)
        self.ask.setProperty("link", True)
        self.ask.setToolTip("Train a copy for a second or two, and say what all epochs will take: time and memory")
        self.ask.clicked.connect(self.toggle)
        self.answer = plain_label("", "muted", wrap=True, selectable=True)
        self.answer.setAccessibleName("Forecast of the training")
        self.answer.setContentsMargins(0, 2, 0, 0)
        self.answer.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.ask, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.answer)

    @property
    def working(self) -> bool:
        """Whether an answer is being worked out."""
        return self.tasks.busy(LANE)

    def toggle(self) -> None:
        """Ask, or where an answer is being worked out do without it."""
        if self.working:
            self.forget()
        else:
            self.start()

    def start(self) -> None:
        """Work out what training the project as it is now will take."""
        inquiry = Inquiry("forecast", self.session.project, self.session.base)
        task = self.tasks.run("", inquiry.run, self._answered, self._failed, lane=LANE)
        # closing the window, or another question, ends the process that works it out
        inquiry.unwanted = task.cancelled
        self.ask.setText(CANCEL)
        self._say("Training a copy for a moment to find out…")

    def forget(self) -> None:
        """Show no answer, for it holds no longer, or is not wanted."""
        self.tasks.cancel(LANE)
        self.ask.setText(ASK)
        self._say("")

    def offer(self, possible: bool) -> None:
        """Whether to offer the question; where not, as while a run is on, an answer holds no longer."""
        if not possible and (self.working or self.answer.text()):
            self.forget()
        self.setVisible(possible)
        self.ask.setVisible(possible)

    def project_changed(self, old: Project, new: Project) -> None:
        """Forget the answer where it was one for another network, other data or other settings."""
        if (old.graph, old.data, old.training, old.blocks) != (new.graph, new.data, new.training, new.blocks):
            self.forget()

    def _answered(self, answer: Mapping[str, Any]) -> None:
        found = answer.get("forecast")
        self.ask.setText(ASK)
        if found is None:
            self._say("")
            return
        ways = ways_words(int(found["threads"]), str(found["memory_format"]), str(found["precision"]))
        tip = f"On {found['device']}, {ways}; {memory_words(found['free'])} of memory are free."
        self._say(forecast_words(found), found["memory"] > found["free"], tip)

    def _failed(self, sentence: str) -> None:
        self.ask.setText(ASK)
        self._say(sentence, wrong=True)

    def _say(self, words: str, wrong: bool = False, tip: str = "") -> None:
        self.answer.setText(words)
        self.answer.setToolTip(plain_tooltip(tip) if tip else "")
        say_role(self.answer, "error" if wrong else "muted")
        self.answer.setVisible(bool(words))
        if words:
            self.said.emit()


def forecast_words(found: Mapping[str, Any]) -> str:
    """A forecast in a line: ``About 2.0 s an epoch, 3 min in all, if all 90 epochs are trained, 210 MB``."""
    times = f"About {seconds_words(found['epoch_seconds'])} an epoch, {seconds_words(found['seconds'])} in all"
    times += until_words(found.get("epochs", 0), found.get("stops_after", 0), found.get("may_stop", False))
    # no line ends between a number and its unit
    memory = memory_words(found["memory"]).replace(" ", "\u00a0")
    words = f"{times}, {memory}"
    return f"{words}: more than is free, {memory_words(found['free'])}" if found["memory"] > found["free"] else words
