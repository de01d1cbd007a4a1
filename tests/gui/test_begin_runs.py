"""How trainings begin in the window while a run of the project trains by itself: never beside it unasked."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialog, QMessageBox

from designer.gui import steering_runs
from designer.project.errors import ProjectError
from designer.project.file import load_project
from designer.training.alive import living
from designer.training.run_files import HISTORY, METRICS_NAME
from designer.workspace import following, queue
from designer.workspace.forks import forked_training, prepare_fork
from designer.workspace.runs import list_runs
from tests.helpers.run_bench import Bench, run_bench
from tests.helpers.window import click, during_dialog, rest, until

FOLLOW, BESIDE = "Follow it, train after it", "Train beside it"
Deed = Callable[[Bench], Path]


class Elsewhere:
    """A run of a project that trains outside the window, until ``end``."""

    def __init__(self, path: Path) -> None:
        [first, *_] = list_runs(path)
        self.run = queue.add_to_queue(load_project(path), path.parent, path)
        queue.take(self.run)
        shutil.copy(first / HISTORY, self.run / HISTORY)
        self._alive = ExitStack()
        self._alive.enter_context(living(self.run))

    def end(self) -> None:
        """Train no more."""
        self._alive.close()


@contextmanager
def elsewhere(path: Path) -> Iterator[Elsewhere]:
    made = Elsewhere(path)
    try:
        yield made
    finally:
        made.end()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with run_bench(tmp_path) as made:
        yield made


@pytest.fixture
def other(bench: Bench) -> Iterator[Elsewhere]:
    """A run that trains by itself, of which the window was told nothing."""
    with elsewhere(bench.path) as made:
        yield made


@dataclass(frozen=True)
class Question:
    """What was asked, and what could be answered."""

    title: str
    sentence: str
    choices: list[str]


def answered(words: str, before: Callable[[], object] = lambda: None) -> list[Question]:
    """The next question, once it has come and was answered with these words."""
    said: list[Question] = []

    def press(dialog: QDialog) -> None:
        assert isinstance(dialog, QMessageBox)
        before()
        said.append(Question(dialog.text(), dialog.informativeText(), [each.text() for each in dialog.buttons()]))
        click(next(button for button in dialog.buttons() if button.text() == words))

    during_dialog(press)
    return said


def train(bench: Bench) -> Path:
    """Press Train; the run that is to begin is not there yet."""
    click(bench.panel.controls.start)
    return Path()


def go_on(bench: Bench) -> Path:
    run = list_runs(bench.path)[2]
    (run / METRICS_NAME).unlink()
    bench.window.runs.interrupted = run
    bench.window.runs.resume()
    return run


def fork(bench: Bench) -> Path:
    slower = forked_training(load_project(bench.path), ["training.learning_rate=0.001"])
    made = prepare_fork(list_runs(bench.path)[0], 4, slower).folder
    bench.window.runs.listed._forked(list_runs(bench.path)[0], made)
    return made


def extend(bench: Bench) -> Path:
    run = list_runs(bench.path)[2]
    bench.window.runs.steering._extend(run, 4)
    return run


def start_queue(bench: Bench) -> Path:
    run = queue.add_to_queue(load_project(bench.path), bench.path.parent, bench.path)
    bench.window.runs.look()
    until(lambda: bench.list.go.isEnabled())
    click(bench.list.go)
    return run


DEEDS = {"train": train, "go on": go_on, "fork": fork, "extend": extend, "queue": start_queue}


def settle(bench: Bench) -> None:
    until(lambda: not bench.window.tasks.busy())
    rest(0.2)
    until(lambda: not bench.window.tasks.busy())


def begun(bench: Bench) -> int:
    return sum(word in ("train", "resume") for word in bench.trainer.asked)


@pytest.mark.parametrize("deed", DEEDS)
def test_nothing_begins_beside_a_run_that_trains_by_itself_without_a_question(
    bench: Bench, other: Elsewhere, deed: str
) -> None:
    said = answered("Cancel")
    run = DEEDS[deed](bench)
    until(lambda: bool(said), what="nobody was asked")
    assert said[0].title == "A training is running" and other.run.name in said[0].sentence
    settle(bench)
    assert begun(bench) == 0 and bench.window.run.state == "idle" and not bench.window.runs.queue.on
    assert deed == "train" or run.exists(), "what was not begun is gone"


@pytest.mark.parametrize("deed", DEEDS)
def test_what_shall_train_beside_it_begins_at_once(bench: Bench, other: Elsewhere, deed: str) -> None:
    said = answered(BESIDE)
    run = DEEDS[deed](bench)
    until(lambda: begun(bench) == 1, what="it did not begin")
    assert len(said) == 1
    assert deed == "train" or bench.trainer.run == run


@pytest.mark.parametrize(("deed", "at_once"), [("train", 2), ("go on", 1), ("fork", 1), ("queue", 1)])
def test_what_shall_train_after_it_waits_until_it_is_over(
    bench: Bench, other: Elsewhere, deed: str, at_once: int
) -> None:
    """Also where several may train side by side: it was said that this one comes after."""
    bench.list.at_once.setValue(at_once)
    said = answered(FOLLOW)
    DEEDS[deed](bench)
    until(lambda: bench.window.run.following and len(queue.waiting(bench.path)) == 1)
    [waits] = queue.waiting(bench.path)
    settle(bench)
    assert begun(bench) == 0 and len(said) == 1 and bench.window.run.folder == other.run
    other.end()
    until(lambda: begun(bench) == 1 and bench.trainer.run == waits, what="it was forgotten")


def test_what_cannot_wait_is_not_said_to(bench: Bench, other: Elsewhere) -> None:
    said = answered("Follow it")
    extend(bench)
    until(lambda: bench.window.run.following)
    assert sorted(said[0].choices) == ["Cancel", "Follow it", BESIDE] and "ask for this again" in said[0].sentence
    other.end()
    until(lambda: bench.window.run.state == "idle")
    settle(bench)
    assert begun(bench) == 0


def test_a_sweep_waits_unasked_for_what_trains_by_itself(bench: Bench, other: Elsewhere) -> None:
    made = [queue.add_to_queue(load_project(bench.path), bench.path.parent, bench.path) for _ in range(2)]
    bench.window.runs.queue.begin_with(made)
    status = bench.window.status.text
    until(lambda: f"once {other.run.name} is over" in status.text(), what=status.text())
    settle(bench)
    assert begun(bench) == 0 and bench.window.runs.queue.due == 2
    other.end()
    until(lambda: bench.trainer.run == made[0], what="the sweep stands still")


def test_a_run_that_is_agreed_to_train_beside_holds_up_no_queue(bench: Bench, other: Elsewhere) -> None:
    said = answered(BESIDE)
    train(bench)
    until(lambda: begun(bench) == 1)
    bench.trainer.say("started", epochs=5, done=0, rows={}, device="cpu", facts={})
    until(lambda: bench.window.run.state == "running")
    train(bench)
    until(lambda: bench.window.runs.queue.due == 1)
    bench.end()
    until(lambda: begun(bench) == 2, what="the queue stands still")
    assert len(said) == 1


def test_what_is_to_train_after_a_run_that_ended_while_that_was_asked_begins(bench: Bench, other: Elsewhere) -> None:
    steering = bench.window.runs.steering
    steering.look()
    until(lambda: steering.living == other.run)

    def end() -> None:
        other.end()
        steering.look()
        until(lambda: steering.living is None)

    said = answered(FOLLOW, end)
    train(bench)
    until(lambda: begun(bench) == 1, what="it was forgotten")
    assert len(said) == 1 and bench.trainer.run != other.run


def test_what_is_to_train_after_a_run_that_cannot_be_read_begins(
    bench: Bench, other: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoiled(run: Path) -> None:
        raise ProjectError("It cannot be read.")

    monkeypatch.setattr(steering_runs, "read_followed", spoiled)
    answered(FOLLOW)
    train(bench)
    until(lambda: bench.window.runs.queue.due == 1, what="it was forgotten")
    settle(bench)
    assert begun(bench) == 0 and not bench.window.run.following
    other.end()
    until(lambda: begun(bench) == 1, what="it was forgotten")


def test_a_run_that_ended_here_a_moment_ago_is_no_other(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its process gives its folder back a moment after it has said that it is over."""
    bench.start()
    run = bench.trainer.run
    assert run is not None
    monkeypatch.setattr(following, "living_runs", lambda path: [run])
    bench.end()
    until(lambda: bench.window.run.state == "idle")
    train(bench)
    until(lambda: begun(bench) == 2, what="it was asked about")
