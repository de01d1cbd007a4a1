"""Patience with files that another program holds open for a moment: Windows then lets nobody replace or read them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")

# Windows' own numbers: access denied, in use, locked in part, mapped into memory; other systems have none of these
HELD = (5, 32, 33, 1224)
LONGEST_SECONDS = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 0.002, 0.05


def patiently(act: Callable[[], Answer], seconds: float = LONGEST_SECONDS) -> Answer:
    """What ``act`` answers. As long as another program holds its file it is tried again, at most for ``seconds``.

    On Windows a file that anybody has open to read, such as a virus scanner, can be neither replaced nor removed, and
    one that is just being replaced cannot be opened. Any other OSError is raised at once, as on all other systems.
    """
    end, pause = time.monotonic() + seconds, FIRST_PAUSE
    while True:
        try:
            return act()
        except OSError as error:
            if getattr(error, "winerror", None) not in HELD or time.monotonic() >= end:
                raise
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
