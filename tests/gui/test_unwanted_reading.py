"""What is read for the data page ends soon once nobody wants it: the window is closed, or shows something else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from designer.gui.window import MainWindow
from tests.helpers.endless import Endless
from tests.helpers.small import small_project
from tests.helpers.window import click, until

# a second, and another one where the machine is busy
SOON = 2.0


@pytest.fixture
def window(endless: Endless, window: MainWindow) -> MainWindow:
    """A window whose readings come to no end before it is shut."""
    return window


def at_the_data(window: MainWindow, project: Path, endless: Endless) -> None:
    """Look at the data page of a project whose table comes to no end, and wait until it is being read."""
    assert window.documents.open(project)
    bench = window.build()
    click(window.pages.switch.buttons["data"])
    until(lambda: bool(endless.begun) and bench.data.tasks.busy(), 20, "nothing is read")
    assert endless.left(0)


@pytest.mark.parametrize("end", [MainWindow.close, MainWindow.close_project])
def test_what_is_read_ends_with_the_window_and_with_the_project(
    window: MainWindow, tmp_path: Path, endless: Endless, end: Callable[[MainWindow], object]
) -> None:
    at_the_data(window, small_project(tmp_path, "long"), endless)
    end(window)
    assert not endless.left(SOON)


def test_another_project_ends_what_is_read_for_the_one_before(
    window: MainWindow, tmp_path: Path, endless: Endless
) -> None:
    at_the_data(window, small_project(tmp_path, "long"), endless)
    assert window.documents.open(small_project(tmp_path, "short", rows=30))
    bench = window.build()
    page = bench.data
    until(lambda: bench.checker.current, 60, "the project was not checked")
    assert not endless.left(SOON)
    click(window.pages.switch.buttons["data"])
    until(lambda: page.table.isVisible() and page.rows.rows_model.rowCount() == 30, 20, "the other table is not read")


def test_a_project_that_is_opened_meanwhile_is_not_replaced_by_the_table_that_was_read(
    window: MainWindow, tmp_path: Path, endless: Endless
) -> None:
    table = small_project(tmp_path, "long").with_suffix(".csv")
    other, bench = small_project(tmp_path, "short"), window.build()
    window.documents.begin(table)
    until(lambda: bool(endless.begun), 20, "nothing is read")
    assert window.documents.open(other)
    assert not endless.left(SOON) and window.welcome.isEnabled()
    until(lambda: bench.checker.current, 60, "the project was not checked")
    assert window.session.path == other and window.session.project.data.path == "short.csv"
    window.documents.open_data(table)
    until(lambda: endless.begun.count("long.csv") > 1, 20, "nothing is read")
    assert window.documents.open(small_project(tmp_path, "third"))
    until(lambda: bench.checker.current, 60, "the project was not checked")
    assert not endless.left(SOON)
    assert window.session.project.data.path == "third.csv" and not window.session.history.can_undo
