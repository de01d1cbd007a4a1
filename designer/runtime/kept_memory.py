"""Lets a training take the memory of its next step from what the last one freed, and not from the system anew."""

from __future__ import annotations

import ctypes
import sys

# what glibc's malloc.h calls these settings, and the value that switches giving back off
MMAP_MAX = -4
TRIM_THRESHOLD = -1
NEVER_TRIM = -1


def keep_freed_memory() -> None:
    """From here on this process keeps the memory that it frees, where the C library is glibc and can be told to.

    By itself glibc takes room of more than a few megabytes, such as the outputs of a convolution, from the system and
    hands it back as soon as it is free. In the next step the system has to empty each page of it again, which takes up
    to a fifth of the time.
    """
    tune = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if tune is not None:
        tune(MMAP_MAX, 0)
        tune(TRIM_THRESHOLD, NEVER_TRIM)
