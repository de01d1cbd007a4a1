"""What is asked for once trains once and as it was then, and nothing that was asked for is lost without a word."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from designer.gui import begin_runs
from designer.project.errors import ProjectError
from designer.project.file import load_project
from designer.workspace import following, queue
from tests.gui.test_begin_runs import BESIDE, FOLLOW, answered, begun, elsewhere, fork, go_on, settle, train
from tests.helpers.gate import Gate
from tests.helpers.run_bench import Bench, run_bench
from tests.helpers.window import click, until


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with run_bench(tmp_path) as made:
        yield made


@pytest.fixture
def looking(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """What holds the look at what trains by itself, as a slow disk does."""
    gate = Gate(following.living_runs)
    monkeypatch.setattr(following, "living_runs", gate)
    yield gate
    gate.way.set()


def said(bench: Bench) -> str:
    return bench.window.status.text.text()


def test_train_pressed_twice_before_anything_is_seen_of_it_trains_once(bench: Bench, looking: Gate) -> None:
    click(bench.panel.controls.start)
    until(looking.reached.is_set)
    click(bench.panel.controls.start)
    looking.way.set()
    until(lambda: begun(bench) == 1)
    settle(bench)
    assert not queue.waiting(bench.path), "the same was put to the queue"


@pytest.mark.parametrize("where", ["panel", "tools"])
def test_a_double_click_on_train_trains_once(bench: Bench, where: str) -> None:
    window = bench.window
    action = window.actions_by_name["start"]
    button = bench.panel.controls.start if where == "panel" else window.tools.widgetForAction(action)
    at = QPointF(button.rect().center())
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
        QApplication.sendEvent(button, QMouseEvent(kind, at, button.mapToGlobal(at), left, left, none))
        QTest.mouseRelease(button, left, none, at.toPoint())
        until(lambda: begun(bench) == 1)
    settle(bench)
    assert begun(bench) == 1 and not queue.waiting(bench.path)


def test_a_look_that_takes_long_is_seen_and_can_be_cancelled(bench: Bench, looking: Gate) -> None:
    shown: list[str] = []
    bench.window.tasks.changed.connect(shown.append)
    click(bench.panel.controls.start)
    until(lambda: bool(shown), what="nothing was seen of it")
    bench.window.tasks.cancel()
    looking.way.set()
    settle(bench)
    assert begun(bench) == 0
    click(bench.panel.controls.start)
    until(lambda: begun(bench) == 1, what="nothing trains after one that was cancelled")


def test_what_trains_is_the_project_as_it_was_when_that_was_asked(bench: Bench, looking: Gate) -> None:
    session = bench.window.session
    before = session.project
    click(bench.panel.controls.start)
    until(looking.reached.is_set)
    session.do("Train longer", replace(before, training=replace(before.training, epochs=before.training.epochs + 7)))
    looking.way.set()
    until(lambda: begun(bench) == 1)
    assert bench.trainer.project is not None
    assert bench.trainer.project.training.epochs == before.training.epochs


def test_a_run_before_which_another_began_is_not_forgotten_without_a_word(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = Gate(queue.project_of)
    monkeypatch.setattr(queue, "project_of", reading)
    run = go_on(bench)
    until(reading.reached.is_set)
    train(bench)
    until(lambda: begun(bench) == 1)
    told = answered("OK")
    reading.way.set()
    until(lambda: bool(told), what="nothing is said of it")
    assert told[0].title == "The run cannot go on" and run.name in told[0].sentence
    assert bench.trainer.asked[-1] == "train"


def test_a_run_that_is_asked_to_go_on_twice_goes_on_once_with_no_message(
    bench: Bench, looking: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(begin_runs, "tell", lambda window, title, sentence: told.append(sentence))
    run = go_on(bench)
    bench.window.runs.resume()
    looking.way.set()
    until(lambda: begun(bench) == 1)
    settle(bench)
    assert begun(bench) == 1 and bench.trainer.run == run and not told


def test_a_fork_that_is_looked_for_while_another_training_is_asked_about_is_said_to_be_kept(bench: Bench) -> None:
    with elsewhere(bench.path):
        made: list[Path] = []

        words: list[str] = []

        def look() -> None:
            made.append(fork(bench))
            until(lambda: not bench.window.tasks.busy())
            words.append(said(bench))

        asked = answered("Cancel", look)
        train(bench)
        until(lambda: bool(asked))
        settle(bench)
        assert words == [f"The fork {made[0].name} is kept: go on with it in the list of runs."]
        assert made[0].exists() and begun(bench) == 0


def test_what_was_agreed_to_train_beside_can_be_waited_for_the_next_time(bench: Bench) -> None:
    with elsewhere(bench.path) as other:
        bench.list.at_once.setValue(2)
        answered(BESIDE)
        train(bench)
        until(lambda: begun(bench) == 1)
        bench.end()
        until(lambda: bench.window.run.state == "idle")
        answered(FOLLOW)
        train(bench)
        until(lambda: bench.window.run.following and len(queue.waiting(bench.path)) == 1)
        settle(bench)
        assert begun(bench) == 1, "it trains beside the run that it was to wait for"
        other.end()
        until(lambda: begun(bench) == 2)


def test_a_run_that_trains_again_after_it_ended_here_is_asked_about(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that another program goes on with."""
    bench.start()
    run = bench.trainer.run
    assert run is not None
    bench.end()
    until(lambda: bench.window.run.state == "idle")
    monkeypatch.setattr(following, "living_runs", lambda path: [run])
    monkeypatch.setattr(begin_runs, "MOMENT_SECONDS", 0.0)
    told = answered("Cancel")
    train(bench)
    until(lambda: bool(told), what="nobody was asked")
    settle(bench)
    assert run.name in told[0].sentence and begun(bench) == 1


def test_a_run_that_ended_here_a_moment_ago_is_not_said_to_train(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    steering = bench.window.runs.steering
    bench.start()
    run = bench.trainer.run
    assert run is not None
    monkeypatch.setattr(following, "living_run", lambda path: run)
    looked: list[bool] = []
    steering.found.connect(lambda: looked.append(bench.window.run.state == "idle"))
    bench.end()
    until(lambda: any(looked))
    assert steering.living is None and not bench.panel.controls.living
    monkeypatch.setattr(begin_runs, "MOMENT_SECONDS", 0.0)
    until(lambda: steering.living == run, what="it is not looked again")
    # nothing of it is looked at after the test
    monkeypatch.undo()


def test_a_queue_whose_runs_cannot_be_read_for_a_moment_goes_on(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = [2]
    read = queue.waiting

    def waiting(path: Path) -> list[Path]:
        if refused[0] and threading.current_thread().name == "task queue":
            refused[0] -= 1
            raise ProjectError("line.runs: the runs cannot be listed (no such device).")
        return read(path)

    monkeypatch.setattr(queue, "waiting", waiting)
    begun_with = queue.add_to_queue(load_project(bench.path), bench.path.parent, bench.path)
    bench.window.runs.queue.begin_with([begun_with])
    until(lambda: "no such device" in said(bench), what="it is not said why nothing begins")
    until(lambda: begun(bench) == 1, what="the queue stands still")
    assert bench.trainer.run == begun_with and refused == [0]


def test_keys_that_are_held_down_train_once(bench: Bench) -> None:
    held = [name for name in ("start", "pause") if bench.window.actions_by_name[name].autoRepeat()]
    assert not held
