"""Rows that are trained with and tested too: the data page says so, and leaving them out is what app and script do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from designer.gui.data.notices import NoticeCard
from designer.project.model import Column, ImageData, Project, Split, TableData, Training
from designer.training.prepare import read_data
from tests.helpers.data_page import open_page
from tests.helpers.exported import assert_formatted, assert_same_weights, run_each, train_and_export
from tests.helpers.graphs import chain
from tests.helpers.pictures import write_classes
from tests.helpers.series import FOLDER, text_project, write_texts
from tests.helpers.window import until

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


def copied_texts(folder: Path) -> Project:
    """Texts in folders for train and test, of which 8 of the 48 to test with are copies of some to train with."""
    write_texts(folder / "mails", ("train", "test"))
    for number in range(8):
        kind = ("good", "bad")[number % 2]
        text = (folder / "mails" / "train" / kind / f"{number:02}.txt").read_text()
        # blanks around it make it no other text
        (folder / "mails" / "test" / kind / f"copy{number}.txt").write_text(f"\n{text}\n\n")
    return text_project(folder / "mails", FOLDER, Split("folders", 0.2))


def test_the_data_page_warns_of_texts_that_lie_in_two_folders(qtbot: QtBot, tmp_path: Path) -> None:
    page = open_page(qtbot, copied_texts(tmp_path), tmp_path / "p.loom")

    def cards() -> list[NoticeCard]:
        return [card for card in page.side.notices.cards if "8 of 48 test texts (17 %)" in card.notice.sentence]

    until(lambda: bool(cards()), 30, "no warning")
    assert {word for word, _ in page.table.seen.seen["class"].bars} == {"bad", "good"}
    assert cards()[0].notice.severity == "error"
    page.table.sides.choose("overview")
    button = cards()[0].buttons[0]
    assert button.text() == "Leave repeated texts out"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    until(lambda: not cards(), 30, "the warning stays")
    # the folders alone divide them: what is a class would else be the folder of a part
    assert not page.side.split.way.isVisible()
    rows = read_data(page.session.project, tmp_path).facts.rows
    assert sum(rows.values()) == 80
    page.session.undo()
    until(lambda: bool(cards()), 30, "the warning is gone for good")


def test_copied_texts_are_left_out_by_app_and_script(tmp_path: Path) -> None:
    made = copied_texts(tmp_path)
    assert isinstance(made.data, TableData)
    made = replace(made, data=replace(made.data, drop_duplicates=True))
    run, script = train_and_export(made, tmp_path)
    run_each([script], tmp_path)
    assert_same_weights(run, script.with_name("weights.pt"))
    assert_formatted([script])


def test_pictures_in_two_parts_are_told_for_the_parts_that_there_are(qtbot: QtBot, tmp_path: Path) -> None:
    folder = write_classes(tmp_path / "pets", 10)
    for code in range(3):
        # each picture but the first of a class is there twice
        for path in sorted((folder / f"class {code}").iterdir())[1:]:
            path.with_name(f"{path.stem}-copy.png").write_bytes(path.read_bytes())
    graph = chain(("image_input", {"height": 16, "width": 16}), "flatten", ("linear", {"out_features": 3}), "output")
    made = replace(graph, data=ImageData("pets", Split(test=0.2)))
    page = open_page(qtbot, made, tmp_path / "p.loom")

    def said() -> list[str]:
        return [card.notice.sentence for card in page.side.notices.cards if "byte for byte" in card.notice.sentence]

    until(lambda: bool(said()), 30, "no warning")
    assert "test pictures" in said()[0]
    before = said()
    page.editing.set_split(Split(test=0.5), "Test with more", "")
    until(lambda: bool(said()) and said() != before, 30, "it is not told anew")
    page.editing.set_split(Split(test=0.0), "Test with none", "")
    until(lambda: not said(), 30, "it is told of no test part")
