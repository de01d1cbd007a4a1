"""A network that is drawn already follows its columns, in the same step, or it is said what does not fit them now."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from designer.gui.data.notices import NoticeCard
from designer.gui.data.page import DataPage
from designer.gui.window import MainWindow
from designer.project.edits import set_field
from designer.project.file import save_project
from designer.project.model import Column, Node, Project, TableData
from tests.helpers.data_page import choose_role
from tests.helpers.graphs import chain
from tests.helpers.training import write_csv
from tests.helpers.window import checked, click, keys, until

LEFT, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
ROWS = 90
COLUMNS = (
    Column("size"),
    Column("town", "category"),
    Column("street", "category", "ignored", encode="codes"),
    Column("kind", "category", "ignored"),
    Column("sold", "boolean", "ignored"),
    Column("rent", role="ignored"),
    Column("price", role="target"),
)
HIDDEN = ("linear", {"out_features": 8})


def write_project(folder: Path, *last: object) -> Path:
    """Homes, and a network drawn for their sizes and towns."""
    chance = random.Random(0)
    rows = [
        (round(chance.random(), 3), "abc"[n % 3], f"s{chance.randrange(30)}", "xyz"[n // 3 % 3], n % 2, n + 0.5, n * 3)
        for n in range(ROWS)
    ]
    write_csv(folder / "homes.csv", tuple(each.name for each in COLUMNS), rows)
    drawn = chain("table_input", HIDDEN, "relu", *(last or (("linear", {"out_features": 1}),)), ("output", {}))  # type: ignore[arg-type]
    save_project(replace(drawn, data=TableData("homes.csv", columns=COLUMNS)), folder / "homes.loom")
    return folder / "homes.loom"


def opened(window: MainWindow, path: Path) -> DataPage:
    """The data page of a project, once its rows are read."""
    assert window.documents.open(path)
    bench = window.build()
    click(window.pages.switch.buttons["data"])
    until(lambda: bench.data.rows.rows_model.rowCount() == ROWS and not bench.data.tasks.busy(), 30, "nothing is read")
    checked(window)
    return bench.data


def of_type(window: MainWindow, kind: str) -> list[Node]:
    return [node for node in window.session.project.graph.nodes.values() if node.type == kind]


def settled(window: MainWindow) -> None:
    """Wait until the network was looked at beside what the data is now."""
    bench = window.build()
    until(
        lambda: bench.checker.current and not window.tasks.busy() and not bench.data.tasks.busy(),
        30,
        "the change was not looked at",
    )


def said(page: DataPage) -> list[NoticeCard]:
    """What fits the data no more, as the page says it."""
    return [card for card in page.side.notices.cards if card.notice.key.startswith("network")]


def test_the_input_is_as_wide_as_the_columns_that_are_left(window: MainWindow, tmp_path: Path) -> None:
    page = opened(window, write_project(tmp_path))
    project = window.session.project
    assert of_type(window, "table_input")[0].fields["features"] == 4
    told: list[str] = []
    page.told.connect(told.append)
    choose_role(page, "town", "Ignored")
    until(lambda: of_type(window, "table_input")[0].fields["features"] == 1, 20, "the input stays as wide")
    settled(window)
    bench = window.build()
    assert bench.checker.analysis.ok and bench.checker.analysis.reports["n1"].shape == (1,)
    assert told == ["The network’s input and output follow the data."]
    assert len(window.session.history.steps) == 2 and said(page) == []
    keys(window, Qt.Key.Key_Z, CONTROL)
    assert window.session.project == project


@pytest.mark.parametrize(
    ("target", "loss", "width"),
    [("kind", "cross_entropy", 3), ("sold", "bce", 1), ("rent", "mse", 1)],
)
def test_the_output_becomes_what_the_target_asks_for(
    window: MainWindow, tmp_path: Path, target: str, loss: str, width: int
) -> None:
    page = opened(window, write_project(tmp_path))
    project = window.session.project
    choose_role(page, target, "Target")
    until(lambda: window.session.project.data.columns != project.data.columns, 10, "no role was chosen")
    settled(window)
    assert window.build().checker.analysis.ok
    assert of_type(window, "output")[0].fields["loss"] == loss
    assert [node.fields["out_features"] for node in of_type(window, "linear")] == [8, width]
    assert len(window.session.history.steps) == 2 and said(page) == []
    keys(window, Qt.Key.Key_Z, CONTROL)
    assert window.session.project == project


def test_two_numbers_are_predicted_by_two_outputs_of_one_layer(window: MainWindow, tmp_path: Path) -> None:
    page = opened(window, write_project(tmp_path))
    choose_role(page, "rent", "Target as well")
    until(lambda: of_type(window, "linear")[-1].fields["out_features"] == 2, 20, "the output stays as wide")
    settled(window)
    assert window.build().checker.analysis.ok and len(window.session.history.steps) == 2


def test_a_width_that_nothing_decides_plainly_is_told_in_words(window: MainWindow, tmp_path: Path) -> None:
    """The last layers only give the numbers another form: none of them can be made wider."""
    layers = ("linear", {"out_features": 1}), ("reshape", {"shape": (1, 1)}), ("reshape", {"shape": (1,)}), "sigmoid"
    page = opened(window, write_project(tmp_path, *layers))
    choose_role(page, "kind", "Target")
    settled(window)
    until(lambda: bool(said(page)), 20, "it is not said what does not fit")
    page.table.sides.choose("overview")
    card = said(page)[0]
    assert card.notice.sentence.startswith("The network does not fit the data: ") and "3" in card.notice.sentence
    assert card.notice.severity == "error" and not card.close_button.isVisible()


def test_a_feature_that_no_input_takes_is_told_and_gets_one_by_a_click(window: MainWindow, tmp_path: Path) -> None:
    page = opened(window, write_project(tmp_path))
    choose_role(page, "street", "Feature")
    until(lambda: bool(said(page)), 20, "it is not said that nothing is learned of it")
    [card] = said(page)
    assert card.notice.columns == ("street",) and card.notice.severity == "warning"
    assert "no input of the network takes it" in card.notice.sentence
    page.table.sides.choose("overview")
    settled(window)
    [button] = said(page)[0].buttons
    page.side.area.ensureWidgetVisible(button)
    until(lambda: not button.visibleRegion().isEmpty(), 10, "the button is out of sight")
    QTest.mouseClick(button, LEFT)
    assert len(of_type(window, "codes_input")) == 1
    until(lambda: not said(page), 20, "what was mended is still told")
    settled(window)
    assert window.build().checker.analysis.ok
    keys(window, Qt.Key.Key_Z, CONTROL)
    assert not of_type(window, "codes_input")
    until(lambda: bool(said(page)), 20, "it is not told again")


def test_a_column_that_an_input_names_and_that_goes_is_told(window: MainWindow, tmp_path: Path) -> None:
    path = write_project(tmp_path)
    page = opened(window, path)
    node = of_type(window, "table_input")[0]
    named: Project = set_field(window.session.project, node.id, "columns", ("town",))
    window.session.do("Take towns alone", named)
    settled(window)
    choose_role(page, "town", "Ignored")
    settled(window)
    page.table.sides.choose("overview")
    until(lambda: page.side.trouble.isVisible(), 20, "nothing is said")
    assert "takes the column “town”, which is no feature of the data" in page.side.trouble.text()
    assert not window.build().checker.analysis.ok
