"""Whose runs a window acts on: those of the project that it shows, also once that was saved as a copy elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QMessageBox

from designer.gui import steering_runs
from designer.gui.order_dialog import OrderDialog
from designer.gui.window import MainWindow
from designer.project.errors import ProjectError
from designer.project.file import load_project
from designer.training.alive import ORDERS, living
from designer.training.run_files import METRICS_NAME
from designer.workspace import following, orders, queue
from designer.workspace.runs import list_runs
from designer.workspace.session import Session
from tests.helpers.gate import Gate
from tests.helpers.order_dialog import choose, shown_dialog
from tests.helpers.run_bench import Bench, run_bench
from tests.helpers.window import FileDialogs, click, during_dialog, rest, until


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with run_bench(tmp_path) as made:
        yield made


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> FileDialogs:
    return FileDialogs(monkeypatch)


def copy_of(path: Path) -> Path:
    """Where a copy of a project is saved."""
    return path.resolve().parent / "copied" / "copy.loom"


def save_a_copy(window: MainWindow, files: FileDialogs) -> Path:
    """Save the project under another name, in a folder of its own."""
    assert window.session.path is not None
    copy = copy_of(window.session.path)
    copy.parent.mkdir(exist_ok=True)
    files.answers.append(str(copy))
    window.actions_by_name["save_as"].trigger()
    assert window.session.path == copy.resolve()
    return window.session.path


def press(dialog: QDialog, words: str) -> str:
    assert isinstance(dialog, QMessageBox)
    said = f"{dialog.text()}: {dialog.informativeText()}"
    click(next(button for button in dialog.buttons() if button.text() == words))
    return said


def answered(words: str) -> list[str]:
    """What the next message says, which is answered so."""
    said: list[str] = []
    during_dialog(lambda dialog: said.append(press(dialog, words)), lambda dialog: isinstance(dialog, QMessageBox))
    return said


def settle(window: MainWindow) -> None:
    until(lambda: not window.tasks.busy())
    rest(0.1)
    until(lambda: not window.tasks.busy())


@contextmanager
def trained_elsewhere(path: Path) -> Iterator[Path]:
    """The newest run of a project, which some other process trains."""
    run = list_runs(path)[-1]
    (run / METRICS_NAME).unlink()
    with living(run):
        yield run


def follow(window: MainWindow, run: Path) -> None:
    window.runs.look()
    until(lambda: window.runs.steering.living == run)
    window.actions_by_name["follow"].trigger()
    until(lambda: window.run.state == "running" and window.run.following)


def test_the_queue_of_a_copy_begins_by_itself(bench: Bench, files: FileDialogs) -> None:
    bench.start()
    copy = save_a_copy(bench.window, files)
    click(bench.panel.controls.start)
    until(lambda: bench.list.said.text() == "1 run waiting")
    settle(bench.window)
    assert bench.list.go.text() == "Hold", "its turn does not come by itself"
    [waits] = queue.waiting(copy)
    bench.end()
    until(lambda: bench.trainer.run == waits, what="the queue of the copy stands still")


def test_the_queue_of_a_project_is_not_gone_on_with_by_that_of_its_copy(bench: Bench, files: FileDialogs) -> None:
    """What waits there begins once somebody says so, also where a copy is saved over a project that has a queue."""
    waits = queue.add_to_queue(load_project(bench.path), bench.path.parent, copy_of(bench.path))
    bench.start()
    click(bench.panel.controls.start)
    until(lambda: bench.window.runs.queue.due == 1)
    save_a_copy(bench.window, files)
    asked = len(bench.trainer.asked)
    bench.end()
    until(lambda: bench.window.run.state == "idle")
    settle(bench.window)
    assert len(bench.trainer.asked) == asked and len(queue.waiting(bench.path)) == 1
    assert bench.window.runs.queue.due == 0 and queue.waiting(copy_of(bench.path)) == [waits]
    until(lambda: bench.list.said.text() == "1 run waiting" and bench.list.go.text() == "Start")


def test_a_copy_offers_none_of_the_runs_of_its_original(bench: Bench, files: FileDialogs) -> None:
    window, runs = bench.window, bench.window.runs
    last = list_runs(bench.path)[-1]
    (last / METRICS_NAME).unlink()
    runs.look()
    until(lambda: runs.interrupted == last and runs.steering.over == last)
    assert window.actions_by_name["resume"].isEnabled() and window.actions_by_name["extend"].isEnabled()
    save_a_copy(window, files)
    for _ in range(2):
        # at once, and once it was looked
        assert (runs.interrupted, runs.failed, runs.left, runs.steering.over) == (None, None, None, None)
        assert not window.actions_by_name["resume"].isEnabled() and not window.actions_by_name["extend"].isEnabled()
        assert bench.panel.controls.hint.text() != "Go on with the interrupted run"
        settle(window)


@pytest.mark.parametrize("deed", ["go on", "extend", "list"])
def test_a_run_of_the_original_is_not_trained_from_its_copy(bench: Bench, files: FileDialogs, deed: str) -> None:
    window, run = bench.window, list_runs(bench.path)[-1]
    save_a_copy(window, files)
    if deed == "go on":
        window.runs.go_on_with(run)
    elif deed == "extend":
        window.runs.steering._extend(run, 3)
    else:
        window.runs.listed.do("resume", [run])
    said = window.status.text.text()
    settle(window)
    assert not {"train", "resume"} & set(bench.trainer.asked) and window.run.state == "idle"
    assert deed == "list" or "Open its own project" in said


def test_a_run_that_another_window_trains_is_left_alone_once_a_copy_was_saved(bench: Bench, files: FileDialogs) -> None:
    window, guard = bench.window, Session()
    window.close_project()
    guard.reopen(bench.path)
    with trained_elsewhere(bench.path) as run:
        said = answered("OK")
        window.documents.open(bench.path)
        assert said and window.session.read_only
        follow(window, run)
        save_a_copy(window, files)
        assert window.run.following and window.runs.stake == 0, "it would be asked whether it is to be interrupted"
        window.close()
        assert not window.isVisible() and not (run / ORDERS).exists()
    guard.close()


@pytest.mark.parametrize("what", ["follow", "extend"])
def test_what_was_being_read_is_nothing_to_a_copy_that_was_saved_meanwhile(
    bench: Bench, files: FileDialogs, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    window, steering = bench.window, bench.window.runs.steering
    run, added = list_runs(bench.path)[-1], list[str]()
    if what == "follow":
        gate = Gate(steering_runs.read_followed)
        monkeypatch.setattr(steering_runs, "read_followed", gate)
        with living(run):
            steering.follow(run, lambda: added.append("then"))
    else:
        gate = Gate(orders.extended)
        monkeypatch.setattr(orders, "extended", gate)
        steering._extend(run, 3)
    until(gate.reached.is_set)
    save_a_copy(window, files)
    gate.way.set()
    settle(window)
    assert window.run.state == "idle" and not added and "resume" not in bench.trainer.asked


def test_a_followed_run_that_cannot_be_interrupted_is_said_to_train_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a disk that is full: what it is asked comes to it by a file."""
    window, said = bench.window, list[str]()
    with trained_elsewhere(bench.path) as run:
        follow(window, run)

        def full(*_: object) -> None:
            raise ProjectError("There is no space left on the disk.")

        monkeypatch.setattr(following, "send_order", full)
        # nor is it an end of the run where another order does not come through
        window.run.pause()
        until(lambda: "no space left" in window.status.text.text(), what=window.status.text.text())
        assert window.run.state == "running"

        def interrupt(dialog: QDialog) -> None:
            dialog.finished.connect(lambda _: during_dialog(lambda after: said.append(press(after, "OK"))))
            press(dialog, "Interrupt the training")

        during_dialog(interrupt)
        window.close()
        assert not window.isVisible() and len(said) == 1, "it was not said"
        assert said[0].startswith(f"The training goes on: {run.name}") and "no space left" in said[0]


