"""The queue and the pool: what waits is kept in its folder, runs end one after the other, and a failure stops none."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from designer.project.errors import ProjectError
from designer.project.file import load_project, save_project
from designer.project.model import Project
from designer.training.alive import living
from designer.workspace import queue
from designer.workspace.pool import Lane, Pool
from designer.workspace.run_list import (
    RunInfo,
    _stamp,
    delete_run,
    differences,
    read_info,
    read_runs,
    rename_run,
)
from designer.workspace.runs import list_runs, new_run_folder
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.small import small_project


class Told:
    """A trainer that ends each run as its project's seed says: an odd one fails. Counts how many are on at once."""

    on = most = 0
    lock = threading.Lock()
    order: list[str] = []

    def __init__(self) -> None:
        self._project: Project | None = None
        self.closed = False

    def start(self) -> None:
        pass

    def train(self, project: Project, base: Path, run: Path, resume: bool = False) -> None:
        self._project = project
        with Told.lock:
            Told.order.append(run.name)
            Told.on += 1
            Told.most = max(Told.most, Told.on)

    def events(self) -> Iterator[dict[str, Any]]:
        time.sleep(0.03)
        with Told.lock:
            Told.on -= 1
        assert self._project is not None
        yield {"event": "failed" if self._project.training.seed % 2 else "finished", "message": "no"}

    def pause(self) -> None: ...

    def go_on(self) -> None: ...

    def stop(self) -> None: ...

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def _fresh() -> None:
    Told.on = Told.most = 0
    Told.order = []


def test_what_waits_keeps_its_order_and_can_be_moved_and_removed(tmp_path: Path) -> None:
    path = small_project(tmp_path)
    project = load_project(path)
    first, second, third = (queue.add_to_queue(project, tmp_path, path) for _ in range(3))
    assert queue.waiting(path) == [first, second, third]
    assert queue.move(path, third, -1)
    assert queue.waiting(path) == [first, third, second]
    assert queue.move(path, first, 5)
    assert queue.waiting(path) == [third, second, first]
    assert not queue.move(path, first, 1)
    queue.begin(third)
    assert queue.waiting(path) == [second, first]
    queue.remove(second)
    assert queue.waiting(path) == [first]
    assert not second.exists()
    assert [info.state for info in read_runs(path)] == ["waiting", "empty"]
    # as it was when it was added, whatever becomes of the project
    assert load_project(first / "project.loom").training == project.training


def test_a_cross_validation_does_not_wait(tmp_path: Path) -> None:
    from designer.workspace.settings import set_settings

    path = small_project(tmp_path)
    folds = set_settings(load_project(path), ["data.split.folds=3"])
    with pytest.raises(ProjectError, match="cross-validation"):
        queue.add_to_queue(folds, tmp_path, path)
    assert list_runs(path) == []


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_a_pool_trains_all_and_never_more_than_so_many_at_once(tmp_path: Path, at_once: int) -> None:
    heard: dict[str, str] = {}

    def hear(run: Path, event: Mapping[str, Any]) -> None:
        heard[run.name] = str(event["event"])

    pool = Pool(hear, at_once, Told)  # type: ignore[arg-type]
    runs = []
    for seed in (0, 1, 2, 3, 4):
        path = small_project(tmp_path, seed=seed)
        runs.append(queue.add_to_queue(load_project(path), tmp_path, path))
    for run in runs:
        pool.train(run)
    assert pool.wait(20)
    assert [heard[run.name] for run in runs] == ["finished", "failed", "finished", "failed", "finished"]
    assert Told.most <= at_once
    if at_once == 1:
        assert Told.order == [run.name for run in runs]
    assert pool.running == []
    pool.close()


def test_a_run_whose_project_is_spoiled_fails_in_words(tmp_path: Path) -> None:
    heard: list[Mapping[str, Any]] = []
    path = small_project(tmp_path)
    run = queue.add_to_queue(load_project(path), tmp_path, path)
    (run / "project.loom").write_text("{")
    pool = Pool(lambda run, event: heard.append(event), 1, Told)  # type: ignore[arg-type]
    pool.train(run)
    assert pool.wait(20)
    assert heard[0]["event"] == "failed"
    assert "project.loom" in str(heard[0]["message"])
    pool.close()


def test_runs_are_listed_named_and_deleted(tmp_path: Path) -> None:
    path = small_project(tmp_path)
    run = new_run_folder(path)
    (run / "project.loom").write_bytes(path.read_bytes())
    figures = ((0.9, 0.8), (0.5, None), (0.4, 0.6))
    epochs = [
        json.dumps({"event": "epoch", "epoch": epoch, "train": {"loss": train}, "validation": {"loss": judged}})
        for epoch, (train, judged) in enumerate(figures, start=1)
    ]
    changed = '{"event": "changed", "epoch": 1, "step": 0, "settings": {"learning_rate": 0.1}}'
    lines = [epochs[0], changed, *epochs[1:], '{"event": "ep']
    (run / "history.jsonl").write_text("\n".join(lines))
    (info,) = read_runs(path)
    assert (info.state, info.epochs, info.best, info.best_epoch) == ("interrupted", 3, 0.6, 3)
    assert info.curves["train"]["loss"] == (0.9, 0.5, 0.4)
    # one that has not changed is not read again
    assert read_runs(path, [info])[0] is info
    rename_run(run, "  the \n first ")
    (renamed,) = read_runs(path, [info])
    assert renamed.name == "the first"
    rename_run(run, "")
    assert read_info(run).name == run.name
    delete_run(run)
    assert read_runs(path) == []
    assert not run.exists()
    assert list(run.parent.iterdir()) == []


