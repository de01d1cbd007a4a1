"""The dialog for a new project: reads off the GUI thread, shows what was found, creates, and says what is wrong."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from designer.gui import new_dialog
from designer.gui.new_dialog import NewProjectDialog, free_project_path
from designer.gui.theme import LIGHT
from designer.project.file import load_project
from designer.workspace.turns import one_reading


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "flowers.csv"
    rows = [f"{row % 7};{row % 5},5;{'rose' if row % 2 else 'lily'}" for row in range(60)]
    path.write_text("\n".join(["height;width;kind", *rows]) + "\n")
    return path


def opened(qtbot, data: Path) -> NewProjectDialog:
    dialog = NewProjectDialog(data, LIGHT)
    qtbot.addWidget(dialog)
    dialog.resize(900, 560)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


def read(qtbot, dialog: NewProjectDialog) -> NewProjectDialog:
    qtbot.waitUntil(lambda: dialog.pages.currentWidget() is not dialog.busy, timeout=20_000)
    return dialog


def press(button) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_a_table_is_shown_and_becomes_a_project(qtbot, table):
    dialog = opened(qtbot, table)
    assert dialog.pages.currentWidget() is dialog.busy and not dialog.create_button.isEnabled()
    read(qtbot, dialog)
    assert dialog.found.words.words["Separator"] == "Semicolon" and dialog.found.words.words["Decimals"] == "Comma"
    assert dialog.found.target.currentData() == "kind"
    assert dialog.found.preview.rows_model.index(0, 2).data() == "lily"
    with qtbot.waitSignal(dialog.accepted, timeout=20_000):
        press(dialog.create_button)
    assert dialog.project_path == table.with_suffix(".loom")
    project = load_project(dialog.project_path)
    assert [column.role for column in project.data.columns] == ["feature", "feature", "target"]
    assert project.data.path == "flowers.csv" and project.graph.nodes


def test_the_table_is_read_in_its_turn(qtbot, table, monkeypatch):
    read_at = []
    plain = new_dialog.read_table_report
    monkeypatch.setattr(new_dialog, "read_table_report", lambda path, sheet: read_at.append(path) or plain(path))
    with one_reading():
        left = opened(qtbot, table)
        dialog = opened(qtbot, table)
        qtbot.wait(150)
        press(left.cancel_button)
        assert dialog.pages.currentWidget() is dialog.busy and read_at == []
    read(qtbot, dialog)
    assert dialog.pages.currentWidget() is dialog.found
    assert read_at == [table]


def test_target_and_place_are_chosen_by_keyboard(qtbot, table, tmp_path):
    dialog = read(qtbot, opened(qtbot, table))
    QTest.keyClicks(dialog.found.target, "height")
    assert dialog.found.target.currentData() == "height"
    dialog.found.path.selectAll()
    QTest.keyClicks(dialog.found.path, str(tmp_path / "mine"))
    with qtbot.waitSignal(dialog.accepted, timeout=20_000):
        QTest.keyClick(dialog.found.path, Qt.Key.Key_Return)
    assert dialog.project_path == tmp_path / "mine.loom"
    roles = {column.name: column.role for column in load_project(dialog.project_path).data.columns}
    assert roles["height"] == "target" and roles["kind"] == "feature"


def test_a_file_that_cannot_be_read_is_said_in_place(qtbot, tmp_path):
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n3\n4,5,6\n")
    dialog = read(qtbot, opened(qtbot, tmp_path / "bad.csv"))
    assert "bad.csv" in dialog.refused.words.text() and dialog.refused.isVisible()
    assert not dialog.create_button.isVisible()
    press(dialog.cancel_button)
    assert dialog.result() == QDialog.DialogCode.Rejected and dialog.project_path is None


def test_an_existing_file_or_a_missing_folder_is_said_while_typing(qtbot, table, tmp_path):
    (tmp_path / "taken.loom").write_text("somebody's work")
    dialog = read(qtbot, opened(qtbot, table))
    for typed, said in (("taken", "exists already"), ("no/such", "no folder"), ("", "Name a file")):
        dialog.found.path.selectAll()
        QTest.keyClick(dialog.found.path, Qt.Key.Key_Delete)
        QTest.keyClicks(dialog.found.path, str(tmp_path / typed) if typed else "")
        assert said in dialog.trouble.text() and not dialog.create_button.isEnabled()
    assert (tmp_path / "taken.loom").read_text() == "somebody's work"


def test_what_cannot_be_made_is_said_in_place_and_another_choice_may_do(qtbot, tmp_path):
    rows = [f"{row * 7 % 11},same,{row % 2}" for row in range(30)]
    (tmp_path / "flat.csv").write_text("\n".join(["n,flat,y", *rows]) + "\n")
    dialog = read(qtbot, opened(qtbot, tmp_path / "flat.csv"))
    QTest.keyClicks(dialog.found.target, "flat")
    press(dialog.create_button)
    qtbot.waitUntil(lambda: "nothing to learn" in dialog.trouble.text(), timeout=20_000)
    assert dialog.found.isVisible() and dialog.create_button.isEnabled()
    assert not (tmp_path / "flat.loom").exists()
    QTest.keyClick(dialog.found.target, Qt.Key.Key_End)
    assert dialog.found.target.currentData() == "y" and not dialog.trouble.text()
    with qtbot.waitSignal(dialog.accepted, timeout=20_000):
        press(dialog.create_button)


def test_reading_can_be_cancelled_and_its_answer_is_dropped(qtbot, table, monkeypatch):
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def slow(path, sheet):
        begun.set()
        go_on.wait(30)
        ended.set()

    monkeypatch.setattr(new_dialog, "read_table_report", slow)
    dialog = opened(qtbot, table)
    # what is given up before is not even begun
    qtbot.waitUntil(begun.is_set)
    press(dialog.cancel_button)
    assert dialog.result() == QDialog.DialogCode.Rejected and not dialog.isVisible()
    go_on.set()
    qtbot.waitUntil(ended.is_set)
    qtbot.wait(20)
    assert dialog.report is None


def test_escape_leaves_and_makes_nothing(qtbot, table):
    dialog = read(qtbot, opened(qtbot, table))
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.result() == QDialog.DialogCode.Rejected and not table.with_suffix(".loom").exists()


def test_a_folder_of_pictures_becomes_a_project(qtbot, tmp_path):
    from PIL import Image

    for number, name in enumerate(("red", "blue")):
        (tmp_path / "colours" / name).mkdir(parents=True)
        for place in range(12):
            Image.new("RGB", (12, 12), (250 * (1 - number), 9 * place, 250 * number)).save(
                tmp_path / "colours" / name / f"{place}.png"
            )
    dialog = read(qtbot, opened(qtbot, tmp_path / "colours"))
    qtbot.waitUntil(lambda: dialog.found.thumbnails.count() == 24, timeout=20_000)
    assert dialog.found.words.words["Pictures"] == "24" and dialog.found.bars.rows.bars == (("blue", 12), ("red", 12))
    with qtbot.waitSignal(dialog.accepted, timeout=20_000):
        press(dialog.create_button)
    assert load_project(tmp_path / "colours.loom").data.path == "colours"


@pytest.mark.parametrize(
    "name, taken, wanted",
    [("a.csv", [], "a.loom"), ("a.csv.gz", ["a.loom"], "a-2.loom"), ("b.c.tsv", [], "b.c.loom")],
)
def test_the_project_is_saved_beside_the_data_under_a_free_name(tmp_path, name, taken, wanted):
    for other in taken:
        (tmp_path / other).touch()
    (tmp_path / name).touch()
    assert free_project_path(tmp_path / name) == tmp_path / wanted


def drafted(qtbot, dialog: NewProjectDialog) -> NewProjectDialog:
    read(qtbot, dialog)
    qtbot.waitUntil(lambda: dialog.drafting.draft is not None, timeout=30_000)
    return dialog


def test_what_would_be_made_is_said_before_anything_is(qtbot, tmp_path):
    sentences = ("this film was a joy from the first minute to the last", "a dull story and nobody in it to care for")
    rows = [f"{place},{sentences[place % 2]} number {place},{place % 2}" for place in range(60)]
    (tmp_path / "reviews.csv").write_text("\n".join(["place,review,label", *rows]) + "\n")
    dialog = drafted(qtbot, opened(qtbot, tmp_path / "reviews.csv"))
    found = dialog.found
    assert found.template.text() == "Bag of words" and found.task.text() == "Tells 2 classes apart by texts"
    assert dialog.title.text() == "New project from texts"
    # the first look would have left the texts out
    assert not any("“review”" in note and "ignored" in note for note in found.notes.notes)
    assert any("word by word" in note for note in found.notes.notes)
    assert found.preview.rows_model.columns["review"].role == "feature"
    assert found.target_words.text().startswith("Category")
    # another target is thought of at once, and nothing has been written yet
    found.target.setFocus()
    QTest.keyClick(found.target, Qt.Key.Key_Home)
    assert found.target.currentData() == "place" and found.task.text() == ""
    drafted(qtbot, dialog)
    assert found.task.text() == "Predicts a number out of texts"
    assert not list(tmp_path.glob("*.loom"))
    QTest.keyClick(dialog, Qt.Key.Key_Escape)


def test_a_folder_of_texts_is_shown_and_becomes_a_project(qtbot, tmp_path):
    for place in range(24):
        folder = tmp_path / "reviews" / ("good" if place % 2 else "bad")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{place}.txt").write_text(
            f"a film that was {'fine' if place % 2 else 'poor'}, the {place}th of them"
        )
    dialog = drafted(qtbot, opened(qtbot, tmp_path / "reviews"))
    assert dialog.title.text() == "New project from texts"
    assert dialog.found.predicted.text() == "The class, which is the folder of a text"
    model = dialog.found.preview.rows_model
    assert dialog.found.preview.isVisible() and model.names == ("file", "folder", "text")
    assert [model.index(row, 1).data() for row in (0, 1)] == ["bad", "good"]
    assert "film" in model.index(0, 2).data() and dialog.found.words.words == {"Files": "24"}
    with qtbot.waitSignal(dialog.accepted, timeout=30_000):
        press(dialog.create_button)
    assert {column.name for column in load_project(dialog.project_path).data.columns} >= {"text", "class"}


def test_pictures_with_masks_are_not_taken_for_classes(qtbot, tmp_path):
    from PIL import Image

    for place in range(12):
        for name, value in (("images", 20 * place), ("masks", 255 * (place % 2))):
            folder = tmp_path / "cells" / name
            folder.mkdir(parents=True, exist_ok=True)
            picture = Image.new("L", (16, 16), 0)
            picture.paste(value, (0, 0, 8, 16))
            picture.save(folder / f"{place}.png")
    dialog = drafted(qtbot, opened(qtbot, tmp_path / "cells"))
    found = dialog.found
    assert found.predicted.text() == "The class of each pixel, which a mask holds"
    assert found.words.words["Masks"] == "12" and "Classes" not in found.words.words
    assert found.task.text() == "Tells 2 classes of pixels apart" and not found.bars.isVisible()
    assert dialog.title.text() == "New project from images with masks"
    press(dialog.cancel_button)
