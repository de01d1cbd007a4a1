"""Every kind of data in the dialog for a new project: shown for what it is, and made into a project that reads it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from designer.gui.new_dialog import NewProjectDialog
from designer.gui.panels.preview import PreviewTable
from designer.gui.theme import LIGHT
from designer.project.file import load_project
from designer.project.model import ImageData, TableData
from designer.training.prepare import facts_of
from tests.helpers.pictures import write_idx, write_masks, write_paths, write_pixels
from tests.helpers.series import write_sequences, write_series, write_texts

ROWS = 60


def table() -> pd.DataFrame:
    rows = range(ROWS)
    return pd.DataFrame(
        {
            "size": [row % 7 * 1.5 for row in rows],
            "kind": ["ab"[row % 2] for row in rows],
            "price": [row * 37 % 101 for row in rows],
        }
    )


def parquet(folder: Path) -> Path:
    pytest.importorskip("pyarrow")
    table().to_parquet(folder / "t.parquet", index=False)
    return folder / "t.parquet"


def workbook(folder: Path) -> Path:
    pytest.importorskip("openpyxl")
    table().to_excel(folder / "t.xlsx", index=False)
    return folder / "t.xlsx"


def database(folder: Path) -> Path:
    connection = sqlite3.connect(folder / "t.sqlite")
    table().to_sql("goods", connection, index=False)
    connection.close()
    return folder / "t.sqlite"


def idx_folder(folder: Path) -> Path:
    write_idx(folder / "mnist", "train", 40, packed=True)
    return write_idx(folder / "mnist", "t10k", 12)


KINDS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "parquet": (parquet, "rows"),
    "workbook": (workbook, "rows"),
    "database": (database, "rows"),
    "series": (lambda folder: write_series(folder / "sales.csv"), "windows"),
    "sequences": (lambda folder: write_sequences(folder / "signals"), "files"),
    "texts": (lambda folder: write_texts(folder / "mails"), "rows"),
    "table of pictures": (lambda folder: write_paths(folder), "table"),
    "pixels in columns": (lambda folder: write_pixels(folder / "digits.csv"), "pixels"),
    "IDX files": (idx_folder, "idx"),
    "masks": (lambda folder: write_masks(folder / "cells", values=(0, 5, 9)), "masks"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_chosen_is_shown_and_becomes_a_project(kind: str, qtbot: QtBot, tmp_path: Path) -> None:
    write, form = KINDS[kind]
    dialog = NewProjectDialog(write(tmp_path), LIGHT)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    qtbot.waitUntil(lambda: dialog.pages.currentWidget() is not dialog.busy, timeout=30_000)
    assert dialog.pages.currentWidget() is dialog.found, dialog.refused.words.text()
    qtbot.waitUntil(lambda: dialog.drafting.draft is not None, timeout=30_000)
    assert dialog.found.task.text() and dialog.found.template.text() and not dialog.trouble.text()
    with qtbot.waitSignal(dialog.accepted, timeout=30_000):
        QTest.mouseClick(dialog.create_button, Qt.MouseButton.LeftButton)
    assert dialog.project_path is not None
    project = load_project(dialog.project_path)
    data = project.data
    assert isinstance(data, TableData | ImageData)
    assert (data.samples if isinstance(data, TableData) else data.layout) == form
    facts = facts_of(project, dialog.project_path.parent)
    assert facts.rows["train"] > 0 and facts.rows["test"] > 0


def test_a_long_text_has_the_room_that_the_other_columns_leave(qtbot: QtBot) -> None:
    table = PreviewTable(LIGHT)
    qtbot.addWidget(table)
    table.resize(700, 200)
    table.show_rows(["number", "text"], [["1", "word " * 80], ["2", "word"]])
    table.show()
    qtbot.waitExposed(table)
    room = table.viewport().width()
    assert table.columnWidth(0) + table.columnWidth(1) == room
    table.resize(900, 200)
    qtbot.waitUntil(lambda: table.viewport().width() > room)
    assert table.columnWidth(0) + table.columnWidth(1) == table.viewport().width()
