"""Rows that are trained with and tested too: the data page says so, and leaving them out is what app and script do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from designer.gui.data.notices import NoticeCard
from designer.project.model import Column, Project, Split, TableData, Training
from designer.training.prepare import read_data
from tests.helpers.data_page import open_page, until
from tests.helpers.exported import assert_formatted, assert_same_weights, run_each, train_and_export
from tests.helpers.graphs import chain

COLUMNS = (Column("a"), Column("b", "category"), Column("part", "category", "ignored"), Column("y", role="target"))
BY_FILE, BY_COLUMN = Split(by="file", file="tests.csv"), Split(by="column", column="part")


def write(path: Path, *parts: tuple[str, range]) -> None:
    rows = (f"{row * 7 % 101},w{row % 3},{part},{row * row % 89}" for part, rows in parts for row in rows)
    path.write_text("\n".join(["a,b,part,y", *rows, ""]))


def project(split: Split) -> Project:
    graph = chain("table_input", ("linear", {"out_features": 1}), "output")
    data = TableData("rows.csv", columns=COLUMNS, split=split)
    return replace(graph, data=data, training=Training(epochs=2, batch_size=16))


def test_the_data_page_warns_of_test_rows_that_are_in_the_table(qtbot: QtBot, tmp_path: Path) -> None:
    write(tmp_path / "rows.csv", ("x", range(90)))
    write(tmp_path / "tests.csv", ("x", range(60, 100)))
    page = open_page(qtbot, project(BY_FILE), tmp_path / "p.loom")

    def cards() -> list[NoticeCard]:
        return [card for card in page.side.notices.cards if "30 of 40 test rows (75 %)" in card.notice.sentence]

    until(lambda: bool(cards()), 30, "no warning")
    page.table.sides.choose("overview")
    button = cards()[0].buttons[0]
    assert button.text() == "Leave repeated rows out"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    data = page.session.project.data
    assert isinstance(data, TableData)
    assert data.drop_duplicates
    until(lambda: not cards(), 30, "the warning stays")
    assert read_data(page.session.project, tmp_path).facts.rows["test"] == 10


@pytest.mark.parametrize("split", [BY_FILE, BY_COLUMN], ids=["file", "column"])
def test_copies_in_the_test_part_are_left_out_by_app_and_script(tmp_path: Path, split: Split) -> None:
    tests = ("test", range(50, 90))
    write(
        tmp_path / "rows.csv", ("train", range(70)), ("validation", range(90, 101)), *([tests] * (split is BY_COLUMN))
    )
    write(tmp_path / "tests.csv", tests)
    made = project(split)
    assert isinstance(made.data, TableData)
    made = replace(made, data=replace(made.data, drop_duplicates=True))
    rows = read_data(made, tmp_path).facts.rows
    assert (rows["train"] + rows["validation"], rows["test"]) == (81, 20)
    run, script = train_and_export(made, tmp_path)
    run_each([script], tmp_path)
    assert_same_weights(run, script.with_name("weights.pt"))
    assert_formatted([script])
