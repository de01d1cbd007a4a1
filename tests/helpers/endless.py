"""Tables whose reading comes to no end by itself, so that it shows whether it is given up."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from designer.runtime import gzipped

PIECE = 1 << 18


class Endless:
    """Has the files of some names go on with their last lines for ever, until ``end``; ``begun`` are those in hand."""

    def __init__(self, patch: pytest.MonkeyPatch, *names: str) -> None:
        self.begun: list[str] = []
        self._names, self._over, self._unpack = names, threading.Event(), gzipped.unpack
        self._readers: list[threading.Thread] = []
        patch.setattr(gzipped, "unpack", self._unpacked)

    def _unpacked(self, file: Path) -> Iterator[bytes]:
        text = b"".join(self._unpack(file))
        yield text
        if file.name in self._names:
            self.begun.append(file.name)
            self._readers.append(threading.current_thread())
            below = text[text.index(b"\n") + 1 :]
            while not self._over.wait(0.02):
                yield below * (PIECE // len(below))

    def end(self) -> None:
        """Let every file end."""
        self._over.set()

    def left(self, seconds: float) -> list[str]:
        """The threads that are still at such a file after so long."""
        deadline = time.monotonic() + seconds
        while (found := self._reading()) and time.monotonic() < deadline:
            time.sleep(0.01)
        return found

    def _reading(self) -> list[str]:
        return [thread.name for thread in self._readers if thread.is_alive()]
