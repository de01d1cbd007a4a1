"""A session changes its project in one way only, tells of it in order, and never loses what a file holds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from designer.project.atomic import _HOST
from designer.project.edits import move, rename
from designer.project.errors import ProjectError
from designer.project.file import load_project, save_project
from designer.project.model import Project, TableData
from designer.workspace.guard import ChangedOutside, OpenElsewhere
from designer.workspace.places import own_environment
from designer.workspace.session import Session


def renamed(project: Project, name: str) -> Project:
    return rename(project, "n2", name)


def test_edits_undo_and_redo_tell_of_old_and_new(project: Project) -> None:
    session = Session(project)
    told: list[tuple[Project, Project]] = []
    stop = session.subscribe(lambda old, new: told.append((old, new)))
    one = renamed(project, "one")
    session.do("Rename", one)
    session.undo()
    session.undo()
    session.redo()
    assert told == [(project, one), (one, project), (project, one)]
    session.do("Nothing", session.project)
    stop()
    stop()
    session.undo()
    assert len(told) == 3
    assert session.history.redo_label == "Rename"


def test_a_drag_is_one_step(project: Project) -> None:
    session = Session(project)
    for x in (4.0, 8.0, 12.0):
        session.do("Move", move(session.project, {"n2": (x, 0.0)}), merge="drag 1")
    session.undo()
    assert session.project is project


def test_an_observer_that_edits_does_not_mix_up_the_order(project: Project) -> None:
    session = Session(project)
    told: list[tuple[str, str]] = []

    def name(of: Project) -> str:
        return of.graph.nodes["n2"].name

    def edit(old: Project, new: Project) -> None:
        if name(new) == "one":
            session.do("Rename", renamed(new, "two"))

    session.subscribe(edit)
    session.subscribe(lambda old, new: told.append((name(old), name(new))))
    session.do("Rename", renamed(project, "one"))
    assert told == [(name(project), "one"), ("one", "two")]


def test_saved_says_whether_closing_would_lose_something(path: Path, project: Project) -> None:
    assert Session().saved
    assert not Session.new(project).saved
    session = Session.open(path)
    assert session.saved
    session.do("Rename", renamed(project, "one"))
    assert not session.saved
    session.undo()
    assert session.saved
    session.redo()
    session.save()
    assert session.saved
    session.undo()
    assert not session.saved
    session.close()
    assert load_project(path).graph.nodes["n2"].name == "one"


def test_a_session_without_a_file_asks_for_one(tmp_path: Path, project: Project) -> None:
    session = Session.new(project)
    with pytest.raises(ValueError, match="no file"):
        session.save()
    session.save(tmp_path / "new.loom")
    assert (session.title, session.saved, session.path) == ("new", True, tmp_path / "new.loom")
    session.close()


def test_a_new_project_does_not_take_the_place_of_another_unasked(path: Path, project: Project) -> None:
    before = path.read_bytes()
    session = Session.new(renamed(project, "one"), path)
    with pytest.raises(ChangedOutside, match="exists already"):
        session.save()
    assert path.read_bytes() == before
    session.save(overwrite=True)
    assert path.read_bytes() != before
    session.close()


def test_data_is_found_from_another_folder_also_after_undo(path: Path, project: Project, tmp_path: Path) -> None:
    session = Session.open(path)
    session.do("Set the data", replace(project, data=TableData("data/x.csv")))
    session.do("Rename", renamed(session.project, "one"))
    (tmp_path / "other" / "deep").mkdir(parents=True)
    session.save(tmp_path / "other" / "deep" / "q.loom")
    assert isinstance(session.project.data, TableData)
    assert session.project.data.path == "../../data/x.csv"
    session.undo()
    assert isinstance(session.project.data, TableData)
    assert session.project.data.path == "../../data/x.csv"
    session.redo()
    assert session.saved
    session.close()


def test_a_file_that_cannot_be_read_changes_nothing(path: Path, tmp_path: Path) -> None:
    session = Session.open(path)
    before = session.history
    (tmp_path / "bad.loom").write_text("{")
    for bad in ("bad.loom", "none.loom"):
        with pytest.raises(ProjectError):
            session.reopen(tmp_path / bad)
    assert (session.history, session.path) == (before, path)
    session.reopen(path)
    session.save()
    session.close()


def test_a_change_from_outside_is_never_written_over_unasked(path: Path, project: Project) -> None:
    session = Session.open(path)
    session.do("Rename", renamed(project, "mine"))
    other = renamed(project, "theirs")
    save_project(other, path)
    with pytest.raises(ChangedOutside, match="changed by another program"):
        session.save()
    assert load_project(path) == other
    assert not session.saved
    session.save(overwrite=True)
    assert load_project(path).graph.nodes["n2"].name == "mine"
    session.save()
    session.close()


def test_a_second_window_may_only_look_and_save_a_copy(path: Path, project: Project, tmp_path: Path) -> None:
    first, second = Session.open(path), Session.open(path)
    assert (first.read_only, second.read_only) == (False, True)
    second.do("Rename", renamed(project, "second"))
    with pytest.raises(OpenElsewhere, match="another Layerloom window"):
        second.save()
    second.save(tmp_path / "copy.loom")
    assert not second.read_only
    third = Session.open(path)
    first.close()
    third.save()
    assert not third.read_only
    second.close()
    third.close()


HOLDER = """
import sys
from designer.workspace.session import Session
session = Session.open(sys.argv[1])
print("read only" if session.read_only else "writer", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(path: Path) -> Callable[[], subprocess.Popen[str]]:
    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(path)],
            env=own_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    return start


def test_a_killed_window_gives_its_project_free(path: Path, holder: Callable[[], subprocess.Popen[str]]) -> None:
    with holder() as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "writer\n"
        session = Session.open(path)
        assert session.read_only
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        session.save()
        assert not session.read_only
        session.close()


WRITERS = """
import sys, time
from designer.project.edits import rename
from designer.workspace.session import Session
path, mine, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
done = 0
while done < rounds:
    session = Session.open(path)
    if session.read_only:
        time.sleep(0.001)
    else:
        number = int(session.project.graph.nodes["n2"].name)
        session.do("Count", rename(session.project, "n2", str(number + 1)))
        session.save()
        done += 1
    session.close()
"""


def test_two_processes_never_both_write(path: Path, project: Project) -> None:
    save_project(renamed(project, "0"), path)
    command = [sys.executable, "-c", textwrap.dedent(WRITERS), str(path)]
    writers = [subprocess.Popen([*command, word, "50"], env=own_environment()) for word in ("a", "b")]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    assert load_project(path).graph.nodes["n2"].name == "100", "a count was lost: two wrote at once"


def test_opening_and_closing_leaves_nothing_open(path: Path) -> None:
    import psutil

    me = psutil.Process()
    Session.open(path).close()
    before = me.num_fds() if hasattr(me, "num_fds") else me.num_handles()
    for _ in range(200):
        Session.open(path).close()
    assert (me.num_fds() if hasattr(me, "num_fds") else me.num_handles()) == before


def test_opening_takes_away_what_a_killed_save_left(path: Path) -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    )
    left = path.parent / f".layerloom-{_HOST}-{int(gone.stdout)}-00000000-1.tmp"
    left.write_text("half a project")
    mine = path.parent / "notes.tmp"
    mine.write_text("somebody's own")
    Session.open(path).close()
    assert not left.exists()
    assert mine.exists()
