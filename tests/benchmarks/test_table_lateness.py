"""The window answers while a large table is opened, looked through and read: how late its timer comes.

A bare timer in another process tells how late timers are on this machine at all. LAYERLOOM_TABLE_MB sets the size of
the table; its full size is 200.
"""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from PySide6.QtTest import QTest

from designer.gui import app
from designer.gui.collecting import Collector
from designer.gui.window import MainWindow
from tests.gui.conftest import _no_thread_left, _quiet_qt  # noqa: F401
from tests.helpers.lateness import Ticks, p99, ticking, write_table
from tests.helpers.rounds import rounds
from tests.helpers.window import open_window, press_create, until

SIZE_MB = int(os.environ.get("LAYERLOOM_TABLE_MB", "40"))
SECONDS = 60 + 2 * SIZE_MB
ROUNDS = 3
SETTLED_MS = 500
# so long the window may be at something by itself, however busy the machine is: making all of the data page and opening
# the project at once takes twice as much
LONGEST_MS = 100


def load(window: MainWindow, path: Path) -> None:
    """Have the window make a project of the table, and wait until all of it is shown."""
    press_create()
    window.open_path(path)
    until(lambda: window.editing, SECONDS, "the new project was not shown")
    bench = window.build()
    # the data page, which is shown first, reads by itself
    both = (window.tasks, bench.data.tasks)
    until(
        lambda: bench.checker.current and not any(each.busy() for each in both), SECONDS, "the table was not looked at"
    )
    QTest.qWait(SETTLED_MS)
    until(lambda: not any(each.busy() for each in both), SECONDS, "the table was not looked through")


def lateness(path: Path) -> Ticks:
    """How late each tick of a timer came while the table was loaded."""
    with open_window() as window:
        # as the app itself does once the window is seen
        window.build()
        gc.freeze()
        Collector(window)
        QTest.qWait(SETTLED_MS)
        with ticking() as ticks:
            load(window, path)
    gc.unfreeze()
    gc.enable()
    return ticks


@pytest.mark.alone
@pytest.mark.slow
@pytest.mark.timeout(3 * SECONDS)
def test_the_window_answers_while_a_large_table_is_loaded(tmp_path: Path, record_property) -> None:
    """What makes the window stop does so each time; what another process does to it, only now and then."""
    path = tmp_path / "large.csv"
    write_table(path, SIZE_MB)
    app.prepare_process()
    app.import_heavy()
    found: list[Ticks] = []

    def fine() -> bool:
        return any(p99(each.late) < 50 + p99(each.bare) and max(each.late) < 200 + max(each.bare) for each in found)

    print(f"\n{path.stat().st_size / 1e6:.0f} MB")
    for _ in rounds(ROUNDS, fine):
        found.append(lateness(path))
        found[-1].say()
    best = min(found, key=lambda each: max(each.late))
    record_property("window p99 ms", round(p99(best.late), 1))
    record_property("window max ms", round(max(best.late), 1))
    record_property("window busy ms", round(max(best.busy), 1))
    assert fine()
    assert min(max(each.busy) for each in found) < LONGEST_MS
