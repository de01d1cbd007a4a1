"""Changing what is drawn by mouse and keys: heal, swap, bypass, rename in place, mend, copies that are fed alike."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from designer.compiler.problems import Fix, LinkPlace, NodePlace, Problem
from designer.compiler.report import Analysis
from designer.gui.canvas.closing import close_gaps
from designer.gui.canvas.fix_popup import FixPopup
from designer.gui.canvas.node_marks import BADGE_AT
from designer.gui.canvas.rename import NameEditor
from designer.gui.canvas.swap_box import SwapBox
from designer.gui.canvas.view import CanvasView
from designer.layers.catalog import new_node, ports_of
from designer.project import edits, frames
from designer.project.altering import delete_and_heal
from designer.project.errors import EditError
from designer.project.fragment import copy_fragment, fragment_to_text
from designer.project.model import Frame, Link, Project
from tests.helpers.canvas import at_node, chain, click, shown

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


@pytest.fixture
def view(qtbot) -> CanvasView:
    return shown(qtbot, chain("table_input", "linear", "relu", "output"))


def ends(view: CanvasView) -> set[tuple[str, str]]:
    return {(link.source, link.target) for link in view.session.project.graph.links}


def press(view: CanvasView, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(view, key, modifiers)


# delete and heal


@pytest.mark.parametrize(("key", "modifiers"), [(Key.Key_Backspace, SHIFT), (Key.Key_Delete, CONTROL)])
def test_delete_and_heal_is_one_step(view, key, modifiers):
    before = view.session.project
    click(view, at_node(view, "n2"))
    click(view, at_node(view, "n3"), SHIFT)
    press(view, key, modifiers)
    assert set(view.session.project.graph.nodes) == {"n1", "n4"} and ends(view) == {("n1", "n4")}
    assert view.session.history.undo_label == "Delete and heal 2 layers"
    view.session.undo()
    assert view.session.project == before


def xs(view: CanvasView) -> dict[str, float]:
    return {key: node.x for key, node in view.session.project.graph.nodes.items()}


def test_healing_closes_the_gap_in_the_same_step(view):
    before = view.session.project
    click(view, at_node(view, "n2"))
    press(view, Key.Key_Delete, CONTROL)
    assert xs(view) == {"n1": 0.0, "n3": 260.0, "n4": 520.0} and len(view.session.history.steps) == 2
    view.session.undo()
    assert view.session.project == before


def test_a_closed_gap_leaves_room_for_what_lies_there(qtbot):
    project = chain("table_input", "linear", "relu", "output")
    project = edits.add_node(project, replace(new_node(project.graph, "tanh"), id="b", x=300.0, y=60.0))
    project = edits.move(project, {"n2": (260.0, -200.0)})
    view = shown(qtbot, project)
    press(view, Key.Key_F)
    click(view, at_node(view, "n2"))
    press(view, Key.Key_Delete, CONTROL)
    assert xs(view)["b"] == 300.0 and xs(view)["n3"] == 520.0 and xs(view)["n4"] == 780.0
    view.session.undo()
    view.session.do("Away", edits.move(view.session.project, {"b": (240.0, 300.0)}))
    click(view, at_node(view, "n2"))
    press(view, Key.Key_Delete, CONTROL)
    assert xs(view)["n3"] == 260.0 and xs(view)["n4"] == 520.0


def test_a_frame_goes_along_when_a_gap_before_it_is_closed(qtbot):
    project = frames.add_frame(
        chain("table_input", "linear", "relu", "output"), Frame("f", "Head", x=500, y=-60, width=500, height=200)
    )
    view = shown(qtbot, project)
    press(view, Key.Key_F)
    click(view, at_node(view, "n2"))
    press(view, Key.Key_Delete, CONTROL)
    after = view.session.project.graph
    assert xs(view)["n3"] == 260.0 and after.frames["f"].x == 240.0 and after.frames["f"].width == 500


@pytest.mark.alone
def test_gaps_of_500_layers_are_closed_quickly(qtbot):
    project = chain("table_input", *["linear", "relu"] * 250, "output")
    gone = [f"n{2 * place + 1}" for place in range(1, 31)]
    healed = delete_and_heal(project, gone, ports_of)
    begin = time.perf_counter()
    closed = close_gaps(project, healed, gone, {})
    assert time.perf_counter() - begin < 1.5
    places = [node.x for node in closed.graph.nodes.values()]
    assert places == [260.0 * place for place in range(len(places))]


def test_healing_nothing_says_so(view, qtbot):
    with qtbot.waitSignal(view.refused):
        press(view, Key.Key_Backspace, SHIFT)


# bypass


def test_bypass_toggles_and_is_seen_without_colour(view):
    click(view, at_node(view, "n3"))
    press(view, Key.Key_B, CONTROL)
    node, item = view.session.project.graph.nodes["n3"], view.canvas.nodes["n3"]
    assert node.bypassed and item.written.count_text == "bypassed" and "bypassed" in item.spoken
    assert "passes by" in item.tip and view.session.history.undo_label == "Bypass relu1"
    press(view, Key.Key_B, CONTROL)
    assert not view.session.project.graph.nodes["n3"].bypassed
    assert view.session.history.undo_label == "Stop bypassing relu1"


def test_inputs_and_outputs_are_not_bypassed_and_say_why(view, qtbot):
    click(view, at_node(view, "n4"))
    with qtbot.waitSignal(view.refused) as said:
        press(view, Key.Key_B, CONTROL)
    assert "has no output" in said.args[0] and not view.session.history.can_undo
    press(view, Key.Key_A, CONTROL)
    press(view, Key.Key_B, CONTROL)
    assert [node.bypassed for node in view.session.project.graph.nodes.values()] == [False, True, True, False]


# swap


def swap_box(view: CanvasView) -> SwapBox:
    return next(box for box in view.window().findChildren(SwapBox) if box.isVisible())


def test_swapping_by_keys_keeps_links_and_is_one_step(view):
    before = view.session.project
    click(view, at_node(view, "n3"))
    press(view, Key.Key_R, CONTROL | SHIFT)
    box = swap_box(view)
    assert box.layer.category == "Activation" and box.layer.key != "relu"
    QTest.keyClicks(box.field, "gelu")
    QTest.keyClick(box.field, Key.Key_Return)
    node = view.session.project.graph.nodes["n3"]
    assert (node.type, node.name) == ("gelu", "gelu1") and ends(view) == {("n1", "n2"), ("n2", "n3"), ("n3", "n4")}
    assert view.selected() == ("n3",) and view.session.history.undo_label == "Swap relu1 with GELU"
    view.session.undo()
    assert view.session.project == before


def test_escape_swaps_nothing(view):
    before = view.session.project
    click(view, at_node(view, "n3"))
    press(view, Key.Key_R, CONTROL | SHIFT)
    QTest.keyClick(swap_box(view).field, Key.Key_Escape)
    assert view.session.project is before and not [b for b in view.window().findChildren(SwapBox) if b.isVisible()]


def test_several_are_swapped_at_once_and_an_output_says_why_not(view, qtbot):
    click(view, at_node(view, "n2"))
    click(view, at_node(view, "n3"), SHIFT)
    press(view, Key.Key_R, CONTROL | SHIFT)
    QTest.keyClicks(swap_box(view).field, "dropout")
    QTest.keyClick(swap_box(view).field, Key.Key_Return)
    assert [view.session.project.graph.nodes[key].type for key in ("n2", "n3")] == ["dropout", "dropout"]
    click(view, at_node(view, "n4"))
    with qtbot.waitSignal(view.refused):
        press(view, Key.Key_R, CONTROL | SHIFT)


# rename in place


def editor_of(view: CanvasView) -> NameEditor | None:
    return next((line for line in view.viewport().findChildren(NameEditor) if line.isVisible()), None)


def test_f2_renames_on_the_node(view):
    click(view, at_node(view, "n2"))
    press(view, Key.Key_F2)
    line = editor_of(view)
    assert line.selectedText() == "linear1" and line.hasFocus()
    assert line.geometry().contains(at_node(view, "n2"))
    QTest.keyClicks(line, "hidden")
    QTest.keyClick(line, Key.Key_Return)
    assert view.session.project.graph.nodes["n2"].name == "hidden" and editor_of(view) is None and view.hasFocus()
    assert view.session.history.undo_label == "Rename linear1"


def test_a_double_click_on_the_name_renames_and_the_line_follows_the_zoom(view):
    at = at_node(view, "n2")
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    line = editor_of(view)
    small = line.font().pixelSize()
    view.set_zoom(2.0, at)
    view.pan_by(QPoint(30, -20))
    assert line.geometry().contains(at_node(view, "n2")) and line.font().pixelSize() > small
    QTest.keyClick(line, Key.Key_Escape)
    assert editor_of(view) is None and not view.session.history.can_undo


def test_a_refused_name_stays_to_be_mended_and_says_why(view, qtbot):
    click(view, at_node(view, "n2"))
    press(view, Key.Key_F2)
    line = editor_of(view)
    QTest.keyClicks(line, "relu1")
    with qtbot.waitSignal(view.refused) as said:
        QTest.keyClick(line, Key.Key_Return)
    assert "already called" in said.args[0] and line.isVisible() and line.hasFocus() and line.text() == "relu1"
    QTest.keyClick(line, Key.Key_X)
    QTest.keyClick(line, Key.Key_Return)
    assert view.session.project.graph.nodes["n2"].name == "relu1x"


def test_going_on_elsewhere_applies_the_name(view):
    click(view, at_node(view, "n2"))
    press(view, Key.Key_F2)
    QTest.keyClicks(editor_of(view), "hidden")
    click(view, at_node(view, "n4"))
    assert view.session.project.graph.nodes["n2"].name == "hidden" and editor_of(view) is None


def test_a_refused_name_is_let_go_with_a_reason_when_one_goes_on_elsewhere(view, qtbot):
    click(view, at_node(view, "n2"))
    press(view, Key.Key_F2)
    line = editor_of(view)
    QTest.keyClicks(line, "relu1")
    with qtbot.waitSignal(view.refused):
        QApplication.sendEvent(line, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.MouseFocusReason))
    assert editor_of(view) is None and view.session.project.graph.nodes["n2"].name == "linear1"


def test_keys_of_the_canvas_are_letters_while_renaming(view):
    click(view, at_node(view, "n2"))
    press(view, Key.Key_F2)
    line = editor_of(view)
    line.setCursorPosition(0)
    for key in (Key.Key_Delete, Key.Key_F, Key.Key_J, Key.Key_M):
        QTest.keyClick(line, key)
    assert "n2" in view.session.project.graph.nodes and line.text() == "fjminear1"
    QTest.keyClick(line, Key.Key_Escape)


def test_the_line_goes_with_its_node(view):
    click(view, at_node(view, "n2"))
    press(view, Key.Key_F2)
    view.session.do("Remove", edits.remove(view.session.project, ["n2"]))
    assert editor_of(view) is None


# copies


def test_duplicate_with_links_feeds_the_copies_alike(view):
    click(view, at_node(view, "n3"))
    press(view, Key.Key_D, CONTROL | SHIFT)
    (copy,) = view.selected()
    assert copy != "n3" and ("n2", copy) in ends(view) and (copy, "n4") not in ends(view)
    assert view.session.history.undo_label == "Duplicate relu1 with links"
    view.session.undo()
    assert ends(view) == {("n1", "n2"), ("n2", "n3"), ("n3", "n4")}


def test_text_from_a_mail_is_pasted_into_another_window(view, qtbot):
    click(view, at_node(view, "n2"))
    click(view, at_node(view, "n3"), SHIFT)
    press(view, Key.Key_C, CONTROL)
    text = QGuiApplication.clipboard().text()
    mail = "Look:\n" + "\n".join("> " + line for line in text.replace(", ", ",\n").splitlines()) + "\nRegards"
    QGuiApplication.clipboard().setText(mail)
    other = shown(qtbot, Project())
    press(other, Key.Key_V, CONTROL)
    assert [node.type for node in other.session.project.graph.nodes.values()] == ["linear", "relu"]
    assert len(other.session.project.graph.links) == 1 and len(other.selected()) == 2


def test_pasting_into_the_same_graph_gives_names_of_their_own(view):
    text = fragment_to_text(copy_fragment(view.session.project, ["n2", "n3"]))
    QGuiApplication.clipboard().setText(text)
    press(view, Key.Key_V, CONTROL)
    names = [node.name for node in view.session.project.graph.nodes.values()]
    assert len(names) == 6 and len(set(names)) == 6


# mending


def troubled(view: CanvasView, edit=None) -> Problem:
    mend = edit or (lambda project: edits.set_field(project, "n2", "out_features", 3))
    problem = Problem("error", "size", NodePlace("n2"), "This <b>does</b> not fit.", Fix("Set neurons to 3", mend))
    view.set_analysis(Analysis((problem,)))
    return problem


def at_badge(view: CanvasView, key: str) -> QPoint:
    return view.mapFromScene(view.canvas.nodes[key].pos() + BADGE_AT + QPointF(1, 1))


def popup_of(view: CanvasView) -> FixPopup | None:
    return next((popup for popup in view.findChildren(FixPopup) if popup.isVisible()), None)


def test_a_click_on_the_sign_offers_the_fix_and_one_more_mends(view):
    troubled(view)
    click(view, at_badge(view, "n2"))
    popup = popup_of(view)
    (row,) = popup.rows
    assert row.sentence.text() == "This <b>does</b> not fit." and row.sentence.textFormat() == Qt.TextFormat.PlainText
    QTest.mouseClick(row.button, Qt.MouseButton.LeftButton)
    assert view.session.project.graph.nodes["n2"].fields["out_features"] == 3 and popup_of(view) is None
    assert view.session.history.undo_label == "Set neurons to 3"


def test_keys_alone_mend_too(view):
    troubled(view)
    click(view, at_node(view, "n2"))
    press(view, Key.Key_Period, CONTROL)
    popup = popup_of(view)
    QTest.keyClick(popup, Key.Key_Escape)
    assert popup_of(view) is None and not view.session.history.can_undo
    press(view, Key.Key_Period, CONTROL)
    QTest.keyClick(popup_of(view).focusWidget(), Key.Key_Return)
    assert view.session.project.graph.nodes["n2"].fields["out_features"] == 3


def test_a_fix_that_no_longer_applies_says_why(view, qtbot):
    def refuse(project: Project) -> Project:
        raise EditError("It is gone.")

    troubled(view, refuse)
    click(view, at_badge(view, "n2"))
    with qtbot.waitSignal(view.refused) as said:
        QTest.mouseClick(popup_of(view).rows[0].button, Qt.MouseButton.LeftButton)
    assert said.args == ["It is gone."]


def test_the_problem_of_a_link_is_told_at_the_layer_that_it_feeds(view, qtbot):
    place = LinkPlace(Link("n2", "out", "n3", "x"))
    view.set_analysis(Analysis((Problem("warning", "size", place, "64 does not fit 10."),)))
    click(view, at_node(view, "n3"))
    press(view, Key.Key_Period, CONTROL)
    popup = popup_of(view)
    assert popup.rows[0].sentence.text() == "64 does not fit 10."
    popup.close()
    click(view, at_node(view, "n4"))
    with qtbot.waitSignal(view.refused):
        press(view, Key.Key_Period, CONTROL)


def test_no_line_is_left_after_all(view):
    assert not view.viewport().findChildren(QLineEdit)
