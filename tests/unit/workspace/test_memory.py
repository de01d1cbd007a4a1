"""What is remembered from one start to the next survives damage, and two windows at once."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from designer.workspace import memory
from designer.workspace.preferences import Preferences, change_preferences, load_preferences
from designer.workspace.recent import forget_all, forget_project, recent_projects, remember_project


def make(folder: Path, name: str) -> Path:
    path = folder / f"{name}.loom"
    path.write_text("{}")
    return path


def test_the_latest_project_comes_first_and_once(tmp_path: Path) -> None:
    one, two = make(tmp_path, "one"), make(tmp_path, "two")
    for path in (one, two, one):
        remember_project(path)
    assert recent_projects() == [one, two]


def test_projects_that_are_gone_are_not_shown_and_can_be_forgotten(tmp_path: Path) -> None:
    one, two = make(tmp_path, "one"), make(tmp_path, "two")
    remember_project(one)
    remember_project(two)
    two.unlink()
    assert recent_projects() == [one]
    assert recent_projects(existing=False) == [two, one]
    forget_project(two)
    assert recent_projects(existing=False) == [one]
    forget_all()
    assert recent_projects(existing=False) == []


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"projects": 3}', '{"projects": [3, null]}', "[" * 100_000, "\ud800"]
)
def test_a_damaged_file_costs_the_memory_and_no_start(home: Path, tmp_path: Path, content: str) -> None:
    (home / "recent.json").write_bytes(content.encode("utf-8", "surrogatepass"))
    (home / "preferences.json").write_bytes(content.encode("utf-8", "surrogatepass"))
    assert recent_projects() == []
    assert load_preferences() == Preferences()
    path = make(tmp_path, "one")
    remember_project(path)
    assert recent_projects() == [path]


def test_preferences_come_back_and_senseless_ones_do_not(home: Path) -> None:
    chosen = change_preferences(theme="dark", window={"state": "AAAA"})
    assert load_preferences() == chosen
    memory.remember("preferences", {"theme": "pink", "train_inside": "yes", "window": {"a": 3, "b": "x"}, "new": 1})
    assert load_preferences() == Preferences(window={"b": "x"})
    change_preferences(last_folder="/data")
    assert memory.recall("preferences")["new"] == 1, "what a newer version stored stays"
    with pytest.raises(TypeError, match="colour"):
        change_preferences(colour="red")


def _remember_many(folder: str, word: str) -> None:
    for number in range(8):
        remember_project(Path(folder) / f"{word}{number}.loom")


def test_two_windows_lose_nothing_of_each_other(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    windows = [context.Process(target=_remember_many, args=(str(tmp_path), word)) for word in ("a", "b")]
    for window in windows:
        window.start()
    for window in windows:
        window.join(60)
    assert len(recent_projects(existing=False)) == 16


@pytest.mark.parametrize(("stored", "found"), [(4, 4), (0, 1), (True, 1), ("3", 1)])
def test_how_many_train_side_by_side_is_remembered(stored: object, found: int) -> None:
    change_preferences(at_once=7)
    assert load_preferences().at_once == 7
    memory.update("preferences", lambda values: {**values, "at_once": stored})
    assert load_preferences().at_once == found
