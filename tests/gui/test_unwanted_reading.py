"""What is read for the data page ends soon once nobody wants it: the window is closed, or shows something else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from designer.gui.window import MainWindow
from tests.helpers.endless import Endless
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.small import small_project
from tests.helpers.window import click, open_window, until

# a second, and another one where the machine is busy
SOON = 2.0


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endless]:
    made = Endless(monkeypatch, "long.csv")
    yield made
    made.end()


@pytest.fixture
def window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, endless: Endless) -> Iterator[MainWindow]:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    with open_window(trainer=FakeTrainer) as made:
        yield made


def at_the_data(window: MainWindow, project: Path, endless: Endless) -> None:
    """Look at the data page of a project whose table comes to no end, and wait until it is being read."""
    assert window.documents.open(project)
    bench = window.build()
    click(window.pages.switch.buttons["data"])
    until(lambda: bool(endless.begun) and bench.data.tasks.busy(), 20, "nothing is read")
    assert endless.left(0)


def test_closing_the_window_ends_what_is_read(window: MainWindow, tmp_path: Path, endless: Endless) -> None:
    at_the_data(window, small_project(tmp_path, "long"), endless)
    window.close()
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


def test_a_project_that_is_closed_wants_nothing_read(window: MainWindow, tmp_path: Path, endless: Endless) -> None:
    at_the_data(window, small_project(tmp_path, "long"), endless)
    window.close_project()
    assert not endless.left(SOON)


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
