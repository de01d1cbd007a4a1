"""While a window is open: how long its thread works without returning to the events, and where it was then."""

from __future__ import annotations

import faulthandler
import functools
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from PySide6.QtCore import QAbstractEventDispatcher, QCoreApplication
from PySide6.QtTest import QTest

# of processor time, which other work on the machine hardly lengthens; most that a window does takes a fifth of this,
# a change of the theme half of it
MOST_SECONDS = 2.0
LOOK_SECONDS, LONG_SECONDS = 0.1, 0.5
# by these a test lets the window work; what a test does by itself is its own affair
WORKING = (
    (QCoreApplication, ("processEvents",)),
    (QTest, ("mouseClick", "mouseDClick", "mousePress", "mouseRelease", "mouseMove", "keyClick")),
)


class Stretches:
    """The stretches of work of the window's thread. ``longest`` in seconds, ``where`` what it was at, if it lasted."""

    def __init__(self) -> None:
        self.longest, self.where = 0.0, ""
        self._thread = threading.get_ident()
        self._depth = 0
        self._began = self._seen_at = 0.0
        self._seen = ""
        self._ended = threading.Event()

    def begin(self) -> None:
        """The window is let work."""
        self._depth += 1
        if self._depth == 1:
            self._turn()

    def end(self) -> None:
        """The window has done what it was let do."""
        self.returned()
        self._depth -= 1

    def returned(self) -> None:
        """The thread is back at the events."""
        if not self._depth:
            return
        spent = time.thread_time() - self._began
        if spent > self.longest:
            self.longest, self.where = spent, self._seen
        self._turn()

    def _turn(self) -> None:
        self._began, self._seen_at, self._seen = time.thread_time(), time.monotonic(), ""

    def look(self) -> None:
        """Note again and again what a stretch that lasts is at, in a thread of its own."""
        with tempfile.TemporaryFile() as file:
            while not self._ended.wait(LOOK_SECONDS):
                if self._depth and time.monotonic() - self._seen_at > LONG_SECONDS:
                    self._seen = _calls(self._thread, file)

    def leave(self) -> None:
        """Look no more."""
        self._ended.set()


@contextmanager
def answering() -> Iterator[Stretches]:
    """Fail where the window's thread kept a person waiting; within another such block nothing is added."""
    if _open:
        yield _open[0]
        return
    stretches = Stretches()
    _open.append(stretches)
    dispatcher = QAbstractEventDispatcher.instance()
    dispatcher.awake.connect(stretches.returned)
    looking = threading.Thread(target=stretches.look, name="look at the window's thread", daemon=True)
    looking.start()
    usual = [(owner, name, owner.__dict__[name]) for owner, names in WORKING for name in names]
    for owner, name, _ in usual:
        setattr(owner, name, staticmethod(_noted(getattr(owner, name), stretches)))
    try:
        yield stretches
    finally:
        for owner, name, before in usual:
            setattr(owner, name, before)
        dispatcher.awake.disconnect(stretches.returned)
        _open.remove(stretches)
        stretches.leave()
        looking.join()
    assert stretches.longest < MOST_SECONDS, (
        f"the window did nothing else for {stretches.longest:.2f} s of processor time\n{stretches.where}"
    )


def _calls(thread: int, file: IO[bytes]) -> str:
    """What a thread is at, the last call first: not by its frames, which would keep painters alive that end now."""
    file.seek(0)
    file.truncate()
    faulthandler.dump_traceback(file)
    file.seek(0)
    parts = file.read().decode(errors="replace").split("\n\n")
    return next((part for part in parts if part.startswith(f"Thread 0x{thread:016x}")), "")


def _noted(work: Callable[..., Any], stretches: Stretches) -> Callable[..., Any]:
    @functools.wraps(work)
    def noted(*arguments: Any, **named: Any) -> Any:
        stretches.begin()
        try:
            return work(*arguments, **named)
        finally:
            stretches.end()

    return noted


_open: list[Stretches] = []
