"""Copies of pictures are told on the data page, left out by one click or a box, and back after one step back."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from designer.gui.data.page import DataPage
from designer.project.model import Column, ImageData, Project, Split
from tests.helpers.data_page import open_page
from tests.helpers.graphs import chain
from tests.helpers.pictures import write_classes, write_pixels
from tests.helpers.training import number_project
from tests.helpers.window import until

WARNED = "repeated_pictures"


def project_of(data: ImageData) -> Project:
    layers = ("flatten", ("linear", {"out_features": 3}), ("output", {"loss": "cross_entropy"}))
    return replace(chain(("image_input", {"height": 8, "width": 8, "mode": "grey"}), *layers), data=data)


@pytest.fixture
def page(qtbot, tmp_path: Path) -> DataPage:
    """Pets in folders for train and test, the pictures of the test part in the train part too."""
    folder = write_classes(tmp_path / "pets" / "train", 8)
    shutil.copytree(folder / "class 1", tmp_path / "pets" / "test" / "class 1")
    for code in (0, 2):
        (tmp_path / "pets" / "test" / f"class {code}").mkdir()
    write_classes(tmp_path / "pets" / "test" / "others", 1, 1)
    shutil.move(tmp_path / "pets" / "test" / "others" / "class 0" / "0.png", tmp_path / "pets" / "test" / "class 0")
    shutil.rmtree(tmp_path / "pets" / "test" / "others")
    path = tmp_path / "pets" / "test" / "class 0" / "0.png"
    path.write_bytes(path.read_bytes() + b"of its own")
    data = ImageData("pets", Split("folders", validation=0.0))
    page = open_page(qtbot, project_of(data), tmp_path / "pets.loom")
    until(lambda: told(page) is not None, 20, "the copies are not told")
    return page


def told(page: DataPage):
    return next((card for card in page.side.notices.cards if card.notice.key == WARNED), None)


def counts(page: DataPage) -> dict[str, int]:
    return page.pictures.pictures.part_counts()


def test_one_click_leaves_copies_out_and_one_step_back_takes_them_in_again(page):
    before = page.session.project
    assert counts(page) == {"train": 24, "test": 9}
    card = told(page)
    assert card.notice.severity == "error"
    assert "8 of 9 test pictures" in card.notice.sentence
    [button] = card.buttons
    assert button.text() == "Leave repeated pictures out"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    until(lambda: counts(page) == {"train": 24, "test": 1}, 20, "the copies are still in their part")
    until(lambda: told(page) is None, 20, "what was answered is still told")
    assert page.session.project.data == replace(before.data, drop_duplicates=True)
    assert page.side.words.words["Copies"] == "8 left out"
    assert page.side.copies.isChecked()
    page.session.undo()
    assert page.session.project == before
    until(lambda: counts(page) == {"train": 24, "test": 9} and told(page) is not None, 20)
    assert not page.side.copies.isChecked()
    assert "Copies" not in page.side.words.words


def test_the_box_below_the_split_does_the_same(page):
    box = page.side.copies
    assert box.isVisible() and not box.isChecked() and box.toolTip()
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert page.session.project.data.drop_duplicates
    until(lambda: counts(page) == {"train": 24, "test": 1} and told(page) is None, 20)
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert not page.session.project.data.drop_duplicates
    until(lambda: counts(page)["test"] == 9 and told(page) is not None, 20)
    assert page.session.history.undo_label == "Switch off: Pictures that repeat an earlier one are left out"


def test_the_picture_says_which_one_it_repeats(page):
    QTest.mouseClick(told(page).buttons[0], Qt.MouseButton.LeftButton)
    until(lambda: counts(page)["test"] == 1, 20)
    model, pictures = page.pictures.gallery.model, page.pictures.pictures
    place = next(place for place in range(len(pictures)) if pictures.name(place) == "test/class 1/3.png")
    assert "repeats train/class 1/3.png: left out" in model.said_of(place)


def test_pixels_in_columns_are_compared_in_the_window_too(qtbot, tmp_path):
    table = write_pixels(tmp_path / "digits.csv", 40)
    lines = table.read_text().splitlines()
    table.write_text("\n".join([lines[0], *lines[1:] * 2]) + "\n")
    data = ImageData("digits.csv", Split(test=0.4), "pixels", columns=(Column("label", "category", "target"),))
    page = open_page(qtbot, project_of(data), tmp_path / "digits.loom")
    until(lambda: told(page) is not None, 20)
    QTest.mouseClick(told(page).buttons[0], Qt.MouseButton.LeftButton)
    until(lambda: sum(counts(page).values()) == 40 and told(page) is None, 20)
    assert page.side.words.words["Copies"] == "40 left out"
    assert set(counts(page)) == {"train", "validation", "test"}


def test_a_table_has_no_such_box(qtbot, tmp_path):
    page = open_page(qtbot, number_project(tmp_path), tmp_path / "t.loom")
    assert page.side.copies.isHidden()
