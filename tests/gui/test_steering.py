"""Leading a run from the window: single steps, more epochs, other settings, and following one that trains elsewhere."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from designer.gui.follow_bar import FollowBar
from designer.gui.order_dialog import OrderDialog
from designer.gui.window import MainWindow
from designer.training.alive import is_alive
from designer.training.history import read_changes
from designer.training.record import read_history
from designer.training.steering import send_order
from designer.workspace.runs import list_runs
from tests.helpers.killing import run_of_a_killed_front
from tests.helpers.small import small_project
from tests.helpers.window import checked, click, keys, open_window, rest, until

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
LONG = 1_000_000


@pytest.fixture
def left_alone(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A project of which a run goes on although the window that began it was killed: the project, the run."""
    path = small_project(tmp_path, epochs=LONG)
    trainer, run = run_of_a_killed_front(path)
    yield path, run
    if is_alive(run):
        send_order(run, "stop")
    trainer.wait(20)


def fill(dialog: OrderDialog, name: str, text: str) -> None:
    """Type a value into a field of the dialog."""
    dialog.windowHandle().requestActivate()
    until(dialog.isActiveWindow)
    editor = dialog.form.editors[name]
    target = editor.focusProxy() or editor
    target.setFocus()
    target.selectAll()  # type: ignore[attr-defined]
    QTest.keyClicks(target, text)
    QTest.keyClick(target, Qt.Key.Key_Tab)


def shown_dialog(window: MainWindow) -> OrderDialog:
    """The dialog that asks what the run shall do."""
    until(lambda: any(dialog.isVisible() for dialog in window.findChildren(QDialog)), what="no dialog came")
    [dialog] = [dialog for dialog in window.findChildren(OrderDialog) if dialog.isVisible()]
    return dialog


def test_a_run_that_outlived_its_window_is_followed_in_one_click(left_alone: tuple[Path, Path]) -> None:
    path, run = left_alone
    with open_window(path) as window:
        bar = window.findChild(FollowBar)
        until(bar.isVisible, what="nobody said that a run goes on")
        assert "still running" in bar.sentence.text()
        assert not window.actions_by_name["resume"].isEnabled(), "what lives needs no resuming"
        click(bar.button)
        until(lambda: window.run.state == "running", what=window.run.message)
        until(lambda: not bar.isVisible())
        seen = window.run.progress.epoch
        until(lambda: window.run.progress.epoch > seen + 3)
        assert window.run.progress.epochs == LONG
        xs = [x for x, _ in window.run.curves.parts["train"]["loss"]]
        assert xs == sorted(set(xs)), "each epoch is shown once"
        panel = window.workbench.training
        click(panel.controls.pause)
        until(lambda: window.run.state == "paused")
        click(panel.controls.pause)
        until(lambda: window.run.state == "running")
        click(panel.controls.stop)
        until(lambda: window.run.state == "idle")
        assert window.run.message.startswith("Stopped")
        assert not window.run.broken
    assert (run / "metrics.json").is_file()


def test_a_window_that_follows_is_closed_without_a_question_and_the_run_goes_on(left_alone: tuple[Path, Path]) -> None:
    path, run = left_alone
    with open_window(path) as window:
        bar = window.findChild(FollowBar)
        until(bar.isVisible)
        keys(window, Qt.Key.Key_F5, Qt.KeyboardModifier.AltModifier)
        until(lambda: window.run.state == "running")
        window.close()
        assert not window.isVisible()
    seen = len(read_history(run))
    deadline = time.monotonic() + 20
    while len(read_history(run)) <= seen:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert is_alive(run)