def led(bench: Bench, epochs: int) -> None:
    """Train a run of so many epochs."""
    click(bench.panel.controls.start)
    until(lambda: bench.trainer.asked[-1:] == ["train"] and bench.window.run.folder is not None)
    bench.trainer.say("started", epochs=epochs, done=0, rows={}, device="cpu", facts={})
    until(lambda: bench.window.run.state == "running")


def asked_for(bench: Bench, action: str) -> OrderDialog:
    """The dialog that asks what the run shall do; it opens before the run ends."""
    bench.window.actions_by_name[action].trigger()
    return shown_dialog(bench.window)


def ends(bench: Bench) -> Path:
    """The run that is trained ends, with the record of one of 8 epochs."""
    run = bench.trainer.run
    assert run is not None
    shutil.copytree(list_runs(bench.path)[0], run, dirs_exist_ok=True)
    bench.end()
    until(lambda: bench.window.run.state == "idle")
    return run


def test_a_run_that_ends_while_its_extension_is_chosen_goes_on_from_its_end(bench: Bench) -> None:
    led(bench, 8)
    dialog = asked_for(bench, "extend")
    run = ends(bench)
    choose(dialog, "epochs", "5")
    until(lambda: bench.trainer.asked[-1:] == ["resume"], what="the order is lost")
    assert bench.trainer.run == run and bench.trainer.project is not None
    assert bench.trainer.project.training.epochs == 13


def test_a_run_that_ends_early_meanwhile_is_not_extended_to_another_number_than_was_shown(bench: Bench) -> None:
    led(bench, 20)
    dialog, said = asked_for(bench, "extend"), answered("OK")
    run = ends(bench)
    choose(dialog, "epochs", "5")
    until(lambda: bool(said), what="the order is lost")
    assert said[0].startswith(f"The run is over: {run.name}") and "5 more make 13, not 25" in said[0]
    settle(bench.window)
    assert "resume" not in bench.trainer.asked


@pytest.mark.parametrize(("action", "field", "text"), [("extend", "epochs", "5"), ("change", "learning_rate", "0.5")])
def test_what_was_chosen_for_a_run_that_is_over_is_not_asked_of_the_next(
    bench: Bench, action: str, field: str, text: str
) -> None:
    led(bench, 8)
    click(bench.panel.controls.start)
    until(lambda: bench.window.runs.queue.due == 1)
    dialog, said = asked_for(bench, action), answered("OK")
    first = bench.window.run.folder
    bench.end()
    until(lambda: bench.trainer.run != first, what="the next did not begin")
    bench.trainer.say("started", epochs=8, done=0, rows={}, device="cpu", facts={})
    until(lambda: bench.window.run.state == "running")
    choose(dialog, field, text)
    until(lambda: bool(said), what="the order is lost")
    assert first is not None and said[0].startswith(f"The run is over: {first.name}")
    settle(bench.window)
    assert not any(word.startswith(("extend", "set")) for word in bench.trainer.asked)
