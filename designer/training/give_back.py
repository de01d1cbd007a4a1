"""Memory that is handed back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys


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
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.empty_cache()
    give_back()
