"""Projects opened and closed many times in one window: nothing of them stays in memory, threads or files."""

from __future__ import annotations

import gc
import os
import time
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from designer.gui.window import MainWindow
from tests.gui.conftest import _no_thread_left, _quiet_qt  # noqa: F401
from tests.helpers.small import small_project
from tests.helpers.window import checked, open_window, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(os.name == "nt", reason="file handles are counted otherwise there"),
]
# at a release 200
WARM, CYCLES = 12, int(os.environ.get("LAYERLOOM_OPENINGS", "20"))
# a megabyte is usual; a quarter of one that stays of each project is more than this
MOST_GROWTH = (8 if CYCLES <= 20 else 20) * 2**20
PATIENCE = 20.0


def test_projects_opened_and_closed_leave_no_memory_thread_or_file_behind(tmp_path: Path) -> None:
    paths = [small_project(tmp_path / name, name) for name in ("first", "second")]
    with open_window(paths[0]) as window:
        for _ in range(WARM):
            opened_and_closed(window, paths)
        before = standing()
        for _ in range(CYCLES):
            opened_and_closed(window, paths)
        deadline = time.monotonic() + PATIENCE
        # threads of libraries may come to their end a moment later; a leak stays
        while standing()[1:] > before[1:] and time.monotonic() < deadline:
            until(lambda: not window.tasks.busy())
        after = standing()
        print(f"{before[0] / 2**20:.0f} to {after[0] / 2**20:.0f} MiB, {after[1:]} of {before[1:]}")
        assert after[0] - before[0] <= MOST_GROWTH
        assert after[1] <= before[1]
        assert after[2] <= before[2]


def opened_and_closed(window: MainWindow, paths: list[Path]) -> None:
    """Open each project until it is checked, then close it."""
    for path in paths:
        window.documents.open(path)
        until(lambda path=path: window.editing and window.session.path == path)  # type: ignore[misc]
        checked(window)
        until(lambda: not window.tasks.busy())
        window.close_project()
        until(lambda: not window.tasks.busy())
        # what is to be deleted later, as the loop of the app does by itself
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def standing() -> tuple[int, int, int]:
    """The bytes that this process holds, its threads and its open files."""
    gc.collect()
    process = psutil.Process()
    return process.memory_info().rss, process.num_threads(), process.num_fds()
