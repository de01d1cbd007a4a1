"""Each step of the recipe: seen before and after, switched off and on by a click on its box, and undone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from designer.gui.data.changes import Change
from designer.gui.data.page import DataPage
from designer.layers.recipe import RecipeStep, recipe_of
from designer.project.model import Column, Project, TableData
from designer.training.prepare import facts_of
from tests.helpers.data_page import choose_view, open_page
from tests.helpers.graphs import chain
from tests.helpers.series import series_project, write_series
from tests.helpers.window import until

LEFT = Qt.MouseButton.LeftButton
ROWS, TWICE = 60, 7
COLUMNS = (
    Column("size", clip="iqr", missing="median", indicator=True, scale="minmax"),
    Column("floor", missing="drop", scale="none"),
    Column("town", "category", missing="constant", fill="nowhere", indicator=True),
    Column("grade", "category", encode="ordinal", order=("low", "high"), scale="standard"),
    Column("built", "date", missing="most_frequent", parts=("year", "month")),
    Column("price", role="target"),
)


def write_homes(path: Path) -> None:
    """Homes with gaps, an outlier, two without a price, one without a floor, and some rows there twice."""
    lines = []
    for row in range(ROWS):
        size = "" if row % 10 == 3 else "9000" if row == 20 else str(row % 31)
        town, built = "" if row % 10 == 5 else ("Ulm", "Bonn")[row % 2], "" if row == 31 else f"20{10 + row % 9}-03-05"
        price = "" if row in (41, 42) else str(row * 2)
        lines.append(f"{size},{'' if row == 50 else row % 4},{town},{('low', 'high')[row % 2]},{built},{price}")
    path.write_text("\n".join([",".join(each.name for each in COLUMNS), *lines, *lines[:TWICE]]) + "\n")


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path) -> DataPage:
    write_homes(tmp_path / "homes.csv")
    network = chain("table_input", ("linear", {"out_features": 1}), ("output", {"loss": "mse"}))
    project = Project(network.graph, TableData("homes.csv", columns=COLUMNS))
    page = open_page(qtbot, project, tmp_path / "homes.loom")
    until(lambda: page.rows.rows_model.rowCount() == ROWS + TWICE and not page.tasks.busy(), 30, "nothing is read")
    page.table.sides.choose("recipe")
    return page


def place_of(page: DataPage, column: str, key: str) -> tuple[QModelIndex, QRect]:
    """Where a step stands in the list, which is scrolled there."""
    recipe = page.table.recipe
    steps = [(row.column, row.key) if isinstance(row, RecipeStep) else None for row in recipe.model.rows]
    index = recipe.model.index(steps.index((column, key)))
    recipe.list.scrollTo(index)
    return index, recipe.list.visualRect(index)


def look_at(page: DataPage, column: str, key: str) -> Change:
    """Click on the words of a step; what it makes is then shown beneath."""
    preparing = page.table.recipe.preparing
    QTest.mouseClick(page.table.recipe.list.viewport(), LEFT, pos=place_of(page, column, key)[1].center())
    until(
        lambda: preparing.change is not None and (preparing.change.column, preparing.change.key) == (column, key),
        20,
        "it is not shown at work",
    )
    assert preparing.isVisible() and preparing.change is not None
    return preparing.change


def switch(page: DataPage, column: str, key: str) -> None:
    """Click on the box of a step."""
    view = page.table.recipe.list
    index, rect = place_of(page, column, key)
    option = QStyleOptionViewItem()
    view.initViewItemOption(option)
    option.rect = rect
    view.itemDelegate().initStyleOption(option, index)
    box = view.style().subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, view)
    QTest.mouseClick(view.viewport(), LEFT, pos=box.center())


def step_of(page: DataPage, column: str, key: str) -> RecipeStep:
    return next(each for each in recipe_of(page.session.project.data) if (each.column, each.key) == (column, key))


def largest(change: Change) -> tuple[float, float]:
    return change.before.edges[-1], change.after.edges[-1]


WORKS: dict[tuple[str, str], Callable[[Change], bool]] = {
    ("", "duplicates"): lambda change: change.said == "7 of 65 rows would be left out.",
    ("size", "clip"): lambda change: largest(change)[0] == 9000 and largest(change)[1] < 100,
    ("size", "missing"): lambda change: (change.before.missing, change.after.missing) == (7, 0),
    ("size", "indicator"): lambda change: change.inputs == 2 and ("0", "0  0") in change.examples,
    ("size", "scale"): lambda change: largest(change)[0] > 40 and largest(change)[1] == 1,
    ("town", "missing"): lambda change: ("–", "nowhere") in change.examples and change.after.missing == 0,
    ("town", "indicator"): lambda change: {("Ulm", "Ulm  0"), ("nowhere", "nowhere  1")} <= set(change.examples),
    ("grade", "missing"): lambda change: ("low", "low") in change.examples,
    ("grade", "scale"): lambda change: {old for old, _ in change.examples} == {"0", "1"},
    ("built", "missing"): lambda change: (change.before.missing, change.after.missing) == (1, 0),
    ("price", "scale"): lambda change: largest(change)[0] > 100 and largest(change)[1] < 3,
}
ALWAYS: dict[tuple[str, str], Callable[[Change], bool]] = {
    ("", "target"): lambda change: change.said == "2 of 67 rows are left out." and change.after.rows == 65,
    ("floor", "missing"): lambda change: ("–", "left out") in change.examples and change.after.rows == 66,
    ("town", "encode"): lambda change: ("Ulm", "0  1  0") in change.examples,
    ("grade", "encode"): lambda change: set(change.examples) == {("low", "0"), ("high", "1")},
    ("built", "encode"): lambda change: change.inputs == 2,
}


def test_every_step_is_among_them(page: DataPage) -> None:
    steps = {(step.column, step.key): step.fixed for step in recipe_of(page.session.project.data)}
    assert steps == {**dict.fromkeys(WORKS, False), **dict.fromkeys(ALWAYS, True)}


@pytest.mark.parametrize(("column", "key"), WORKS, ids=lambda word: word or "all")
def test_a_step_is_seen_at_work_switched_by_its_box_and_undone(page: DataPage, column: str, key: str) -> None:
    before, on = page.session.project, step_of(page, column, key).on
    change = look_at(page, column, key)
    assert WORKS[column, key](change), change
    switch(page, column, key)
    assert step_of(page, column, key).on is not on
    assert len(page.session.history.steps) == 2
    preparing = page.table.recipe.preparing
    until(lambda: preparing.change is not None and preparing.change is not change, 20, "it is not looked at anew")
    other = preparing.change
    assert other is not None
    if on:
        assert all(old == new for old, new in other.examples) or other.after.rows < other.before.rows, other
    else:
        assert other.said == "7 of 65 rows are left out." and other.after.rows == 58
    switch(page, column, key)
    assert step_of(page, column, key).on is on
    page.session.undo()
    page.session.undo()
    assert page.session.project == before


@pytest.mark.parametrize(("column", "key"), ALWAYS, ids=lambda word: word or "all")
def test_a_step_that_is_always_done_is_seen_at_work_too(page: DataPage, column: str, key: str) -> None:
    change = look_at(page, column, key)
    assert ALWAYS[column, key](change), change
    assert place_of(page, column, key)[0].data(Qt.ItemDataRole.CheckStateRole) is None


def test_what_is_shown_of_rows_is_what_training_does(page: DataPage, tmp_path: Path) -> None:
    switch(page, "", "duplicates")
    change = look_at(page, "", "duplicates")
    notes = " ".join(facts_of(page.session.project, tmp_path).notes)
    assert f"{TWICE} rows were left out, which repeat another row" in notes
    assert change.examples[0] == ("line 62: 0, 0, Ulm, low, 2010-03-05", "left out")
    assert sum(facts_of(page.session.project, tmp_path).rows.values()) == change.after.rows - 1  # one has no floor


def test_gaps_in_a_series_take_the_value_before_them(qtbot: QtBot, tmp_path: Path) -> None:
    path = write_series(tmp_path / "sales.csv", 30, ("Bonn", "Ulm"))
    rows = [line.split(",") for line in path.read_text().splitlines()]
    rows[6][3] = ""
    # as it may come: not in the order of time
    path.write_text("\n".join(",".join(row) for row in [rows[0], *reversed(rows[1:])]) + "\n")
    page = open_page(qtbot, series_project(path, town="group"), tmp_path / "sales.loom")
    choose_view(page.table.views, "rows")
    until(lambda: page.rows.rows_model.rowCount() == 60 and not page.tasks.busy(), 30, "nothing is read")
    page.table.sides.choose("recipe")
    said = {(step.column, step.key): (step.text, step.fixed) for step in recipe_of(page.session.project.data)}
    assert next(iter(said)) == ("", "order") and list(said)[-1] == ("", "windows") and ("", "duplicates") not in said
    assert said["", "order"] == ("Rows are brought into the order of “day”, those of each “town” by themselves", True)
    assert said["", "windows"] == ("Windows of 5 steps are cut, to predict the next step", True)
    assert said["rain", "missing"][0] == "Gaps take the last value before them, at the start the mean"
    change = look_at(page, "rain", "missing")
    assert (change.before.missing, change.after.missing) == (1, 0)
    assert dict(change.examples)["–"] == f"{float(rows[5][3]):g}"
    QTest.mouseClick(page.table.recipe.list.viewport(), LEFT, pos=place_of(page, "", "windows")[1].center())
    until(lambda: not page.table.recipe.preparing.isVisible(), 10, "what is shown belongs to another step")
