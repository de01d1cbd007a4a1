"""The real window in a process of its own, training before somebody's eyes; how fast it answers goes to stdout.

``python -m tests.helpers.live_window PROJECT SECONDS``: opens the project, measures itself for so many seconds while
nothing goes on, presses Train, says ``{"run": folder}``, measures itself again while the curves grow, says both as one
line of JSON, and stays until its standard input ends. What is measured, in ms: how ``late`` each ring of a bell is
heard that comes like input, and how long each round of the event loop was ``busy``, in time of the processor, whatever
else the machine does.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractEventDispatcher, QEventLoop, QObject, QSocketNotifier, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from designer.gui import app
from designer.gui.collecting import Collector
from designer.gui.window import MainWindow
from tests.helpers.window import click, open_window, until

TICK_MS = 10
# of the system's timers: the time given is one of its clock
ABSOLUTE = 1
WARM_SECONDS = 90.0


def main() -> None:
    """Show the window and do what is asked."""
    path, seconds = Path(sys.argv[1]), float(sys.argv[2])
    app.prepare_process()
    app.import_heavy()
    with open_window(path) as window:
        gc.freeze()
        Collector(window)
        window.show_panel("training")
        make_warm(window)
        idle = paces(seconds)
        before = window.run.folder
        click(window.build().training.controls.start)
        # until another begins, that before is shown
        until(lambda: window.run.folder != before, WARM_SECONDS, "the training did not begin")
        until(lambda: window.run.progress.epoch >= 1, WARM_SECONDS, "no epoch was trained")
        say({"run": str(window.run.folder)})
        training = paces(seconds)
        say({"idle": idle, "training": training, "epochs": window.run.progress.epoch, "message": window.run.message})
        ended = threading.Event()
        threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
        while not ended.is_set():
            QTest.qWait(50)


def make_warm(window: MainWindow) -> None:
    """Train once, to the end: the trainer is there then, and all that is built at its first need."""
    start = window.build().training.controls.start
    until(start.isEnabled, WARM_SECONDS, "the project cannot be trained")
    click(start)
    until(lambda: window.run.progress.epoch >= 2, WARM_SECONDS, "the trainer did not begin")
    QTest.qWait(300)
    click(window.build().training.controls.stop)
    until(lambda: not window.run.running, WARM_SECONDS, "the training did not stop")
    QTest.qWait(300)


def paces(seconds: float) -> dict[str, list[float]]:
    """What the event loop says of itself for so long: ``late`` and ``busy``, in ms."""
    late: list[float] = []
    busy: list[float] = []
    spent = time.thread_time()

    def asleep() -> None:
        # while it waits a thread takes no time of the processor, so that this is what the round before took
        nonlocal spent
        now = time.thread_time()
        busy.append(1000 * (now - spent))
        spent = now

    dispatcher = QAbstractEventDispatcher.instance(QApplication.instance().thread())
    dispatcher.aboutToBlock.connect(asleep)
    # the loop of the app itself: what tests wait with looks for events at times only
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    with Bell(TICK_MS, late):
        loop.exec()
    dispatcher.aboutToBlock.disconnect(asleep)
    return {"late": late, "busy": busy}


class Bell:
    """Rings every so many ms and notes how late each ring is heard, in ms.

    Where there are timers of the system that can be waited for like input they are taken, for Qt's own round what is
    left of their time up to whole milliseconds whenever another event comes between.
    """

    def __init__(self, every: int, late: list[float]) -> None:
        self.every, self.late = 1e6 * every, late
        self._due = 0.0
        self._bell: QObject | None = None
        self._number = -1

    def __enter__(self) -> None:
        self._due = time.perf_counter_ns() + self.every
        if sys.platform != "linux":
            self._bell = QTimer(timerType=Qt.TimerType.PreciseTimer)
            self._bell.timeout.connect(self._heard)
            self._bell.start(round(self.every / 1e6))
            return
        system = ctypes.CDLL(None, use_errno=True)
        self._number = system.timerfd_create(time.CLOCK_MONOTONIC, os.O_NONBLOCK | os.O_CLOEXEC)
        second = 1_000_000_000
        words = (ctypes.c_long * 4)(0, round(self.every), int(self._due) // second, int(self._due) % second)
        assert system.timerfd_settime(self._number, ABSOLUTE, ctypes.byref(words), None) == 0
        self._bell = QSocketNotifier(self._number, QSocketNotifier.Type.Read)
        self._bell.activated.connect(self._rung)

    def __exit__(self, *_: object) -> None:
        if isinstance(self._bell, QSocketNotifier):
            self._bell.setEnabled(False)
            os.close(self._number)
        elif isinstance(self._bell, QTimer):
            self._bell.stop()
        self._bell = None

    def _rung(self) -> None:
        for _ in range(int.from_bytes(os.read(self._number, 8), sys.byteorder)):
            self._heard()

    def _heard(self) -> None:
        self.late.append((time.perf_counter_ns() - self._due) / 1e6)
        self._due += self.every


def say(words: dict[str, Any]) -> None:
    """Tell whoever listens."""
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    main()
