"""Autosave: unsaved work is on the disk within a second, goes away once it is saved, and never stands in the way."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from designer.project import atomic
from designer.project.edits import rename
from designer.project.file import save_project
from designer.project.model import Project
from designer.workspace import autosave as autosave_module
from designer.workspace.autosave import SAFE_AGAIN, Autosave
from designer.workspace.places import recovery_folder
from designer.workspace.recovery import list_recoverable, load_work
from designer.workspace.recovery_file import read_recovery
from designer.workspace.session import Session


@pytest.fixture
def session(path: Path) -> Iterator[Session]:
    made = Session.open(path)
    yield made
    made.close()


@pytest.fixture
def autosave(session: Session) -> Iterator[Autosave]:
    made = Autosave(session)
    yield made
    made.close()


def edit(session: Session, name: str) -> None:
    session.do(f"Rename to {name}", rename(session.project, "n2", name))


def kept() -> list[str]:
    """The name of the second layer in each recovery file."""
    if not recovery_folder().is_dir():
        return []
    texts = [read_recovery(file)[1] for file in recovery_folder().glob("*.recovery")]
    return sorted(text.split('"id": "n2"')[1].split('"name": "')[1].split('"')[0] for text in texts)


def wait_for(condition: Callable[[], bool], seconds: float = 5.0) -> float:
    """Seconds until it holds."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, "it did not come to pass in time"
        time.sleep(0.005)
    return time.monotonic() - start


def test_an_edit_is_on_the_disk_within_a_second(session: Session, autosave: Autosave, path: Path) -> None:
    edit(session, "one")
    assert wait_for(lambda: kept() == ["one"]) < 1.0
    (file,) = recovery_folder().glob("*.recovery")
    origin, _ = read_recovery(file)
    assert (origin.project, origin.label, origin.layers, origin.links) == (str(path), "Rename to one", 3, 2)
    assert origin.seen == session.seen
    assert abs(origin.time - time.time()) < 5


def test_while_one_edits_it_is_written_twice_a_second_and_the_latest_wins(
    session: Session, autosave: Autosave, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: list[str] = []
    write = autosave_module.to_text
    monkeypatch.setattr(autosave_module, "to_text", lambda project: texts.append("") or write(project))
    start = time.monotonic()
    number, oldest = 0, 0.0
    while time.monotonic() - start < 2.5:
        number += 1
        edit(session, f"edit{number}")
        time.sleep(0.01)
    oldest = wait_for(lambda: kept() == [f"edit{number}"])
    assert oldest < 1.0
    assert 3 <= len(texts) <= 7, "one write every half second"


def test_nothing_is_written_on_the_thread_that_edits(
    session: Session, autosave: Autosave, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[str] = set()
    write = autosave_module.to_text
    monkeypatch.setattr(
        autosave_module, "to_text", lambda project: threads.add(threading.current_thread().name) or write(project)
    )
    edit(session, "one")
    assert autosave.flush()
    edit(session, "two")
    assert autosave.flush()
    assert threads == {"autosave"}


def test_what_is_saved_needs_no_copy(session: Session, autosave: Autosave) -> None:
    edit(session, "one")
    assert autosave.flush()
    session.save()
    assert autosave.flush()
    assert kept() == []
    assert os.listdir(recovery_folder()) == []
    edit(session, "two")
    assert autosave.flush()
    assert kept() == ["two"]
    session.undo()
    assert autosave.flush()
    assert kept() == [], "undo has led back to what is saved"
    session.redo()
    assert autosave.flush()
    assert kept() == ["two"]


def test_a_session_that_is_left_in_order_leaves_nothing(session: Session) -> None:
    for flush in (True, False):
        autosave = Autosave(session)
        edit(session, f"given up {flush}")
        if flush:
            assert autosave.flush()
        autosave.close()
        autosave.close()
        assert not recovery_folder().exists() or os.listdir(recovery_folder()) == []
        assert not [thread for thread in threading.enumerate() if thread.name == "autosave"]
        edit(session, f"after {flush}")
    assert kept() == []


def test_a_session_that_ends_unasked_keeps_its_work_to_the_last_edit(session: Session) -> None:
    autosave = Autosave(session)
    edit(session, "one")
    autosave.close(keep=True)
    assert kept() == ["one"]
    (work,) = list_recoverable()
    assert load_work(work) == session.project


def test_another_project_in_the_same_window_takes_the_place(
    session: Session, autosave: Autosave, tmp_path: Path, project: Project
) -> None:
    edit(session, "one")
    assert autosave.flush()
    other = tmp_path / "other.loom"
    save_project(project, other)
    session.reopen(other)
    assert autosave.flush()
    assert kept() == []
    edit(session, "two")
    assert autosave.flush()
    (file,) = recovery_folder().glob("*.recovery")
    assert file.name.startswith("other-")
    edit(session, "three")
    session.restart(rename(project, "n2", "four"))
    assert autosave.flush()
    assert kept() == ["four"]
    (file,) = recovery_folder().glob("*.recovery")
    assert file.name.startswith("untitled-")
    assert read_recovery(file)[0].project == ""


def test_a_living_session_is_not_offered(session: Session, autosave: Autosave, path: Path) -> None:
    second = Session.open(path)
    assert second.read_only
    own = Autosave(second)
    edit(session, "first")
    edit(second, "second")
    assert autosave.flush()
    assert own.flush()
    assert kept() == ["first", "second"]
    assert list_recoverable() == ()
    own.close(keep=True)
    second.close()
    (work,) = list_recoverable()
    assert load_work(work).graph.nodes["n2"].name == "second"
    assert kept() == ["first", "second"]


def test_an_emptied_folder_is_filled_again(session: Session, autosave: Autosave) -> None:
    edit(session, "one")
    assert autosave.flush()
    for file in recovery_folder().iterdir():
        file.unlink()
    recovery_folder().rmdir()
    edit(session, "two")
    assert autosave.flush()
    assert kept() == ["two"]
    assert list_recoverable() == (), "it is held again"


def test_a_full_disk_is_told_once_and_outlived(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autosave_module, "AGAIN", 0.1)
    told: list[str] = []
    full = threading.Event()
    full.set()
    fsync = os.fsync

    def out_of_space(descriptor: int) -> None:
        if full.is_set():
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(descriptor)

    monkeypatch.setattr(atomic.os, "fsync", out_of_space)
    autosave = Autosave(session, told.append)
    edit(session, "one")
    wait_for(lambda: len(told) == 1)
    assert "no space left on the disk" in told[0]
    assert "Save the project" in told[0]
    edit(session, "two")
    time.sleep(0.8)
    assert len(told) == 1
    assert not autosave.flush(0.5)
    assert os.listdir(recovery_folder()) == []
    full.clear()
    wait_for(lambda: kept() == ["two"])
    wait_for(lambda: told[1:] == [SAFE_AGAIN])
    autosave.close()


def test_a_file_in_the_place_of_the_folder_is_told(session: Session) -> None:
    recovery_folder().parent.mkdir(parents=True, exist_ok=True)
    recovery_folder().write_text("not a folder")
    told: list[str] = []
    autosave = Autosave(session, told.append)
    edit(session, "one")
    wait_for(lambda: len(told) == 1)
    autosave.close()
    assert recovery_folder().read_text() == "not a folder"
    assert session.project.graph.nodes["n2"].name == "one"
