"""A trainer, be it a process or a thread: trains, pauses, stops, dies in words, and is never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from designer.project.file import load_project
from designer.training.alive import is_alive
from designer.workspace.following import Follower
from designer.workspace.inline import InlineTrainer
from designer.workspace.jobs import Trainer, TrainerProcess, make_trainer, words_for_death
from designer.workspace.places import logs_folder
from designer.workspace.runs import list_runs, new_run_folder
from tests.helpers.killing import run_of_a_killed_front
from tests.helpers.small import small_project

Start = Callable[..., Path]
LONG = 1_000_000


def begin(trainer: Trainer, path: Path, resume: Path | None = None) -> Path:
    run = resume or new_run_folder(path)
    source = load_project(run / "project.loom" if resume else path)
    trainer.train(source, run if resume else path.parent, run, resume=resume is not None)
    return run


def until(events: Iterator[dict[str, Any]], *words: str) -> dict[str, Any]:
    for event in events:
        if event["event"] in words:
            return event
        assert event["event"] != "failed", event
    raise AssertionError(f"ended before {words}")


@pytest.fixture
def trainer() -> Iterator[TrainerProcess]:
    trainer = TrainerProcess()
    yield trainer
    trainer.close()


@pytest.fixture(params=[TrainerProcess, InlineTrainer], scope="module")
def any_trainer(request: pytest.FixtureRequest) -> Iterator[Trainer]:
    """A trainer that stays warm for several tests."""
    trainer = request.param()
    trainer.start()
    # all of its threads are there before a test looks which it leaves behind
    until(trainer.events(), "ready")
    yield trainer
    rest = trainer.events()
    trainer.close()
    assert "failed" not in [event["event"] for event in rest]


def test_two_runs_one_after_the_other(any_trainer: Trainer, tmp_path: Path) -> None:
    path = small_project(tmp_path, epochs=3)
    events = any_trainer.events()
    for _ in range(2):
        run = begin(any_trainer, path)
        assert until(events, "started")["rows"]["train"] > 30
        seen = [until(events, "epoch") for _ in range(3)]
        assert [event["epoch"] for event in seen] == [1, 2, 3]
        finished = until(events, "finished")
        assert (finished["stopped"], Path(finished["run"])) == (False, run.resolve())
        assert (run / "weights.safetensors").is_file()
        assert load_project(run / "project.loom").data.path == "../../line.csv"  # type: ignore[union-attr]


def test_pause_go_on_and_stop(any_trainer: Trainer, tmp_path: Path) -> None:
    path = small_project(tmp_path, epochs=LONG)
    events = any_trainer.events()
    begin(any_trainer, path)
    until(events, "epoch")
    any_trainer.pause()
    until(events, "paused")
    any_trainer.go_on()
    until(events, "resumed")
    any_trainer.stop()
    assert until(events, "finished")["stopped"]


def test_a_problem_of_the_project_is_a_sentence_and_leaves_no_run(any_trainer: Trainer, tmp_path: Path) -> None:
    path = small_project(tmp_path)
    (tmp_path / "line.csv").unlink()
    begin(any_trainer, path)
    failed = next(event for event in any_trainer.events() if event["event"] == "failed")
    assert "line.csv" in failed["message"]
    deadline = time.monotonic() + 5
    while list_runs(path) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert list_runs(path) == []


@pytest.mark.parametrize("word", ["SIGKILL", "SIGSEGV"])
def test_death_in_a_run_is_told_in_words_within_a_second(trainer: TrainerProcess, tmp_path: Path, word: str) -> None:
    path = small_project(tmp_path, epochs=LONG)
    trainer.start()
    events = trainer.events()
    run = begin(trainer, path)
    until(events, "epoch")
    assert trainer.pid is not None
    killed = time.monotonic()
    os.kill(trainer.pid, signal.Signals[word])
    rest = list(events)
    assert time.monotonic() - killed < 1
    assert rest[-1]["event"] == "failed"
    assert word in rest[-1]["message"]
    assert "can be resumed" in rest[-1]["message"]
    begin(trainer, path, resume=run)
    assert until(trainer.events(), "started", "epoch"), "the next run starts a new process, and goes on"


def test_death_between_runs_ends_the_events_without_a_word(trainer: TrainerProcess) -> None:
    trainer.start()
    events = trainer.events()
    until(events, "ready")
    assert trainer.pid is not None
    os.kill(trainer.pid, signal.SIGKILL)
    assert list(events) == []
    trainer.start()
    until(trainer.events(), "ready")


@pytest.mark.parametrize("moment", ["at once", "in a run", "paused", "hung"])
def test_close_is_quick_and_leaves_no_orphan(trainer: TrainerProcess, tmp_path: Path, moment: str) -> None:
    path = small_project(tmp_path, epochs=LONG)
    trainer.start()
    events = trainer.events()
    pid = trainer.pid
    assert pid is not None
    if moment != "at once":
        begin(trainer, path)
        until(events, "epoch")
    if moment == "paused":
        trainer.pause()
        until(events, "paused")
    if moment == "hung":
        os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    trainer.close()
    assert time.monotonic() - began < 2
    assert not psutil.pid_exists(pid)
    assert "failed" not in [event["event"] for event in events]
    trainer.close()


def test_a_killed_front_leaves_a_run_that_goes_on_to_its_end_and_then_no_orphan(tmp_path: Path) -> None:
    path = small_project(tmp_path, epochs=LONG)
    trainer, run = run_of_a_killed_front(path)
    follower = Follower(run)
    events = follower.events()
    assert until(events, "started")["epochs"] == LONG
    seen = until(events, "epoch")["epoch"]
    follower.pause()
    until(events, "paused")
    follower.go_on()
    until(events, "resumed")
    while until(events, "epoch")["epoch"] < seen + 3:
        pass
    follower.stop()
    assert until(events, "finished")["stopped"]
    trainer.wait(6)
    assert not is_alive(run)


def test_stops_and_starts_leave_nothing_open(trainer: TrainerProcess, tmp_path: Path) -> None:
    path = small_project(tmp_path, epochs=LONG)
    me = psutil.Process()

    def cycle() -> None:
        trainer.start()
        events = trainer.events()
        begin(trainer, path)
        until(events, "epoch")
        trainer.stop()
        until(events, "finished")
        trainer.close()

    cycle()
    before = me.num_fds(), me.num_threads()
    for _ in range(2):
        cycle()
    # threads of others, such as Qt's own, may come to their end meanwhile; a leak is growth that stays
    deadline = time.monotonic() + 5
    while (me.num_fds() > before[0] or me.num_threads() > before[1]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert me.num_fds() <= before[0]
    assert me.num_threads() <= before[1]
    assert list(logs_folder().glob("trainer-*.log")) == [], "logs of processes that ended well are removed"


@pytest.mark.cold
def test_a_module_in_the_current_folder_is_never_imported(
    trainer: TrainerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    (tmp_path / "torch.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    trainer.start()
    until(trainer.events(), "ready")
    assert not (tmp_path / "ran").exists()


def test_where_no_process_can_be_started_a_thread_trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **named: object) -> None:
        raise PermissionError("no processes here")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    path = small_project(tmp_path, epochs=2)
    trainer = make_trainer()
    run = begin(trainer, path)
    until(trainer.events(), "finished")
    trainer.close()
    assert (run / "weights.safetensors").is_file()


def test_a_thread_trains_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(make_trainer(inside=True), InlineTrainer)
    assert not isinstance(make_trainer(), InlineTrainer)
    monkeypatch.setenv("LAYERLOOM_INLINE", "1")
    assert isinstance(make_trainer(), InlineTrainer)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (-9, "memory ran out"),
        (-11, "SIGSEGV"),
        (-64, "ended by the system"),
        (3, "status 3"),
        (0xC0000005, "0xc0000005"),
    ],
)
def test_every_death_has_words(status: int, words: str) -> None:
    assert words in words_for_death(status, kept=False).replace("ran out of memory", "memory ran out")
    assert "resumed" not in words_for_death(status, kept=False)
    assert "resumed" in words_for_death(status, kept=True)


def test_a_fault_in_the_thread_is_told_and_the_next_run_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hazard 7 where no process stands between: the front lives, and the whole of the fault is in the run's log."""
    from designer.training import steered

    path, trainer = small_project(tmp_path, epochs=3), InlineTrainer()
    trainer.start()
    events = trainer.events()
    with monkeypatch.context() as patched:
        patched.setattr(steered, "train", lambda *arguments: 1 / 0)
        run = begin(trainer, path)
        failed = next(event for event in events if event["event"] == "failed")
    assert "ZeroDivisionError" in failed["message"] and "\n" not in failed["message"]
    assert "Traceback" in (run / "trainer.log").read_text()
    begin(trainer, path)
    assert not until(events, "finished")["stopped"]
    trainer.close()
