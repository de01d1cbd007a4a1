"""Twenty trainings begun and stopped in one window and one trainer process: neither keeps anything of them."""

from __future__ import annotations

import gc
import os
import time
from pathlib import Path

import psutil
import pytest

from designer.gui.window import MainWindow
from tests.gui.conftest import _no_thread_left, _quiet_qt  # noqa: F401
from tests.helpers.small import small_project
from tests.helpers.window import click, open_window, until

pytestmark = [
    pytest.mark.slow,
    # a process of its own to the trainer; what others do beside takes no memory of these two
    pytest.mark.cold,
    pytest.mark.skipif(os.name == "nt", reason="file handles are counted otherwise there"),
]
WARM, CYCLES = 6, 20
MOST_GROWTH = 1.05
PATIENCE = 20.0


def test_twenty_trainings_leave_no_memory_thread_or_file_behind(tmp_path: Path) -> None:
    # another test of this process may have left one that is still coming to its end
    before_it = trainers()
    with open_window(small_project(tmp_path, epochs=1_000_000)) as window:
        window.show_panel("training")
        for _ in range(WARM):
            trained_and_stopped(window)
        (trainer,) = trainers() - before_it
        both = [psutil.Process(), trainer]
        gc.collect()
        before = [standing(each) for each in both]
        for _ in range(CYCLES):
            trained_and_stopped(window)
        assert trainers() - before_it == {trainer}
        for process, (memory, threads, files) in zip(both, before, strict=True):
            deadline = time.monotonic() + PATIENCE
            # threads of libraries may come to their end a moment later; a leak stays
            while standing(process)[1:] > (threads, files) and time.monotonic() < deadline:
                gc.collect()
                until(lambda: not window.tasks.busy())
            after = standing(process)
            print(
                f"{process.name()}: {memory / 2**20:.0f} to {after[0] / 2**20:.0f} MiB, {after[1:]} of {threads, files}"
            )
            assert after[0] <= MOST_GROWTH * memory
            assert after[1] <= threads
            assert after[2] <= files


def trainers() -> set[psutil.Process]:
    """The trainer processes that this one has started."""
    return {each for each in psutil.Process().children() if "--events" in each.cmdline()}


def trained_and_stopped(window: MainWindow) -> None:
    """Press Train, wait for the third epoch, press Stop."""
    panel = window.build().training
    click(panel.controls.start)
    until(lambda: window.run.state == "running" and window.run.progress.epoch >= 3, 90, "the training did not begin")
    click(panel.controls.stop)
    until(lambda: not window.run.running and window.run.stopped, 60, "the training did not stop")


def standing(process: psutil.Process) -> tuple[int, int, int]:
    """The bytes that a process holds, its threads and its open files."""
    return process.memory_info().rss, process.num_threads(), process.num_fds()
