"""Progress of a long reading: how much is done, how long the rest will take, the wish to stop, and what is lost."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from designer.gui.labels import plain_label
from designer.gui.numbers import share, time_left
from designer.project.paths import resolve_from
from designer.runtime.errors import DataError
from designer.training.wanted import refuse_unwanted
from designer.workspace.session import Session

LOOK_MS = 100
FEWEST_SECONDS = 0.7
WHOLE = 1000


class Stopped(DataError):
    """The user wants the reading no longer."""


class Progress:
    """Called by the reading thread with the share that is done; raises Stopped once nobody wants the rest."""

    def __init__(self) -> None:
        self.share = 0.0
        self.stopped = False
        self._began = time.monotonic()

    def __call__(self, part: float) -> None:
        if self.stopped:
            raise Stopped("the reading was cancelled")
        refuse_unwanted()
        self.share = max(self.share, min(1.0, part))

    def stop(self) -> None:
        """Let the reading end as soon as it looks."""
        self.stopped = True

    @property
    def left(self) -> str:
        """How long it will take, in words; empty while nobody can know."""
        taken = time.monotonic() - self._began
        if self.share <= 0.01 or taken < FEWEST_SECONDS:
            return ""
        return time_left(taken * (1 - self.share) / self.share)


class ReadingPane(QWidget):
    """What is seen while data is read. ``cancelled``: the user wants no more; ``told`` carries words and a share.

    Where the data is not there any more it says so: ``other_requested`` and ``again_requested`` are the ways on.
    """

    cancelled = Signal()
    other_requested = Signal()
    again_requested = Signal()
    told = Signal(str, float)

    def __init__(self) -> None:
        super().__init__()
        self.words, self.left = plain_label("", "heading"), plain_label("", "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(280, 6)
        self.bar.setAccessibleName("Reading")
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(lambda: self.cancelled.emit())
        self.other, self.again = QPushButton("Choose the data…"), QPushButton("Read again")
        self.other.setProperty("primary", True)
        self.other.clicked.connect(lambda: self.other_requested.emit())
        self.again.clicked.connect(lambda: self.again_requested.emit())
        self._name = ""
        self._progress = Progress()
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self._show)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addStretch(1)
        middle = Qt.AlignmentFlag.AlignHCenter
        self.left.setWordWrap(True)
        for label in (self.words, self.left):
            label.setAlignment(middle)
        column.addWidget(self.words)
        column.addWidget(self.bar, 0, middle)
        column.addWidget(self.left)
        row = QHBoxLayout()
        row.addStretch(1)
        for button in (self.cancel, self.again, self.other):
            row.addWidget(button)
        row.addStretch(1)
        column.addSpacing(4)
        column.addLayout(row)
        column.addStretch(2)
        self._offer(lost=False)

    def follow(self, name: str, progress: Progress) -> None:
        """Show how far the reading of ``name`` is, until ``end``."""
        self._name, self._progress = name, progress
        self._offer(lost=False)
        self.words.setText(f"Reading {name}")
        self._show()
        self._look.start()

    def end(self) -> None:
        """The reading is over."""
        if self._look.isActive():
            self._look.stop()
            self.told.emit("", 0.0)

    def show_lost(self, session: Session) -> bool:
        """Say that the data of a project is not where it was; False where it is."""
        data = session.project.data
        path = resolve_from(session.base, data.path) if data is not None else None
        if path is None or path.exists():
            return False
        self.words.setText(f"{path.name} is not where it was")
        self.left.setText(
            f"It was in {path.parent}. Put it back and read it again, or choose where it is now.\nThe network and all"
            " settings are still there."
        )
        self._offer(lost=True)
        return True

    def _offer(self, lost: bool) -> None:
        for button in (self.other, self.again):
            button.setVisible(lost)
        self.cancel.setVisible(not lost)
        self.bar.setVisible(not lost)

    def _show(self) -> None:
        part = self._progress.share
        self.bar.setRange(0, WHOLE if part > 0 else 0)
        self.bar.setValue(round(part * WHOLE))
        said = ", ".join(word for word in (share(part) if part > 0 else "", self._progress.left) if word)
        self.left.setText(said or " ")
        self.told.emit(f"Reading {self._name}" + (f": {said}" if said else ""), part)
