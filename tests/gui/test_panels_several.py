"""The inspector of several layers: what they have in common, set for all of them in one step of the history."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from designer.gui.panels.inspector import Inspector
from designer.gui.theme import LIGHT
from designer.project import edits
from designer.workspace.session import Session
from tests.helpers.graphs import chain
from tests.helpers.inspector import chained, open_inspector


@pytest.fixture
def session() -> Session:
    return Session(chained())


@pytest.fixture
def inspector(session, qtbot) -> Inspector:
    return open_inspector(session, qtbot)


def choose(inspector, *keys: str):
    inspector.select(keys)
    return inspector.several_page


def test_several_layers_show_what_they_have_in_common(inspector, session) -> None:
    page = choose(inspector, "n2", "n4")
    assert page.title.text() == "2 layers selected" and page.types.text() == "2 Linear"
    assert list(page.form.editors) == ["out_features", "bias"]
    box = page.form.editors["out_features"].box
    assert box.text() == "several values" and page.form.editors["bias"].box.isChecked()
    assert choose(inspector, "n2", "n3").nothing.isVisible()


def test_a_field_is_set_for_all_in_one_step(inspector, session) -> None:
    before = session.project
    page = choose(inspector, "n2", "n4")
    line = page.form.editors["out_features"].box.lineEdit()
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "32")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert [session.project.graph.nodes[key].fields["out_features"] for key in ("n2", "n4")] == [32, 32]
    assert session.history.undo_label == "Set neurons of 2 layers to 32"
    assert page.form.editors["out_features"].box.text() == "32"
    session.undo()
    assert session.project == before and page.form.editors["out_features"].box.text() == "several values"


def test_arrows_go_on_from_the_first_of_several(inspector, session) -> None:
    box = choose(inspector, "n2", "n4").form.editors["out_features"].box
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert [session.project.graph.nodes[key].fields["out_features"] for key in ("n2", "n4")] == [9, 9]


def test_leaving_a_field_of_several_values_sets_nothing(inspector, session) -> None:
    page = choose(inspector, "n2", "n4")
    box = page.form.editors["out_features"].box
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Tab)
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert not session.history.can_undo and box.text() == "several values"


def test_yes_for_some_and_no_for_others(inspector, session) -> None:
    session.do("Set", edits.set_field(session.project, "n2", "bias", False))
    box = choose(inspector, "n2", "n4").form.editors["bias"].box
    assert box.checkState() == Qt.CheckState.PartiallyChecked and box.text() == "several values"
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    assert [session.project.graph.nodes[key].fields["bias"] for key in ("n2", "n4")] == [True, True]
    assert box.checkState() == Qt.CheckState.Checked


def test_layers_of_other_types_share_fields_of_one_name_and_kind(qtbot) -> None:
    project = chain("image_input", ("conv2d", {"kernel_size": 5}), "max_pool2d", "gelu")
    session = Session(project)
    inspector = Inspector(session, LIGHT)
    qtbot.addWidget(inspector)
    inspector.show()
    page = choose(inspector, "n2", "n3")
    assert set(page.form.editors) == {"kernel_size", "stride", "padding", "dilation"}
    line = page.form.editors["kernel_size"].line
    assert line.text() == "" and line.placeholderText() == "several values"
    line.setFocus()
    QTest.keyClicks(line, "3x2")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert [session.project.graph.nodes[key].fields["kernel_size"] for key in ("n2", "n3")] == [(3, 2), (3, 2)]
    assert line.text() == "3, 2"


def test_a_value_that_one_of_them_does_not_take_is_refused(qtbot) -> None:
    project = chain("image_input", "conv2d", "max_pool2d")
    session = Session(project)
    inspector = Inspector(session, LIGHT)
    qtbot.addWidget(inspector)
    inspector.show()
    page = choose(inspector, "n3", "n2")
    line = page.form.editors["stride"].line
    line.setFocus()
    QTest.keyClicks(line, "0")
    with qtbot.waitSignal(inspector.refused) as said:
        QTest.keyClick(line, Qt.Key.Key_Return)
    assert "conv1" in said.args[0] and not session.history.can_undo


def test_a_choice_of_several(qtbot) -> None:
    session = Session(chain("image_input", "conv2d", ("conv2d", {"padding_mode": "circular"})))
    inspector = Inspector(session, LIGHT)
    qtbot.addWidget(inspector)
    inspector.show()
    box = choose(inspector, "n2", "n3").form.editors["padding_mode"].box
    assert box.currentIndex() == -1 and box.placeholderText() == "several values"
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    QTest.keyClick(box, Qt.Key.Key_Down)
    modes = {session.project.graph.nodes[key].fields["padding_mode"] for key in ("n2", "n3")}
    assert len(modes) == 1


def test_bypass_is_set_for_one_and_for_several(inspector, session) -> None:
    inspector.select(("n2",))
    QTest.mouseClick(inspector.node_page.bypass, Qt.MouseButton.LeftButton)
    assert session.project.graph.nodes["n2"].bypassed and session.history.undo_label == "Bypass linear1"
    page = choose(inspector, "n1", "n2", "n3", "n5")
    assert page.bypass.checkState() == Qt.CheckState.PartiallyChecked
    QTest.mouseClick(page.bypass, Qt.MouseButton.LeftButton)
    assert [node.bypassed for node in session.project.graph.nodes.values()] == [False, True, True, False, False]
    inspector.select(("n1",))
    assert not inspector.node_page.bypass.isVisible()
