"""Each way to divide the rows of a table is chosen on the data page by mouse or keyboard, and training divides so."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from designer.gui.data.page import DataPage
from designer.gui.panels.split import WAYS, SplitForm
from designer.project.folding import for_fold
from designer.project.model import Column, Project, Split, TableData
from designer.training.errors import RunError
from designer.training.prepare import read_data
from designer.training.sources.splitting import split_columns
from designer.workspace.settings import set_settings
from tests.helpers.data_page import open_page
from tests.helpers.graphs import chain
from tests.helpers.training import write_csv
from tests.helpers.window import FileDialogs

COLUMNS = (
    Column("size"),
    Column("owner", "category", "ignored"),
    Column("day", "date", "ignored"),
    Column("part", "category", "ignored"),
    Column("kind", "category", "target"),
)


def rows(count: int, first: int = 0) -> list[tuple[object, ...]]:
    parts = ("train", "test", "val")
    return [
        (n % 7, f"o{n % 9}", f"2024-{1 + n // 28:02}-{1 + n % 28:02}", parts[n % 3], "ab"[n % 4 == 0])
        for n in range(first, first + count)
    ]


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path) -> DataPage:
    names = tuple(column.name for column in COLUMNS)
    write_csv(tmp_path / "goods.csv", names, rows(90))
    write_csv(tmp_path / "later.csv", names, rows(30, 90))
    network = chain("table_input", ("linear", {"out_features": 1}), ("output", {"loss": "bce"}))
    project = Project(network.graph, TableData("goods.csv", columns=COLUMNS))
    return open_page(qtbot, project, tmp_path / "goods.loom")


def choose(page: DataPage, way: str) -> None:
    """Go through the ways by the keyboard as far as this one."""
    box = page.side.split.way
    box.setFocus()
    box.setCurrentIndex(box.findData(way) - 1)
    QTest.keyClick(box, Qt.Key.Key_Down)


def split_of(page: DataPage) -> Split:
    assert page.session.project.data is not None
    return page.session.project.data.split


def counted(page: DataPage, folder: Path) -> dict[str, int]:
    return dict(read_data(page.session.project, folder).facts.rows)


def role(page: DataPage, name: str) -> str:
    assert page.session.project.data is not None
    return next(column.role for column in page.session.project.data.columns if column.name == name)


@pytest.mark.parametrize(("way", "column"), [("group", "owner"), ("time", "day")])
def test_by_groups_and_by_time(page: DataPage, tmp_path: Path, way: str, column: str) -> None:
    choose(page, way)
    assert split_of(page).by == way
    box = page.side.split.column
    assert box.isVisible()
    box.setCurrentIndex(box.findData(column))
    box.activated.emit(box.currentIndex())
    assert role(page, column) == way
    assert page.side.split.folds.isVisible()
    counts = counted(page, tmp_path)
    assert sum(counts.values()) == 90 and counts["test"] > 5
    page.session.undo()
    page.session.undo()
    assert split_of(page) == Split() and role(page, column) == "ignored"


def test_folds_in_time_are_trained_with_what_lies_before_them(page: DataPage, tmp_path: Path) -> None:
    choose(page, "time")
    form = page.side.split
    form.column.setCurrentIndex(form.column.findData("day"))
    form.column.activated.emit(form.column.currentIndex())
    form.folds.setFocus()
    form.folds.selectAll()
    QTest.keyClicks(form.folds, "4")
    QTest.keyClick(form.folds, Qt.Key.Key_Return)
    assert (split_of(page).by, split_of(page).folds) == ("time", 4)
    # of five stretches the first is never tested with
    assert form.test.text() == "20 %" and not form.test.isEnabled()
    assert "what lies before it" in form.said.text() and form.said.isVisible()
    found = [read_data(for_fold(page.session.project, fold), tmp_path).facts.rows for fold in (1, 2, 3, 4)]
    assert [rows["test"] for rows in found] == [18] * 4
    assert [rows["train"] + rows["validation"] for rows in found] == [18, 36, 54, 72]
    # where there are none they are not asked for either, and come back with an undo
    choose(page, "column")
    assert split_of(page).folds == 0 and not form.folds.isVisible() and not form.said.isVisible()
    page.session.undo()
    assert (split_of(page).by, split_of(page).folds) == ("time", 4) and form.folds.isVisible()


def test_folds_that_cannot_be_are_seen_and_taken_back(page: DataPage) -> None:
    """As from the command line: a way that has no folds, with folds."""
    page.session.do("Set", set_settings(page.session.project, ["data.split.by=column", "data.split.folds=3"]))
    box = page.side.split.folds
    assert box.isVisible() and box.value() == 3
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "0")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert split_of(page).folds == 0 and not box.isVisible()


def test_by_a_column(page: DataPage, tmp_path: Path) -> None:
    choose(page, "column")
    box = page.side.split.column
    box.setCurrentIndex(box.findData("part"))
    box.activated.emit(box.currentIndex())
    assert (split_of(page).column, role(page, "part")) == ("part", "split")
    assert counted(page, tmp_path) == {"train": 30, "validation": 30, "test": 30}


def test_by_a_file_with_the_test_rows(page: DataPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dialogs = FileDialogs(monkeypatch)
    # given up, nothing changes
    dialogs.answers.append("")
    choose(page, "file")
    assert split_of(page) == Split() and page.side.split.way.currentData() == "share"
    dialogs.answers.append(str(tmp_path / "later.csv"))
    choose(page, "file")
    assert split_of(page).by == "file" and (tmp_path / split_of(page).file).name == "later.csv"
    assert page.side.split.file.text() == "later.csv" and not page.side.split.test.isVisible()
    counts = counted(page, tmp_path)
    assert counts["test"] == 30 and counts["train"] + counts["validation"] == 90
    page.session.undo()
    assert split_of(page) == Split()


def test_classes_may_vary_between_the_parts(page: DataPage) -> None:
    box = page.side.split.stratify
    assert box.isVisible() and box.isChecked()
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert not split_of(page).stratify
    page.session.undo()
    assert split_of(page).stratify and box.isChecked()


def test_a_column_that_is_still_to_be_chosen_is_asked_for(qtbot: QtBot) -> None:
    form = SplitForm()
    qtbot.addWidget(form)
    form.show_split(Split(by="group"), tuple(WAYS), ("person", "place"), classes=False)
    form.show()
    qtbot.waitExposed(form)
    assert form.column.currentIndex() == -1 and form.column.placeholderText() == "Choose…"
    asked = form.column.grab().toImage()
    form.column.setPlaceholderText(" ")
    assert form.column.grab().toImage() != asked, "what is to be done is not painted"


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("group", "no column has the role group: choose the one that says what belongs together"),
        ("column", "no column is chosen for that: choose the one whose words train, validation and test"),
        ("time", "no column has the role time: choose the one with the dates or times"),
    ],
)
def test_a_split_that_lacks_its_column_says_which_to_choose(way: str, said: str) -> None:
    with pytest.raises(RunError, match=said):
        split_columns(TableData("a.csv", (Column("x"),), split=Split(by=way)))
