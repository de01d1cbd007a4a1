"""The trainer processes that run because of this one, whoever began them."""

from __future__ import annotations

from contextlib import suppress

import psutil


def trainers() -> list[psutil.Process]:
    """Those of the windows and commands of this process, in it or started by it; a fork says so by its name."""
    found = []
    for each in psutil.Process().children(recursive=True):
        # others may end meanwhile
        with suppress(psutil.NoSuchProcess):
            if each.name() == "trainer" or "--events" in each.cmdline():
                found.append(each)
    return found
