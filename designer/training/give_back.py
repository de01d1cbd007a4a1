"""Memory that is handed back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress


def give_back() -> None:
    """Hand freed memory back to the system, where its allocator would keep it: glibc does for each thread."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def give_all_back() -> None:
    """Free what nothing uses any more, on a GPU too, and hand it back to the system."""
    gc.collect()
    torch = sys.modules.get("torch")
    # a GPU that is lost to this process takes nothing back either
    with suppress(RuntimeError):
        if torch is not None and torch.cuda.is_initialized():
            torch.cuda.empty_cache()
        elif torch is not None and torch.backends.mps.is_available():
            torch.mps.empty_cache()
    give_back()


def is_gpu_lost() -> bool:
    """Whether a GPU answers this process no more, as after an error within it: only a new process can use it then."""
    torch = sys.modules.get("torch")
    try:
        if torch is not None and torch.cuda.is_initialized():
            torch.cuda.synchronize()
    except RuntimeError:
        return True
    return False
