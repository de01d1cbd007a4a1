"""The app gets a trainer ready as soon as it has settled, before anybody presses Train."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from designer.gui import app
from designer.gui.crash_log import CrashLog
from designer.gui.window import MainWindow
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.small import small_project
from tests.helpers.window import checked, keys, until


@pytest.fixture
def trainers(monkeypatch: pytest.MonkeyPatch) -> list[FakeTrainer]:
    """The trainers that the app has made."""
    made: list[FakeTrainer] = []

    def make(inside: bool) -> FakeTrainer:
        made.append(FakeTrainer())
        return made[-1]

    monkeypatch.setattr("designer.gui.runs.make_trainer", make)
    return made


@pytest.fixture
def bare(tmp_path: Path, trainers: list[FakeTrainer], monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """The window as the app first shows it, with nothing in it yet."""
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    app.make_app()
    window = MainWindow()
    window.show()
    yield window
    window.shut_down()
    window.close()
    window.deleteLater()
    QApplication.processEvents()
    QApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)
    # the app keeps what its imports made out of all collections; the tests to come want theirs whole
    gc.unfreeze()


def test_a_trainer_is_started_once_the_app_has_settled_and_takes_the_first_run(
    bare: MainWindow, trainers: list[FakeTrainer], tmp_path: Path
) -> None:
    path = small_project(tmp_path / "work")
    assert trainers == []
    app.settle(bare, CrashLog(tmp_path / "logs"), path)
    until(lambda: [each.asked for each in trainers] == [["start"]], what="no trainer was made ready")
    checked(bare)
    keys(bare, Qt.Key.Key_F5)
    until(lambda: "train" in trainers[0].asked)
    assert trainers[0].asked == ["start", "train"] and len(trainers) == 1, "the warm one trains, and no other is made"
