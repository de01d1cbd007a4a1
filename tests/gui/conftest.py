"""What every test of the window has: no screen, and no test passes that made Qt complain or left a thread behind."""

from __future__ import annotations

import gc
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from tests.helpers import qt_threads
from tests.helpers.endless import Endless
from tests.helpers.fake_trainer import FakeTrainer

if TYPE_CHECKING:
    from designer.gui.window import MainWindow
    from tests.helpers.curve_pair import Pair

HARMLESS = re.compile(
    r"This plugin does not support (propagateSizeHints|raise|grabbing)"
    r"|QFontDatabase: Cannot find font directory"
    r"|Populating font family aliases took"
    r"|XDG_RUNTIME_DIR"
)
SERIOUS = {"QtWarningMsg", "QtCriticalMsg", "QtFatalMsg"}


# on a busy machine the first shapes, for which PyTorch is imported, take longer than the five seconds of pytest-qt
PATIENCE_MS = 30_000


class PatientBot(QtBot):
    """Waits as long as ``until`` does for what will come."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
        """Wait until ``callback`` holds."""
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **others: Any) -> Any:
        """Wait for a signal."""
        return super().waitSignal(signal, timeout=timeout, **others)


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> PatientBot:
    """What pytest-qt offers, with more patience."""
    return PatientBot(request)


@pytest.fixture(autouse=True)
def _collect_here() -> Iterator[None]:
    """As in the app, garbage is collected on this thread alone: another one must not destroy what belongs to Qt."""
    gc.disable()
    yield
    gc.collect(0 if gc.get_count()[1] < gc.get_threshold()[1] else 2)


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """No test leaves the next one what it let the window remember, such as the coarse grid or a panel that floats."""
    yield
    from designer.workspace.preferences import Preferences, change_preferences, load_preferences

    usual = Preferences()
    if load_preferences() != usual:
        change_preferences(**{each.name: getattr(usual, each.name) for each in fields(Preferences)})


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for what is remembered, for this test alone."""
    home = tmp_path / "home"
    monkeypatch.setenv("LAYERLOOM_HOME", str(home))
    return home


@pytest.fixture
def trainer() -> FakeTrainer:
    """A trainer that does as told."""
    return FakeTrainer()


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endless]:
    """What every reading of a file of this name comes to while the test lasts: no end."""
    made = Endless(monkeypatch, "long.csv")
    yield made
    made.end()


@pytest.fixture
def window(own_home: Path, trainer: FakeTrainer) -> Iterator[MainWindow]:
    """The whole window, with nothing open and nothing remembered."""
    from tests.helpers.window import open_window

    with open_window(trainer=lambda: trainer) as made:
        yield made


@pytest.fixture
def pair(qtbot) -> Pair:
    """The two plots of a training that share their epochs."""
    from tests.helpers.curve_pair import Pair

    made = Pair()
    qtbot.addWidget(made.page)
    return made


@pytest.fixture
def over(pair: Pair) -> Pair:
    """The plots of a run of 200 epochs that is over."""
    from tests.helpers.curve_pair import run_of

    pair.show(run_of(200))
    pair.end()
    assert pair.seen() == (0, 200)
    return pair


@pytest.fixture(autouse=True)
def _quiet_qt(qtlog: pytest.FixtureRequest) -> Iterator[None]:
    """Fail on any warning of Qt that is not known to be harmless."""
    yield
    said = [record for record in qtlog.records if record.type.name in SERIOUS and not HARMLESS.search(record.message)]
    assert not said, "Qt complained: " + "; ".join(record.message for record in said)


@pytest.fixture(autouse=True)
def _no_thread_left(qapp: object) -> Iterator[None]:
    """Fail where a thread that the test started does not come to its end after it."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while (left := _running(before)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not left, f"left running: {left}"
    # what waits for a loop of events to be destroyed would take part in all the tests to come
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _running(before: set[threading.Thread]) -> list[str]:
    threads = [thread.name for thread in threading.enumerate() if thread not in before and not thread.daemon]
    return threads + [repr(thread) for thread in qt_threads.running()]
