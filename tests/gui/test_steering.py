"""Leading a run from the window: single steps, more epochs, other settings, and following one that trains elsewhere."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QMessageBox

from designer.gui.follow_bar import FollowBar
from designer.gui.window import MainWindow
from designer.project.file import load_project
from designer.training.alive import is_alive
from designer.training.history import read_changes
from designer.training.record import read_history
from designer.training.steering import send_order
from designer.workspace.queue import add_to_queue
from designer.workspace.runs import is_interrupted, list_runs
from designer.workspace.session import Session
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.killing import run_of_a_killed_front
from tests.helpers.order_dialog import fill, shown_dialog
from tests.helpers.small import small_project
from tests.helpers.window import checked, click, during_dialog, keys, open_window, rest, until

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


def follow(window: MainWindow) -> None:
    """Follow the run that trains by itself."""
    bar = window.findChild(FollowBar)
    until(bar.isVisible, what="nobody said that a run goes on")
    click(bar.button)
    until(lambda: window.run.state == "running", 10, f"{window.run.state} {window.run.message}")


def press(dialog: QDialog, words: str) -> None:
    """Click the button of a question."""
    assert isinstance(dialog, QMessageBox)
    click(next(button for button in dialog.buttons() if button.text().replace("&", "") == words))


def refused(dialog: QDialog) -> str:
    """What a message says, which is left as it can be."""
    assert isinstance(dialog, QMessageBox)
    press(dialog, dialog.buttons()[-1].text() if len(dialog.buttons()) == 1 else "Cancel")
    return dialog.informativeText()


@contextmanager
def only_read(path: Path) -> Iterator[None]:
    """A block in which another window has the project; the one that is opened next says so first."""
    other = Session()
    other.reopen(path)
    during_dialog(lambda dialog: press(dialog, "OK"))
    try:
        yield
    finally:
        other.close()


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait without a window."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)


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


@pytest.mark.parametrize("goes_on", [True, False])
def test_who_leaves_a_run_that_is_followed_is_asked_what_becomes_of_it(
    left_alone: tuple[Path, Path], goes_on: bool
) -> None:
    path, run = left_alone
    with open_window(path) as window:
        follow(window)
        during_dialog(lambda dialog: press(dialog, "Let it train on" if goes_on else "Interrupt the training"))
        window.close()
        assert not window.isVisible()
    wait_for(lambda: is_alive(run) is goes_on)
    seen = len(read_history(run))
    if goes_on:
        wait_for(lambda: len(read_history(run)) > seen)
    else:
        assert is_interrupted(run), "it can be gone on with"


def test_what_another_window_trains_is_only_watched(left_alone: tuple[Path, Path]) -> None:
    """The window that may not save leaves it without a question, and begins nothing beside it."""
    path, run = left_alone
    with only_read(path), open_window(path) as window:
        follow(window)
        started: list[str] = []
        during_dialog(lambda dialog: started.append(refused(dialog)))
        click(window.workbench.training.controls.start)
        during_dialog(lambda dialog: started.append(refused(dialog)))
        window.runs.listed.fork(run)
        until(lambda: len(started) == 2)
        assert all("open in another Layerloom window" in words for words in started)
        assert (window.run.state, window.run.folder, window.runs.queue.count) == ("running", run, 0)
        window.close()
        assert not window.isVisible()
    assert is_alive(run)
    assert list_runs(path) == [run]


@pytest.mark.parametrize("deed", ["start", "resume", "extend", "sweep", "hold"])
def test_nothing_begins_where_another_window_has_the_project(tmp_path: Path, deed: str, trainer: FakeTrainer) -> None:
    path = small_project(tmp_path, epochs=3)
    waiting = add_to_queue(load_project(path), path.parent, path)
    with only_read(path), open_window(path, lambda: trainer) as window:
        assert "Read only here" in window.workbench.training.controls.status.text()
        runs = window.runs
        runs.interrupted = runs.steering.over = waiting
        said: list[str] = []
        during_dialog(lambda dialog: said.append(refused(dialog)))
        {
            "start": runs.start,
            "resume": runs.resume,
            "extend": runs.steering.extend,
            "sweep": window.actions_by_name["sweep"].trigger,
            "hold": lambda: runs.queue.hold(True),
        }[deed]()
        assert len(said) == 1 and "open in another Layerloom window" in said[0]
        rest(0.3)
        assert not runs.queue.on and window.run.state == "idle" and "train" not in trainer.asked
    assert list_runs(path) == [waiting]


@pytest.mark.parametrize("answer", ["Follow it, train after it", "Cancel"])
def test_train_beside_a_run_that_trains_by_itself_is_asked_about(left_alone: tuple[Path, Path], answer: str) -> None:
    path, run = left_alone
    with open_window(path) as window:
        controls = window.workbench.training.controls
        until(lambda: controls.status.text().startswith(f"{run.name} is training: epoch "), what=controls.status.text())
        assert f" of {LONG:,}." in controls.status.text()
        assert controls.hint.text() == "Follow it" and not controls.start.property("primary")
        checked(window)
        asked: list[str] = []
        during_dialog(lambda dialog: (asked.append(dialog.text()), press(dialog, answer)))
        keys(window, Qt.Key.Key_F5)
        until(lambda: asked == ["A training is running"], what="it was not asked")
        if answer == "Cancel":
            assert window.run.state == "idle" and list_runs(path) == [run]
            click(controls.hint)
            until(lambda: window.run.state == "running" and window.run.following)
            return
        until(lambda: window.run.state == "running" and len(list_runs(path)) == 2 and window.runs.queue.count == 1)
        assert window.run.folder == run and window.run.following
        assert not controls.living or controls.start.text() == "Add to queue"
        during_dialog(lambda dialog: press(dialog, "Let it train on"))
        window.close()


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
        assert [words for _, words in window.run.curves.marks] == ["learning rate 0.005", f"epochs {LONG - 50:,}"]
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
