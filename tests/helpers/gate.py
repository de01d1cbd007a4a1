"""Work that is held until a test lets it go on, as by a disk that is slow."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Gate:
    """Holds a piece of work from the moment at which it is ``reached`` until its ``way`` is open."""

    def __init__(self, work: Callable[..., object]) -> None:
        self._work, self.reached, self.way = work, threading.Event(), threading.Event()

    def __call__(self, *arguments: object) -> object:
        self.reached.set()
        assert self.way.wait(30)
        return self._work(*arguments)
