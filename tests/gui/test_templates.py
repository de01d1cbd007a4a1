"""The choice of a template: cards, numbers, the network drawn beside, for new data and for an open project."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from designer.gui.new_dialog import NewProjectDialog
from designer.gui.templates.dialog import TemplateDialog
from designer.gui.templates.page import TemplatePage
from designer.gui.theme import DARK, LIGHT
from designer.importing.architectures import ARCHITECTURES
from designer.importing.new import draft_project
from designer.project.file import load_project
from designer.project.model import Project, TableData
from designer.workspace.places import HOME_VARIABLE
from designer.workspace.preferences import load_preferences
from tests.helpers.series import write_series
from tests.helpers.training import class_rows, write_csv


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered yet."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "animals.csv", ("x", "y", "colour", "animal"), class_rows(90))


def press(button) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def settled(qtbot, page: TemplatePage) -> TemplatePage:
    qtbot.waitUntil(lambda: page.shown is not None, timeout=30_000)
    return page


def shown(qtbot, data: Path) -> NewProjectDialog:
    dialog = NewProjectDialog(data, LIGHT)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    qtbot.waitUntil(lambda: dialog.report is not None, timeout=20_000)
    return dialog


def at_network(qtbot, data: Path) -> NewProjectDialog:
    dialog = shown(qtbot, data)
    press(dialog.next_button)
    qtbot.waitUntil(lambda: dialog.pages.currentWidget() is dialog.network, timeout=20_000)
    settled(qtbot, dialog.network)
    return dialog


def test_a_template_and_its_numbers_are_chosen_by_mouse(qtbot, table):
    dialog = at_network(qtbot, table)
    page = dialog.network
    assert page.key == "mlp" and page.cards.card("mlp").isChecked()
    before = page.counts.text()
    press(page.cards.card("wide_and_deep"))
    settled(qtbot, page)
    assert page.title.text() == "Wide and deep" and page.problems.isHidden()
    layers = page.form.editors["layers"].focusProxy()
    layers.setFocus()
    QTest.keyClick(layers, Qt.Key.Key_Up)
    settled(qtbot, page)
    assert page.values == {"layers": 3} and page.counts.text() != before and page.picture.project is not None
    with qtbot.waitSignal(dialog.accepted, timeout=20_000):
        press(dialog.create_button)
    project = load_project(dialog.project_path)
    assert sum(node.type == "linear" for node in project.graph.nodes.values()) == 4
    assert load_preferences().templates == {"rows": "wide_and_deep"}


def test_by_keyboard_alone(qtbot, table):
    dialog = at_network(qtbot, table)
    page = dialog.network
    assert dialog.focusWidget() is page.cards.card("mlp")
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Down)
    assert page.key == "embeddings" and dialog.focusWidget() is page.cards.card("embeddings")
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Left)
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Right)
    settled(qtbot, page)
    assert page.key == "embeddings"
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Space)
    settled(qtbot, page)
    dialog.create_button.setFocus()
    with qtbot.waitSignal(dialog.accepted, timeout=20_000):
        QTest.keyClick(dialog.create_button, Qt.Key.Key_Space)
    project = load_project(dialog.project_path)
    assert any(node.type == "codes_input" for node in project.graph.nodes.values())
    assert isinstance(project.data, TableData)
    assert next(column for column in project.data.columns if column.name == "colour").encode == "codes"


def test_what_does_not_suit_is_greyed_with_the_reason(qtbot, table):
    dialog = at_network(qtbot, table)
    page = dialog.network
    card = page.cards.card("cnn")
    assert not card.isEnabled() and "It is for pictures" in card.toolTip()
    assert "It is for pictures" in card.accessibleDescription()
    press(card)
    assert page.key == "mlp"
    assert {card.offer.key for card in page.cards.cards} == set(ARCHITECTURES)


def test_going_back_keeps_the_choice_and_another_target_is_thought_of_anew(qtbot, table):
    dialog = at_network(qtbot, table)
    press(dialog.network.cards.card("linear"))
    press(dialog.back_button)
    assert dialog.found.isVisible() and dialog.found.template.text() == "Linear"
    QTest.keyClicks(dialog.found.target, "x")
    press(dialog.next_button)
    qtbot.waitUntil(lambda: dialog.pages.currentWidget() is dialog.network, timeout=20_000)
    settled(qtbot, dialog.network)
    assert dialog.network.key == "linear"
    with qtbot.waitSignal(dialog.accepted, timeout=20_000):
        press(dialog.create_button)
    project = load_project(dialog.project_path)
    output = next(node for node in project.graph.nodes.values() if node.type == "output")
    assert len(project.graph.nodes) == 3 and output.fields["loss"] == "mse"


def test_the_last_choice_is_offered_first_the_next_time(qtbot, table, tmp_path):
    dialog = at_network(qtbot, table)
    press(dialog.network.cards.card("linear"))
    settled(qtbot, dialog.network)
    with qtbot.waitSignal(dialog.accepted, timeout=20_000):
        press(dialog.create_button)
    again = at_network(qtbot, table)
    assert again.network.key == "linear"
    series = write_series(tmp_path / "sales.csv")
    dialog = shown(qtbot, series)
    QTest.keyClicks(dialog.found.target, "sales")
    press(dialog.next_button)
    qtbot.waitUntil(lambda: dialog.pages.currentWidget() is dialog.network, timeout=20_000)
    assert settled(qtbot, dialog.network).key == "autoregression"


def test_a_line_is_begun_with_where_it_does_as_well_and_is_no_choice_to_remember(qtbot, table, tmp_path):
    dialog = shown(qtbot, table)
    QTest.keyClick(dialog.found.target, Qt.Key.Key_Home)
    press(dialog.next_button)
    qtbot.waitUntil(lambda: dialog.pages.currentWidget() is dialog.network, timeout=20_000)
    page = settled(qtbot, dialog.network)
    assert page.key == "linear" and page.cards.card("linear").offer.usual
    assert "hidden layers predict no better" in page.summary.text()
    press(dialog.back_button)
    QTest.keyClick(dialog.found.target, Qt.Key.Key_End)
    press(dialog.next_button)
    qtbot.waitUntil(lambda: dialog.pages.currentWidget() is dialog.network, timeout=20_000)
    assert settled(qtbot, page).key == "mlp" and "no better" not in page.summary.text()
    press(dialog.back_button)
    QTest.keyClick(dialog.found.target, Qt.Key.Key_Home)
    with qtbot.waitSignal(dialog.accepted, timeout=20_000):
        press(dialog.create_button)
    assert load_preferences().templates == {}
    assert dialog.notes[0].startswith("a straight line predicts “x” as well")
    assert at_network(qtbot, table).network.key == "mlp"


def test_a_number_that_is_not_sound_is_said_in_place(qtbot, table):
    dialog = at_network(qtbot, table)
    page = dialog.network
    dropout = page.form.editors["dropout"].focusProxy()
    dropout.setFocus()
    dropout.selectAll()
    QTest.keyClicks(dropout, "2")
    QTest.keyClick(dropout, Qt.Key.Key_Tab)
    assert page.values == {}
    assert any("at most 0.9" in label.text() for label in page.form._faults.values())


def opened(qtbot, project: Project, base: Path, theme=LIGHT) -> TemplateDialog:
    dialog = TemplateDialog(project, base, theme)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.pages.currentWidget() is not dialog.busy, timeout=20_000)
    return dialog


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_an_open_project_gets_another_network_and_keeps_its_data(qtbot, table, tmp_path, theme):
    project = draft_project(table, None, tmp_path / "p.loom").project
    dialog = opened(qtbot, project, tmp_path, theme)
    press(dialog.page.cards.card("wide_and_deep"))
    settled(qtbot, dialog.page)
    with qtbot.waitSignal(dialog.accepted, timeout=20_000):
        press(dialog.use_button)
    assert dialog.made.data == project.data and dialog.made.graph != project.graph


def test_an_open_project_begins_with_a_line_where_it_does_as_well(qtbot, table, tmp_path):
    bent = opened(qtbot, draft_project(table, "animal", tmp_path / "p.loom").project, tmp_path)
    assert settled(qtbot, bent.page).key == "mlp" and not bent.why.isVisible()
    dialog = opened(qtbot, draft_project(table, "x", tmp_path / "p.loom", "mlp").project, tmp_path)
    page = settled(qtbot, dialog.page)
    assert page.key == "linear" and "hidden layers predict no better" in page.summary.text()
    assert dialog.why.isVisible() and dialog.why.text().startswith("A straight line predicts “x” as well as hidden")
    assert "on rows held out" in dialog.why.text()
    with qtbot.waitSignal(dialog.accepted, timeout=20_000):
        press(dialog.use_button)
    assert [node.type for node in dialog.made.graph.nodes.values()].count("linear") == 1
    assert load_preferences().templates == {}


def test_a_double_click_takes_a_template_at_once(qtbot, table, tmp_path):
    dialog = opened(qtbot, draft_project(table, None, tmp_path / "p.loom").project, tmp_path)
    settled(qtbot, dialog.page)
    press(dialog.page.cards.card("linear"))
    settled(qtbot, dialog.page)
    with qtbot.waitSignal(dialog.accepted, timeout=20_000):
        QTest.mouseDClick(dialog.page.cards.card("linear"), Qt.MouseButton.LeftButton)


def test_without_data_the_reason_is_said(qtbot, tmp_path):
    dialog = opened(qtbot, Project(), tmp_path)
    assert dialog.refused.isVisible() and "no data yet" in dialog.refused.words.text()
    assert not dialog.use_button.isVisible()
    press(dialog.cancel_button)
    assert dialog.made is None


@pytest.mark.parametrize("width", [700, 1080, 1280])
def test_cards_and_numbers_fit(qtbot, table, tmp_path, width):
    dialog = opened(qtbot, draft_project(table, None, tmp_path / "p.loom").project, tmp_path)
    dialog.resize(width, 640)
    qtbot.wait(20)
    settled(qtbot, dialog.page)
    boxes = [card.geometry() for card in dialog.page.cards.cards]
    assert all(box.right() <= dialog.page.cards.width() for box in boxes)
    assert not any(one.intersects(other) for place, one in enumerate(boxes) for other in boxes[:place])
