"""The trainer of a window gives way to it: a lower priority of its own, and on Linux of its session."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from designer.workspace.giving_way import NICE
from designer.workspace.jobs import TrainerProcess


@pytest.fixture
def trainer() -> Iterator[TrainerProcess]:
    made = TrainerProcess()
    made.start()
    yield made
    made.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has classes of priority")
def test_the_trainer_gives_way(trainer: TrainerProcess) -> None:
    assert trainer.pid is not None
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, trainer.pid) == max(NICE, own)


@pytest.mark.skipif(sys.platform != "win32", reason="other systems have numbers")
def test_the_trainer_gives_way_on_windows(trainer: TrainerProcess) -> None:
    assert psutil.Process(trainer.pid).nice() == psutil.BELOW_NORMAL_PRIORITY_CLASS


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="no system that shares among sessions")
def test_its_session_gives_way_too(trainer: TrainerProcess) -> None:
    # /autogroup-17 nice 5, and nothing where a process is in no group of its session but in the system's own
    said = Path(f"/proc/{trainer.pid}/autogroup").read_text().split()
    own = Path("/proc/self/autogroup").read_text().split()
    if not said:
        pytest.skip("here processors are shared among control groups, not sessions")
    assert said[:1] != own[:1]
    assert said[-1] == str(NICE)
