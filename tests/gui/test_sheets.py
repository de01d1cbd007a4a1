"""Workbooks and databases that hold several tables: one is chosen for a new project, and another on the data page."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from designer.gui.data.sheets import SheetChoice
from designer.gui.new_dialog import NewProjectDialog
from designer.gui.theme import LIGHT
from designer.importing.new import draft_project
from designer.project.file import load_project, save_project
from designer.project.model import Project
from designer.runtime.errors import DataError
from tests.helpers.data_page import open_page
from tests.helpers.window import until


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "shop.sqlite"
    with closing(sqlite3.connect(path)) as made, made:
        made.execute("CREATE TABLE sales (price REAL, rainy INTEGER, sold INTEGER)")
        made.executemany("INSERT INTO sales VALUES (?, ?, ?)", [(n % 7, n % 2, 3 * n % 11) for n in range(60)])
        made.execute("CREATE TABLE staff (age INTEGER, wage REAL)")
        made.executemany("INSERT INTO staff VALUES (?, ?)", [(20 + n, 9.5 + n % 9) for n in range(40)])
        made.execute("CREATE TABLE spare (gone INTEGER)")
    return path


def choose(sheets: SheetChoice, key: Qt.Key) -> None:
    """Pick a table with the keyboard."""
    until(lambda: len(sheets.names) > 1, 20, "there is nothing to choose")
    QTest.keyClick(sheets.box, key)


def input_width(project: Project) -> object:
    """How many columns the network takes."""
    return next(node.fields["features"] for node in project.graph.nodes.values() if node.type == "table_input")


def drafted(path: Path, sheet: str) -> Project:
    return draft_project(path, None, path.with_suffix(".loom"), sheet=sheet).project


def test_the_data_page_says_which_table_is_read_and_no_separators(qtbot, database: Path) -> None:
    page = open_page(qtbot, drafted(database, ""), database.with_suffix(".loom"))
    until(lambda: page.side.sheets.isVisibleTo(page.side), 20, "the tables are not offered")
    assert page.side.sheets.names == ("sales", "staff", "spare") and page.side.sheets.box.currentText() == "sales"
    until(lambda: page.size.text().startswith("sales · 60 rows"), 20, "the table is not named")
    assert list(page.side.words.words) == ["Rows", "Columns"]


def test_another_table_is_read_the_network_follows_and_one_step_takes_both_back(window, qtbot, database: Path) -> None:
    path = database.with_suffix(".loom")
    save_project(drafted(database, ""), path)
    assert window.documents.open(path)
    window.pages.show("data")
    page, before = window.workbench.data, window.session.project
    until(lambda: page.rows.rows_model.rowCount() == 60, 20, "nothing is read")
    choose(page.side.sheets, Qt.Key.Key_Down)
    until(lambda: page.rows.rows_model.rowCount() == 40, 20, "the other table is not read")
    assert page.side.sheets.box.currentText() == "staff" and page.table.sides.key == "overview"
    assert window.session.project.data.sheet == "staff"
    until(lambda: input_width(window.session.project) == 1, 30, "the network does not follow")
    window.session.undo()
    assert window.session.project == before and page.side.sheets.box.currentText() == "sales"


def test_a_new_project_takes_the_table_that_is_chosen_and_an_empty_one_is_refused(qtbot, database: Path) -> None:
    dialog = NewProjectDialog(database, LIGHT)
    qtbot.addWidget(dialog)
    dialog.show()
    until(lambda: dialog.pages.currentWidget() is dialog.found, 20, "nothing is read")
    choose(dialog.found.sheets, Qt.Key.Key_End)
    until(lambda: "spare" in dialog.trouble.text(), 20, "nothing is said of an empty table")
    assert dialog.pages.currentWidget() is dialog.found and dialog.found.sheets.box.currentText() == "sales"
    choose(dialog.found.sheets, Qt.Key.Key_Down)
    until(lambda: dialog.found.target.count() == 2, 20, "the other table is not read")
    until(dialog.create_button.isEnabled, 20, "the page is not shown")
    with qtbot.waitSignal(dialog.accepted, timeout=20_000):
        QTest.mouseClick(dialog.create_button, Qt.MouseButton.LeftButton)
    assert load_project(database.with_suffix(".loom")).data.sheet == "staff"


def test_a_table_that_is_not_there_is_refused(database: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="it holds “sales”, “staff”, “spare”"):
        drafted(database, "stuff")
    (tmp_path / "plain.csv").write_text("a,b\n1,2\n" * 20)
    with pytest.raises(DataError, match="only workbooks and databases"):
        drafted(tmp_path / "plain.csv", "a")
