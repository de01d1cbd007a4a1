"""Leaving for what is read or copied first, and between two runs: nothing is let go before the other can be shown."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QMessageBox

import designer.importing.new
from designer.gui import documents
from designer.gui.window import MainWindow
from designer.project.edits import rename
from designer.project.errors import ProjectError
from designer.project.file import load_project
from designer.workspace import queue
from designer.workspace.autosave import Autosave
from designer.workspace.recovery import Recoverable, list_recoverable
from designer.workspace.session import Session
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.run_bench import Bench, run_bench
from tests.helpers.small import small_project
from tests.helpers.window import click, during_dialog, open_window, press_create, rest, until

STARTED = {"epochs": 5, "done": 0, "rows": {}, "device": "cpu", "facts": {}}


class Gate:
    """Stands before a piece of work until it is opened; ``reached`` once the work would begin."""

    def __init__(self) -> None:
        self.reached, self.way = threading.Event(), threading.Event()

    def before(self, work: Callable[..., object]) -> Callable[..., object]:
        def held(*arguments: object, **named: object) -> object:
            self.reached.set()
            assert self.way.wait(30)
            return work(*arguments, **named)

        return held


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.way.set()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A window with a run that is being trained."""
    trainer, path = FakeTrainer(), small_project(tmp_path / "shown")
    with open_window(path, lambda: trainer) as window:
        made = Bench(window, trainer, path)
        window.show_panel("training")
        made.start()
        yield made


def press(dialog: QDialog, words: str) -> None:
    assert isinstance(dialog, QMessageBox)
    click(next(button for button in dialog.buttons() if button.text() == words))


def answers(said: list[str], *words: str) -> None:
    """Answer the dialogs that follow one another with these buttons, and note their titles in ``said``."""

    def answer(dialog: QDialog) -> None:
        assert isinstance(dialog, QMessageBox)
        said.append(dialog.text())
        if words[1:]:
            during_later(dialog, lambda: answers(said, *words[1:]))
        press(dialog, words[0])

    during_dialog(answer)


def during_later(dialog: QDialog, then: Callable[[], None]) -> None:
    """Do something once ``dialog`` has been answered."""
    dialog.finished.connect(lambda _: then())


def still_trains(bench: Bench) -> None:
    """The run is in hand as before, and its trainer was asked for nothing."""
    assert bench.window.run.state == "running" and bench.window.session.path == bench.path
    assert not {"close", "release", "stop"} & set(bench.trainer.asked)
    bench.trainer.say("paused", epoch=3, step=1, steps=4, loss=0.5)
    until(lambda: bench.window.run.state == "paused", what="the window hears no more of its run")


def lost_work(folder: Path) -> Recoverable:
    """Unsaved work that a session that is no more has left behind."""
    session = Session.open(small_project(folder, "other"))
    autosave = Autosave(session)
    session.do("Rename", rename(session.project, "n2", "lost"))
    autosave.close(keep=True)
    session.close()
    [work] = list_recoverable()
    return work


