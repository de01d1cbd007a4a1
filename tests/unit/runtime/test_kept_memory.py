"""Memory that is freed is taken again, and not fetched from the system anew."""

from __future__ import annotations

import ctypes
import sys

import numpy as np
import pytest

from designer.runtime.kept_memory import keep_freed_memory

FLOATS = 3 << 20
ROUNDS = 20


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "mallopt"), reason="another C library does as it likes"
)
def test_memory_that_is_freed_is_taken_again() -> None:
    import resource

    keep_freed_memory()
    np.ones(FLOATS, dtype=np.float32)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(ROUNDS):
        np.ones(FLOATS, dtype=np.float32)
    pages = FLOATS * 4 / resource.getpagesize()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before < pages


def test_other_systems_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    monkeypatch.setattr(sys, "platform", "win32")
    keep_freed_memory()
