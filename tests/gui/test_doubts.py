"""That numbers can be read in two ways stays readable on the data page: until it is read otherwise, or dismissed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from designer.gui.data.notices import NoticeCard
from designer.gui.data.page import DataPage
from designer.gui.window import MainWindow
from tests.helpers.small import small_project
from tests.helpers.window import click, press_create, until

SAID = "“1,125” is read as 1.125: please check."
ROWS = 60


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    path = tmp_path / "prices.csv"
    lines = [f"{1 + n % 9},{n % 7 + 1}25;{'ab'[n % 2]}\n" for n in range(ROWS)]
    path.write_text("price;town\n" + "".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def window(window: MainWindow) -> MainWindow:
    """A window with its workbench."""
    window.build()
    return window


def opened(window: MainWindow, table: Path) -> DataPage:
    """The data page of a new project for a table, made in the dialog, once it is read."""
    press_create()
    window.open_path(table)
    return read(window)


def read(window: MainWindow) -> DataPage:
    page = window.build().data
    until(lambda: page.isVisible() and page.rows.rows_model.rowCount() == ROWS, 20, "the table is not read")
    until(lambda: not page.tasks.busy() and page.table.isVisible(), 20, "the table is not looked through")
    return page


def doubted(page: DataPage) -> list[NoticeCard]:
    """The cards that say so."""
    return [card for card in page.side.notices.cards if card.notice.sentence == SAID]


def test_it_stays_beside_the_warnings_and_leads_to_the_box_for_numbers(window: MainWindow, prices: Path) -> None:
    page = opened(window, prices)
    window.status.say("Something else")
    (card,) = doubted(page)
    until(lambda: not card.visibleRegion().isEmpty(), 10, "the doubt is out of sight")
    assert page.table.sides.tabText(0).startswith("Overview (")
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    click(card.buttons[0])
    choice = page.side.written
    assert choice.is_open and QApplication.focusWidget() is choice.numbers
    until(lambda: not choice.numbers.visibleRegion().isEmpty(), 10, "the box is out of sight")
    assert doubted(page)
    choice.numbers.setCurrentText("1,234.5")
    choice.numbers.activated.emit(choice.numbers.currentIndex())
    until(lambda: page.session.project.data.format.thousands == ",", 20, "it is not read anew")
    read(window)
    assert not doubted(page)
    window.undo()
    until(lambda: bool(doubted(page)), 20, "it is not said again of what is read so again")


def test_it_can_be_dismissed_and_shown_again_and_goes_with_the_project(
    window: MainWindow, prices: Path, tmp_path: Path
) -> None:
    page = opened(window, prices)
    (card,) = doubted(page)
    others = len(page.side.notices.cards) - 1
    QTest.mouseClick(card.close_button, Qt.MouseButton.LeftButton)
    assert not doubted(page) and len(page.side.notices.cards) == others
    assert page.side.dismissed.text() == "Show 1 dismissed warning"
    click(page.side.dismissed)
    assert len(doubted(page)) == 1
    assert window.documents.open(small_project(tmp_path / "other", rows=ROWS))
    window.pages.show("data")
    read(window)
    assert not doubted(page)


def test_it_is_said_as_well_where_a_project_gets_another_file(window: MainWindow, prices: Path, tmp_path: Path) -> None:
    assert window.documents.open(small_project(tmp_path / "line"))
    window.documents.open_data(prices)
    until(lambda: window.session.project.data.path.endswith("prices.csv"), 20, "the data is not taken")
    assert len(doubted(read(window))) == 1


def test_what_is_beyond_doubt_is_not_doubted(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_text("price;town\n" + "".join(f"{n},5;{'ab'[n % 2]}\n" for n in range(ROWS)))
    page = opened(window, path)
    assert not any(card.notice.key.startswith("reading") for card in page.side.notices.cards)