@pytest.mark.parametrize("way", ["data", "sample", "recovered"])
def test_what_cannot_be_opened_takes_no_training_away(
    bench: Bench, tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    window, said = bench.window, list[str]()
    answers(said, "Interrupt the training", "OK")
    if way == "data":
        empty = tmp_path / "empty.csv"
        empty.write_text("")
        window.documents.begin(empty)
    elif way == "sample":

        def full(name: str) -> Path:
            raise ProjectError("There is no space left on the disk.")

        monkeypatch.setattr(documents, "copy_out", full)
        window.documents.open_sample("iris")
    else:
        work = lost_work(tmp_path / "other")
        work.file.write_text("{}")
        window.recovery._use_recovered(work)
    until(lambda: len(said) == 2, what=f"only {said} was said")
    assert said[0] == "A training is running"
    until(lambda: not window.tasks.busy())
    still_trains(bench)


@pytest.mark.parametrize("way", ["data", "sample", "recovered"])
def test_what_can_be_opened_interrupts_the_training_then(
    bench: Bench, tmp_path: Path, own_home: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    window, said = bench.window, list[str]()
    answers(said, "Interrupt the training")
    if way == "data":
        monkeypatch.setattr(designer.importing.new, "draft_project", gate.before(designer.importing.new.draft_project))
        window.documents.begin(small_project(tmp_path / "other").with_suffix(".csv"))
    elif way == "sample":
        monkeypatch.setattr(documents, "copy_out", gate.before(lambda name: small_project(tmp_path / "other")))
        window.documents.open_sample("iris")
    else:
        window.recovery._use_recovered(lost_work(tmp_path / "other"))
    if way != "recovered":
        assert gate.reached.wait(30)
        assert window.run.state == "running" and "close" not in bench.trainer.asked, "it is let go too soon"
        gate.way.set()
    until(lambda: window.session.path != bench.path, what="the other project is not shown")
    until(lambda: "close" in bench.trainer.asked)
    assert window.run.state == "idle" and said == ["A training is running"]


@pytest.mark.parametrize("answer", ["Cancel", "Don’t save"])
def test_what_is_edited_while_the_next_project_is_read_is_asked_about(
    tmp_path: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    path, table = small_project(tmp_path / "shown"), small_project(tmp_path / "other").with_suffix(".csv")
    monkeypatch.setattr(designer.importing.new, "draft_project", gate.before(designer.importing.new.draft_project))
    with open_window(path, FakeTrainer) as window:
        window.documents.begin(table)
        assert gate.reached.wait(30)
        window.session.do("Rename", rename(window.session.project, "n2", "edited"))
        said = list[str]()
        answers(said, answer)
        gate.way.set()
        until(lambda: said == ["Save changes?"], what="the edit is gone, and nobody was asked")
        until(lambda: not window.tasks.busy("document"))
        if answer == "Cancel":
            assert window.session.path == path and window.session.project.graph.nodes["n2"].name == "edited"
        else:
            until(lambda: window.session.path is None, what="the other project is not shown")
        window.session.restart(load_project(path))


def test_a_training_that_begins_while_the_next_project_is_read_is_asked_about(
    tmp_path: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, table = small_project(tmp_path / "shown"), small_project(tmp_path / "other").with_suffix(".csv")
    monkeypatch.setattr(designer.importing.new, "draft_project", gate.before(designer.importing.new.draft_project))
    trainer = FakeTrainer()
    with open_window(path, lambda: trainer) as window:
        window.documents.begin(table)
        assert gate.reached.wait(30)
        window.show_panel("training")
        bench, said = Bench(window, trainer, path), list[str]()
        bench.start()
        answers(said, "Cancel")
        gate.way.set()
        until(lambda: said == ["A training is running"], what="nobody was asked")
        until(lambda: not window.tasks.busy("document"))
        still_trains(bench)


@pytest.fixture
def queued(tmp_path: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A window between two runs of its queue: the next one is just being read."""
    with run_bench(tmp_path / "queued") as bench:
        bench.start()
        click(bench.panel.controls.start)
        until(lambda: bench.window.runs.queue.due == 1)
        monkeypatch.setattr(queue, "project_of", gate.before(queue.project_of))
        bench.end()
        until(gate.reached.is_set, what="the next run does not come")
        assert bench.window.run.state == "idle"
        yield bench


def leave_by_closing(window: MainWindow, tmp_path: Path) -> None:
    window.close()


def leave_for_another(window: MainWindow, tmp_path: Path) -> None:
    window.documents.open(small_project(tmp_path / "another"))


@pytest.mark.parametrize("leave", [leave_by_closing, leave_for_another, lambda window, _: window.close_project()])
def test_between_two_runs_of_the_queue_it_is_asked_as_well(
    queued: Bench, gate: Gate, tmp_path: Path, leave: Callable[[MainWindow, Path], None]
) -> None:
    window, said = queued.window, list[str]()
    [waits] = queue.waiting(queued.path)
    answers(said, "Cancel")
    leave(window, tmp_path)
    assert said == ["Runs are waiting"] and window.isVisible() and window.session.path == queued.path
    # that is no answer yet to whether another is to be begun
    asked = len(queued.trainer.asked)
    gate.way.set()
    until(lambda: queued.trainer.run == waits and len(queued.trainer.asked) > asked, what="the queue stands still")
    queued.trainer.say("started", **STARTED)
    until(lambda: window.run.state == "running")
    until(lambda: queue.waiting(queued.path) == [])


@pytest.mark.parametrize("leave", [leave_by_closing, leave_for_another])
def test_runs_that_are_left_waiting_wait_on_and_begin_in_no_other_project(
    queued: Bench, gate: Gate, tmp_path: Path, leave: Callable[[MainWindow, Path], None]
) -> None:
    window, said = queued.window, list[str]()
    [waits] = queue.waiting(queued.path)
    before = queued.trainer.asked.count("resume")
    answers(said, "Leave them waiting")
    leave(window, tmp_path)
    gate.way.set()
    until(lambda: not window.tasks.busy())
    assert said == ["Runs are waiting"]
    assert queue.waiting(queued.path) == [waits] and queued.trainer.asked.count("resume") == before
    assert window.session.path != queued.path or not window.isVisible()


def test_the_next_run_does_not_begin_while_it_is_asked_whether_it_shall(queued: Bench, gate: Gate) -> None:
    window = queued.window
    [waits] = queue.waiting(queued.path)
    seen: list[object] = []

    def look(dialog: QDialog) -> None:
        gate.way.set()
        until(lambda: window.runs.queue._next is None, what="the run that was read is not dropped")
        seen.append((window.run.state, queue.waiting(queued.path)))
        press(dialog, "Leave them waiting")

    during_dialog(look)
    window.close()
    assert seen == [("idle", [waits])] and queue.waiting(queued.path) == [waits]


def test_a_training_that_is_left_says_that_the_others_wait(bench: Bench) -> None:
    window, said = bench.window, list[str]()
    click(bench.panel.controls.start)
    until(lambda: window.runs.queue.due == 1)

    def look(dialog: QDialog) -> None:
        assert isinstance(dialog, QMessageBox)
        said.append(dialog.informativeText())
        press(dialog, "Cancel")

    during_dialog(look)
    window.close()
    assert "1 run that waits goes on waiting" in said[0]


def test_a_run_that_cannot_be_read_waits_no_longer(tmp_path: Path) -> None:
    path = small_project(tmp_path)
    folder = queue.add_to_queue(load_project(path), path.parent, path)
    assert queue.project_of(folder).training == load_project(path).training
    assert queue.waiting(path) == [folder], "it is not taken yet"
    (folder / "project.loom").write_text("{}")
    with pytest.raises(ProjectError):
        queue.project_of(folder)
    assert queue.waiting(path) == []


@pytest.mark.parametrize("answer", ["Cancel", "Don’t save"])
def test_runs_that_are_to_wait_wait_while_it_is_asked_about_unsaved_work(
    queued: Bench, gate: Gate, tmp_path: Path, answer: str
) -> None:
    window = queued.window
    [waits] = queue.waiting(queued.path)
    window.session.do("Rename", rename(window.session.project, "n2", "edited"))
    seen: list[object] = []

    def save(dialog: QDialog) -> None:
        gate.way.set()
        until(lambda: window.runs.queue._next is None, what="the run that was read is not dropped")
        rest(0.1)
        seen.append((window.run.state, window.runs.queue._next, "resume" in queued.trainer.asked))
        press(dialog, answer)

    def first(dialog: QDialog) -> None:
        during_dialog(save, lambda second: second is not dialog)
        press(dialog, "Leave them waiting")

    during_dialog(first)
    leave_for_another(window, tmp_path)
    assert seen == [("idle", None, False)]
    if answer == "Cancel":
        until(lambda: queued.trainer.run == waits, what="the queue stands still")
        window.session.restart(load_project(queued.path))
    else:
        until(lambda: not window.tasks.busy())
        assert queue.waiting(queued.path) == [waits] and window.session.path != queued.path
        assert "resume" not in queued.trainer.asked


def test_a_run_of_the_queue_that_begins_while_the_next_project_is_read_is_asked_about(
    queued: Bench, gate: Gate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, said, reading = queued.window, list[str](), Gate()
    [waits] = queue.waiting(queued.path)
    monkeypatch.setattr(designer.importing.new, "draft_project", reading.before(designer.importing.new.draft_project))
    answers(said, "Leave them waiting")
    window.documents.begin(small_project(tmp_path / "other").with_suffix(".csv"))
    assert reading.reached.wait(30)
    gate.way.set()
    until(lambda: queued.trainer.run == waits and "resume" in queued.trainer.asked)
    queued.trainer.say("started", **STARTED)
    until(lambda: window.run.state == "running")
    answers(said, "Cancel")
    reading.way.set()
    until(lambda: said == ["Runs are waiting", "A training is running"], what="nobody was asked")
    until(lambda: not window.tasks.busy("document"))
    still_trains(queued)


def test_a_training_that_begins_while_a_new_project_is_made_is_asked_about(tmp_path: Path) -> None:
    path, table = small_project(tmp_path / "shown"), small_project(tmp_path / "other").with_suffix(".csv")
    trainer = FakeTrainer()
    with open_window(path, lambda: trainer) as window:
        window.show_panel("training")
        bench, said = Bench(window, trainer, path), list[str]()

        def cancel(dialog: QDialog) -> None:
            assert isinstance(dialog, QMessageBox)
            said.append(dialog.text())
            press(dialog, "Cancel")

        def begin(dialog: QDialog) -> None:
            window.runs.start()
            until(lambda: "train" in trainer.asked)
            trainer.say("started", **STARTED)
            until(lambda: window.run.state == "running")
            during_dialog(cancel, lambda other: isinstance(other, QMessageBox))

        press_create(begin)
        window.documents.new_from(table)
        assert said == ["A training is running"]
        still_trains(bench)


def test_a_run_that_was_begun_while_the_next_of_the_queue_is_read_has_it_wait(
    queued: Bench, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, trainer = queued.window, queued.trainer
    [waits] = queue.waiting(queued.path)
    window.runs.start()
    until(lambda: trainer.asked.count("train") == 2)
    gate.way.set()
    until(lambda: window.runs.queue._next is None)
    trainer.say("started", **STARTED)
    until(lambda: window.run.state == "running")
    window.runs.queue.look_again()
    rest(0.1)
    until(lambda: not window.tasks.busy())
    assert trainer.run != waits and window.runs.queue.due == 1, "it is counted as if it were trained"
    assert queued.list.said.text() == "1 run waiting"
    beside: list[Path] = []
    monkeypatch.setattr(window.runs.queue.pool, "train", beside.append)
    window.runs.queue.set_at_once(2)
    until(lambda: beside == [waits], what="it has no turn beside the other either")
