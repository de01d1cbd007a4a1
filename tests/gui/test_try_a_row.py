"""Trying a row: its cells are changed by mouse and key, and what the network says to it follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from designer.gui.controls import CalmComboBox
from designer.gui.numbers import figure, share
from designer.gui.predict.dialog import PredictDialog
from designer.gui.predict.try_page import TryPage
from designer.gui.theme import DARK
from designer.project.model import TableData
from designer.training.predict import predictor_of
from designer.workspace.one_row import predict_row
from tests.gui.test_plain_text import offenders
from tests.helpers.predicting import animals, answered, opening, typed
from tests.helpers.training import class_project, number_project, write_csv
from tests.helpers.window import click, until


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., PredictDialog]]:
    yield from opening(qtbot, tmp_path)


def tried(dialog: PredictDialog, row: int = 0) -> TryPage:
    """Choose a row of the table, and look at the page to try it."""
    table, looks = dialog.result.table, dialog.result.looks
    until(lambda: looks.isVisible() and looks.keys == ("table", "try"))
    box = table.visualRect(table.rows_model.index(row, 1))
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    QTest.mouseClick(looks, Qt.MouseButton.LeftButton, pos=looks.tabRect(1).center())
    page = dialog.result.trying
    settled(dialog)
    assert page.isVisible()
    return page


def settled(dialog: PredictDialog) -> None:
    page = dialog.result.trying
    until(lambda: not page._soon.isActive() and not dialog.tasks.busy("try one row"), what="no answer")


def retyped(page: TryPage, name: str, text: str) -> None:
    editor = page.editors[name]
    line = editor if isinstance(editor, QLineEdit) else editor.lineEdit()
    assert line is not None
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text) if text else QTest.keyClick(line, Qt.Key.Key_Delete)


def expected(folder: Path, page: TryPage) -> tuple[str, tuple[tuple[str, float], ...]]:
    found = predict_row(predictor_of(folder / "run"), page.cells())
    names = ("ant", "bee", "cat")
    return found.columns["predicted_animal"][0], tuple(
        (name, found.columns[f"probability_{name}"][0]) for name in names
    )


def test_the_row_that_is_chosen_is_tried_and_changed(opened: Callable[..., PredictDialog], tmp_path: Path) -> None:
    dialog = opened(class_project(tmp_path), epochs=8)
    typed(dialog, animals(tmp_path))
    answered(dialog)
    page = tried(dialog, 4)
    assert page.title.text() == "BEGINS AS ROW 5" and list(page.editors) == ["x", "y", "colour"]
    assert page.cells() == dialog.result.table.rows_model.rows.features(4)
    assert isinstance(page.editors["colour"], CalmComboBox) and page.editors["colour"].count() == 2
    assert (page.said.text(), page.bars.bars) == expected(tmp_path, page)
    # far to the left are ants, to the right bees
    for x, name in (("-4", "ant"), ("4", "bee")):
        retyped(page, "y", "0")
        retyped(page, "x", x)
        until(lambda wanted=name: page.said.text() == wanted, what=page.said.text())
        settled(dialog)
        assert (page.said.text(), page.bars.bars) == expected(tmp_path, page)
        assert share(dict(page.bars.bars)[name]) in page.bars.accessibleDescription()
    # Return in an editor saves nothing
    QTest.keyClick(page.editors["x"], Qt.Key.Key_Return)
    assert not dialog.said.text()
    before = dialog.result.table.rows_model.rows.features(4)
    click(page.again)
    settled(dialog)
    assert page.cells() == before


def test_cells_that_will_not_do_are_said_and_unknown_words_too(
    opened: Callable[..., PredictDialog], tmp_path: Path
) -> None:
    project = class_project(tmp_path)
    assert isinstance(project.data, TableData)
    columns = tuple(replace(each, missing="drop") if each.name == "x" else each for each in project.data.columns)
    dialog = opened(replace(project, data=replace(project.data, columns=columns)))
    typed(dialog, animals(tmp_path))
    answered(dialog)
    page = tried(dialog)
    retyped(page, "x", "far")
    until(lambda: "“far” is not a number" in page.trouble.text())
    assert page.said.text() == "–" and "row.csv" not in page.trouble.text() and not page.bars.isVisible()
    retyped(page, "x", "")
    until(lambda: "a cell that the network needs is empty" in page.trouble.text())
    retyped(page, "x", "1")
    retyped(page, "colour", "<b>green</b>")
    until(lambda: "“<b>green</b>”" in page.notes.text())
    assert page.bars.isVisible() and not page.trouble.text() and not offenders(dialog)
    dialog.set_theme(DARK)
    assert page.bars.theme is DARK


def test_a_number_is_told_in_its_own_units(opened: Callable[..., PredictDialog], tmp_path: Path) -> None:
    dialog = opened(number_project(tmp_path), epochs=20)
    typed(dialog, write_csv(tmp_path / "new.csv", ("distance",), [(2,), (7,)]))
    answered(dialog)
    page = tried(dialog)
    wanted = predict_row(predictor_of(tmp_path / "run"), {"distance": "9"}).columns["predicted_price"][0]
    retyped(page, "distance", "9")
    until(lambda: page.said.text() == figure(wanted), what=page.said.text())
    assert not page.bars.isVisible() and page.accessibleDescription() == f"predicted_price: {figure(wanted)}"
    # other data begins anew with its table
    typed(dialog, write_csv(tmp_path / "other.csv", ("distance",), [(3,)]))
    answered(dialog)
    assert dialog.result.table.isVisible()
    assert tried(dialog).cells() == {"distance": "3"}
