"""How layers start and learn in the window: a section that stays as it was left, and a flake on frozen nodes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest

from designer.compiler.analyse import analyse
from designer.gui.canvas.geometry import WIDTH
from designer.gui.canvas.ink import Ink
from designer.gui.canvas.node_item import NodeItem
from designer.gui.canvas.node_words import changes
from designer.gui.panels.inspector import Inspector
from designer.gui.panels.outline_rows import BELOW, SPOKEN, OutlineRows
from designer.gui.panels.summary import rows_of
from designer.gui.theme import DARK, LIGHT
from designer.layers.catalog import BUILT_IN
from designer.project.edits import set_fields
from designer.project.model import Node, Project
from designer.workspace.preferences import change_preferences, load_preferences
from designer.workspace.session import Session
from tests.helpers.canvas import node_picture
from tests.helpers.graphs import chain


def network(**values) -> Project:
    return chain(
        "table_input",
        ("linear", {"out_features": 8, **values}),
        "relu",
        ("linear", {"out_features": 1}),
        "output",
    )


@pytest.fixture(autouse=True)
def _closed_again():
    """No test leaves the next one an open section, which is remembered."""
    change_preferences(training_open=False)
    yield
    change_preferences(training_open=False)


@pytest.fixture
def session() -> Session:
    return Session(network())


@pytest.fixture
def inspector(session, qtbot) -> Inspector:
    return shown(session, qtbot)


def shown(session: Session, qtbot) -> Inspector:
    made = Inspector(session, LIGHT)
    qtbot.addWidget(made)
    made.resize(304, 900)
    made.show()
    qtbot.waitExposed(made)
    made.set_analysis(analyse(session.project))
    return made


def press(section) -> None:
    QTest.mouseClick(section.head, Qt.MouseButton.LeftButton)


def test_the_section_is_closed_until_it_is_opened_and_stays_as_it_was_left(inspector, session, qtbot) -> None:
    inspector.select(("n2",))
    section = inspector.node_page.training
    assert section.isVisible() and not section.form.isVisible()
    assert section.head.text() == "Training of this layer"
    assert section.head.accessibleName() == "Training of this layer, closed"
    press(section)
    assert section.form.isVisible() and section.head.accessibleName().endswith("open")
    assert load_preferences().training_open
    # so it is on the page of several layers, and in the next window
    inspector.select(("n2", "n4"))
    assert inspector.several_page.training.form.isVisible()
    assert shown(session, qtbot).node_page.training.open
    press(inspector.several_page.training)
    inspector.select(("n2",))
    assert not section.form.isVisible() and not load_preferences().training_open


def test_the_keyboard_opens_it(inspector) -> None:
    inspector.select(("n2",))
    head = inspector.node_page.training.head
    head.setFocus()
    QTest.keyClick(head, Qt.Key.Key_Space)
    assert inspector.node_page.training.form.isVisible()


def test_layers_without_parameters_have_no_section(inspector) -> None:
    for node in ("n1", "n3", "n5"):
        inspector.select((node,))
        assert not inspector.node_page.training.isVisible()
    inspector.select(("n2", "n3"))
    assert not inspector.several_page.training.isVisible()


def test_a_click_freezes_the_layer_as_one_step(inspector, session) -> None:
    inspector.select(("n2",))
    press(inspector.node_page.training)
    box = inspector.node_page.training.form.editors["frozen"].box
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    assert session.project.graph.nodes["n2"].fields["frozen"] is True
    assert session.history.undo_label == "Set frozen of linear1 to yes"
    inspector.set_analysis(analyse(session.project))
    assert inspector.node_page.figures["parameters"].text() == "40 frozen"
    session.undo()
    assert "frozen" not in session.project.graph.nodes["n2"].fields
    assert not box.isChecked()


def test_a_choice_that_takes_a_number_brings_its_field(inspector, session) -> None:
    inspector.select(("n2",))
    press(inspector.node_page.training)
    form = inspector.node_page.training.form
    assert "weight_spread" not in form.editors
    session.do("Start normal", set_fields(session.project, "n2", {"weight_init": "normal"}))
    assert list(form.editors) == ["weight_init", "weight_spread", "bias_init", "frozen", "learning_rate_factor"]
    line = form.editors["weight_spread"].line
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "0.3\r")
    assert session.project.graph.nodes["n2"].fields["weight_spread"] == 0.3


def test_while_closed_it_says_what_was_set(inspector, session) -> None:
    inspector.select(("n2",))
    said = inspector.node_page.training.said
    assert not said.isVisible()
    values = {"weight_init": "xavier_uniform", "frozen": True, "learning_rate_factor": 0.1}
    session.do("Set", set_fields(session.project, "n2", values))
    assert said.isVisible() and said.text() == "initial weights xavier uniform · frozen · learning rate × 0.1"
    press(inspector.node_page.training)
    assert not said.isVisible()


def test_several_layers_are_set_at_once(inspector, session) -> None:
    session.do("Freeze one", set_fields(session.project, "n2", {"frozen": True}))
    inspector.select(("n2", "n4"))
    page = inspector.several_page
    assert page.training.said.text() == "several values"
    press(page.training)
    assert list(page.form.editors) == ["out_features", "bias"]
    assert list(page.training.form.editors) == ["weight_init", "bias_init", "frozen", "learning_rate_factor"]
    line = page.training.form.editors["learning_rate_factor"].line
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "0.5\r")
    assert {session.project.graph.nodes[key].fields["learning_rate_factor"] for key in ("n2", "n4")} == {0.5}
    box = page.training.form.editors["frozen"].box
    assert box.checkState() == Qt.CheckState.PartiallyChecked
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    assert {session.project.graph.nodes[key].fields["frozen"] for key in ("n2", "n4")} == {True}
    inspector.set_analysis(analyse(session.project))
    inspector.select(())
    inspector.select(("n2", "n4"))
    assert page.parameters.text() == "0 parameters, 49 frozen"


def test_choices_of_different_values_are_common_still(inspector, session) -> None:
    session.do("Start", set_fields(session.project, "n2", {"weight_init": "normal"}))
    inspector.select(("n2", "n4"))
    assert "weight_init" in inspector.several_page.training.form.editors
    assert "weight_spread" not in inspector.several_page.training.form.editors


def test_a_problem_of_a_closed_section_is_seen_with_its_fix(qtbot) -> None:
    project = chain("table_input", ("batch_norm1d", {"weight_init": "orthogonal"}), ("linear", {}), "output")
    session = Session(project)
    inspector = shown(session, qtbot)
    inspector.select(("n2",))
    (problem,) = [problem for problem in inspector.node_page._problems if problem.code == "initial-weights"]
    assert problem.fix is not None


def test_the_summary_tells_frozen_parameters_apart(inspector, session) -> None:
    session.do("Freeze", set_fields(session.project, "n2", {"frozen": True}))
    analysis = analyse(session.project)
    rows = {row.node: row for row in rows_of(session.project.graph, analysis)}
    assert (rows["n2"].parameters, rows["n2"].frozen, rows["n4"].share) == (0, 40, 1.0)
    inspector.set_analysis(analysis)
    inspector.select(())
    assert inspector.summary.total.text() == "5 layers · 9 parameters · 40 frozen"


def item_of(project: Project, theme=LIGHT, **values) -> NodeItem:
    node = replace(project.graph.nodes["n2"], fields={**project.graph.nodes["n2"].fields, **values})
    item = NodeItem(node, BUILT_IN, Ink(theme, QGuiApplication.font()))
    item.set_analysis(analyse(set_fields(project, "n2", values)).reports["n2"], ())
    return item


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_frozen_node_has_a_flake_at_normal_zoom(theme, qapp) -> None:
    """The mark is a form of the colour of the name: six arms about a middle, and nothing where nothing is frozen."""
    plain, frozen = (node_picture(item_of(network(), theme, frozen=on)) for on in (False, True))
    x, y = 20 + WIDTH - 12 - 9, 20 + 16
    ground, ink = QColor(theme.raised).lightness(), QColor(theme.text).lightness()

    def dark(image: QImage, at_x: float, at_y: float) -> bool:
        return abs(image.pixelColor(round(at_x), round(at_y)).lightness() - ink) < abs(ground - ink) / 2

    assert dark(frozen, x, y) and dark(frozen, x, y - 4) and dark(frozen, x, y + 4)
    found = sum(dark(frozen, x + dx, y + dy) for dx in range(-8, 9) for dy in range(-8, 9))
    assert 30 <= found <= 160
    assert not any(dark(plain, x + dx, y + dy) for dx in range(-8, 9) for dy in range(-8, 9))


def test_a_long_name_leaves_the_flake_its_room(qapp) -> None:
    node = Node("n2", "linear", "a name that is much longer than a node is wide", {"frozen": True})
    item = NodeItem(node, BUILT_IN, Ink(LIGHT, QGuiApplication.font()))
    width = item.ink.name_metrics.horizontalAdvance(item.written.name_text)
    assert width <= WIDTH - 44 - 12 - 18


def test_a_frozen_node_says_so(qapp) -> None:
    item = item_of(network(), frozen=True)
    assert ", frozen, " in item.spoken and "40 frozen parameters" in item.spoken
    assert item.written.count_text == "40 frozen"
    assert "frozen" not in item_of(network()).spoken


def test_other_training_fields_are_marked_as_changes(qapp) -> None:
    item = item_of(network(), weight_init="orthogonal", learning_rate_factor=0.1)
    assert item.written.changed and not item.written.frozen
    assert "changed: initial weights orthogonal, learning rate × 0.1" in item.spoken
    # frozen has a mark of its own, as sharing weights has
    assert changes(BUILT_IN, item_of(network(), frozen=True).node) == {}


def test_the_outline_says_what_is_frozen(qapp) -> None:
    rows = OutlineRows()
    rows.show_project(set_fields(network(), "n2", {"frozen": True}))
    index = rows.known_index(("n2",))
    assert index.data(BELOW) == "Linear · 8 · frozen" and "frozen" in index.data(SPOKEN)