def test_a_run_is_led_by_steps_changed_and_extended_while_it_trains(tmp_path: Path) -> None:
    path = small_project(tmp_path, epochs=LONG - 100)
    with open_window(path) as window:
        checked(window)
        row = window.workbench.training.controls.orders.buttons
        assert not any(button.isEnabled() for button in row.values())
        keys(window, Qt.Key.Key_F5)
        until(lambda: window.run.state == "running" and window.run.progress.epoch > 1, 60, window.run.message)
        assert all(button.isEnabled() for button in row.values())
        keys(window, Qt.Key.Key_F6)
        until(lambda: window.run.state == "paused")
        before = window.run.curves.count
        click(row["step_epoch"])
        until(lambda: window.run.curves.count == before + 1 and window.run.state == "paused")
        place = window.run.progress.done
        rest(0.1)
        click(row["step"])
        until(lambda: window.run.progress.done > place and window.run.state == "paused")
        assert window.run.progress.done * (LONG - 100) == pytest.approx(before + 1.5)
        keys(window, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
        dialog = shown_dialog(window)
        fill(dialog, "learning_rate", "-1")
        click(dialog.do)
        assert dialog.isVisible(), "a value that cannot be is not asked for"
        fill(dialog, "learning_rate", "0.005")
        click(dialog.do)
        until(lambda: window.run.settings["learning_rate"] == 0.005, 10, "the rate was not changed")
        click(row["extend"])
        dialog = shown_dialog(window)
        fill(dialog, "epochs", "50")
        click(dialog.do)
        until(lambda: window.run.progress.epochs == LONG - 50)
        assert [words for _, words in window.run.curves.marks] == ["learning rate 0.005", f"epochs {LONG - 50}"]
        keys(window, Qt.Key.Key_F6)
        until(lambda: window.run.state == "running")
        window.run.stop()
        until(lambda: window.run.state == "idle")
        [run] = list_runs(path)
        told = {name: value for change in read_changes(run) for name, value in change.settings.items()}
        assert told == {"learning_rate": 0.005, "epochs": LONG - 50}
        assert window.session.project.training.learning_rate == 0.05, "the project keeps its own"


def test_why_a_run_that_failed_in_its_first_epoch_is_not_extended_is_said(tmp_path: Path) -> None:
    path = small_project(tmp_path, epochs=3)
    with open_window(path) as window:
        checked(window)
        window.show_panel("training")
        button = window.workbench.training.controls.orders.buttons["extend"]
        action = window.actions_by_name["extend"]
        usual = button.toolTip()
        wild = replace(window.session.project.training, learning_rate=1e6, optimizer="sgd", batch_size=4)
        window.session.do("Rate", replace(window.session.project, training=wild))
        keys(window, Qt.Key.Key_F5)
        until(lambda: window.run.broken, 60, window.run.message)
        until(lambda: "failed before its first epoch was over" in button.toolTip(), what="it does not say why")
        assert not button.isEnabled() and not action.isEnabled()
        # the list of runs says why it failed
        rows = window.workbench.training.run_list.rows
        until(lambda: any(run.failure for run in rows.runs))
        assert "the loss became" in rows.line(rows.runs[0])
        assert "the loss became" in " ".join(rows.index(0).data(Qt.ItemDataRole.ToolTipRole).split())
        assert "train anew" in action.toolTip()
        window.undo()
        keys(window, Qt.Key.Key_F5)
        until(lambda: window.run.message.startswith("Finished"), 60, window.run.message)
        until(button.isEnabled)
        assert button.toolTip() == usual and action.isEnabled()


def test_a_finished_run_is_extended(tmp_path: Path) -> None:
    path = small_project(tmp_path, epochs=3)
    with open_window(path) as window:
        checked(window)
        keys(window, Qt.Key.Key_F5)
        until(lambda: window.run.message.startswith("Finished"), 60, window.run.message)
        button = window.workbench.training.controls.orders.buttons["extend"]
        until(button.isEnabled)
        click(button)
        dialog = shown_dialog(window)
        fill(dialog, "epochs", "4")
        click(dialog.do)
        until(lambda: window.run.message.startswith("Finished after 7 epochs"), 60, window.run.message)
        [run] = list_runs(path)
        assert [event.epoch for event in read_history(run)] == list(range(1, 8))
        assert [x for x, _ in window.run.curves.parts["train"]["loss"]] == [float(epoch) for epoch in range(1, 8)]
