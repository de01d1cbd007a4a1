"""Recovery: unsaved work is found, brought back as an unsaved change of its file, and never thrown away unasked."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from designer.project.edits import rename
from designer.project.errors import ProjectError
from designer.project.file import load_project, save_project, to_text
from designer.project.model import Project, TableData
from designer.workspace import recovery as recovery_module
from designer.workspace.autosave import Autosave
from designer.workspace.guard import ChangedOutside
from designer.workspace.places import recovery_folder
from designer.workspace.recovery import (
    LABEL,
    Recoverable,
    changed_since,
    decline,
    list_recoverable,
    load_work,
    recover,
    write_out,
)
from designer.workspace.recovery_file import Origin, RecoveryFile
from designer.workspace.session import Session
from tests.helpers.graphs import chain

DAY = 24 * 3600.0


def edited(project: Project, name: str = "lost") -> Project:
    return rename(project, "n2", name)


def lose(path: Path | None, name: str = "lost") -> Recoverable:
    """Edit a project and end without order; the work that is left."""
    before = set(list_recoverable())
    session = Session.open(path) if path else Session(chain("table_input", "linear", "output"))
    autosave = Autosave(session)
    session.do("Rename", edited(session.project, name))
    autosave.close(keep=True)
    session.close()
    (work,) = set(list_recoverable()) - before
    return work


def test_nothing_is_found_where_nothing_was_lost(path: Path) -> None:
    assert list_recoverable() == ()
    session = Session.open(path)
    autosave = Autosave(session)
    session.do("Rename", edited(session.project))
    session.save()
    autosave.close(keep=True)
    session.close()
    assert list_recoverable() == ()


def test_recovered_work_is_an_unsaved_change_of_its_file(path: Path, project: Project) -> None:
    work = lose(path)
    assert (work.title, work.project, work.declined, work.origin.layers) == ("p", path, False, 3)
    session = Session()
    autosave = Autosave(session)
    recover(work, session, autosave.flush)
    assert (session.path, session.saved, session.read_only) == (path, False, False)
    assert session.project == edited(project)
    assert session.history.undo_label == LABEL
    assert list_recoverable() == (), "it is held by the session now"
    session.undo()
    assert session.project == project
    assert session.saved
    session.redo()
    session.save()
    assert load_project(path) == edited(project)
    autosave.close()
    session.close()
    assert os.listdir(recovery_folder()) == []


def test_recovered_work_is_kept_until_the_session_keeps_its_own(path: Path) -> None:
    work = lose(path)
    session = Session()
    recover(work, session, lambda: False)
    session.close()
    assert [found.file for found in list_recoverable()] == [work.file]


def test_a_file_that_changed_since_is_not_written_over_unasked(path: Path, project: Project) -> None:
    work = lose(path)
    assert not changed_since(work)
    save_project(edited(project, "theirs"), path)
    assert changed_since(work)
    session = Session()
    recover(work, session)
    with pytest.raises(ChangedOutside, match="changed by another program"):
        session.save()
    session.undo()
    assert session.project == edited(project, "theirs")
    assert load_project(path) == edited(project, "theirs")
    session.close()


def test_in_a_session_that_shows_the_project_already_its_steps_stay(path: Path, project: Project) -> None:
    work = lose(path)
    session = Session.open(path)
    session.do("Rename", edited(project, "meanwhile"))
    recover(work, session)
    assert session.project == edited(project)
    session.undo()
    assert session.project == edited(project, "meanwhile")
    session.close()


@pytest.mark.parametrize("content", [None, "{"])
def test_work_outlives_its_file(path: Path, project: Project, content: str | None) -> None:
    work = lose(path)
    path.unlink()
    if content is not None:
        path.write_text(content)
    session = Session()
    recover(work, session)
    assert (session.path, session.saved, session.project) == (path, False, edited(project))
    if content is not None:
        with pytest.raises(ChangedOutside):
            session.save()
    session.save(overwrite=True)
    assert load_project(path) == edited(project)
    session.close()


def test_work_without_a_file_is_recovered_with_the_way_to_its_data(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path / "there")
    session = Session(replace(project, data=TableData("data/x.csv")))
    autosave = Autosave(session)
    autosave.close(keep=True)
    monkeypatch.chdir(tmp_path)
    (work,) = list_recoverable()
    assert (work.title, work.project) == ("Untitled", None)
    session = Session()
    recover(work, session)
    assert (session.path, session.saved) == (None, False)
    assert session.project.data == TableData((tmp_path / "there" / "data" / "x.csv").as_posix())
    session.undo()
    assert session.project == Project()
    session.close()
    write_out(work, tmp_path / "out.loom")
    assert load_project(tmp_path / "out.loom").data == TableData("there/data/x.csv")


def test_declined_work_is_kept_for_30_days(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = lose(path)
    decline(work)
    (found,) = list_recoverable()
    assert found.declined
    assert load_work(found) == load_work(work)
    now = time.time()
    monkeypatch.setattr(recovery_module.time, "time", lambda: now + 29 * DAY)
    assert len(list_recoverable()) == 1
    monkeypatch.setattr(recovery_module.time, "time", lambda: now + 31 * DAY)
    assert list_recoverable() == ()
    assert os.listdir(recovery_folder()) == []


def test_declined_work_can_still_be_recovered(path: Path, project: Project) -> None:
    decline(lose(path))
    (work,) = list_recoverable()
    session = Session()
    recover(work, session, lambda: True)
    assert session.project == edited(project)
    session.close()
    assert list_recoverable() == ()


def test_what_the_file_holds_already_is_not_offered(path: Path, project: Project) -> None:
    lose(path)
    save_project(edited(project), path)
    assert list_recoverable() == ()
    assert os.listdir(recovery_folder()) == []


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "noise", "head", "list"])
def test_a_damaged_file_is_moved_aside(path: Path, damage: str) -> None:
    work, other = lose(path), lose(path, "other")
    content = bytearray(work.file.read_bytes())
    if damage == "cut":
        content = content[:-10]
    elif damage == "flip":
        content[-30] ^= 1
    elif damage == "head":
        content[content.index(b"n") + 120] ^= 1
    else:
        content = bytearray({"empty": b"", "noise": b"\x00\xff" * 999, "list": b"[1, 2]\n[]"}[damage])
    work.file.write_bytes(content)
    assert [found.file for found in list_recoverable()] == [other.file]
    assert work.file.with_name(work.file.name + ".damaged").read_bytes() == bytes(content)
    assert not work.file.exists()
    with pytest.raises(ProjectError):
        load_work(work)


def test_what_a_newer_layerloom_kept_is_left_alone(path: Path) -> None:
    work = lose(path)
    content = work.file.read_bytes().replace(b"layerloom-recovery 1 ", b"layerloom-recovery 2 ", 1)
    work.file.write_bytes(content)
    assert list_recoverable() == ()
    assert work.file.read_bytes() == content
    with pytest.raises(ProjectError, match="newer Layerloom"):
        load_work(work)


def test_work_that_is_no_project_any_more_is_said_to_be_so(path: Path) -> None:
    held = RecoveryFile.fresh("odd")
    held.write(Origin(project=str(path), time=1.0), '{"format": "layerloom", "version": 999}')
    held.release()
    (work,) = list_recoverable()
    session = Session.open(path)
    with pytest.raises(ProjectError, match="newer Layerloom"):
        recover(work, session)
    assert session.saved
    session.close()
    assert list_recoverable() == (work,)


def test_work_that_another_window_took_up_is_not_taken_twice(path: Path) -> None:
    work = lose(path)
    other = RecoveryFile(work.file)
    assert other.hold()
    for act in (lambda: recover(work, Session()), lambda: decline(work)):
        with pytest.raises(ProjectError, match="another Layerloom window"):
            act()
    other.release()
    decline(work)


def test_writing_out_overwrites_nothing(path: Path, project: Project, tmp_path: Path) -> None:
    work, before = lose(path), path.read_bytes()
    with pytest.raises(ProjectError, match="exists already"):
        write_out(work, path)
    assert path.read_bytes() == before
    out = tmp_path / "deep" / "out.loom"
    with pytest.raises(ProjectError, match="no such file or folder"):
        write_out(work, out)
    assert not list_recoverable()[0].declined
    out.parent.mkdir()
    write_out(work, out)
    assert load_project(out) == edited(project)
    assert list_recoverable()[0].declined


def test_old_marks_and_what_killed_writes_left_are_cleared(path: Path) -> None:
    from designer.project.atomic import _HOST

    work = lose(path)
    old = recovery_folder() / "gone-123456.lock"
    old.touch()
    young = recovery_folder() / "young-123456.lock"
    young.touch()
    damaged = recovery_folder() / "x.recovery.damaged"
    damaged.touch()
    os.utime(old, (1, 1))
    os.utime(damaged, (1, 1))
    left = recovery_folder() / f".layerloom-{_HOST}-99999999-00000000-1.tmp"
    left.write_text("half")
    assert list_recoverable() == (work,)
    assert sorted(os.listdir(recovery_folder())) == sorted([work.file.name, young.name])


def test_the_newest_comes_first(path: Path) -> None:
    one, two = lose(path, "one"), lose(None, "two")
    assert list_recoverable() == (two, one)


def test_text_is_kept_to_the_letter(project: Project) -> None:
    odd = replace(project, extra={"later": "列 <b> \u2028 caf\udce9"})
    session = Session(odd, Path("/caf\udce9/p.loom"))
    autosave = Autosave(session)
    autosave.close(keep=True)
    (work,) = list_recoverable()
    assert work.project == Path("/caf\udce9/p.loom")
    assert to_text(load_work(work)) == to_text(odd)
