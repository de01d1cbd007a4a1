"""A thread of Qt that a test leaves running is found, whatever class it is of."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread

from designer.gui.job import Listener
from tests.helpers.qt_threads import running


class Waiting(QThread):
    """Runs until it is told to end."""

    def __init__(self) -> None:
        super().__init__()
        self.over = threading.Event()

    def run(self) -> None:
        self.over.wait(30)


@pytest.fixture
def waiting() -> Iterator[Waiting]:
    made = Waiting()
    yield made
    made.over.set()
    assert made.wait(10_000)


def test_one_that_runs_is_found_and_one_that_ended_is_not(waiting: Waiting) -> None:
    assert running() == []
    waiting.start()
    assert running() == [waiting]
    waiting.over.set()
    assert waiting.wait(10_000)
    assert running() == []


def test_one_with_a_priority_is_found(waiting: Waiting) -> None:
    waiting.start(QThread.Priority.LowPriority)
    assert running() == [waiting]


def test_the_apps_own_is_started_so_too() -> None:
    assert issubclass(Listener, QThread)
    assert Listener.start is QThread.start
