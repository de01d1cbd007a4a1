"""The form and the card of a column: each role by mouse, each way to prepare it by keys, and parts of a date."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from designer.gui.data.page import DataPage
from designer.layers.preparations import PREPARATIONS, USUAL_PARTS
from designer.project.model import Column, Project, TableData
from tests.helpers.data_page import choose_role, choose_view, open_page, roles_on_card
from tests.helpers.series import series_project, write_series
from tests.helpers.window import until

LEFT = Qt.MouseButton.LeftButton


def column(page: DataPage, name: str) -> Column:
    data = page.session.project.data
    assert isinstance(data, TableData)
    return next(column for column in data.columns if column.name == name)


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


ROLES = {"Target": "target", "Weight": "weight", "Group": "group", "Time": "time", "Split": "split",
         "Ignored": "ignored"}  # fmt: skip


@pytest.mark.parametrize("word", ROLES)
def test_each_role_is_given_by_a_click_and_taken_back(qtbot: QtBot, tmp_path: Path, word: str) -> None:
    path = write_series(tmp_path / "sales.csv")
    columns = (Column("town", "category", "ignored"), Column("day", "date", "ignored"), Column("sales", role="target"),
               Column("rain"), Column("holiday"))  # fmt: skip
    page = sales(qtbot, tmp_path, Project(data=TableData(path.name, columns=columns)))
    before = page.session.project
    choose_role(page, "holiday", word)
    assert column(page, "holiday").role == ROLES[word]
    # there is one target, and one column of each of the others
    assert column(page, "sales").role == ("feature" if word == "Target" else "target")
    assert page.session.history.undo_label == f"Role of “holiday”: {word}"
    choose_role(page, "holiday", "Feature")
    assert column(page, "holiday").role == "feature"
    page.session.undo()
    page.session.undo()
    assert page.session.project == before


def test_every_way_to_prepare_a_column_is_chosen_in_its_form(qtbot: QtBot, tmp_path: Path) -> None:
    path = write_series(tmp_path / "sales.csv")
    columns = (Column("town", "category"), Column("day", "date"), Column("sales", role="target"), Column("rain"))
    page = sales(qtbot, tmp_path, Project(data=TableData(path.name, columns=columns)))
    chosen: set[tuple[str, str, str]] = set()
    for name, fields in (("rain", ("clip", "missing", "scale")), ("town", ("missing", "encode")), ("day", ("missing",)),
                         ("sales", ("scale",))):  # fmt: skip
        page.table.look_at(name)
        for field in fields:
            box = page.table.column.form.boxes[field]
            until(box.isVisible, 10, f"nothing to choose for {field} of {name}")
            box.setFocus()
            # whatever is chosen at first, each is come to from another one
            for key, places in ((Qt.Key.Key_End, 1), (Qt.Key.Key_Up, box.count() - 1), (Qt.Key.Key_End, 1)):
                for _ in range(places):
                    QTest.keyClick(box, key)
                    assert getattr(column(page, name), field) == box.currentData()
                    chosen.add((column(page, name).kind, field, box.currentData()))
    wanted = {
        (kind, way.step, way.key)
        for way in PREPARATIONS
        for kind in way.kinds
        if way.step != "part" and (kind, way.step) in {(kind, step) for kind, step, _ in chosen}
    }
    assert chosen == wanted and len(wanted) > 20
