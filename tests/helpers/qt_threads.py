"""The threads of Qt that were started from Python: noted as they start, for to look for them takes 20 ms each time."""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from PySide6.QtCore import QThread
from shiboken6 import isValid

_start = QThread.start
_started: WeakSet[QThread] = WeakSet()


def _noted(thread: QThread, *priority: Any) -> None:
    _started.add(thread)
    _start(thread, *priority)


QThread.start = _noted  # type: ignore[method-assign]


def running() -> list[QThread]:
    """Those that run now, but for the one that asks."""
    return [each for each in list(_started) if isValid(each) and each.isRunning() and each != QThread.currentThread()]
