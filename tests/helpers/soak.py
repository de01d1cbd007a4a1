"""Random gestures for long in a process of its own; what it has grown by goes to stdout as one line of JSON.

``python -m tests.helpers.soak COUNT SEED``: the first fourth warms up, the rest is measured.
"""

from __future__ import annotations

import collections
import faulthandler
import gc
import json
import os
import random
import sys
import threading
import time
import warnings
from types import TracebackType

import psutil
from PySide6.QtCore import QEvent, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QPixmapCache
from PySide6.QtWidgets import QApplication, QGraphicsItem, QWidget

from designer.compiler.infer import infer
from designer.compiler.plan_memory import PLANS
from designer.gui.app import make_app
from designer.gui.canvas.node_item import NodeItem
from designer.gui.canvas.port_layout import laid_out
from designer.gui.canvas.view import CanvasView
from designer.gui.collecting import Collector
from designer.gui.theme import LIGHT
from designer.project.model import Project
from designer.workspace.session import Session
from tests.helpers.gestures import act
from tests.helpers.hand import Hand
from tests.helpers.invariants import shows

# after so many gestures the project begins anew: the history, which may hold 1,000 steps, is no leak
PROJECT = 500
HARMLESS = ("This plugin does not support", "Populating font family")


class Soak:
    """Acts for long on one canvas and takes note of what is there at times."""

    def __init__(self, seed: int) -> None:
        self.said: list[str] = []
        qInstallMessageHandler(self._heard)
        sys.excepthook = self._raised
        sys.unraisablehook = lambda caught: self.said.append(f"unraisable {caught.exc_value!r} in {caught.object!r}")
        # what the compiler imports at its first need, most of all PyTorch, is no leak
        infer("torch.nn.Linear(4, 2)", "layer(x1)", ((4,),))
        self.app = make_app()
        self.collector = Collector(self.app)
        self.session = Session()
        self.view = CanvasView(self.session, LIGHT)
        self.view.resize(1000, 700)
        self.view.show()
        self.view.activateWindow()
        self.hand = Hand(self.view, random.Random(seed))
        self.gestures: collections.Counter[str] = collections.Counter()
        self.steps: collections.Counter[str] = collections.Counter()

    def run(self, count: int) -> None:
        """So many gestures."""
        for _ in range(count):
            self.gestures[act(self.hand)] += 1
            shows(self.view)
            assert not self.said, self.said
            if self.gestures.total() % PROJECT == 0:
                self._begin_anew()

    def figures(self) -> dict[str, float]:
        """What there is with an empty project, all that could be collected being collected."""
        self._begin_anew()
        things = gc.get_objects()
        return {
            "rss_mb": round(psutil.Process().memory_info().rss / 2**20, 1),
            "none": sys.getrefcount(None),
            "objects": len(things),
            "nodes": sum(issubclass(type(thing), NodeItem) for thing in things),
            "items": sum(issubclass(type(thing), QGraphicsItem) for thing in things),
            "drawn": len(self.view.canvas.items()),
            "widgets": sum(issubclass(type(thing), QWidget) for thing in things),
            "of_qt": len(QApplication.allWidgets()),
            "threads": threading.active_count(),
            "of_system": psutil.Process().num_threads(),
        }

    def _begin_anew(self) -> None:
        self.steps.update(step.label.split()[0] for step in self.session.history.steps[1:] if step.label)
        self.hand.copied.clear()
        self.session.restart(Project())
        self.view.set_theme(LIGHT)
        self.view.canvas.clearSelection()
        # these hold the last some thousand answers, which is their purpose and no leak
        QPixmapCache.clear()
        infer.cache_clear()
        laid_out.cache_clear()
        PLANS.clear()
        for _ in range(5):
            QApplication.processEvents()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            time.sleep(0.01)
        gc.collect()

    def _raised(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self.said.append(f"{kind.__name__}: {error}")
        sys.__excepthook__(kind, error, trace)

    def _heard(self, kind: QtMsgType, where: object, message: str) -> None:
        if kind != QtMsgType.QtDebugMsg and not any(harmless in message for harmless in HARMLESS):
            self.said.append(message)


def main(count: int, seed: int) -> None:
    """Act ``count`` times and say what was there after the first fourth and at the end."""
    faulthandler.enable()
    warnings.simplefilter("error")
    started, soak = time.monotonic(), Soak(seed)
    soak.run(count // 4)
    warm, halves = soak.figures(), []
    for _ in range(3):
        soak.run(count // 4)
        halves.append(soak.figures())
    told = {
        "count": soak.gestures.total(), "seconds": round(time.monotonic() - started), "python": sys.version.split()[0],
        "warm": warm, "later": halves, "gestures": soak.gestures, "steps": soak.steps,
    }  # fmt: skip
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    soak.view.close()
    soak.view.deleteLater()
    soak.app.processEvents()


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main(int(sys.argv[1]), int(sys.argv[2]))
