"""The queue in the window: what waits is moved, taken out, held, found again, and trained in a row or side by side."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QMessageBox

from designer.project.errors import ProjectError
from designer.project.file import load_project
from designer.training.alive import is_alive
from designer.training.record import read_history
from designer.training.run_files import HISTORY
from designer.training.steering import send_order
from designer.workspace import queue
from designer.workspace.runs import has_begun, is_finished, list_runs
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.run_bench import Bench, run_bench
from tests.helpers.small import small_project
from tests.helpers.window import click, during_dialog, keys, open_window, rest, until


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with run_bench(tmp_path) as made:
        yield made


def begin(bench: Bench) -> None:
    """Let the trainer begin the run that it was given."""
    bench.trainer.say("started", epochs=5, done=0, rows={}, device="cpu", facts={})
    until(lambda: bench.window.run.state == "running")


def press(dialog: QDialog, words: str) -> None:
    """Press a button of a question."""
    assert isinstance(dialog, QMessageBox)
    click(next(button for button in dialog.buttons() if button.text() == words))


def test_train_while_one_trains_adds_to_the_queue(bench: Bench) -> None:
    bench.start()
    first = bench.trainer.run
    assert bench.panel.controls.start.text() == "Add to queue"
    click(bench.panel.controls.start)
    until(lambda: len(queue.waiting(bench.path)) == 1)
    bench.window.session.do("Rate", bench.window.session.project)
    keys(bench.window, Qt.Key.Key_F5)
    until(lambda: len(queue.waiting(bench.path)) == 2)
    until(lambda: bench.list.said.text() == "2 runs waiting")
    until(lambda: [run.state for run in bench.rows.runs[:2]] == ["waiting", "waiting"])
    second, third = queue.waiting(bench.path)
    # the other way round, by the keyboard
    bench.click_row(third.name)
    keys(bench.list.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    until(lambda: queue.waiting(bench.path) == [third, second])
    bench.end()
    until(lambda: bench.trainer.run == third.resolve() or bench.trainer.run == third, what="the next did not begin")
    begin(bench)
    # one that fails stops no other
    bench.end(failed=True)
    until(lambda: bench.trainer.run == second, what="the queue stopped")
    assert first != second
    begin(bench)
    until(lambda: queue.waiting(bench.path) == [])
    bench.end()
    said = bench.window.status
    until(lambda: "2 runs of the queue are over" in said.text.text(), what="the end of the queue is not told")
    best = next(run.name for run in bench.rows.runs if run.folder in bench.rows.best)
    assert f"Best is {best}: the best of 3 runs by validation loss." in said.text.text()


def test_what_waits_can_be_taken_out_and_held(bench: Bench) -> None:
    bench.start()
    click(bench.panel.controls.start)
    # what waits may be seen before it is said that its turn comes by itself
    until(lambda: bench.list.said.text() == "1 run waiting" and bench.list.go.text() == "Hold")
    click(bench.list.go)
    until(lambda: bench.list.go.text() == "Start")
    bench.end()
    until(lambda: bench.window.run.state == "idle")
    until(lambda: not bench.window.tasks.busy())
    rest(0.2)
    assert len(queue.waiting(bench.path)) == 1
    waits = queue.waiting(bench.path)[0]
    bench.click_row(waits.name)
    menu = bench.list.menu()
    action = next(action for action in menu.actions() if "Take out" in action.text())
    action.trigger()
    menu.deleteLater()
    until(lambda: not queue.waiting(bench.path))
    until(lambda: not waits.exists(), what="its folder was left behind")


def test_what_waited_is_found_when_the_project_opens(tmp_path: Path) -> None:
    path = small_project(tmp_path)
    folder = queue.add_to_queue(load_project(path), path.parent, path)
    trainer = FakeTrainer()
    with open_window(path, lambda: trainer) as window:
        bench = Bench(window, trainer, path)
        until(lambda: bench.list.said.text() == "1 run waiting")
        assert "train" not in trainer.asked
        window.show_panel("training")
        bench.panel.show_page("runs")
        click(bench.list.go)
        until(lambda: trainer.run == folder, what="it did not begin")


@pytest.fixture
def given(tmp_path: Path) -> Iterator[tuple[Bench, Path]]:
    """A window whose trainer was given a run of the queue that it has not begun, and the run."""
    path = small_project(tmp_path)
    folder, trainer = queue.add_to_queue(load_project(path), path.parent, path), FakeTrainer()
    with open_window(path, lambda: trainer) as window:
        bench = Bench(window, trainer, path)
        until(lambda: bench.list.said.text() == "1 run waiting")
        window.show_panel("training")
        bench.panel.show_page("runs")
        click(bench.list.go)
        until(lambda: trainer.run == folder, what="it did not begin")
        yield bench, folder


@pytest.mark.parametrize("answer", ["Interrupt the training", "Let it train on"])
def test_a_run_that_is_left_before_its_trainer_has_begun_it_is_not_lost(given: tuple[Bench, Path], answer: str) -> None:
    bench, folder = given
    # it waits in its folder alone
    until(lambda: bench.list.said.text() == "Nothing waits")
    assert bench.window.runs.queue.due == 0 and queue.waiting(bench.path) == [folder]
    until(lambda: [bench.rows.state(run) for run in bench.rows.runs] == ["not begun"])
    during_dialog(lambda dialog: press(dialog, answer))
    bench.window.close()
    # what goes on alone may have left its thread before that would have closed it
    until(lambda: ("close" if answer == "Interrupt the training" else "release") in bench.trainer.asked)
    if answer == "Interrupt the training":
        assert queue.waiting(bench.path) == [folder]
    else:
        until(lambda: queue.waiting(bench.path) == [], what="its turn would come once more")


def test_a_run_that_fails_before_it_begins_waits_no_longer(given: tuple[Bench, Path]) -> None:
    bench, folder = given
    bench.trainer.say("failed", message="There is no such file.")
    until(lambda: not folder.exists(), what="nothing was trained in it, and it is still there")
    assert bench.window.run.state == "idle"


def test_a_run_is_not_lost_by_the_end_of_a_trainer_that_was_about_to_begin_it(tmp_path: Path) -> None:
    """With the trainer that a person has, which removes a run of which nothing came."""
    path = small_project(tmp_path, epochs=1_000_000)
    folder = queue.add_to_queue(load_project(path), path.parent, path)
    with open_window(path) as window:
        window.show_panel("training")
        window.runs.queue.hold(True)
        until(lambda: window.run.state == "starting" and window.run.folder is not None)
        window.runs._leave(False)
        until(lambda: not window.runs.job.listening, 90, "the trainer does not end")
        assert window.run.state == "idle"
    assert folder.exists() and (queue.waiting(path) == [folder] or has_begun(folder))


@pytest.mark.parametrize("stuck", [False, True])
def test_a_run_whose_history_cannot_be_read_fails_once_and_holds_up_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stuck: bool
) -> None:
    path, failures = small_project(tmp_path), list[str]()
    spoiled, sound = (queue.add_to_queue(load_project(path), path.parent, path) for _ in range(2))
    (spoiled / HISTORY).mkdir()
    if stuck:

        def take(folder: Path) -> None:
            raise PermissionError(13, "Permission denied", str(folder))

        monkeypatch.setattr(queue, "take", take)
    trainer = FakeTrainer()
    with open_window(path, lambda: trainer) as window:
        bench = Bench(window, trainer, path)
        until(lambda: bench.list.said.text() == "2 runs waiting")
        window.run.failed.connect(failures.append)
        window.show_panel("training")
        bench.panel.show_page("runs")
        click(bench.list.go)
        until(lambda: trainer.run == sound, what="the other one has no turn")
        begin(bench)
        bench.end()
        until(lambda: window.run.state == "idle" and not window.tasks.busy())
        rest(0.3)
        assert len(failures) == 1, failures
        assert (spoiled in queue.waiting(path)) == stuck and window.runs.queue.due == 0


def test_a_run_that_can_be_neither_read_nor_taken_fails_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, read = small_project(tmp_path), list[Path]()
    folder = queue.add_to_queue(load_project(path), path.parent, path)

    def project_of(run: Path) -> None:
        read.append(run)
        raise ProjectError("It cannot be read.")

    monkeypatch.setattr(queue, "project_of", project_of)
    with open_window(path, FakeTrainer) as window:
        window.runs.queue.hold(True)
        until(lambda: bool(read))
        until(lambda: not window.tasks.busy())
        rest(0.3)
        assert read == [folder] and window.runs.queue.due == 0
        # somebody wants it tried once more
        window.runs.queue.hold(True)
        until(lambda: read == [folder, folder])


def test_runs_train_side_by_side(tmp_path: Path) -> None:
    path = small_project(tmp_path)
    made: list[FakeTrainer] = []

    def make() -> FakeTrainer:
        made.append(FakeTrainer())
        return made[-1]

    with open_window(path, make) as window:
        bench = Bench(window, FakeTrainer(), path)
        window.show_panel("training")
        bench.panel.show_page("runs")
        click(bench.panel.controls.start)
        until(lambda: bool(made) and made[0].asked[-1:] == ["train"])
        bench.list.at_once.setValue(2)
        click(bench.panel.controls.start)
        until(lambda: len(made) == 2 and made[1].asked[-1:] == ["train"], what="the second did not begin beside")
        assert made[0].run != made[1].run
        click(bench.panel.controls.start)
        until(lambda: bench.list.said.text() == "1 run waiting")
        metrics = {"epochs": 5, "seconds": 0.1, "train": {}, "validation": {}, "test": {}}
        made[1].say("finished", run=str(made[1].run), metrics=metrics, stopped=False)
        until(lambda: len(made) == 3 and made[2].asked[-1:] == ["train"], what="the third did not follow")
        made[2].say("failed", message="no")
        until(lambda: not window.runs.queue.beside)
        until(lambda: "close" in made[2].asked)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_processes_train_side_by_side_and_the_next_takes_the_place_of_one_that_ends(tmp_path: Path) -> None:
    """With the trainers that a person has: two are alive at once, the third waits until the first is over."""
    path = small_project(tmp_path, epochs=1_000_000)
    with open_window(path) as window:
        bench = Bench(window, FakeTrainer(), path)
        window.show_panel("training")
        bench.panel.show_page("runs")
        bench.list.at_once.setValue(2)
        for _ in range(3):
            click(bench.panel.controls.start)
            until(lambda: window.run.running)
            rest(0.2)
        until(lambda: len(living(path)) == 2, 120, "the second did not begin beside the first")
        [waits] = queue.waiting(path)
        first, second = living(path)
        until(lambda: min(len(read_history(run)) for run in (first, second)) > 2, 120, "not both of them train")
        rest(0.3)
        assert queue.waiting(path) == [waits] and not is_alive(waits)
        send_order(second, "stop")
        until(lambda: living(path) == [first, waits], 120, "the third did not follow")
        until(lambda: len(read_history(waits)) > 2, 120)
        assert is_finished(second) and queue.waiting(path) == []
        for run in (first, waits):
            send_order(run, "stop")
        until(lambda: all(map(is_finished, list_runs(path))) and not window.runs.queue.beside, 120)
        until(lambda: window.run.state == "idle", 120)
    assert len(list_runs(path)) == 3 and not living(path)


def living(path: Path) -> list[Path]:
    """The runs that are being trained, in the order in which they were made."""
    return [run for run in sorted(list_runs(path)) if is_alive(run)]
