"""How a text table is read is changed on the data page: one step each, shown in the table, refused in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from designer.gui.data.page import DataPage
from designer.gui.data.written import FormatChoice
from designer.importing.new import draft_project
from designer.importing.rereading import read_as, reread_table
from designer.project.edits import set_data, set_fields
from designer.project.file import save_project
from designer.project.model import Project, TableFormat
from tests.helpers.data_page import open_page
from tests.helpers.window import rest, until

ROWS = 80


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    path = tmp_path / "homes.csv"
    lines = [f"{n % 17},{n % 9}25;{n * 3 % 11},5;{'ab'[n % 2]}\n" for n in range(ROWS)]
    path.write_text("size;price;town\n" + "".join(lines), encoding="utf-8")
    return path


def misread(path: Path) -> Project:
    """A project that reads numbers with decimal commas as words, with a network for these."""
    project = draft_project(path, "town", path.with_suffix(".loom")).project
    form = replace(project.data.format, decimal=".", thousands="")
    wrong = set_data(project, read_as(project.data, reread_table(path, project.data, form)))
    taking = next(key for key, node in wrong.graph.nodes.items() if node.type == "table_input")
    return set_fields(wrong, taking, {"features": 11})


def settle(page: DataPage, form: TableFormat) -> None:
    """Wait until the table is read so and seen."""
    until(lambda: page.session.project.data.format == form, 20, "the format is not taken")
    until(lambda: page.table.isVisible() and page.table.seen.format == form, 20, "the table is not read anew")


def unfold(choice: FormatChoice) -> None:
    QTest.mouseClick(choice.link, Qt.MouseButton.LeftButton)
    assert choice.is_open


def pick(box, text: str) -> None:
    """Choose an entry of the opened list with the mouse."""
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    view = box.view()
    until(view.isVisible, 5, "the list does not open")
    # as soon as the list is open, Qt takes a release for the end of the press that opened it
    rest(QApplication.doubleClickInterval() / 1000 + 0.05)
    index = box.model().index(box.findText(text), 0)
    view.scrollTo(index)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())


def input_width(project: Project) -> object:
    """How many columns the network takes."""
    return next(node.fields["features"] for node in project.graph.nodes.values() if node.type == "table_input")


def cell(page: DataPage, column: int) -> str:
    return str(page.rows.rows_model.index(1, column).data())


def test_decimal_commas_read_wrongly_are_put_right_with_the_keyboard_and_the_network_follows(window, homes) -> None:
    project = misread(homes)
    path = homes.with_suffix(".loom")
    save_project(project, path)
    assert window.documents.open(path)
    window.pages.show("data")
    page, before = window.workbench.data, window.session.project
    until(lambda: page.rows.rows_model.rowCount() == ROWS, 20, "nothing is read")
    choice = page.side.written
    assert cell(page, 0) == "1,125" and not choice.is_open and page.side.words.words["Decimals"] == "Point"
    choice.link.setFocus()
    QTest.keyClick(choice.link, Qt.Key.Key_Space)
    assert choice.is_open and list(page.side.words.words) == ["Rows", "Columns"]
    assert QApplication.focusWidget() is choice.separator
    QTest.keyClick(choice.separator, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is choice.numbers and choice.numbers.currentText() == "1234.5"
    QTest.keyClick(choice.numbers, Qt.Key.Key_Down)
    settle(page, TableFormat(";", decimal=","))
    assert choice.numbers.currentText() == "1234,5" and choice.message.isHidden()
    assert [column.kind for column in page.session.project.data.columns] == ["number", "number", "category"]
    until(lambda: input_width(window.session.project) == 2, 30, "the network does not follow")
    until(lambda: float(cell(page, 0)) == 1.125, 10, "the table does not show the number")
    window.session.undo()
    assert window.session.project == before
    settle(page, TableFormat(";"))
    assert choice.numbers.currentText() == "1234.5" and cell(page, 0) == "1,125"


def test_another_separator_is_seen_at_once_and_taken_back(qtbot, homes: Path) -> None:
    page = open_page(qtbot, misread(homes), homes.with_suffix(".loom"))
    until(lambda: page.rows.rows_model.rowCount() == ROWS, 20, "nothing is read")
    unfold(page.side.written)
    until(lambda: not page.side.written.encoding.visibleRegion().isEmpty(), 10, "the last box is out of sight")
    pick(page.side.written.separator, "Vertical bar")
    settle(page, TableFormat("|"))
    assert [column.name for column in page.session.project.data.columns] == ["size;price;town"]
    assert page.session.history.undo_label == "Read with another separator"
    page.session.undo()
    settle(page, TableFormat(";"))
    assert page.side.written.separator.currentText() == "Semicolon"


def test_a_format_that_cannot_be_read_is_refused_in_words_and_nothing_is_lost(qtbot, homes: Path) -> None:
    page = open_page(qtbot, misread(homes), homes.with_suffix(".loom"))
    until(lambda: page.rows.rows_model.rowCount() == ROWS, 20, "nothing is read")
    before, choice = page.session.project, page.side.written
    unfold(choice)
    choice.lines.setFocus()
    choice.lines.selectAll()
    QTest.keyClicks(choice.lines, "500")
    QTest.keyClick(choice.lines, Qt.Key.Key_Return)
    until(lambda: choice.message.text() == "Not changed: homes.csv holds no rows.", 20, "nothing is said")
    assert choice.lines.value() == 0 and not choice.busy.text()
    until(lambda: not choice.message.visibleRegion().isEmpty(), 10, "the reason is out of sight")
    pick(choice.encoding, "UTF-16")
    until(lambda: "not text in utf-16" in choice.message.text(), 20, "nothing is said of the encoding")
    assert page.session.project is before and not page.session.history.can_undo
    assert choice.encoding.currentText() == "UTF-8" and page.rows.rows_model.rowCount() == ROWS
    pick(choice.numbers, "1234,5")
    settle(page, TableFormat(";", decimal=","))
    assert choice.message.isHidden()


def test_two_changes_in_quick_succession_are_both_read(qtbot, homes: Path) -> None:
    page = open_page(qtbot, misread(homes), homes.with_suffix(".loom"))
    unfold(page.side.written)
    page.side.written.numbers.setFocus()
    QTest.keyClick(page.side.written.numbers, Qt.Key.Key_Down)
    QTest.keyClick(page.side.written.header, Qt.Key.Key_Down)
    settle(page, TableFormat(";", decimal=",", header=False))
    assert cell(page, 2) == "a" and page.rows.rows_model.rowCount() == ROWS + 1


def test_what_is_no_text_table_has_no_separators_to_choose(qtbot, homes: Path) -> None:
    choice = FormatChoice(80)
    qtbot.addWidget(choice)
    data = misread(homes).data
    choice.show_data(homes, data)
    assert not choice.isHidden()
    choice.show_data(homes.with_suffix(".parquet"), data)
    assert choice.isHidden()
    choice.show_data(homes.parent, data)
    assert choice.isHidden()
    choice.show_data(homes, replace(data, format=TableFormat("~", "KOI8-R", thousands="_")))
    assert (choice.separator.currentText(), choice.encoding.currentText()) == ("“~”", "KOI8-R")
    assert choice.numbers.currentText() == "1_234.5"


def test_every_box_says_what_it_is(qtbot) -> None:
    choice = FormatChoice(80)
    qtbot.addWidget(choice)
    boxes = (choice.link, choice.separator, choice.numbers, choice.header, choice.lines, choice.encoding)
    assert all(box.toolTip() and box.accessibleName() for box in boxes)
