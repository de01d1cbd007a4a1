"""Leaving while a training is on: it goes on without the window where one says so, and is found again."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QMessageBox

from designer.gui.follow_bar import FollowBar
from designer.gui.window import MainWindow
from designer.project.edits import set_training
from designer.training.alive import LOCK, is_alive
from designer.training.errors import RunError
from designer.training.record import read_history
from designer.training.steering import send_order
from designer.workspace.preferences import change_preferences
from designer.workspace.runs import list_runs
from tests.helpers.small import small_project
from tests.helpers.window import click, during_dialog, keys, open_window, until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
LONG = 1_000_000


@pytest.fixture(autouse=True)
def _no_run_left(tmp_path: Path) -> Iterator[None]:
    """However a test ends, no run that was let go trains on behind it."""
    yield
    for run in living_runs(tmp_path):
        # it may end by itself just now
        with suppress(RunError):
            send_order(run, "stop")
    wait_for(lambda: not living_runs(tmp_path), "a run trains on after its test")


def living_runs(folder: Path) -> list[Path]:
    """The folders of the runs anywhere below that are being trained now."""
    return [lock.parent for lock in folder.rglob(LOCK) if is_alive(lock.parent)]


def press(dialog: QDialog, words: str) -> None:
    """Click the button of a question."""
    assert isinstance(dialog, QMessageBox)
    click(next(button for button in dialog.buttons() if button.text() == words))


def running(window: MainWindow) -> None:
    """Start a training and wait until some epochs are over."""
    keys(window, Qt.Key.Key_F5)
    until(lambda: window.run.progress.epoch > 3, 90)


def wait_for(condition: object, what: str) -> None:
    """Wait without a window."""
    deadline = time.monotonic() + 20
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@pytest.mark.parametrize("held", [False, True])
def test_a_training_goes_on_without_its_window_and_is_found_again(tmp_path: Path, held: bool) -> None:
    path = small_project(tmp_path, epochs=LONG)
    with open_window(path) as window:
        running(window)
        if held:
            keys(window, Qt.Key.Key_F6)
            until(lambda: window.run.state == "paused")
        during_dialog(lambda dialog: press(dialog, "Let it train on"))
        window.close()
        assert not window.isVisible()
    [run] = list_runs(path)
    seen = len(read_history(run))
    wait_for(lambda: len(read_history(run)) > seen + 3, "it did not go on")
    with open_window(path) as window:
        bar = window.findChild(FollowBar)
        until(bar.isVisible, what="nobody said that a run goes on")
        click(bar.button)
        until(lambda: window.run.state == "running", what=window.run.message)
        click(window.workbench.training.controls.stop)
        until(lambda: window.run.state == "idle")
        assert window.run.message.startswith("Stopped")
    wait_for(lambda: not is_alive(run), "the process did not end with its run")


@pytest.mark.parametrize("answer", ["Let it train on", "Interrupt the training"])
def test_who_cancels_at_the_second_question_finds_all_as_it_was(tmp_path: Path, answer: str) -> None:
    path = small_project(tmp_path, epochs=LONG)
    with open_window(path) as window:
        running(window)
        session = window.session
        session.do("Set seed", set_training(session.project, replace(session.project.training, seed=77)))
        assert not session.saved

        def first(dialog: QDialog) -> None:
            during_dialog(lambda second: press(second, "Cancel"), lambda second: second is not dialog)
            press(dialog, answer)

        during_dialog(first)
        window.close()
        assert window.isVisible()
        assert window.run.state == "running"
        seen = window.run.progress.epoch
        until(lambda: window.run.progress.epoch > seen + 3, what="the window hears no more of its run")
        assert not window.actions_by_name["resume"].isEnabled()
        [run] = list_runs(path)
        assert is_alive(run)
        click(window.workbench.training.controls.stop)
        until(lambda: window.run.state == "idle")
        assert window.run.message.startswith("Stopped")


def test_a_project_that_cannot_be_opened_takes_no_training_away(tmp_path: Path) -> None:
    path, broken = small_project(tmp_path, epochs=LONG), tmp_path / "broken.loom"
    broken.write_text("{}")
    with open_window(path) as window:
        running(window)

        def first(dialog: QDialog) -> None:
            during_dialog(lambda second: press(second, "OK"), lambda second: second is not dialog)
            press(dialog, "Interrupt the training")

        during_dialog(first)
        window.open_path(broken)
        assert window.session.path == path
        assert window.run.state == "running"
        seen = window.run.progress.epoch
        until(lambda: window.run.progress.epoch > seen + 3, what="the window hears no more of its run")


def test_what_the_window_says_of_a_run_that_trains_elsewhere_asks_for_no_commands(tmp_path: Path) -> None:
    path = small_project(tmp_path, epochs=LONG)
    with open_window(path) as window:
        running(window)
        [run] = list_runs(path)
        during_dialog(lambda dialog: press(dialog, "Let it train on"))
        keys(window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
        until(lambda: not window.editing)
        window.open_path(path)
        start = window.workbench.training.controls.start
        until(lambda: window.session.path == path and start.isEnabled(), 90)
        window.runs.go_on_with(run)
        until(lambda: "being trained right now" in window.run.message, what=window.run.message)
        assert "layerloom" not in window.run.message
        send_order(run, "stop")
        wait_for(lambda: not is_alive(run), "nobody hears orders any more")


def test_a_training_goes_on_while_the_window_shows_another_project(tmp_path: Path) -> None:
    path, other = small_project(tmp_path / "a", epochs=LONG), small_project(tmp_path / "b", epochs=2)
    with open_window(path) as window:
        running(window)
        during_dialog(lambda dialog: press(dialog, "Let it train on"))
        keys(window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
        until(lambda: not window.editing)
        [run] = list_runs(path)
        assert is_alive(run)
        window.open_path(other)
        start = window.workbench.training.controls.start
        until(lambda: window.session.path == other and start.isEnabled(), 90)
        window.show_panel("training")
        click(start)
        until(lambda: window.run.message.startswith("Finished"), 90)
        assert is_alive(run), "the other project's training ended it"
        send_order(run, "stop")
        wait_for(lambda: not is_alive(run), "nobody hears orders any more")


def test_a_thread_of_the_window_is_not_offered_to_go_on_without_it(tmp_path: Path) -> None:
    path = small_project(tmp_path, epochs=LONG)
    change_preferences(train_inside=True)
    try:
        with open_window(path) as window:
            running(window)
            offered: list[str] = []

            def look(dialog: QDialog) -> None:
                assert isinstance(dialog, QMessageBox)
                offered.extend(button.text() for button in dialog.buttons())
                press(dialog, "Interrupt the training")

            during_dialog(look)
            window.close()
            assert sorted(offered) == ["Cancel", "Interrupt the training"]
    finally:
        change_preferences(train_inside=False)
