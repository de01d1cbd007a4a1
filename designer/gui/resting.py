"""Resting: something that is asked for often is done at once, and then not again before a rest."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer


class Resting(QObject):
    """Calls ``work`` when asked to, with at least ``rest_ms`` between two calls; the last asking is never lost."""

    def __init__(self, work: Callable[[], object], rest_ms: int, parent: QObject) -> None:
        super().__init__(parent)
        self._work = work
        self._asked = False
        # others are put off until several are due together
        self._timer = QTimer(self, singleShot=True, interval=rest_ms, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._rested)

    def ask(self) -> None:
        """Do it now, or once the rest is over."""
        if self._timer.isActive():
            self._asked = True
            return
        self._timer.start()
        self._work()

    def _rested(self) -> None:
        if self._asked:
            self._asked = False
            self.ask()
