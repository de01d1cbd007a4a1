"""The app: starts Qt, shows the window, and only then brings in what takes long."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from designer.gui.collecting import Collector
from designer.gui.crash_log import CrashLog
from designer.gui.layout_memory import fit_screen
from designer.gui.theme import TEXT_PIXELS
from designer.gui.window import MainWindow

SWITCH_INTERVAL = 1e-4
NAME = "Layerloom"


def main(argv: Sequence[str]) -> int:
    """Open the window, with the project, table or folder named in ``argv`` if there is one; answers the exit status."""
    prepare_process()
    log = CrashLog()
    log.open()
    app = make_app()
    window = MainWindow()
    path = Path(argv[0]) if argv else None
    fit_screen(window, window.preferences.window)
    window.painted.connect(lambda: settle(window, log, path))
    window.show()
    status = app.exec()
    return end(window, log, status)


def prepare_process() -> None:
    """What has to be said before anything else is imported or started."""
    # threads that spin while they wait, or keep the interpreter for long, make a window stutter
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    sys.setswitchinterval(SWITCH_INTERVAL)
    # the imports to come make a quarter of a million objects, which a collection would go through again and again
    gc.disable()


def make_app() -> QApplication:
    """Qt's application object, with the app's font size."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication([NAME])
    app.setApplicationName(NAME)
    app.setApplicationDisplayName("")
    app.setDesktopFileName("layerloom")
    font = QFont(app.font())
    font.setPixelSize(TEXT_PIXELS)
    app.setFont(font)
    return app


def settle(window: MainWindow, log: CrashLog, path: Path | None) -> None:
    """What follows the first sight of the window: what is in it, the project, and the heavy imports."""
    from designer.workspace.session import Session

    window.furnish(Session())
    last = log.left_behind()
    note = f"Layerloom ended unexpectedly the last time. Details: {log.seen(last)}" if last is not None else ""
    # before a dialog on the data that is opened has a loop of events of its own
    QTimer.singleShot(0, window.build)
    if path is not None:
        window.open_path(path.resolve())
    if note:
        window.status.say(note)
    window.recovery.begin(path, note)

    def imported(_: object) -> None:
        # collecting now would stop everything for a fifth of a second; what the imports made stays anyway
        gc.freeze()
        Collector(window)
        window.job.warm_up()

    window.tasks.run("", import_heavy, imported, imported, "imports")


def import_heavy() -> None:
    """Import what is slow to import, so that nothing waits for it later."""
    import numpy  # noqa: F401
    import pandas  # noqa: F401
    import torch  # noqa: F401

    import designer.compiler.analyse
    import designer.importing.new
    import designer.importing.profile
    import designer.training.prepare
    import designer.workspace.run_order  # noqa: F401
    from designer.compiler.infer import infer

    # the first layer whose operations are counted brings in a third of PyTorch
    infer("nn.Linear(1, 1)", "layer(x1)", ((1,),))


def end(window: MainWindow, log: CrashLog, status: int, leave: Callable[[int], object] = os._exit) -> int:
    """End in order; where a thread is still busy with a large file the process does not wait for it."""
    window.shut_down()
    window.deleteLater()
    QApplication.processEvents()
    log.close()
    from designer.gui.job import still_listening
    from designer.gui.tasks import left_running

    if left_running() or still_listening():
        for stream in (sys.stdout, sys.stderr):
            # a window that was started without a terminal has none on Windows
            if stream is not None:
                stream.flush()
        leave(status)
    return status
