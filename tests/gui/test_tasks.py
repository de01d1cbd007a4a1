"""Work off the GUI thread: answers come back, the latest wins, what is cancelled stays silent."""

from __future__ import annotations

import threading
import time

import pytest
import shiboken6

from designer.gui.tasks import Tasks, left_running
from designer.project.errors import ProjectError
from designer.workspace.turns import one_reading
from tests.helpers.window import rest, until


@pytest.fixture
def tasks(qapp):
    made = Tasks()
    yield made
    made.close()


def test_the_answer_comes_back_on_the_gui_thread(tasks, qtbot) -> None:
    answers = []
    here = threading.current_thread()
    tasks.run("", threading.current_thread, lambda there: answers.append((there, threading.current_thread())))
    qtbot.waitUntil(lambda: bool(answers))
    worker, delivered = answers[0]
    assert worker is not here
    assert delivered is here


def test_of_one_lane_only_the_latest_answer_arrives_and_one_runs_at_a_time(tasks, qtbot) -> None:
    answers, running, most = [], [0], [0]

    def work(number: int) -> int:
        running[0] += 1
        most[0] = max(most[0], running[0])
        time.sleep(0.03)
        running[0] -= 1
        return number

    for number in range(20):
        tasks.run("", lambda number=number: work(number), answers.append, lane="check")
    qtbot.waitUntil(lambda: not tasks.busy())
    assert answers == [19]
    assert most[0] == 1


def test_a_sentence_for_errors_of_the_user(tasks, qtbot) -> None:
    said = []

    def work() -> None:
        raise ProjectError("the file is gone")

    tasks.run("", work, failed=said.append)
    qtbot.waitUntil(lambda: bool(said))
    assert said == ["the file is gone"]


def test_a_fault_of_the_program_is_said_and_raised_again(tasks, qtbot) -> None:
    said = []
    with qtbot.captureExceptions() as raised:
        tasks.run("", lambda: 1 / 0, failed=said.append)
        qtbot.waitUntil(lambda: bool(said))
        qtbot.wait(20)
    assert "ZeroDivisionError" in said[0]
    assert raised[0][0] is ZeroDivisionError


def test_what_is_cancelled_stays_silent(tasks, qtbot) -> None:
    answers = []
    go = threading.Event()
    tasks.run("Reading", go.wait, answers.append, lane="facts")
    tasks.cancel("facts")
    go.set()
    qtbot.wait(60)
    assert answers == []
    assert not tasks.busy("facts")


def test_readings_take_turns_and_are_not_begun_once_unwanted(tasks, qtbot) -> None:
    answers: list[str] = []
    begun: list[str] = []

    def work(name: str) -> str:
        begun.append(name)
        return name

    with one_reading():
        tasks.run("", lambda: work("first"), answers.append, answers.append, "data", reading=True)
        qtbot.wait(150)
        tasks.cancel("data")
        qtbot.waitUntil(lambda: not tasks._running)
        tasks.run("", lambda: work("second"), answers.append, answers.append, "data", reading=True)
        qtbot.wait(150)
        assert begun == []
    qtbot.waitUntil(lambda: answers == ["second"])
    assert begun == ["second"]


def test_a_sign_of_life_only_for_what_takes_long(tasks, qtbot) -> None:
    shown = []
    tasks.changed.connect(shown.append)
    tasks.run("Quick", lambda: None)
    # it is over before anything can be shown, however busy the machine is
    for thread in list(tasks._threads):
        thread.join()
    qtbot.wait(220)
    assert shown == []
    go = threading.Event()
    tasks.run("Slow", go.wait)
    qtbot.waitUntil(lambda: shown == ["Slow"])
    go.set()
    qtbot.waitUntil(lambda: shown == ["Slow", ""])


def test_leaving_waits_for_nobody_and_what_goes_on_is_known_of(qapp, qtbot, monkeypatch) -> None:
    tasks, answers, go = Tasks(), [], threading.Event()
    task = tasks.run("Slow", go.wait, answers.append)
    joined = []
    with monkeypatch.context() as watched:
        watched.setattr(threading.Thread, "join", lambda thread, timeout=None: joined.append(thread))
        tasks.leave()
    assert task.cancelled.is_set() and not joined
    [left] = left_running()
    assert left in tasks._threads
    go.set()
    left.join(20)
    rest(0.05)
    assert answers == [] and left_running() == []


def test_who_gives_something_up_is_heard(tasks, qtbot) -> None:
    go = threading.Event()
    tasks.run("", go.wait, lane="facts")
    with qtbot.waitSignal(tasks.given_up):
        tasks.cancel("facts")
    go.set()


def test_closing_waits_for_nobody_and_delivers_nothing(qapp, qtbot) -> None:
    tasks, answers, go = Tasks(), [], threading.Event()
    tasks.run("Slow", go.wait, answers.append)
    began = time.monotonic()
    assert not tasks.close()
    assert time.monotonic() - began < 1
    go.set()
    qtbot.wait(50)
    assert answers == []


def test_work_that_ends_while_whoever_asked_goes_harms_nobody(qapp) -> None:
    """What is asked for is destroyed at the very moment in which threads have their answers."""
    heard = []
    for _ in range(60):
        ready, many = threading.Barrier(9), []
        for _ in range(8):
            made = Tasks()
            made.run("", ready.wait, heard.append)
            many.append(made)
        ready.wait()
        for made in many:
            shiboken6.delete(made)
        del made, many
        rest()
    until(lambda: not left_running(), what="a thread goes on")