def test_settings_are_told_where_they_differ(tmp_path: Path) -> None:
    def info(name: str, **training: object) -> RunInfo:
        return RunInfo(Path(name), name, "finished", project=load_project(small_project(tmp_path, **training)))

    assert differences([info("one")]) == {Path("one"): ""}
    runs = [info("a"), info("b", learning_rate=0.3), info("c", optimizer="sgd", epochs=99)]
    apart = differences(runs)
    assert apart[Path("a")] == "Adam, learning rate 0.05"
    assert apart[Path("b")] == "Adam, learning rate 0.3"
    assert apart[Path("c")] == "SGD, learning rate 0.05"


def test_a_run_whose_process_was_killed_is_no_longer_running(tmp_path: Path) -> None:
    """A kill leaves all files as they are, but for the lock that the system gives back."""
    path = small_project(tmp_path)
    run = new_run_folder(path)
    run.mkdir(parents=True, exist_ok=True)
    save_project(load_project(path), run / "project.loom")
    (run / "history.jsonl").write_text("")
    with living(run):
        [info] = read_runs(path)
        assert info.state == "running"
        assert read_runs(path, [info]) == [info]
    [after] = read_runs(path, [replace(info, stamp=_stamp(run))])
    assert after.state == "interrupted"


@pytest.mark.parametrize("way", ["close", "release"])
def test_a_pool_that_is_left_just_as_a_run_begins_starts_no_trainer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    path = small_project(tmp_path)
    run = queue.add_to_queue(load_project(path), tmp_path, path)
    trainers: list[FakeTrainer] = []
    chosen, go_on = threading.Event(), threading.Event()

    def make() -> FakeTrainer:
        trainers.append(Unasked())
        return trainers[-1]

    class Unasked(FakeTrainer):
        def release(self) -> bool:
            return super().release() and "train" in self.asked

    class Slow(Pool):
        def _next(self, lane: Lane) -> Path | None:
            found = super()._next(lane)
            chosen.set()
            assert go_on.wait(20)
            return found

    pool = Slow(lambda run, event: None, 1, make)
    pool.train(run)
    assert chosen.wait(20) and pool.running == [run]
    left = threading.Thread(target=pool.close if way == "close" else pool.release)
    left.start()
    soon(lambda: trainers[0].asked != [])
    go_on.set()
    left.join(20)
    assert pool.wait(20)
    assert not {"start", "train"} & set(trainers[0].asked), "nobody is there any more to whom it could tell anything"
    assert trainers[0].asked[-1] == "close" and queue.waiting(path) == [run]


def test_a_run_of_a_pool_waits_until_its_trainer_has_it(tmp_path: Path) -> None:
    path = small_project(tmp_path)
    project = load_project(path)
    run, failing, released = (queue.add_to_queue(project, tmp_path, path) for _ in range(3))
    trainers: list[FakeTrainer] = []
    heard: SimpleQueue[tuple[Path, str]] = SimpleQueue()

    def make() -> FakeTrainer:
        trainers.append(FakeTrainer())
        return trainers[-1]

    def given(folder: Path) -> Pool:
        pool = Pool(lambda run, event: heard.put((run, event["event"])), 1, make)
        before = len(trainers)
        pool.train(folder)
        soon(lambda: len(trainers) > before and "train" in trainers[-1].asked)
        return pool

    pool = given(run)
    assert queue.waiting(path) == [run, failing, released]
    pool.close()
    assert pool.wait(20) and queue.waiting(path) == [run, failing, released], "it is lost where it is left"
    pool = given(run)
    trainers[-1].say("started")
    assert heard.get(timeout=20) == (run, "started") and queue.waiting(path) == [failing, released]
    pool.close()
    assert pool.wait(20) and run.exists()
    pool = given(failing)
    trainers[-1].say("failed", message="no")
    assert heard.get(timeout=20) == (failing, "failed") and queue.waiting(path) == [released]
    assert not failing.exists()
    assert pool.wait(20)
    pool = given(released)
    pool.release()
    assert pool.wait(20) and queue.waiting(path) == [] and released.exists()


def soon(condition: Callable[[], bool]) -> None:
    """Wait until that holds."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_is_alive_or_over_waits_no_longer_though_nobody_took_it(tmp_path: Path) -> None:
    """As where the window crashed before it heard that the run had begun, which then went on alone."""
    path = small_project(tmp_path)
    run = queue.add_to_queue(load_project(path), tmp_path, path)
    with living(run):
        assert queue.waiting(path) == []
        queue.give_up(run)
    assert queue.waiting(path) == [run], "another process had it"
    (run / "history.jsonl").write_text("")
    (run / "metrics.json").write_text("{}")
    assert queue.waiting(path) == [] and [info.state for info in read_runs(path)] == ["finished"]
