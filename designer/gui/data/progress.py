"""Progress of a long reading: how much is done, how long the rest will take, and the wish to stop."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from designer.gui.labels import plain_label
from designer.gui.numbers import share, time_left
from designer.runtime.errors import DataError

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
    """What is seen while data is read. ``cancelled``: the user wants no more; ``told`` carries words and a share."""

    cancelled = Signal()
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
        self._name = ""
        self._progress = Progress()
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self._show)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addStretch(1)
        middle = Qt.AlignmentFlag.AlignHCenter
        for label in (self.words, self.left):
            label.setAlignment(middle)
        column.addWidget(self.words)
        column.addWidget(self.bar, 0, middle)
        column.addWidget(self.left)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addStretch(1)
        column.addSpacing(4)
        column.addLayout(row)
        column.addStretch(2)

    def follow(self, name: str, progress: Progress) -> None:
        """Show how far the reading of ``name`` is, until ``end``."""
        self._name, self._progress = name, progress
        self.words.setText(f"Reading {name}")
        self._show()
        self._look.start()

    def end(self) -> None:
        """The reading is over."""
        if self._look.isActive():
            self._look.stop()
            self.told.emit("", 0.0)

    def _show(self) -> None:
        part = self._progress.share
        self.bar.setRange(0, WHOLE if part > 0 else 0)
        self.bar.setValue(round(part * WHOLE))
        said = ", ".join(word for word in (share(part) if part > 0 else "", self._progress.left) if word)
        self.left.setText(said or " ")
        self.told.emit(f"Reading {self._name}" + (f": {said}" if said else ""), part)
