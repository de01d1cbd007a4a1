"""How late a timer of the window comes, how long the window itself is at something, and how late timers are at all."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer

TICK_MS = 10
BARE = f"""
import json, sys, threading, time
from PySide6.QtCore import Qt, QTimer, QCoreApplication
app = QCoreApplication([])
late, last = [], [time.perf_counter()]
def tick():
    now = time.perf_counter(); late.append(1000 * (now - last[0]) - {TICK_MS}); last[0] = now
timer = QTimer(timerType=Qt.TimerType.PreciseTimer); timer.timeout.connect(tick); timer.start({TICK_MS})
threading.Thread(target=lambda: (sys.stdin.read(), app.quit()), daemon=True).start()
app.exec(); print(json.dumps(late))
"""


class Ticks(QObject):
    """A timer on the thread of the window: by how many ms each tick is ``late``, and how many the thread was ``busy``.

    The latter counts only what the thread has computed itself since the tick before, whatever else the machine did.
    ``bare`` is how late the ticks of another process came that does nothing else.
    """

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self.busy: list[float] = []
        self.bare: list[float] = []
        self._last = time.perf_counter(), time.thread_time()
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def _tick(self) -> None:
        now = time.perf_counter(), time.thread_time()
        self.late.append(1000 * (now[0] - self._last[0]) - TICK_MS)
        self.busy.append(1000 * (now[1] - self._last[1]))
        self._last = now

    def begin(self) -> None:
        """Tick from now on."""
        self._last = time.perf_counter(), time.thread_time()
        self._timer.start(TICK_MS)

    def end(self) -> None:
        """Tick no more."""
        self._timer.stop()

    def say(self) -> None:
        """Print the figures."""
        for name, times in (("window", self.late), ("window itself busy", self.busy), ("bare timer", self.bare)):
            print(f"{name}: p99 {p99(times):.1f} ms, at most {max(times):.1f} ms, {len(times)} ticks")


@contextmanager
def ticking() -> Iterator[Ticks]:
    """Ticks here and in a process beside."""
    ticks = Ticks()
    command = [sys.executable, "-c", BARE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as bare:
        ticks.begin()
        try:
            yield ticks
        finally:
            ticks.end()
            said = bare.communicate("", timeout=60)[0]
    ticks.bare = json.loads(said)


def p99(values: list[float]) -> float:
    """The value that 99 of 100 do not pass."""
    return sorted(values)[int(0.99 * (len(values) - 1))]


def write_table(path: Path, megabytes: int) -> None:
    """Fifteen columns of numbers, five of words and one of texts of which no two are alike."""
    chance = np.random.default_rng(0)
    rows = 5_000
    columns = [np.round(chance.normal(0, 100, rows), 4).astype(str) for _ in range(15)]
    columns += [np.array(["red", "green", "blue"])[chance.integers(3, size=rows)] for _ in range(5)]
    lines = [",".join(row) for row in zip(*columns, strict=True)]
    with path.open("w") as file:
        file.write("note," + ",".join(f"c{place}" for place in range(20)) + "\n")
        for block in range(max(1, megabytes * 1_000_000 // sum(len(line) + 15 for line in lines))):
            file.writelines(f"note {block * rows + place},{line}\n" for place, line in enumerate(lines))
