"""The inspector: forms from declarations, changes as steps of the history, faults where they belong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit

from designer.compiler.analyse import analyse
from designer.gui.editors import BoolEditor, ChoiceEditor, IntEditor, TextEditor
from designer.gui.panels.inspector import EMPTY, NODE, SEVERAL, SUMMARY, Inspector
from designer.gui.theme import DARK, LIGHT
from designer.layers.catalog import LAYERS, catalog_of, fields_of
from designer.project import edits
from designer.project.facts import Facts
from designer.project.model import Column, Project, TableData
from designer.workspace.session import Session
from tests.helpers.graphs import add, link
from tests.helpers.inspector import chained, open_inspector, texts


@pytest.fixture
def session() -> Session:
    return Session(chained())


@pytest.fixture
def inspector(session, qtbot) -> Inspector:
    return open_inspector(session, qtbot)


def stack(inspector: Inspector) -> int:
    return inspector._stack.currentIndex()


def test_pages_follow_the_selection(inspector, session) -> None:
    assert stack(inspector) == SUMMARY
    inspector.select(("n2",))
    assert stack(inspector) == NODE
    inspector.select(("n2", "n4"))
    assert stack(inspector) == SEVERAL
    session.do("Delete all", edits.remove(session.project, list(session.project.graph.nodes)))
    assert stack(inspector) == EMPTY
    session.undo()
    assert stack(inspector) == SEVERAL


@pytest.mark.parametrize("key", sorted(LAYERS))
def test_every_layer_type_has_a_form_that_shows_its_values(key: str, qtbot) -> None:
    project, node = add(Project(), key)
    inspector = Inspector(Session(project), LIGHT)
    qtbot.addWidget(inspector)
    inspector.set_analysis(analyse(project))
    inspector.select((node,))
    inspector.show()
    forms = inspector.node_page.form, inspector.node_page.training.form
    fields = fields_of(key, project.graph.nodes[node].fields)
    assert [*forms[0].labels, *forms[1].labels] == list(fields)
    for form in forms:
        for name, editor in form.editors.items():
            target = editor.focusProxy()
            assert target.accessibleName()
            assert target.toolTip(), name
            assert not form._faults[name].isVisible(), name


def test_typing_a_number_is_one_step_with_a_label(inspector, session) -> None:
    inspector.select(("n2",))
    editor = inspector.node_page.form.editors["out_features"]
    assert isinstance(editor, IntEditor)
    line = editor.box.lineEdit()
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "128")
    assert session.project.graph.nodes["n2"].fields["out_features"] == 8
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert session.project.graph.nodes["n2"].fields["out_features"] == 128
    assert session.history.undo_label == "Set neurons of linear1 to 128"
    session.undo()
    assert editor.box.value() == 8


def test_arrows_in_quick_succession_are_one_step(inspector, session, qtbot) -> None:
    inspector.select(("n2",))
    box = inspector.node_page.form.editors["out_features"].box
    box.setFocus()
    for _ in range(5):
        QTest.keyClick(box, Qt.Key.Key_Up)
    assert session.project.graph.nodes["n2"].fields["out_features"] == 13
    session.undo()
    assert session.project.graph.nodes["n2"].fields["out_features"] == 8


def test_ctrl_z_in_a_field_is_left_to_the_window_once_nothing_is_being_typed(inspector, session, qtbot) -> None:
    inspector.select(("n2",))
    line = inspector.node_page.form.editors["out_features"].box.lineEdit()
    line.setFocus()
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication

    def claimed() -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        event.ignore()
        QApplication.sendEvent(line, event)
        return event.isAccepted()

    assert not claimed()
    QTest.keyClicks(line, "1")
    assert claimed()


def test_what_is_not_sound_stays_in_the_field_and_is_explained(qtbot) -> None:
    project, node = add(Project(), "dropout")
    session = Session(project)
    inspector = Inspector(session, LIGHT)
    qtbot.addWidget(inspector)
    inspector.show()
    inspector.select((node,))
    editor = inspector.node_page.form.editors["p"]
    assert isinstance(editor, TextEditor)
    editor.line.setFocus()
    editor.line.selectAll()
    QTest.keyClicks(editor.line, "zwei")
    QTest.keyClick(editor.line, Qt.Key.Key_Return)
    fault = inspector.node_page.form._faults["p"]
    assert fault.isVisible()
    assert "Expected a number" in fault.text()
    assert session.project is project
    QTest.keyClick(editor.line, Qt.Key.Key_Escape)
    assert not fault.isVisible()
    editor.line.selectAll()
    QTest.keyClicks(editor.line, "0,25")
    QTest.keyClick(editor.line, Qt.Key.Key_Return)
    assert session.project.graph.nodes[node].fields["p"] == 0.25


def test_choosing_another_loss_brings_its_own_fields(inspector, session, qtbot) -> None:
    inspector.select(("n5",))
    form = inspector.node_page.form
    assert "delta" not in form.editors
    editor = form.editors["loss"]
    assert isinstance(editor, ChoiceEditor)
    assert editor.box.currentText() == "Mean squared error"
    place = editor.box.findData("huber")
    editor.box.setCurrentIndex(place)
    editor.box.activated.emit(place)
    assert session.project.graph.nodes["n5"].fields["loss"] == "huber"
    assert "delta" in inspector.node_page.form.editors


def test_a_check_box(inspector, session) -> None:
    inspector.select(("n2",))
    editor = inspector.node_page.form.editors["bias"]
    assert isinstance(editor, BoolEditor)
    QTest.mouseClick(editor.box, Qt.MouseButton.LeftButton)
    assert session.project.graph.nodes["n2"].fields["bias"] is False
    assert session.history.undo_label == "Set bias of linear1 to no"


def test_renaming_and_a_name_that_is_in_use(inspector, session, qtbot) -> None:
    inspector.select(("n2",))
    name = inspector.node_page.name
    name.setFocus()
    name.selectAll()
    QTest.keyClicks(name, "first")
    QTest.keyClick(name, Qt.Key.Key_Return)
    assert session.project.graph.nodes["n2"].name == "first"
    name.selectAll()
    QTest.keyClicks(name, "relu1")
    with qtbot.waitSignal(inspector.refused) as said:
        QTest.keyClick(name, Qt.Key.Key_Return)
    assert "relu1" in said.args[0]
    assert name.text() == "first"


def test_shapes_parameters_and_problems(inspector, session, qtbot) -> None:
    inspector.set_analysis(analyse(session.project))
    inspector.select(("n2",))
    qtbot.waitUntil(lambda: {"N×4 from features1", "N×8", "40"} <= set(texts(inspector)))
    session.do("Unlink", edits.disconnect(session.project, session.project.graph.links[:1]))
    inspector.set_analysis(analyse(session.project))
    qtbot.waitUntil(lambda: "not connected" in texts(inspector))
    assert any("connected" in row and "linear" in row for row in texts(inspector))


def test_what_the_data_decides_cannot_be_set(inspector, session) -> None:
    columns = (Column("a"), Column("b"), Column("y", role="target"))
    session.do("Open data", edits.set_data(session.project, TableData("d.csv", columns=columns)))
    inspector.set_facts(Facts("number", ("a", "b"), target="y", shapes={"n1": (2,)}))
    inspector.select(("n1",))
    assert "features" not in inspector.node_page.form.editors
    assert "2, from the data" in texts(inspector)
    inspector.select(("n5",))
    box = inspector.node_page.form.editors["target"].box
    assert [box.itemText(place) for place in range(box.count())] == ["as marked: y", "a", "b", "y"]


def test_the_summary_leads_to_the_layer(inspector, session, qtbot) -> None:
    inspector.set_analysis(analyse(session.project))
    table = inspector.summary.table
    rows = inspector.summary.model.rows
    assert [row.name for row in rows] == ["features1", "linear1", "relu1", "linear2", "output1"]
    assert sum(row.share for row in rows) == pytest.approx(1.0)
    with qtbot.waitSignal(inspector.node_chosen) as chosen:
        place = table.visualRect(table.model().index(1, 0)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == ["n2"]


def test_an_unknown_layer_is_shown_as_such(qtbot) -> None:
    from dataclasses import replace

    project, node = add(Project(), "linear")
    strange = replace(project.graph.nodes[node], type="from_the_future")
    project = replace(project, graph=replace(project.graph, nodes={node: strange}))
    inspector = Inspector(Session(project), LIGHT)
    qtbot.addWidget(inspector)
    inspector.show()
    inspector.set_analysis(analyse(project))
    inspector.select((node,))
    assert any("does not know this layer" in text for text in texts(inspector))


def test_names_are_shown_letter_by_letter(qtbot) -> None:
    project = edits.rename(chained(), "n2", "<b>bold</b><img src=x>")
    project, extra = add(project, "add")
    project = link(project, "n2", extra)
    inspector = Inspector(Session(project), LIGHT)
    qtbot.addWidget(inspector)
    inspector.show()
    inspector.set_analysis(analyse(project))
    inspector.select((extra,))
    shown = [label for label in inspector.findChildren(QLabel) if "<b>bold" in label.text()]
    assert shown
    for label in inspector.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText or not label.text(), label.text()


def test_under_both_themes_and_while_typing_nothing_is_lost(inspector, session) -> None:
    inspector.select(("n2",))
    line = inspector.node_page.name
    assert isinstance(line, QLineEdit)
    line.setFocus()
    QTest.keyClicks(line, "x")
    inspector.set_theme(DARK)
    inspector.set_analysis(analyse(session.project))
    assert "x" in line.text()
    inspector.set_theme(LIGHT)


def test_of_several_outputs_each_ticks_its_targets(session, inspector) -> None:
    columns = (Column("a"), *(Column(name, role="target") for name in ("x", "y", "kind")))
    session.do("Open data", edits.set_data(session.project, TableData("d.csv", columns=columns)))
    catalog = catalog_of(session.project)
    second = catalog.new_node(session.project.graph, "output")
    session.do("Add", edits.add_node(session.project, second))
    inspector.select((second.id,))
    editor = inspector.node_page.form.editors["target"]
    assert editor.button.text() == "as marked in the data"
    for action in editor.menu.actions()[1:3]:
        action.trigger()
    assert session.project.graph.nodes[second.id].fields["target"] == ("x", "y")
    session.undo()
    assert session.project.graph.nodes[second.id].fields["target"] in ("", ("x",))


def test_figures_of_an_output_are_ticked(session, inspector) -> None:
    output = next(key for key, node in session.project.graph.nodes.items() if node.type == "output")
    inspector.select((output,))
    editor = inspector.node_page.form.editors["metrics"]
    assert editor.button.text() == "the usual ones"
    next(action for action in editor.menu.actions() if action.data() == "mae").trigger()
    assert session.project.graph.nodes[output].fields["metrics"] == ("mae",)
    assert editor.button.text() == "MAE"


def test_fields_without_effect_are_not_offered(session, inspector) -> None:
    output = next(key for key, node in session.project.graph.nodes.items() if node.type == "output")
    inspector.select((output,))
    for mode, offered in (("rbm", []), ("autoencoder", ["loss", "metrics"]), ("supervised", ["target", "loss"])):
        training = replace(session.project.training, mode=mode)
        session.do("Way of training", edits.set_training(session.project, training))
        assert list(inspector.node_page.form.editors)[:2] == offered
