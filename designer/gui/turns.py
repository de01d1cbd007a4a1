"""Work in turns: a piece in each turn of the event loop, so that the window answers between two of them."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer

# so long nothing is done after each piece: what has come in meanwhile is answered, and painted
REST_MS = 20


class InTurns(QObject):
    """Goes on with ``steps``, one in a turn of the event loop, or all that are left at once."""

    def __init__(self, steps: Iterator[None], parent: QObject) -> None:
        super().__init__(parent)
        self._steps = steps
        self._timer = QTimer(self, interval=REST_MS)
        self._timer.timeout.connect(self._step)

    def begin(self) -> None:
        """Do a step in each of the turns that come."""
        self._timer.start()

    def finish(self) -> None:
        """Do all that is left now."""
        self._timer.stop()
        for _ in self._steps:
            pass

    def _step(self) -> None:
        try:
            next(self._steps)
        except StopIteration:
            self._timer.stop()
