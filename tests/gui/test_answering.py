"""A test fails where the window keeps a person waiting, and says with what; its own work is not counted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QTimer

from tests.helpers import answering
from tests.helpers.window import open_window, rest, until


def work_for(seconds: float) -> None:
    """Use the processor for so long."""
    ends = time.thread_time() + seconds
    while time.thread_time() < ends:
        pass


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "MOST_SECONDS", 0.5)
    monkeypatch.setattr(answering, "LONG_SECONDS", 0.1)


@contextmanager
def settled_window() -> Iterator[answering.Stretches]:
    """A window that has come to rest: the first one of a process takes its time."""
    with open_window(), answering.answering() as stretches:
        rest(0.2)
        stretches.longest = 0.0
        yield stretches


def test_a_window_that_works_for_long_is_told_with_what(qapp: object) -> None:
    with pytest.raises(AssertionError, match=r"nothing else for \d\.\d\d s(?s:.*)in work_for"), settled_window():
        QTimer.singleShot(0, lambda: work_for(0.8))
        rest()


def test_short_work_in_turns_and_the_work_of_the_test_itself_keep_nobody_waiting(qapp: object) -> None:
    with settled_window() as stretches:
        done: list[int] = []
        timer = QTimer()
        timer.timeout.connect(lambda: (work_for(0.1), done.append(1)))
        timer.start(0)
        until(lambda: len(done) >= 6)
        timer.stop()
        work_for(0.6)
        rest()
        assert 0.1 <= stretches.longest < 0.5
