"""Texts on the data page: their tokens, how long they are, and the settings of the input that reads them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from designer.gui.data.page import DataPage
from designer.gui.data.texts_list import shown
from designer.gui.theme import DARK
from designer.project.edits import set_field
from designer.project.model import Column, Graph, Project
from designer.training.prepare import facts_of
from designer.training.texts_seen import text_inputs
from tests.helpers.data_page import choose_view, open_page, type_into
from tests.helpers.series import FOLDER, REVIEWS, sentences, text_project, write_texts
from tests.helpers.tales import writing_project
from tests.helpers.training import write_csv
from tests.helpers.window import until


def opened(qtbot, project: Project, place: Path) -> DataPage:
    page = open_page(qtbot, project, place)
    choose_view(page.table.views, "texts")
    until(lambda: page.texts.seen is not None, 20, "no text is shown")
    return page


@pytest.fixture
def page(qtbot, tmp_path: Path) -> DataPage:
    rows = [("<img src=x> & <b>so</b> lovely!", "good"), ("", "bad"), *sentences(80)]
    path = write_csv(tmp_path / "reviews.csv", ("review", "mood"), rows)
    return opened(qtbot, text_project(path, REVIEWS, vocabulary=2000), tmp_path / "reviews.loom")


def field(page: DataPage, name: str) -> object:
    return next(node.fields[name] for node in page.session.project.graph.nodes.values() if node.type == "text_input")


def test_first_texts_are_shown_as_tokens_letter_by_letter(page):
    texts = page.texts.list.texts
    words = [texts.index(row).data() for row in range(texts.rowCount())]
    assert any(words) and all(word == word.lower() for word in words)
    assert "to train with" in page.texts.summary.text()
    assert int(page.texts.words.words["Tokens"]) > 10 and "in validation" in page.texts.words.words["Unknown"]
    assert page.texts.frequent.bars[0][1] >= page.texts.frequent.bars[-1][1]
    assert not page.grab().isNull()


def test_a_small_vocabulary_marks_unknown_tokens(page):
    before = page.texts.seen
    assert all(all(row) for row in before.report.known)
    type_into(page.texts.form, "vocabulary", "6")
    assert field(page, "vocabulary") == 6
    until(lambda: page.texts.seen is not before, 20, "the texts are not cut anew")
    assert not all(all(row) for row in page.texts.seen.report.known)
    assert page.texts.words.words["Tokens"] == "6"
    assert "unknown:" in page.texts.list.texts.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    page.session.undo()
    until(lambda: page.texts.words.words["Tokens"] != "6", 20, "undo changes nothing")


def test_the_length_after_which_texts_are_cut_is_drawn(page):
    page.resize(1300, 760)
    plot = page.texts.lengths
    before = plot.cut_at()
    type_into(page.texts.form, "length", "3")
    assert field(page, "length") == 3
    until(lambda: plot.length == 3, 20)
    assert 0 <= plot.cut_at() < before
    assert all(len(tokens) <= 3 for tokens in page.texts.list.texts.texts)
    assert page.texts.words.words["Read of a text"] == "3 tokens"


def test_capitals_characters_and_byte_pairs_can_be_chosen(page):
    page.texts.form.editors["lowercase"].focusProxy().setFocus()
    QTest.keyClick(page.texts.form.editors["lowercase"].focusProxy(), Qt.Key.Key_Space)
    assert field(page, "lowercase") is False
    box = page.texts.form.editors["by"].focusProxy()
    QTest.keyClick(box, Qt.Key.Key_Down)
    box.activated.emit(box.currentIndex())
    assert field(page, "by") == "characters"
    texts = page.texts.list.texts
    until(lambda: all(len(token) == 1 for tokens in texts.texts for token in tokens), 20, "still words")
    pytest.importorskip("tokenizers")
    QTest.keyClick(box, Qt.Key.Key_Down)
    box.activated.emit(box.currentIndex())
    assert field(page, "by") == "byte_pairs"
    until(lambda: any(len(token) > 1 for tokens in texts.texts for token in tokens), 20, "still characters")


def test_the_list_takes_the_keyboard(page):
    page.texts.list.setFocus()
    QTest.keyClick(page.texts.list, Qt.Key.Key_Down)
    assert page.texts.list.currentIndex().row() >= 0
    QTest.mouseMove(page.texts.lengths, QPoint(5, 50))


def test_a_folder_of_texts_is_read_too(qtbot, tmp_path):
    write_texts(tmp_path / "mail")
    page = opened(qtbot, text_project(tmp_path / "mail", FOLDER), tmp_path / "mail.loom")
    assert page.texts.seen.count > 20
    # files of their own have no separator between columns
    assert set(page.side.words.words) == {"Rows", "Columns"}
    page.set_theme(DARK)
    assert not page.grab().isNull()


def test_a_column_that_no_input_takes_is_shown_but_not_set(qtbot, tmp_path):
    path = write_csv(tmp_path / "reviews.csv", ("review", "mood"), sentences(30))
    project = replace(text_project(path, REVIEWS), graph=Graph())
    page = opened(qtbot, project, tmp_path / "reviews.loom")
    assert page.texts.untaken.isVisible() and not page.texts.form.isEnabled()


def test_inputs_take_the_columns_that_they_name(tmp_path):
    columns = (Column("a", "text"), Column("b", "text"), Column("mood", "category", "target"))
    project = text_project(tmp_path / "reviews.csv", columns)
    node = next(node for node in project.graph.nodes.values() if node.type == "text_input")
    project = set_field(project, node.id, "columns", ("b",))
    assert [(each.column, each.node is not None) for each in text_inputs(project)] == [("b", True), ("a", False)]
    assert text_inputs(Project()) == []


def test_texts_that_cannot_be_read_say_why(qtbot, tmp_path):
    (tmp_path / "empty.csv").write_bytes(b"")
    page = open_page(qtbot, text_project(tmp_path / "empty.csv", REVIEWS), tmp_path / "empty.loom")
    choose_view(page.table.views, "texts")
    until(lambda: page.texts.nothing.isVisible(), 20)
    assert "empty.csv" in page.texts.nothing.sentence.text()


def test_blanks_are_seen_and_long_tokens_cut():
    assert shown(" ") == "␣" and shown("a\n") == "a⏎" and len(shown("x" * 90)) == 40


def test_one_long_text_is_shown_line_by_line(qtbot, tmp_path: Path):
    page = opened(qtbot, writing_project(tmp_path), tmp_path / "tale.loom")
    assert page.texts.list.texts.rowCount() > 5
    first = page.texts.list.texts.texts[0]
    assert "".join(first).startswith("The ")
    assert "to train with" in page.texts.summary.text() and page.texts.words.words["Unknown"].startswith("0")
    assert not page.grab().isNull()
    type_into(page.texts.form, "length", "12")
    assert field(page, "length") == 12
    assert facts_of(page.session.project, tmp_path).answer_shape[0] == 12
