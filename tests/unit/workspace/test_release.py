"""Trainers that are left to themselves: the run goes on unheard, and its process ends with it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from designer.project.file import load_project
from designer.training.alive import is_alive
from designer.training.record import read_history
from designer.training.steering import send_order
from designer.workspace import queue
from designer.workspace.inline import InlineTrainer
from designer.workspace.jobs import TrainerProcess, make_trainer
from designer.workspace.pool import Pool
from designer.workspace.runs import new_run_folder
from tests.helpers.small import small_project

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
LONG = 1_000_000


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait until the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def goes_on(run: Path) -> None:
    """The run gets further by itself, hears an order and ends; so does who trained it."""
    seen = len(read_history(run))
    wait_for(lambda: len(read_history(run)) > seen + 3, "the run does not go on")
    send_order(run, "stop")
    wait_for(lambda: (run / "metrics.json").is_file() and not is_alive(run), "the run does not end")


def test_a_process_that_is_released_brings_its_run_to_the_end(tmp_path: Path) -> None:
    path = small_project(tmp_path, epochs=LONG)
    run = new_run_folder(path)
    trainer = TrainerProcess()
    assert not trainer.release(), "there is nothing to be let go"
    trainer.train(load_project(path), path.parent, run)
    pid = trainer.pid
    assert pid is not None
    events = trainer.events()
    next(event for event in events if event["event"] == "epoch")
    assert trainer.release()
    assert not trainer.release() and not trainer.alive
    assert {event["event"] for event in events} <= {"step", "epoch"}, "what is left is no failure"
    trainer.close()
    goes_on(run)
    wait_for(lambda: not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text(), "it stays")


def test_a_warm_process_without_a_run_is_not_released_but_closed() -> None:
    trainer = make_trainer()
    trainer.start()
    assert not trainer.release()
    trainer.close()


def test_a_thread_cannot_be_released() -> None:
    assert not InlineTrainer().release()


def test_the_runs_of_a_pool_go_on_and_those_that_wait_go_on_waiting(tmp_path: Path) -> None:
    path = small_project(tmp_path, epochs=LONG)
    project = load_project(path)
    first, second = (queue.add_to_queue(project, path.parent, path) for _ in range(2))
    pool = Pool(lambda run, event: None)
    pool.train(first)
    pool.train(second)
    wait_for(lambda: len(read_history(first)) > 2 if (first / "history.jsonl").exists() else False, "it never began")
    pool.release()
    assert pool.wait(10), "the lanes do not end"
    goes_on(first)
    assert queue.waiting(path) == [second]
