"""Editing on the canvas by mouse, keyboard and drops: each gesture is one step of the session's history."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragLeaveEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from designer.gui.canvas.view import CanvasView
from designer.layers.catalog import new_node, ports_of
from designer.project import edits
from designer.project.model import Graph, Link, Node, Project
from tests.helpers.canvas import at_node, at_port, chain, click, drag, drop, hover_drop, shown

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def steps(view: CanvasView) -> int:
    return len(view.session.history.steps) - 1


def ends(view: CanvasView) -> set[tuple[str, str, str, str]]:
    return {link.ends for link in view.session.project.graph.links}


def test_a_drop_from_the_palette_adds_the_layer_under_the_cursor(qtbot):
    view = shown(qtbot, Project())
    assert drop(view, "conv2d", QPoint(400, 300))
    (node,) = view.session.project.graph.nodes.values()
    assert (node.type, steps(view)) == ("conv2d", 1)
    assert view.selected() == (node.id,)
    assert view.canvas.nodes[node.id].rect().contains(view.mapToScene(400, 300))
    assert node.x % 4 == 0 and node.y % 4 == 0


def test_a_drag_shows_where_the_layer_will_land_and_leaves_nothing_when_it_goes_elsewhere(qtbot):
    view = shown(qtbot, Project())
    load = hover_drop(view, "relu", QPoint(300, 200))
    assert not view.findChildren(QLabel)[0].isVisible()
    assert view.canvas.ghost is not None and view.canvas.ghost.rect().contains(view.mapToScene(300, 200))
    QApplication.sendEvent(view.viewport(), QDragLeaveEvent())
    assert load.formats() and view.canvas.ghost is None and view.findChildren(QLabel)[0].isVisible()
    assert not view.session.project.graph.nodes


def test_a_foreign_drag_is_not_taken(qtbot):
    view = shown(qtbot, Project())
    assert not drop(view, "no_such_layer", QPoint(300, 200))
    assert steps(view) == 0


def test_a_layer_dropped_on_a_link_goes_into_it_and_gets_room(qtbot):
    view = shown(qtbot, chain("table_input", "linear", "output"))
    link = view.canvas.links["n1", "out", "n2", "x"]
    middle = view.mapFromScene(link.path.pointAtPercent(0.5))
    load = hover_drop(view, "relu", middle)
    assert load.formats() and link.hovered
    drop(view, "relu", middle)
    assert ends(view) == {("n1", "out", "n4", "x"), ("n4", "out", "n2", "x"), ("n2", "out", "n3", "x")}
    assert steps(view) == 1
    boxes = [view.canvas.nodes[key].rect() for key in ("n1", "n4", "n2", "n3")]
    for left, right in pairwise(boxes):
        assert left.right() < right.left()


def test_a_layer_without_inputs_dropped_on_a_link_leaves_it(qtbot):
    view = shown(qtbot, chain("table_input", "linear", "output"))
    middle = view.mapFromScene(view.canvas.links["n1", "out", "n2", "x"].path.pointAtPercent(0.5))
    drop(view, "table_input", middle)
    assert ("n1", "out", "n2", "x") in ends(view)


def test_dragging_from_output_to_input_links(qtbot):
    project = edits.disconnect(chain("table_input", "linear"), [Link("n1", "out", "n2", "x")])
    view = shown(qtbot, project)
    drag(view, at_port(view, "n1", "out", True), at_port(view, "n2", "x", False))
    assert ends(view) == {("n1", "out", "n2", "x")}
    assert steps(view) == 1
    assert not view.canvas.draft.isVisible()


def test_dragging_backwards_from_an_input_links_too(qtbot):
    project = edits.disconnect(chain("table_input", "linear"), [Link("n1", "out", "n2", "x")])
    view = shown(qtbot, project)
    drag(view, at_port(view, "n2", "x", False), at_port(view, "n1", "out", True))
    assert ends(view) == {("n1", "out", "n2", "x")}


def test_a_link_let_go_over_a_node_takes_its_free_input(qtbot):
    project = edits.disconnect(chain("table_input", "linear"), [Link("n1", "out", "n2", "x")])
    view = shown(qtbot, project)
    drag(view, at_port(view, "n1", "out", True), at_node(view, "n2"))
    assert ends(view) == {("n1", "out", "n2", "x")}


def test_a_port_that_takes_many_grows_a_free_place(qtbot):
    project = edits.add_node(chain("linear", "add"), _node("relu", "n9", 0, 200))
    view = shown(qtbot, project)
    assert [place.name for place in view.canvas.nodes["n2"].inputs] == ["x1", "x2"]
    drag(view, at_port(view, "n9", "out", True), at_port(view, "n2", "x2", False))
    assert ("n9", "out", "n2", "x2") in ends(view)
    assert [place.name for place in view.canvas.nodes["n2"].inputs] == ["x1", "x2", "x3"]
    assert view.canvas.links["n9", "out", "n2", "x2"].line.p2() == view.canvas.nodes["n2"].anchor("x2", False)


@pytest.mark.parametrize(
    "start, end, words",
    [
        (("n3", "out", True), ("n1", "x", False), "circle"),
        (("n1", "out", True), ("n3", "x", False), "already fed by"),
        (("n2", "out", True), ("n2", "x", False), None),
        (("n1", "out", True), ("n2", "out", True), "ends at an input"),
    ],
)
def test_a_refused_link_says_why_under_the_cursor(qtbot, start, end, words):
    project = edits.disconnect(chain("linear", "relu", "sigmoid"), [Link("n1", "out", "n2", "x")])
    project = edits.connect(project, Link("n1", "out", "n2", "x"), ports_of) if words == "circle" else project
    view = shown(qtbot, project)
    before = ends(view)
    finish = at_port(view, *end) + (QPoint(6, 0) if end[2] else QPoint(0, 0))
    drag(view, at_port(view, *start), finish, release=False)
    label = view.canvas.label
    if words:
        assert label.isVisible() and words in label.text
        near = view.mapFromScene(label.pos()) - finish
        assert near.manhattanLength() < 12
        with qtbot.waitSignal(view.refused) as told:
            QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=finish)
        assert words in told.args[0] and label.isVisible()
    else:
        QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=finish)
    assert ends(view) == before and steps(view) == 0


def test_the_end_of_a_link_can_be_moved_to_another_input_in_one_step(qtbot):
    project = edits.add_node(chain("linear", "relu"), _node("sigmoid", "n9", 260, 200))
    view = shown(qtbot, project)
    drag(view, at_port(view, "n2", "x", False), at_port(view, "n9", "x", False))
    assert ends(view) == {("n1", "out", "n9", "x")} and steps(view) == 1
    view.session.undo()
    assert ends(view) == {("n1", "out", "n2", "x")}


def test_the_end_of_a_link_let_go_on_the_bare_ground_takes_the_link_away(qtbot):
    view = shown(qtbot, chain("linear", "relu"))
    start = at_port(view, "n2", "x", False)
    drag(view, start, start + QPoint(-30, 150))
    assert ends(view) == set()


def test_a_drag_moves_the_node_in_one_step_and_undo_brings_it_back(qtbot):
    view = shown(qtbot, chain("linear", "relu"))
    node = view.session.project.graph.nodes["n1"]
    start = at_node(view, "n1")
    drag(view, start, start + QPoint(40, 100))
    moved = view.session.project.graph.nodes["n1"]
    assert (moved.x - node.x, moved.y - node.y) == (40 / view.zoom, 100 / view.zoom)
    assert steps(view) == 1 and view.session.history.undo_label == f"Move {node.name}"
    link = view.canvas.links["n1", "out", "n2", "x"]
    assert link.line.p1() == view.canvas.nodes["n1"].anchor("out", True)
    QTest.keyClick(view, Qt.Key.Key_Z, CTRL)
    assert view.session.project.graph.nodes["n1"] == node
    assert view.canvas.nodes["n1"].pos() == QPointF(node.x, node.y)
    QTest.keyClick(view, Qt.Key.Key_Z, CTRL | SHIFT)
    assert view.session.project.graph.nodes["n1"] == moved


def test_a_drag_carries_all_selected_nodes(qtbot):
    view = shown(qtbot, chain("linear", "relu", "sigmoid"))
    click(view, at_node(view, "n1"))
    click(view, at_node(view, "n2"), SHIFT)
    start = at_node(view, "n2")
    drag(view, start, start + QPoint(0, 80))
    nodes = view.session.project.graph.nodes
    assert [nodes[key].y for key in ("n1", "n2", "n3")] == [80, 80, 0]
    assert view.selected() == ("n1", "n2")


def test_escape_breaks_a_drag_off_without_a_trace(qtbot):
    view = shown(qtbot, chain("linear", "relu"))
    start = at_node(view, "n1")
    drag(view, start, start + QPoint(60, 60), release=False)
    assert view.canvas.nodes["n1"].pos() != QPointF(0, 0)
    QTest.keyClick(view, Qt.Key.Key_Escape)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=start + QPoint(60, 60))
    assert view.canvas.nodes["n1"].pos() == QPointF(0, 0) and steps(view) == 0


def test_a_change_from_elsewhere_breaks_a_drag_off(qtbot):
    view = shown(qtbot, chain("linear", "relu"))
    start = at_node(view, "n1")
    drag(view, start, start + QPoint(60, 60), release=False)
    view.session.do("Delete", edits.remove(view.session.project, ["n1"]))
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=start + QPoint(60, 60))
    assert set(view.canvas.nodes) == {"n2"} and steps(view) == 1


def test_a_free_node_dragged_onto_a_link_goes_into_it(qtbot):
    project = edits.add_node(chain("linear", "sigmoid", gap=400), _node("relu", "n9", 0, 200))
    view = shown(qtbot, project)
    middle = view.mapFromScene(view.canvas.links["n1", "out", "n2", "x"].path.pointAtPercent(0.5))
    drag(view, at_node(view, "n9"), middle)
    assert ends(view) == {("n1", "out", "n9", "x"), ("n9", "out", "n2", "x")} and steps(view) == 1


def test_delete_takes_nodes_and_links_in_one_step(qtbot):
    view = shown(qtbot, chain("linear", "relu", "sigmoid"))
    click(view, at_node(view, "n2"))
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert set(view.canvas.nodes) == {"n1", "n3"} and not view.canvas.links
    assert steps(view) == 1
    view.session.undo()
    assert set(view.canvas.nodes) == {"n1", "n2", "n3"} and len(view.canvas.links) == 2


def test_a_link_is_selected_by_a_click_and_deleted(qtbot):
    view = shown(qtbot, chain("linear", "relu"))
    click(view, view.mapFromScene(view.canvas.links["n1", "out", "n2", "x"].path.pointAtPercent(0.5)))
    assert len(view.canvas.selected_links()) == 1
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert not view.canvas.links and view.session.history.undo_label == "Delete link"


def test_copy_and_paste_go_through_the_clipboard_as_text(qtbot):
    view = shown(qtbot, chain("linear", "relu"))
    QTest.keyClick(view, Qt.Key.Key_A, CTRL)
    QTest.keyClick(view, Qt.Key.Key_C, CTRL)
    assert len(json.loads(QGuiApplication.clipboard().text())["nodes"]) == 2
    QTest.keyClick(view, Qt.Key.Key_V, CTRL)
    QTest.keyClick(view, Qt.Key.Key_V, CTRL)
    graph = view.session.project.graph
    assert (len(graph.nodes), len(graph.links), steps(view)) == (6, 3, 2)
    assert len({(node.x, node.y) for node in graph.nodes.values()}) == 6
    assert set(view.selected()) == set(list(graph.nodes)[-2:])
    other = shown(qtbot, Project())
    QTest.keyClick(other, Qt.Key.Key_V, CTRL)
    assert [node.type for node in other.session.project.graph.nodes.values()] == ["linear", "relu"]


def test_paste_lands_under_the_cursor(qtbot):
    view = shown(qtbot, chain("linear"))
    click(view, at_node(view, "n1"))
    QTest.keyClick(view, Qt.Key.Key_C, CTRL)
    QTest.mouseMove(view.viewport(), QPoint(200, 600))
    QTest.keyClick(view, Qt.Key.Key_V, CTRL)
    (pasted,) = view.selected()
    assert view.canvas.nodes[pasted].rect().contains(view.mapToScene(200, 600))


def test_pasting_something_else_says_so(qtbot):
    view = shown(qtbot, Project())
    QGuiApplication.clipboard().setText("only words")
    with qtbot.waitSignal(view.refused) as told:
        QTest.keyClick(view, Qt.Key.Key_V, CTRL)
    assert told.args == ["The clipboard holds no layers."] and steps(view) == 0


def test_cut_is_copy_and_delete_in_one_step(qtbot):
    view = shown(qtbot, chain("linear", "relu"))
    click(view, at_node(view, "n2"))
    QTest.keyClick(view, Qt.Key.Key_X, CTRL)
    assert set(view.session.project.graph.nodes) == {"n1"} and steps(view) == 1
    QTest.keyClick(view, Qt.Key.Key_V, CTRL)
    assert [node.type for node in view.session.project.graph.nodes.values()] == ["linear", "relu"]


def test_duplicate_copies_beside_and_selects_the_copies(qtbot):
    view = shown(qtbot, chain("linear", "relu"))
    QTest.keyClick(view, Qt.Key.Key_A, CTRL)
    QTest.keyClick(view, Qt.Key.Key_D, CTRL)
    assert len(view.session.project.graph.nodes) == 4 and len(view.session.project.graph.links) == 2
    assert view.selected() == ("n3", "n4") and steps(view) == 1


def test_control_and_arrows_nudge_and_quick_nudges_are_one_step(qtbot):
    view = shown(qtbot, chain("linear", "relu"))
    click(view, at_node(view, "n1"))
    for _ in range(3):
        QTest.keyClick(view, Qt.Key.Key_Right, CTRL)
    QTest.keyClick(view, Qt.Key.Key_Down, CTRL | SHIFT)
    node = view.session.project.graph.nodes["n1"]
    assert (node.x, node.y, steps(view)) == (12, 40, 1)
    click(view, at_node(view, "n2"))
    QTest.keyClick(view, Qt.Key.Key_Up, CTRL)
    assert steps(view) == 2


def test_tidy_up_is_one_step_and_shows_everything(qtbot):
    project = edits.move(chain("linear", "relu", "sigmoid"), {"n1": (0, 0), "n2": (0, 8), "n3": (3, 3000)})
    view = shown(qtbot, project)
    view.tidy_up()
    boxes = [view.canvas.nodes[key].rect() for key in ("n1", "n2", "n3")]
    assert boxes[0].right() < boxes[1].left() and boxes[1].right() < boxes[2].left()
    assert steps(view) == 1 and view.session.history.undo_label == "Tidy up"
    assert view.visible_rect().contains(view.canvas.nodes_rect())


def test_a_layer_added_in_the_centre_is_seen_and_lies_on_no_other(qtbot):
    view = shown(qtbot, Project())
    first, second = view.add_at_centre("linear"), view.add_at_centre("relu")
    boxes = [view.canvas.nodes[key].rect() for key in (first, second)]
    assert not boxes[0].intersects(boxes[1])
    assert all(view.visible_rect().contains(box) for box in boxes) and steps(view) == 2


def _node(type_key: str, key: str, x: float, y: float) -> Node:
    return replace(new_node(Graph(), type_key, x, y), id=key, name=key)
