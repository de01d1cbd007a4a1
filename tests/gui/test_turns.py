"""What takes long is made in pieces, between which the window answers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QAbstractEventDispatcher, QCoreApplication, QObject, QTimer

from designer.gui.data.page import DataPage
from designer.gui.new_dialog import NewProjectDialog
from designer.gui.theme import DARK
from designer.gui.turns import InTurns, OneByOne
from designer.gui.window import MainWindow
from tests.helpers.small import small_project
from tests.helpers.window import click, during_dialog, press_create, until

PARTS = ("empty", "side", "body", "about_column", "table")


@pytest.fixture
def window(window: MainWindow) -> MainWindow:
    """A window with its workbench."""
    window.build()
    return window


def made(page: DataPage) -> list[str]:
    """Which parts of the page are there."""
    return [part for part in PARTS if part in vars(page)]


def test_between_two_pieces_others_have_their_turn(qtbot) -> None:
    done: list[str] = []

    def steps() -> Iterator[None]:
        for name in "abc":
            done.append(name)
            yield

    parent = QObject()
    turns = InTurns(steps(), parent)
    other = QTimer(parent, interval=0)
    other.timeout.connect(lambda: done.append("-") if done[-1:] != ["-"] else None)
    other.start()
    turns.begin()
    qtbot.waitUntil(lambda: "c" in done, timeout=5_000)
    other.stop()
    assert "".join(done).strip("-") == "a-b-c"


def test_what_is_left_is_done_at_once_and_nothing_twice(qtbot) -> None:
    done: list[int] = []

    def steps() -> Iterator[None]:
        for number in range(4):
            done.append(number)
            yield

    parent = QObject()
    turns = InTurns(steps(), parent)
    turns.begin()
    qtbot.waitUntil(lambda: bool(done), timeout=5_000)
    turns.finish()
    assert done == [0, 1, 2, 3]
    turns.finish()
    turns.begin()
    qtbot.wait(60)
    assert done == [0, 1, 2, 3]


def test_things_are_done_one_in_a_turn_with_a_free_one_after_it_and_none_twice(qtbot) -> None:
    done: list[str] = []
    parent = QObject()
    turns = OneByOne(parent)
    dispatcher = QAbstractEventDispatcher.instance(QCoreApplication.instance().thread())
    # each turn, also one in which there is more to do and nothing is waited for
    dispatcher.awake.connect(another := lambda: done.append("-"))
    first, last = partial(done.append, "a"), partial(done.append, "c")

    def middle() -> None:
        done.append("b")
        # it has its turn after what waits, and may wait for another one
        turns.ask(first)
        turns.ask(last)

    for work in (first, middle, first, last, middle):
        turns.ask(work)
    qtbot.waitUntil(lambda: done.count("a") == 2, timeout=5_000)
    dispatcher.awake.disconnect(another)
    assert [each for each in done if each != "-"] == ["a", "b", "c", "a"]
    gaps = "".join(done).strip("-").replace("a", " ").replace("b", " ").replace("c", " ").split(" ")[1:-1]
    assert all(len(gap) >= 2 for gap in gaps), done
    turns.ask(last)
    qtbot.waitUntil(lambda: done[-1:] == ["c"], timeout=5_000)


def test_the_data_page_is_made_behind_the_dialog_for_a_new_project_and_never_seen_half(
    window: MainWindow, tmp_path: Path
) -> None:
    table = small_project(tmp_path, "line").with_suffix(".csv")
    table.with_suffix(".loom").unlink()
    page, found, at_once = window.build().data, list[list[str]](), list[bool]()

    def look(dialog: NewProjectDialog) -> None:
        until(lambda: made(page) == list(PARTS), 20, "the page is not made ahead")
        at_once.append(page.isVisible() or page.furnished)
        found.append(made(page))
        window.choose_theme("dark")

    # the dialog closes by itself a moment after the click
    press_create(look)
    window.open_path(table)
    until(lambda: window.editing, 20, "the project is not shown")
    assert found == [list(PARTS)] and at_once == [False]
    assert page.isVisible() and page.furnished
    assert page.table.theme is DARK and page.table.column.theme is DARK
    until(lambda: page.table.isVisible() and page.rows.rows_model.rowCount() == 60, 20, "the table is not read")


def test_a_dialog_that_is_left_early_leaves_a_page_that_is_made_in_time_all_the_same(
    window: MainWindow, tmp_path: Path
) -> None:
    project = small_project(tmp_path, "line")
    page = window.build().data
    during_dialog(lambda dialog: dialog.reject())
    window.open_path(project.with_suffix(".csv"))
    assert not window.editing
    assert window.documents.open(project)
    click(window.pages.switch.buttons["data"])
    assert made(page) == list(PARTS) and page.furnished
    until(lambda: page.table.isVisible() and page.rows.rows_model.rowCount() == 60, 20, "the table is not read")


def test_what_has_gone_has_no_turn_any_more(qtbot) -> None:
    parent, other, done = QObject(), QTimer(), []
    turns = OneByOne(parent)
    for work in (other.start, partial(other.setInterval, 20), partial(done.append, 1)):
        turns.ask(work)
    shiboken6.delete(other)
    qtbot.waitUntil(lambda: done == [1], timeout=5_000)
