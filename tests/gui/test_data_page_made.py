"""The data page is made as it is looked at: nothing of it with the project, and no more than the data asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView, QWidget

from designer.gui.data.page import DataPage
from designer.gui.theme import DARK
from designer.gui.window import MainWindow
from designer.gui.workbench import SIDE_WIDTHS
from designer.project.model import ImageData, TableData, Windows
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.small import small_project
from tests.helpers.training import class_rows, write_csv
from tests.helpers.window import checked, click, keys, open_window, press_create, until

PAGES = {"table", "pictures", "series", "texts"}


@pytest.fixture
def window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    with open_window(small_project(tmp_path / "work"), FakeTrainer) as window:
        yield window


def made(page: DataPage) -> set[str]:
    """The pages that are there already."""
    return PAGES & set(vars(page))


def shown(window: MainWindow) -> DataPage:
    """The data page, brought to the front by its button, once its rows are read."""
    click(window.pages.switch.buttons["data"])
    page = window.build().data
    until(lambda: page.rows.rows_model.rowCount() > 0 and page.table.isVisible(), 20, "the table is not read")
    return page


def test_a_project_is_opened_without_anything_of_its_data_page(window: MainWindow) -> None:
    page = window.build().data
    assert not page.furnished and not made(page)
    assert not page.findChildren(QTableView) and len(page.findChildren(QWidget)) == 1
    keys(window, Qt.Key.Key_F5)
    checked(window)
    assert not page.furnished


def test_the_first_look_makes_the_page_of_the_table_alone_and_keeps_the_window_as_large(window: MainWindow) -> None:
    size = window.size()
    page = shown(window)
    assert made(page) == {"table"}
    assert window.size() == size
    assert page.rows.hasFocus()
    table = page.table
    order = [page.table.views]
    while len(order) < 2_000 and (after := order[-1].nextInFocusChain()) is not order[0]:
        order.append(after)
    stops = [order.index(part) for part in (table.views, page.rows, table.sides, page.side.split)]
    assert stops == sorted(stops)
    click(window.pages.switch.buttons["network"])
    assert shown(window).table is table


def test_what_changes_before_the_first_look_is_there_at_the_first_look(window: MainWindow) -> None:
    session, bench = window.session, window.build()
    before = session.project
    data = before.data
    assert isinstance(data, TableData)
    first = data.columns[0]
    columns = (replace(first, role="ignored"), *data.columns[1:])
    session.do("Leave it out", replace(before, data=replace(data, columns=columns)))
    window.choose_theme("dark")
    checked(window)
    until(lambda: bench.checker.current and not window.tasks.busy(), what="the change was not looked at")
    page = shown(window)
    assert page.table.column_of(first.name).role == "ignored"
    assert page.table.theme is DARK
    assert any(notice.key.startswith("network") for notice in page.table.notices) == bool(
        [each for each in bench.checker.analysis.problems if each.severity == "error"]
    )
    facts = bench.checker.facts
    assert facts is not None and page.side.parts.counts["train"].text().startswith(str(facts.rows["train"]))
    window.undo()
    assert session.project == before
    assert page.table.column_of(first.name).role == first.role


def test_pictures_and_series_are_made_when_the_data_becomes_such(window: MainWindow, tmp_path: Path) -> None:
    session, page = window.session, shown(window)
    table = session.project
    assert isinstance(table.data, TableData)
    series = replace(table.data, samples="windows", windows=Windows(length=2))
    session.do("Read as a series", replace(table, data=series))
    assert made(page) == {"table", "series"} and "series" in page.table.views.keys
    for name in ("a", "b"):
        for place in range(3):
            path = session.base / "pets" / name / f"{place}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (8, 8), (place * 40, 0, 0)).save(path)
    session.do("Use pictures", replace(session.project, data=ImageData("pets")))
    until(lambda: "pictures" in made(page) and page.pictures.isVisible(), 20, "no picture is shown")
    assert page.pictures.views.isVisible() and not page.table.views.isVisible()
    assert page.pictures.isAncestorOf(page.side)
    window.undo()
    window.undo()
    until(page.table.isVisible, 20, "the table is not shown again")
    assert page.table.isAncestorOf(page.side) and page.table.views.isVisible()
    assert "series" not in page.table.views.keys


def test_a_panel_that_is_asked_for_before_the_network_was_seen_stands_at_its_side(
    tmp_path: Path, own_home: Path
) -> None:
    data = write_csv(tmp_path / "animals.csv", ("x", "y", "colour", "animal"), class_rows(60))
    with open_window(trainer=FakeTrainer) as window:
        press_create()
        window.open_path(data)
        until(lambda: window.editing and window.build().data.isVisible(), 60, "no project was made")
        outline = window.build().docks["outline"]
        assert not outline.isVisible()
        keys(window, Qt.Key.Key_F8)
        until(lambda: not outline.visibleRegion().isEmpty(), 20, "the panel is not shown")
        assert window.dockWidgetArea(outline) == Qt.DockWidgetArea.LeftDockWidgetArea
        until(lambda: outline.width() == SIDE_WIDTHS["palette"], 20, "the panel is not as wide as all at its side")
