"""Work in turns: a piece in each turn of the event loop, so that the window answers between two of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid

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


class OneByOne(QObject):
    """Does what it is asked, one thing in a turn of the event loop: whoever works in the window waits for one at most.

    What waits already is not done twice; what is asked for meanwhile has its turn after all that waits. What comes of a
    thing, such as painting, has the turn after it for itself. What an object that has gone would do is not done.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: dict[Callable[[], object], None] = {}
        self._free = False
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._next)

    def ask(self, work: Callable[[], object]) -> None:
        """Do this in a turn of its own."""
        self._waiting.setdefault(work)
        if not self._timer.isActive():
            self._timer.start()

    def _next(self) -> None:
        self._free = not self._free
        if self._free and self._waiting:
            work = next(iter(self._waiting))
            del self._waiting[work]
            self._timer.start()
            if not _gone(work):
                work()
        elif self._waiting:
            self._timer.start()


def _gone(work: Callable[[], object]) -> bool:
    """Whether the object of Qt that would do this is not there any more."""
    owner = getattr(work.func if isinstance(work, partial) else work, "__self__", None)
    return isinstance(owner, QObject) and not isValid(owner)
