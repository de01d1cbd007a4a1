"""Memory that is freed is taken again, and not fetched from the system anew."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

from designer.runtime.kept_memory import keep_freed_memory

ROOT = Path(__file__).resolve().parents[3]
# what a process has to fetch for an array of 64 MB that it makes again and again, after the first few
PAGES = """
import resource, sys
import torch
from designer.runtime.kept_memory import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
def fill(times):
    for _ in range(times):
        torch.ones(1 << 24)
fill(20)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
fill(10)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def pages(word: str) -> int:
    ran = subprocess.run([sys.executable, "-c", PAGES, word], cwd=ROOT, capture_output=True, text=True, check=True)
    return int(ran.stdout)


@pytest.mark.cold
@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "mallopt"), reason="another C library does as it likes"
)
def test_memory_that_is_freed_is_taken_again() -> None:
    assert pages("kept") < 1000
    assert pages("as usual") > 10_000


def test_other_systems_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    monkeypatch.setattr(sys, "platform", "win32")
    keep_freed_memory()
