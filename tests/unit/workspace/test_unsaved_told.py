"""A run that cannot be saved is told of by whoever follows it, and holds up no sweep."""

from __future__ import annotations

import errno
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from designer.cli.orders import _watch
from designer.cli.progress import Progress
from designer.project.atomic import atomic_write
from designer.project.errors import ProjectError
from designer.project.file import load_project
from designer.training.alive import BLOCK, LAST, SPARE, living, read_status, write_status
from designer.training.run_files import HISTORY
from designer.workspace import sweep_jobs
from designer.workspace.following import Follower
from designer.workspace.sweeps import Trained, Variation
from designer.workspace.verbs import Job
from tests.helpers.small import small_project

STARTED = {"event": "started", "epochs": 9, "done": 0, "rows": {}, "device": "cpu", "facts": {}}
TROUBLE = {"epoch": 2, "message": "there is no space left (x).", "waiting": True}


def test_whoever_follows_a_run_hears_that_it_is_not_saved(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / HISTORY).write_bytes(b"")
    heard = []
    with living(run):
        write_status(run, {"started": STARTED, "unsaved": TROUBLE})
        follower = Follower(run)
        # who hears nothing of it shall not wait for ever
        late = threading.Timer(20, follower.close)
        late.start()
        for event in follower.events():
            heard.append(event)
            if event["event"] == "unsaved":
                write_status(run, {"started": STARTED, "unsaved": None})
            if event["event"] == "saved":
                follower.close()
        late.cancel()
    assert [event["event"] for event in heard] == ["started", "unsaved", "saved"]
    assert heard[1] == {"event": "unsaved", **TROUBLE}


def no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on no file can be made, and none can grow: only what lies on the disk already can be written over."""
    opened = os.open

    def refuse(path: object, flags: int, *rest: int, **named: int) -> int:
        if flags & os.O_CREAT:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return opened(path, flags, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refuse)


def test_a_status_finds_room_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_status(tmp_path, {"started": STARTED, "epoch": 1, "unsaved": None})
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    with monkeypatch.context() as patched:
        no_room(patched)
        with pytest.raises(ProjectError, match="no space left"):
            atomic_write(tmp_path / "other", b"x")
        for epoch in range(2, 6):
            trouble = {"epoch": epoch, "message": f"there is no space left ({'x' * 100 * epoch}).", "waiting": True}
            status = {"started": STARTED, "epoch": epoch, "unsaved": trouble}
            write_status(tmp_path, status)
            assert read_status(tmp_path) == status
        assert {path.name: path.stat().st_size for path in tmp_path.iterdir()} == sizes, "it has grown"
    # what does not fit finds room where there is some
    long = {"started": STARTED, "message": "x" * 3 * BLOCK}
    write_status(tmp_path, long)
    assert read_status(tmp_path) == long


def test_a_status_is_whole_at_any_moment(tmp_path: Path) -> None:
    """Whoever looks while it is written sees one of those that were written, and never none."""
    over, seen = threading.Event(), list[int]()

    def look() -> None:
        while not over.is_set():
            seen.append(read_status(tmp_path).get("epoch", -1))

    write_status(tmp_path, {"epoch": 0, "words": "x" * 500})
    looking = threading.Thread(target=look)
    looking.start()
    for epoch in range(1, 400):
        write_status(tmp_path, {"epoch": epoch, "words": "x" * (500 + epoch)})
    over.set()
    looking.join()
    assert seen and min(seen) >= 0 and seen == sorted(seen)


def test_a_status_that_was_put_aside_as_the_process_died_gives_its_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_status(tmp_path, {"epoch": 1})
    (tmp_path / SPARE).replace(tmp_path / LAST)
    no_room(monkeypatch)
    assert write_status(tmp_path, {"epoch": 2})
    assert read_status(tmp_path) == {"epoch": 2}


def test_a_status_that_the_disk_refuses_is_told_to_be_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_room(monkeypatch)
    assert not write_status(tmp_path, {"epoch": 1})
    assert read_status(tmp_path) == {}


def test_a_disk_without_second_names_has_its_status_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*paths: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)
    for epoch in range(3):
        write_status(tmp_path, {"epoch": epoch})
        assert read_status(tmp_path) == {"epoch": epoch}


def test_nothing_of_a_status_is_left_when_the_training_ends(tmp_path: Path) -> None:
    with living(tmp_path):
        write_status(tmp_path, {"epoch": 1})
        write_status(tmp_path, {"epoch": 2})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"epoch": 3, "step": 0, "steps": 0}, "Paused after epoch 3"),
        ({"epoch": 4, "step": 2, "steps": 9, "loss": 0.5, "so_far": 0.25}, "Paused at epoch 4, batch 2 of 9, loss 0.5"),
    ],
)
def test_whoever_follows_a_run_hears_where_it_waits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: dict[str, Any], words: str
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / HISTORY).write_bytes(b"")
    status = {"started": STARTED, "paused": True, "unsaved": None, **place}
    with living(run):
        write_status(run, status)
        follower = Follower(run)
        late = threading.Timer(20, follower.close)
        late.start()
        told: list[dict[str, Any]] = []
        for event in follower.events():
            if event["event"] in ("paused", "resumed"):
                told.append(event)
                say_followed(event)
                # then a step is made, after which it waits again, and then it goes on
                write_status(run, {**status, "epoch": 5, "step": 1, "steps": 9, "paused": len(told) < 2})
            if event["event"] == "resumed":
                follower.close()
        late.cancel()
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith(words)
    assert said[1].startswith("Paused at epoch 5, batch 1 of 9") and said[2] == "Going on"


def say_followed(event: dict[str, Any]) -> None:
    """As ``layerloom train --attach`` does."""

    class Followed:
        run = Path("run")

        def events(self) -> Iterator[dict[str, Any]]:
            yield event
            yield {"event": "finished", "metrics": {}}

    progress = Progress(sys.stderr)
    progress.say = lambda text: None if text.startswith("Following") else print(text, file=sys.stderr)  # type: ignore[method-assign]
    _watch(Followed(), progress)  # type: ignore[arg-type]


def test_a_sweep_goes_on_without_a_training_that_waits_for_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    class Trainer:
        def stop(self) -> None:
            asked.append("stop")

    class Pool:
        def __init__(self, heard: Callable[[Path, dict[str, Any]], None], *rest: object) -> None:
            self.heard, self.over = heard, False

        def train(self, run: Path) -> None:
            self.heard(run, {"event": "unsaved", **TROUBLE})

        def order(self, run: Path, order: Callable[[Trainer], None]) -> None:
            order(Trainer())
            self.heard(run, {"event": "failed", "message": "no space left"})
            self.over = True

        def wait(self, seconds: float) -> bool:
            return self.over

        def close(self) -> None:
            asked.append("close")

    monkeypatch.setattr(sweep_jobs, "Pool", Pool)
    monkeypatch.setattr(sweep_jobs, "ROOM_SECONDS", 0.0)
    path = small_project(tmp_path)
    training = Trained(Variation({}), Job(load_project(path), tmp_path / "run", False))
    heard = [(each.news, each.error) for each in sweep_jobs.swept_side_by_side([training], 1)]
    said = "The training is over, but not saved since epoch 2: there is no space left (x)."
    assert heard == [(said, ""), ("", "no space left")]
    assert asked == ["stop", "close"]
