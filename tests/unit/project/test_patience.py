"""A file that another program holds for a moment, as it happens on Windows, is waited for; nothing else is."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from designer.project import patience
from designer.project.atomic import atomic_write, io_words, previous_kept, set_aside
from designer.project.errors import ProjectError
from designer.project.file import load_project, save_project
from designer.project.json_object import object_in
from designer.training.alive import STATUS, read_status, write_status
from designer.training.kept_end import AT_THE_END, KeptEnd, tidy_end
from designer.training.record import read_history
from designer.training.run_files import COPY_NAME, HISTORY, METRICS_NAME
from designer.workspace.queue import queue_run, take, waiting
from designer.workspace.runs import runs_folder
from designer.workspace.told_epochs import read_told
from tests.helpers.projects import sample

IN_USE, DENIED, MAPPED, LOST = 32, 5, 1224, 2
EPOCH = b'{"event": "epoch", "epoch": 1, "epochs": 1, "train": {"loss": 1.0}, "validation": {}, "seconds": 1.0}\n'


def held(number: int = IN_USE) -> OSError:
    """What Windows says of a file that another program has open."""
    error = PermissionError(13, "The process cannot access the file because it is being used by another process")
    error.winerror = number  # type: ignore[attr-defined, unused-ignore]
    return error


class Held:
    """Refuses a call the first ``times``, as if another program held the file; then all is as usual."""

    def __init__(self, real: Callable[..., Any], times: int = 2, number: int = IN_USE) -> None:
        self.real, self.times, self.number = real, times, number

    def __call__(self, *given: Any, **named: Any) -> Any:
        self.times -= 1
        if self.times >= 0:
            raise held(self.number)
        return self.real(*given, **named)


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Held]:
    """Holds what a function of a module, or of a class, is called for."""
    monkeypatch.setattr(patience.time, "sleep", lambda seconds: None)

    def begin(owner: Any, name: str, times: int = 2, number: int = IN_USE) -> Held:
        stand_in = Held(getattr(owner, name), times, number)
        # a plain function stands in for a method, so that it gets the object
        monkeypatch.setattr(owner, name, lambda *given, **named: stand_in(*given, **named))
        return stand_in

    return begin


@pytest.mark.parametrize("number", [DENIED, IN_USE, MAPPED])
def test_a_file_that_is_held_for_a_moment_is_replaced(tmp_path: Path, hold: Callable[..., Held], number: int) -> None:
    path = tmp_path / "status.json"
    atomic_write(path, b"old")
    replaced = hold(os, "replace", number=number)
    atomic_write(path, b"new")
    assert path.read_bytes() == b"new"
    assert replaced.times < 0
    assert os.listdir(tmp_path) == [path.name]


def test_one_that_stays_held_is_left_as_it_was(
    tmp_path: Path, hold: Callable[..., Held], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "status.json"
    atomic_write(path, b"old")
    monkeypatch.setattr(patience, "LONGEST_SECONDS", 0.0)
    hold(os, "replace", times=1_000_000)
    clock = iter(range(1_000_000))
    monkeypatch.setattr(patience.time, "monotonic", lambda: next(clock))
    with pytest.raises(ProjectError, match="not allowed"):
        atomic_write(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("error", [held(LOST), PermissionError(13, "not allowed"), FileNotFoundError(2, "gone")])
def test_any_other_refusal_is_told_at_once(error: OSError) -> None:
    calls = []

    def refused() -> None:
        calls.append(1)
        raise error

    with pytest.raises(type(error)):
        patience.patiently(refused)
    assert calls == [1]


def test_files_that_are_being_replaced_are_read_a_moment_later(tmp_path: Path, hold: Callable[..., Held]) -> None:
    save_project(sample(), tmp_path / COPY_NAME)
    atomic_write(tmp_path / "label.json", b'{"name": "mine"}')
    atomic_write(tmp_path / HISTORY, EPOCH)
    told = read_told(tmp_path)
    for name in ("open", "stat", "read_bytes"):
        waited = hold(Path, name)
        assert load_project(tmp_path / COPY_NAME) == sample()
        waited.times = 2
        assert object_in(tmp_path / "label.json") == {"name": "mine"}
        waited.times = 2
        assert read_told(tmp_path) == told
        assert told.at == (1,)
        waited.times = 2
        assert [event.epoch for event in read_history(tmp_path)] == [1]


def test_the_file_before_is_kept_though_it_is_looked_at(tmp_path: Path, hold: Callable[..., Held]) -> None:
    path = tmp_path / "iris.loom"
    atomic_write(path, b"first")
    with previous_kept(path):
        atomic_write(path, b"second")
        hold(os, "replace")
    assert (tmp_path / "iris.loom.bak").read_bytes() == b"first"
    hold(os, "replace")
    assert set_aside(path, ".spoiled") == tmp_path / "iris.loom.spoiled"


def test_where_a_training_stands_is_said_though_somebody_reads_it(tmp_path: Path, hold: Callable[..., Held]) -> None:
    assert write_status(tmp_path, {"epoch": 1})
    hold(os, "replace")
    assert write_status(tmp_path, {"epoch": 2})
    assert read_status(tmp_path) == {"epoch": 2}
    # without room for a file it is written into that of another
    hold(os, "open", times=1_000_000)
    hold(Path, "replace")
    clock = iter(range(1_000_000))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(patience.time, "monotonic", lambda: next(clock) / 100)
        assert write_status(tmp_path, {"epoch": 3})
    assert read_status(tmp_path) == {"epoch": 3}
    assert (tmp_path / STATUS).exists()


def test_a_run_goes_on_though_its_end_is_being_looked_at(tmp_path: Path, hold: Callable[..., Held]) -> None:
    for name in (*AT_THE_END, COPY_NAME):
        atomic_write(tmp_path / name, name.encode())
    kept = KeptEnd(tmp_path)
    hold(Path, "replace")
    kept.put_aside()
    assert not (tmp_path / METRICS_NAME).exists()
    hold(Path, "replace")
    assert kept.put_back()
    assert (tmp_path / METRICS_NAME).read_bytes() == METRICS_NAME.encode()
    atomic_write(tmp_path / (COPY_NAME + ".before"), b"before")
    os.utime(tmp_path / METRICS_NAME, (1, 1))
    hold(Path, "replace")
    tidy_end(tmp_path)
    assert (tmp_path / COPY_NAME).read_bytes() == b"before"


def test_turns_are_kept_and_taken_though_somebody_looks_at_them(tmp_path: Path, hold: Callable[..., Held]) -> None:
    project = tmp_path / "iris.loom"
    runs = [runs_folder(project) / f"2020-01-01-00{number}" for number in (1, 2)]
    for run in reversed(runs):
        run.mkdir(parents=True)
        save_project(sample(), run / COPY_NAME)
        queue_run(run, project)
    hold(Path, "read_bytes")
    assert waiting(project) == runs[::-1]
    hold(Path, "unlink")
    take(runs[1])
    assert waiting(project) == [runs[0]]


@pytest.mark.parametrize(
    ("platform", "length", "said"), [("win32", 270, True), ("win32", 100, False), ("linux", 270, False)]
)
def test_a_path_that_is_too_long_for_windows_is_said_to_be(
    monkeypatch: pytest.MonkeyPatch, platform: str, length: int, said: bool
) -> None:
    path = "/" + "a" * (length - 1)
    error = FileNotFoundError(2, "No such file or directory", path)
    monkeypatch.setattr(sys, "platform", platform)
    assert ("259 signs that Windows takes" in io_words(path, "write", error)) is said
    assert io_words(path, "write", error).endswith(f"({path}).")
