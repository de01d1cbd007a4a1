"""The real window in a process of its own, training before somebody's eyes; how fast it answers goes to stdout.

``python -m tests.helpers.live_window PROJECT SECONDS``: opens the project, measures itself for so many seconds while
nothing goes on, presses Train, says ``{"run": folder}``, measures itself again while the curves grow, says both as one
line of JSON, and stays until its standard input ends. What is measured, in ms: how ``late`` each tick of a timer came,
and how long each round of the event loop was ``busy``, in time of the processor, whatever else the machine does.
"""

from __future__ import annotations

import gc
import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractEventDispatcher, QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from designer.gui import app
from designer.gui.collecting import Collector
from designer.gui.window import MainWindow
from tests.helpers.window import click, open_window, until

TICK_MS = 10
WARM_SECONDS = 90.0


def main() -> None:
    """Show the window and do what is asked."""
    path, seconds = Path(sys.argv[1]), float(sys.argv[2])
    app.prepare_process()
    app.import_heavy()
    with open_window(path) as window:
        import pyqtgraph  # noqa: F401

        gc.freeze()
        Collector(window)
        window.show_panel("training")
        make_warm(window)
        idle = paces(seconds)
        click(window.build().training.controls.start)
        until(lambda: window.run.progress.epoch >= 1, WARM_SECONDS, "the training did not begin")
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
    last = time.perf_counter()
    spent = time.thread_time()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        late.append(1000 * (now - last) - TICK_MS)
        last = now

    def asleep() -> None:
        # while it waits a thread takes no time of the processor, so that this is what the round before took
        nonlocal spent
        now = time.thread_time()
        busy.append(1000 * (now - spent))
        spent = now

    dispatcher = QAbstractEventDispatcher.instance(QApplication.instance().thread())
    timer = QTimer(timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start(TICK_MS)
    dispatcher.aboutToBlock.connect(asleep)
    # the loop of the app itself: what tests wait with looks for events at times only
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()
    dispatcher.aboutToBlock.disconnect(asleep)
    timer.stop()
    return {"late": late, "busy": busy}


def say(words: dict[str, Any]) -> None:
    """Tell whoever listens."""
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    main()
