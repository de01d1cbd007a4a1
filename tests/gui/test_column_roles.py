"""The form and the card of a column: parts of a date, and the role that only series have, by mouse, and undone."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from designer.gui.data.page import DataPage
from designer.layers.preparations import USUAL_PARTS
from designer.project.model import Column, Project, TableData
from tests.helpers.data_page import choose_view, open_page
from tests.helpers.series import series_project, write_series
from tests.helpers.window import until

LEFT = Qt.MouseButton.LeftButton


def column(page: DataPage, name: str) -> Column:
    data = page.session.project.data
    assert isinstance(data, TableData)
    return next(column for column in data.columns if column.name == name)


def roles_on_card(page: DataPage, name: str) -> QMenu:
    """The menu that a click on the role of a column's card opens."""
    cards, model = page.rows.cards, page.rows.rows_model
    place = model.names.index(name)
    page.rows.scrollTo(model.index(0, place))
    box = cards.box_of(place)
    spots = [x for x in range(box.left(), box.right(), 3) if cards.part_at(QPoint(x, 34)) == (place, "role")]
    QTest.mouseClick(cards.viewport(), LEFT, pos=QPoint(spots[len(spots) // 2], 34))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def sales(qtbot: QtBot, folder: Path, project: Project) -> DataPage:
    page = open_page(qtbot, project, folder / "sales.loom")
    if project.data is not None and project.data.samples == "windows":
        choose_view(page.table.views, "rows")
    until(lambda: page.rows.rows_model.rowCount() == 60 and not page.tasks.busy(), 30, "the rows are not shown")
    return page


def test_a_column_of_a_series_is_known_ahead(qtbot: QtBot, tmp_path: Path) -> None:
    page = sales(qtbot, tmp_path, series_project(write_series(tmp_path / "sales.csv")))
    menu = roles_on_card(page, "holiday")
    action = next(action for action in menu.actions() if action.text() == "Known ahead")
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
    assert column(page, "holiday").role == "ahead"
    page.session.undo()
    assert column(page, "holiday").role == "ignored"


def test_no_column_of_plain_rows_is_known_ahead(qtbot: QtBot, tmp_path: Path) -> None:
    path = write_series(tmp_path / "sales.csv")
    columns = (Column("town", "category", "ignored"), Column("day", "date", "ignored"), Column("sales", role="target"),
               Column("rain"), Column("holiday"))  # fmt: skip
    page = sales(qtbot, tmp_path, Project(data=TableData(path.name, columns=columns)))
    menu = roles_on_card(page, "holiday")
    offered = [action.text() for action in menu.actions()]
    menu.close()
    assert "Ignored" in offered and "Known ahead" not in offered
    page.table.look_at("holiday")
    box = page.table.column.form.boxes["role"]
    assert box.findData("ignored") >= 0 and box.findData("ahead") < 0


def test_a_part_of_a_date_is_chosen_by_a_click_and_undone(qtbot: QtBot, tmp_path: Path) -> None:
    path = write_series(tmp_path / "sales.csv")
    columns = (Column("town", "category", "ignored"), Column("day", "date"), Column("sales", role="target"),
               Column("rain"), Column("holiday"))  # fmt: skip
    page = sales(qtbot, tmp_path, Project(data=TableData(path.name, columns=columns)))
    page.table.look_at("day")
    parts = page.table.column.form.parts
    assert {part for part, box in parts.items() if box.isChecked()} == set(USUAL_PARTS)
    before = column(page, "day").parts
    [unused, *_] = [part for part, box in parts.items() if not box.isChecked()]
    until(parts[unused].isVisible, 5, "the parts are not shown")
    QTest.mouseClick(parts[unused], LEFT, pos=QPoint(8, parts[unused].height() // 2))
    assert set(column(page, "day").parts) == {*USUAL_PARTS, unused}
    QTest.mouseClick(parts["year"], LEFT, pos=QPoint(8, parts["year"].height() // 2))
    assert ("year" in column(page, "day").parts) != ("year" in USUAL_PARTS)
    page.session.undo()
    page.session.undo()
    assert column(page, "day").parts == before
    assert not parts[unused].isChecked()
