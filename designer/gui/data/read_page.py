"""A data page that reads when somebody looks: settings beside what is seen, a pane to wait at, or a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from designer.gui.data.progress import Progress, ReadingPane
from designer.gui.labels import EmptyState, rule
from designer.gui.tasks import Tasks

WAIT_MS = 250


class ReadPage(QWidget):
    """``due`` comes when the data is to be read, in one of ``lanes``; ``trouble`` heads why it cannot be shown.

    ``edited`` carries a label, an edit of the project and a key for merging.
    """

    edited = Signal(str, object, str)
    due = Signal()

    def __init__(self, tasks: Tasks, lanes: Sequence[str], trouble: str) -> None:
        super().__init__()
        self.tasks = tasks
        self.busy = ReadingPane()
        self.nothing = EmptyState(trouble, "")
        self._lanes, self._cannot = lanes, trouble
        self._source: object = None
        self._whole = QWidget()
        self._stack = QStackedWidget()
        for page in (self._whole, self.nothing, self.busy):
            self._stack.addWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.due)
        self._late = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._late.timeout.connect(lambda: self._stack.setCurrentWidget(self.busy))
        self.busy.cancelled.connect(self._cancel)

    def lay_out(self, settings: QWidget, seen: QWidget) -> None:
        """Put the settings at the left and what is seen beside them."""
        line = rule()
        line.setFixedSize(1, 16_777_215)
        line.setMinimumHeight(0)
        row = QHBoxLayout(self._whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(settings)
        row.addWidget(line)
        row.addWidget(seen, 1)

    def forget(self) -> None:
        """Whatever was read is read anew."""
        self._source = None
        self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Read only what somebody looks at."""
        super().showEvent(event)
        self._soon.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """What was about to be read can wait."""
        super().hideEvent(event)
        self._soon.stop()

    def _begin(self, source: object, name: str) -> None:
        """Note what is read now; where it takes long, that is said."""
        self._source = source
        self.busy.follow(name, Progress())
        self._late.start()

    def _cancel(self) -> None:
        for lane in self._lanes:
            self.tasks.cancel(lane)
        self._source = None
        self._say_failed("The reading was cancelled; “Read again” begins anew.")

    def _end(self) -> None:
        self._late.stop()
        self.busy.end()

    def _say_failed(self, message: str) -> None:
        self._end()
        self.nothing.title.setText(self._cannot)
        self.nothing.sentence.setText(message)
        self._stack.setCurrentWidget(self.nothing)
