"""What is asked for often: done at once, then after a rest, which is longer where the thread has much to do."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QObject

from designer.gui.resting import Pacing, Resting


class Work:
    """Keeps when it was done; each time takes the processor for so many ms."""

    def __init__(self, milliseconds: float = 0.0) -> None:
        self.milliseconds = milliseconds
        self.at: list[float] = []

    def __call__(self) -> None:
        self.at.append(time.monotonic())
        ends = time.thread_time() + self.milliseconds / 1000
        while time.thread_time() < ends:
            pass


@pytest.fixture
def owner(qapp):
    made = QObject()
    yield made
    made.deleteLater()


def test_the_first_asking_is_heard_at_once_and_others_after_a_rest(owner: QObject, qtbot) -> None:
    work = Work()
    resting = Resting(work, 60, owner)
    for _ in range(5):
        resting.ask()
    assert len(work.at) == 1
    qtbot.waitUntil(lambda: len(work.at) == 2)
    assert work.at[1] - work.at[0] >= 0.05
    qtbot.wait(100)
    assert len(work.at) == 2


@pytest.mark.parametrize(("milliseconds", "most", "least"), [(0.0, 500, 0.015), (20.0, 500, 0.195), (20.0, 80, 0.075)])
def test_much_work_rests_for_long(milliseconds: float, most: int, least: float, owner: QObject, qtbot) -> None:
    work = Work(milliseconds)
    pacing = Pacing(work, 20, most, 0.1, owner)
    pacing.ask()
    pacing.ask()
    qtbot.waitUntil(lambda: len(work.at) == 2)
    assert work.at[1] - work.at[0] >= least


def test_what_presses_does_not_wait_and_is_done_once(owner: QObject, qtbot) -> None:
    work = Work()
    pacing = Pacing(work, 40, 500, 0.1, owner)
    pacing.ask()
    pacing.ask()
    pacing.ask_now()
    assert len(work.at) == 2
    qtbot.wait(120)
    assert len(work.at) == 2
