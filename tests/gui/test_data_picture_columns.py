"""Columns beside pictures: seen and changed on the data page, listed in the inspector of each input."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from designer.gui import app, theme
from designer.gui.checking import facts_key
from designer.gui.columns_editor import ColumnsEditor
from designer.gui.data.page import DataPage
from designer.gui.panels.inspector import Inspector
from designer.gui.theme import DARK, LIGHT
from designer.layers.catalog import LAYERS
from designer.project import edits
from designer.project.model import Column, ImageData, Project
from designer.training.prepare import facts_of
from designer.workspace.session import Session
from tests.helpers.data_page import choose_view, open_page
from tests.helpers.graphs import add, link
from tests.helpers.mixed import house_columns, houses, merged, write_houses
from tests.helpers.pictures import write_classes
from tests.helpers.window import until

IMAGE = {"height": 12, "width": 12, "mode": "colour"}
CLASSES = {"hut", "flat", "villa"}


def house_project() -> Project:
    columns = house_columns("price", "rooms", "area", "garden", "note")
    columns = tuple(replace(each, encode="codes") if each.name == "garden" else each for each in columns)
    inputs = {"image_input": IMAGE, "table_input": {}, "codes_input": {}, "text_input": {}}
    return replace(merged(inputs, {"price": (1, "mse")}), data=houses(columns))  # type: ignore[arg-type]


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path) -> DataPage:
    write_houses(tmp_path, 24, changed={(3, "area"): ""})
    page = open_page(qtbot, house_project(), tmp_path / "p.loom")
    until(lambda: page.pictures.gallery.list.pictures.rowCount() == 24, 20, "the pictures are not listed")
    return page


def column(page: DataPage, name: str) -> Column:
    data = page.session.project.data
    assert isinstance(data, ImageData)
    return next(each for each in data.columns if each.name == name)


def cell(page: DataPage, name: str, place: int) -> str:
    model = page.pictures.columns.list.columns_model
    row = [each.name for each in model.columns].index(name)
    return str(model.index(row, place).data())


def test_pictures_and_columns_are_both_seen(page: DataPage) -> None:
    assert page.pictures.views.keys == ("pictures", "columns", "augmentation")
    choose_view(page.pictures.views, "columns")
    assert page.pictures.columns.list.isVisible() and not page.pictures.gallery.isVisible()
    assert [cell(page, name, 1) for name in ("rooms", "price", "owner")] == ["Feature", "Target", "Ignored"]
    until(lambda: cell(page, "area", 3).startswith("1"), 20, "the cells are not read")
    choose_view(page.pictures.views, "pictures")
    assert page.pictures.gallery.isVisible() and page.side.isVisible()


def test_a_target_says_where_something_is(page: DataPage) -> None:
    choose_view(page.pictures.views, "columns")
    shown = page.pictures.columns
    shown.look_at("price")
    place = shown.detail.form.boxes["place"]
    assert place.isVisible() and place.currentText() == "By its name: no place"
    place.setFocus()
    QTest.keyClicks(place, "Mid")
    assert column(page, "price").place == "centre_x"
    assert page.session.history.undo_label == "Place of “price”: Middle across"
    page.session.undo()
    until(lambda: place.currentText() == "By its name: no place", 20, "the form does not follow")


def test_a_column_is_looked_at_and_its_role_changed_and_taken_back(page: DataPage) -> None:
    choose_view(page.pictures.views, "columns")
    shown = page.pictures.columns
    model = shown.list.columns_model
    row = [each.name for each in model.columns].index("rooms")
    at = shown.list.visualRect(model.index(row, 0)).center()
    QTest.mouseClick(shown.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert shown.detail.name.text() == "rooms" and shown.detail.isVisible()
    until(lambda: shown.detail.histogram.isVisible(), 20, "the column is not seen in detail")
    until(lambda: shown.detail.preparing.change is not None, 20, "what is made of it is not seen")
    before, listed = page.session.project, page.pictures.pictures
    box = shown.detail.form.boxes["role"]
    assert not shown.detail.form.boxes["place"].isVisible(), "only what is predicted says where something is"
    box.setFocus()
    QTest.keyClicks(box, "Ign")
    assert column(page, "rooms").role == "ignored"
    assert page.session.history.undo_label == "Role of “rooms”: Ignored"
    until(lambda: not page.pictures.busy, 20)
    assert page.pictures.pictures is listed, "the pictures need not be listed anew"
    page.session.undo()
    assert page.session.project is before
    QTest.mouseClick(shown.detail.later, Qt.MouseButton.LeftButton)
    assert shown.detail.name.text() == "area"


def test_another_target_lists_the_pictures_anew(page: DataPage) -> None:
    choose_view(page.pictures.views, "columns")
    page.pictures.columns.changed.emit(("kind",), "role", "target")
    assert (column(page, "kind").role, column(page, "price").role) == ("target", "feature")
    until(lambda: set(page.pictures.counts()) == CLASSES, 20, "the classes are not shown")


def test_rows_are_split_by_a_group_of_theirs(page: DataPage) -> None:
    assert "owner" in page.pictures.ways()[1]
    data = page.session.project.data
    assert data is not None
    page.editing.set_split(replace(data.split, by="group", column="owner"), "Split by owner", "")
    assert column(page, "owner").role == "group"


def test_pictures_without_a_table_have_no_columns_to_show(qtbot: QtBot, page: DataPage, tmp_path: Path) -> None:
    choose_view(page.pictures.views, "columns")
    write_classes(tmp_path / "pets", 3)
    project = replace(page.session.project, data=ImageData("pets"))
    page.session.do("Other data", project)
    until(lambda: page.pictures.gallery.list.pictures.rowCount() == 9, 20)
    assert page.pictures.views.keys == ("pictures", "augmentation")
    assert page.pictures.gallery.isVisible()
    page.set_theme(DARK)


def test_the_data_is_read_anew_once_an_input_leads_to_the_output(tmp_path: Path) -> None:
    project, features = add(merged({"image_input": IMAGE}, {"price": (1, "mse")}), "table_input")  # type: ignore[dict-item]
    project = replace(project, data=houses(house_columns("price", "rooms", "area", "garden")))
    write_houses(tmp_path)
    assert features not in facts_of(project, tmp_path).shapes
    hidden = next(node.id for node in project.graph.nodes.values() if node.type == "linear")
    fed = next(link for link in project.graph.links if link.target == hidden)
    project, merge = add(project, "concatenate")
    joined = link(link(edits.disconnect(project, [fed]), fed.source, merge), merge, hidden)
    linked = link(joined, features, merge)
    assert facts_key(joined, tmp_path) != facts_key(linked, tmp_path)
    assert facts_of(linked, tmp_path).shapes[features] == (5,)


def test_the_inspector_of_each_input_lists_what_it_takes(qtbot: QtBot, tmp_path: Path) -> None:
    inspector = Inspector(Session.new(house_project(), tmp_path / "p.loom"), LIGHT)
    qtbot.addWidget(inspector)
    inspector.show()
    said = {}
    for node in inspector.session.project.graph.nodes.values():
        if node.type in ("table_input", "codes_input", "text_input"):
            inspector.select((node.id,))
            editor = inspector.node_page.form.editors["columns"]
            assert isinstance(editor, ColumnsEditor)
            said[node.type] = editor.button.text()
    assert said == {
        "table_input": "all that suit: rooms, area",
        "codes_input": "all that suit: garden",
        "text_input": "all that suit: note",
    }


def test_a_list_of_columns_looks_like_the_other_lists(qtbot: QtBot) -> None:
    theme.apply(app.make_app(), LIGHT)
    editor = ColumnsEditor(LAYERS["table_input"].fields["columns"], {"size": ("size", "")})
    qtbot.addWidget(editor)
    editor.show_value("size")
    editor.resize(200, 30)
    editor.show()
    qtbot.waitExposed(editor)
    button = editor.button
    picture = button.grab().toImage()
    ground = picture.pixelColor(button.width() // 2, 4)
    rows = range(4, button.height() - 4)
    inked = [x for x in range(4, button.width() - 4) if any(picture.pixelColor(x, y) != ground for y in rows)]
    assert inked[0] < 14, "the words begin at the left"
    arrow = [x for x in inked if x > button.width() - 24]
    tall = [y for y in rows for x in arrow if picture.pixelColor(x, y) != ground]
    assert arrow and abs(sum(tall) / len(tall) - button.height() / 2) < 3, "the arrow stands in the middle"
