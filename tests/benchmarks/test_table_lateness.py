"""The window answers while a large table is looked through and read: how late its timer comes.

A bare timer in another process tells how late timers are on this machine at all. LAYERLOOM_TABLE_MB sets the size of
the table; its full size is 200.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from designer.gui import app
from designer.importing.sniff import sniff_table
from designer.training.columns import read_columns

SIZE_MB = int(os.environ.get("LAYERLOOM_TABLE_MB", "40"))
TICK_MS = 10
BARE = """
import json, sys, time
from PySide6.QtCore import Qt, QTimer, QCoreApplication
app = QCoreApplication([])
late, last = [], [time.perf_counter()]
def tick():
    now = time.perf_counter(); late.append(1000 * (now - last[0]) - 10); last[0] = now
timer = QTimer(timerType=Qt.TimerType.PreciseTimer); timer.timeout.connect(tick); timer.start(10)
QTimer.singleShot(int(sys.argv[1]), app.quit); app.exec(); print(json.dumps(late))
"""


def p99(values: list[float]) -> float:
    """The value that 99 of 100 do not pass."""
    return sorted(values)[int(0.99 * (len(values) - 1))]


def write_table(path: Path) -> None:
    """Fifteen columns of numbers and five of words."""
    chance = np.random.default_rng(0)
    rows = 5_000
    columns = [np.round(chance.normal(0, 100, rows), 4).astype(str) for _ in range(15)]
    columns += [np.array(["red", "green", "blue"])[chance.integers(3, size=rows)] for _ in range(5)]
    block = "".join(",".join(row) + "\n" for row in zip(*columns, strict=True))
    with path.open("w") as file:
        file.write(",".join(f"c{place}" for place in range(20)) + "\n")
        for _ in range(max(1, SIZE_MB * 1_000_000 // len(block))):
            file.write(block)


@pytest.mark.alone
@pytest.mark.slow
def test_the_window_answers_while_a_large_table_is_read(tmp_path: Path, qapp: object) -> None:
    path = tmp_path / "large.csv"
    write_table(path)
    app.prepare_process()
    app.import_heavy()
    rows: list[int] = []

    def read() -> None:
        sniffed = sniff_table(path)
        kinds = {column.name: column.kind for column in sniffed.columns}
        rows.append(len(read_columns(path, kinds, sniffed.format)))

    late: list[float] = []
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        late.append(1000 * (now - last) - TICK_MS)
        last = now

    timer = QTimer(timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    reading = threading.Thread(target=read)
    with subprocess.Popen([sys.executable, "-c", BARE, "5000"], stdout=subprocess.PIPE, text=True) as bare:
        timer.start(TICK_MS)
        reading.start()
        while reading.is_alive():
            QTest.qWait(50)
        timer.stop()
        reading.join()
        theirs = json.loads(bare.communicate(timeout=60)[0])
    print(f"\n{path.stat().st_size / 1e6:.0f} MB, {rows[0]:,} rows")
    for name, times in (("reading", late), ("bare timer", theirs)):
        print(f"{name}: late by p99 {p99(times):.1f} ms, at most {max(times):.1f} ms, {len(times)} ticks")
    assert p99(late) < 50 + p99(theirs)
    assert max(late) < 200 + max(theirs)
