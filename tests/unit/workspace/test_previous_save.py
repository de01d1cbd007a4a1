"""What a save replaces is kept beside the project as NAME.loom.bak, and never stands in the way of the save."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from designer.project import atomic
from designer.project.edits import rename
from designer.project.errors import ProjectError
from designer.project.file import load_project, save_project
from designer.project.model import Project
from designer.workspace.recovery import previous_save
from designer.workspace.session import Session


def save(path: Path, name: str) -> None:
    session = Session.open(path)
    try:
        session.do("Rename", rename(session.project, "n2", name))
        session.save()
    finally:
        session.close()


def name_in(path: Path) -> str:
    return load_project(path).graph.nodes["n2"].name


def test_the_previous_save_is_kept(path: Path, project: Project) -> None:
    bak = path.with_name("p.loom.bak")
    assert previous_save(path) is None
    save(path, "one")
    assert load_project(bak) == project
    save(path, "two")
    assert (name_in(bak), name_in(path)) == ("one", "two")
    assert previous_save(path) == bak
    assert sorted(os.listdir(path.parent)) == ["p.loom", "p.loom.bak"]


def test_saving_the_same_again_keeps_the_older_one(path: Path) -> None:
    save(path, "one")
    save(path, "two")
    session = Session.open(path)
    session.save()
    session.close()
    assert name_in(path.with_name("p.loom.bak")) == "one"


def test_saving_over_another_project_keeps_that_one(path: Path, project: Project) -> None:
    session = Session(rename(project, "n2", "new"))
    session.save(path)
    session.close()
    assert load_project(path.with_name("p.loom.bak")) == project


def test_a_new_file_has_none(tmp_path: Path, project: Project) -> None:
    session = Session(project)
    session.save(tmp_path / "new.loom")
    session.close()
    assert os.listdir(tmp_path) == ["new.loom"]


def test_where_there_are_no_links_it_is_a_copy(path: Path, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(atomic.os, "link", refuse)
    save(path, "one")
    assert load_project(path.with_name("p.loom.bak")) == project
    assert sorted(os.listdir(path.parent)) == ["p.loom", "p.loom.bak"]


def test_where_it_cannot_be_made_the_project_is_saved_all_the_same(path: Path) -> None:
    bak = path.with_name("p.loom.bak")
    bak.mkdir()
    save(path, "one")
    assert name_in(path) == "one"
    assert bak.is_dir()
    assert sorted(os.listdir(path.parent)) == ["p.loom", "p.loom.bak"]


def test_a_save_that_fails_leaves_both_as_they_were(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(path, "one")
    before = {name: (path.parent / name).read_bytes() for name in os.listdir(path.parent)}

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic.os, "fsync", full)
    with pytest.raises(ProjectError, match="no space left"):
        save(path, "two")
    assert {name: (path.parent / name).read_bytes() for name in os.listdir(path.parent)} == before


def test_a_linked_project_stays_a_link(path: Path, tmp_path: Path, project: Project) -> None:
    (tmp_path / "other").mkdir()
    link = tmp_path / "other" / "q.loom"
    link.symlink_to(path)
    # a session follows links itself
    with atomic.previous_kept(link):
        save_project(rename(project, "n2", "one"), link)
    assert link.is_symlink()
    assert name_in(path) == "one"
    assert load_project(path.with_name("p.loom.bak")) == project
