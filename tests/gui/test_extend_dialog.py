"""The dialog that extends a run says first how many epochs there are then, and what becomes of its schedules."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from designer.gui import tasks
from designer.gui.extend_dialog import ExtendDialog
from designer.gui.theme import LIGHT
from designer.project.model import Project, Schedule, Training
from designer.workspace.extending import Standing
from tests.helpers.window import until

Make = Callable[..., ExtendDialog]


@pytest.fixture
def made(qtbot) -> Iterator[Make]:
    parent = QWidget()
    qtbot.addWidget(parent)

    def make(*schedules: Schedule, epochs: int = 3_000, done: int = 3_000, told=()) -> ExtendDialog:
        project = Project(training=Training(epochs=epochs, learning_rate=0.01, schedules=schedules))
        standing = Standing(project, done, done, told)
        dialog = ExtendDialog(("It goes on.", done), lambda: standing, None, LIGHT, parent)
        dialog.open()
        until(lambda: dialog.standing is not None)
        return dialog

    yield make
    for dialog in parent.findChildren(ExtendDialog):
        dialog.reject()


def write(dialog: ExtendDialog, text: str) -> None:
    box = dialog.form.editors["epochs"].box
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, text)


def test_the_total_follows_what_is_typed_before_it_is_taken(made: Make) -> None:
    dialog = made(done=10_357)
    write(dialog, "3000")
    assert dialog.total.text() == "10,357 + 3,000 = 13,357 epochs in all."
    assert not dialog.rates.isVisible() and not dialog.course.isVisible()
    chosen: list[dict[str, int]] = []
    dialog.chosen.connect(chosen.append)
    QTest.keyClick(dialog.form.editors["epochs"].box, Qt.Key.Key_Return)
    until(lambda: bool(chosen))
    assert chosen == [{"epochs": 3_000}]


def test_that_a_cycle_is_spread_anew_is_said_and_drawn(made: Make) -> None:
    dialog = made(Schedule("one_cycle"))
    write(dialog, "3000")
    until(lambda: "is spread over 6,000 epochs, no longer over 3,000" in dialog.course.text(), 60)
    assert "in epoch 3,001. For another course, fork the run" in dialog.course.text()
    until(lambda: dialog.rates.plan is not None and dialog.rates.plan.epochs == 6_000)
    assert dialog.rates.isVisible() and dialog.rates.plot.mark == 3_001
    assert dialog.rates.readout.text().startswith("Begins with epoch 3,001 at 0.0")


def test_a_rate_that_losses_have_lowered_goes_on_from_there(made: Make) -> None:
    told = tuple((float(epoch), 0.01 if epoch < 5 else 0.001) for epoch in range(1, 11))
    dialog = made(Schedule("plateau"), epochs=10, done=10, told=told)
    until(lambda: dialog.rates.readout.text().startswith("Begins with epoch 11 at 0.001."), 60)
    points = dict(dialog.rates.plot.curves[0][0])
    assert points[4.0] == 0.01 and points[5.0] == points[15.0] == 0.001


def test_closing_does_not_wait_for_what_is_still_read(qtbot, monkeypatch) -> None:
    waited: list[object] = []
    monkeypatch.setattr(tasks, "_still_running", lambda threads: waited.append(threads) or [])
    parent, read = QWidget(), threading.Event()
    qtbot.addWidget(parent)
    dialog = ExtendDialog(("It goes on.", 3), lambda: read.wait(30) and None, None, LIGHT, parent)
    dialog.open()
    dialog.reject()
    read.set()
    assert not waited
