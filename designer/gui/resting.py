"""Resting: something that is asked for often is done at once, and then not again before a rest."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer


class Resting(QObject):
    """Calls ``work`` when asked to, with at least ``rest_ms`` between two calls; the last asking is never lost."""

    def __init__(self, work: Callable[[], object], rest_ms: int, parent: QObject) -> None:
        super().__init__(parent)
        self._work = work
        self._asked = False
        self._rest_ms = rest_ms
        # others are put off until several are due together
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._rested)

    def ask(self) -> None:
        """Do it now, or once the rest is over."""
        if self._timer.isActive():
            self._asked = True
            return
        self._timer.start(self._rest_ms)
        self._work()

    def _rested(self) -> None:
        if self._asked:
            self._asked = False
            self.ask()


class Pacing(Resting):
    """A Resting whose rests are so long that this thread is busy for ``share`` of the time, at most ``most_ms``.

    All that the thread has done since the last call counts, also the painting that came of it: what is shown while
    something goes on must not hold up the hand of who works beside it.
    """

    def __init__(self, work: Callable[[], object], rest_ms: int, most_ms: int, share: float, parent: QObject) -> None:
        super().__init__(work, rest_ms, parent)
        self._most_ms, self._share = most_ms, share
        self._begun = self._spent = 0.0

    def ask(self) -> None:
        """Do it now, or once the rest is over."""
        if not self._timer.isActive():
            self._begun, self._spent = time.monotonic(), time.thread_time()
        super().ask()

    def ask_now(self) -> None:
        """Do it now, rest or not."""
        self._timer.stop()
        self._asked = False
        self.ask()

    def _rested(self) -> None:
        if self._asked:
            wanted = min(self._most_ms, 1000 * (time.thread_time() - self._spent) / self._share)
            left = round(wanted - 1000 * (time.monotonic() - self._begun))
            if left > 0:
                self._timer.start(left)
                return
        super()._rested()
