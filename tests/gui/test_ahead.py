"""Before a training: the forecast in its line, and one batch learned by heart in its dialog, both without waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from designer.gui import asking
from designer.gui.overfit_dialog import OverfitDialog
from designer.gui.panels import forecast_line
from designer.gui.panels.forecast_line import ASK, CANCEL, ForecastLine, forecast_words
from designer.gui.theme import LIGHT
from designer.project import edits
from designer.project.errors import LayerloomError
from designer.project.file import load_project
from designer.workspace.session import Session
from tests.helpers.small import small_project
from tests.helpers.window import keys, open_window, until

FOUND = {
    "epoch_seconds": 2.04,
    "epochs": 90,
    "seconds": 184.0,
    "memory": 210e6,
    "free": 18e9,
    "device": "cpu",
    "threads": 2,
    "memory_format": "channels_last",
    "precision": "float32",
}


class FakeInquiry:
    """Answers when it is told to, or not at all."""

    made: list[FakeInquiry] = []

    def __init__(self, command: str, project: object, base: Path) -> None:
        self.command, self.unwanted, self.go = command, threading.Event(), threading.Event()
        self.answer: Mapping[str, Any] = {"forecast": FOUND}
        self.error = ""
        self.heard: list[Mapping[str, Any]] = []
        FakeInquiry.made.append(self)

    def run(self, hear: Callable[[Mapping[str, Any]], object] = lambda event: None) -> Mapping[str, Any]:
        for event in self.heard:
            hear(event)
        while not self.go.wait(0.01):
            if self.unwanted.is_set():
                return {}
        if self.error:
            raise LayerloomError(self.error)
        return self.answer


@pytest.fixture
def inquiries(monkeypatch: pytest.MonkeyPatch) -> list[FakeInquiry]:
    FakeInquiry.made = []
    monkeypatch.setattr(forecast_line, "Inquiry", FakeInquiry)
    monkeypatch.setattr(asking, "Inquiry", FakeInquiry)
    return FakeInquiry.made


@pytest.fixture
def line(qtbot, tmp_path: Path) -> Iterator[ForecastLine]:
    session = Session.open(small_project(tmp_path))
    made = ForecastLine(session)
    session.subscribe(made.project_changed)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.tasks.close()
    session.close()


def test_a_forecast_is_asked_for_answered_and_forgotten(
    line: ForecastLine, qtbot, inquiries: list[FakeInquiry]
) -> None:
    assert not line.answer.isVisible()
    QTest.mouseClick(line.ask, Qt.MouseButton.LeftButton)
    assert line.ask.text() == CANCEL
    assert inquiries[0].command == "forecast"
    inquiries[0].go.set()
    qtbot.waitUntil(lambda: line.answer.text() == "About 2.0 s an epoch, 3 min in all, 210\u00a0MB")
    assert "2 threads, channels last" in line.answer.toolTip()
    assert line.ask.text() == ASK
    project = line.session.project
    line.session.do("Set epochs", edits.set_training(project, type(project.training)(epochs=7)))
    assert not line.answer.isVisible()


def test_a_forecast_can_be_given_up(line: ForecastLine, qtbot, inquiries: list[FakeInquiry]) -> None:
    line.start()
    QTest.mouseClick(line.ask, Qt.MouseButton.LeftButton)
    assert line.ask.text() == ASK
    qtbot.waitUntil(lambda: inquiries[0].unwanted.is_set())
    line.start()
    line.offer(False)
    assert not line.working
    assert not line.isVisible()


def test_what_stands_in_the_way_is_said_in_its_place(line: ForecastLine, qtbot, inquiries: list[FakeInquiry]) -> None:
    line.start()
    inquiries[0].error = "Training needs about 40.0 GB of memory"
    inquiries[0].go.set()
    qtbot.waitUntil(lambda: line.answer.text() == "Training needs about 40.0 GB of memory")
    assert line.answer.property("role") == "error"
    line.start()
    inquiries[1].answer = {"forecast": {**FOUND, "memory": 20e9}}
    inquiries[1].go.set()
    qtbot.waitUntil(lambda: "20.0\u00a0GB: more than is free, 18.0 GB" in line.answer.text())
    assert line.answer.property("role") == "error"


def test_an_answer_holds_no_longer_once_a_run_is_on(line: ForecastLine, qtbot, inquiries: list[FakeInquiry]) -> None:
    line.offer(True)
    line.ask.click()
    FakeInquiry.made[0].go.set()
    qtbot.waitUntil(lambda: line.answer.text().startswith("About"))
    line.offer(False)
    line.offer(True)
    assert line.answer.text() == "" and line.answer.isHidden()


def test_words_of_a_forecast() -> None:
    short = {**FOUND, "epoch_seconds": 0.0014, "seconds": 0.34}
    assert forecast_words(short) == "About 1.4 ms an epoch, 0.3 s in all, 210\u00a0MB"
    early = {**short, "epochs": 1200, "may_stop": True}
    assert forecast_words(early).endswith("0.3 s in all, if all 1,200 epochs are trained, 210\u00a0MB")
    ended = forecast_words({**early, "stops_after": 29})
    assert ended.endswith("0.3 s in all, as it stops early after 29 of 1,200 epochs, 210\u00a0MB")
    assert "12 s an epoch, 2 h 30 min in all" in forecast_words({**FOUND, "epoch_seconds": 12, "seconds": 9000})


def test_the_dialog_shows_losses_verdict_and_reasons(qtbot, tmp_path: Path, inquiries: list[FakeInquiry]) -> None:
    path = small_project(tmp_path)
    dialog = OverfitDialog(None, LIGHT, load_project(path), tmp_path)  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    dialog.show()
    asked = inquiries[0]
    assert asked.command == "overfit"
    dialog.asking.heard.emit({"losses": [1.0, 0.5, None, 0.2]})
    qtbot.waitUntil(lambda: len(dialog.curve.losses) == 4)
    assert dialog.verdict.text() == "Step 4 of 300, loss 0.2000"
    assert not dialog.grab().isNull()
    assert not dialog.asking.again.isEnabled()
    asked.answer = {"verdict": {"learned": False, "sentence": "It does not learn.", "reasons": ["One.", "Two."]}}
    with qtbot.waitSignal(dialog.ended):
        asked.go.set()
    assert dialog.verdict.text() == "It does not learn."
    assert dialog.reasons.text() == "Likely reasons:\n• One.\n• Two."
    QTest.mouseClick(dialog.asking.again, Qt.MouseButton.LeftButton)
    assert not dialog.curve.losses
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: inquiries[1].unwanted.is_set())


def test_one_batch_is_learned_and_forecast_in_the_window(tmp_path: Path) -> None:
    path = small_project(tmp_path)
    before = sorted(each.name for each in tmp_path.iterdir())
    with open_window(path) as window:
        until(window.actions_by_name["overfit"].isEnabled)
        began = time.monotonic()
        keys(window, Qt.Key.Key_F8, Qt.KeyboardModifier.ControlModifier)
        dialog = window.findChild(OverfitDialog)
        assert dialog is not None
        assert time.monotonic() - began < 2
        keys(window, Qt.Key.Key_F8, Qt.KeyboardModifier.ControlModifier)
        assert window.findChildren(OverfitDialog) == [dialog]
        until(lambda: dialog.asking.leave.text() == "Close", 60)
        assert dialog.verdict.text().startswith("The network can learn: the loss of one batch of 32 samples went from")
        assert len(dialog.curve.losses) > 10
        QTest.mouseClick(dialog.asking.leave, Qt.MouseButton.LeftButton)
        line = window.workbench.training.controls.forecast
        keys(window, Qt.Key.Key_F7, Qt.KeyboardModifier.ControlModifier)
        until(lambda: line.answer.text().startswith("About "), 60)
        assert " an epoch, " in line.answer.text()
        line.start()
    assert sorted(each.name for each in tmp_path.iterdir() if each.suffix in (".loom", ".csv", ".runs")) == before
