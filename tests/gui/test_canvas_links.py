"""Links by hand: snapping, moving ends, cutting, connecting in order. Each is one step, Escape leaves no trace."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from designer.compiler.report import Analysis, Report
from designer.gui.canvas.commands.catalog import COMMANDS
from designer.gui.canvas.fitting import Fitting
from designer.gui.canvas.search_box import SearchBox
from designer.gui.canvas.view import CanvasView
from designer.layers.catalog import ports_of
from designer.project import edits
from designer.project.model import Link, Project
from tests.helpers.canvas import LEFT, at_node, at_port, chain, click, drag, painted, shown
from tests.helpers.links import (
    ALT,
    CTRL,
    FIRST,
    SHIFT,
    along,
    ends,
    held,
    node,
    steps,
    two_apart,
    untouched,
)

# drawing


def test_a_link_snaps_to_the_nearest_port_that_fits(qtbot):
    project = edits.add_node(two_apart(), node("add", "n9", 420, 160))
    view = shown(qtbot, project)
    taken = at_port(view, "n2", "x", False)
    drag(view, at_port(view, "n1", "out", True), at_port(view, "n9", "x1", False) + QPoint(-16, -14), release=False)
    assert view.canvas.draft.path().currentPosition() == view.canvas.nodes["n9"].anchor("x1", False)
    QTest.mouseMove(view.viewport(), taken + QPoint(-20, 4))
    assert not view.canvas.label.isVisible()
    QTest.mouseMove(view.viewport(), taken)
    assert "already" in view.canvas.label.text
    QTest.keyClick(view, Qt.Key.Key_Escape)


def test_over_a_body_the_first_free_port_is_taken_and_the_one_before_stays(qtbot):
    project = edits.add_node(chain("linear", "add"), node("relu", "n9", 0, 200))
    view = shown(qtbot, project)
    drag(view, at_port(view, "n9", "out", True), at_node(view, "n2"))
    assert ("n9", "out", "n2", "x2") in ends(view) and (*FIRST[:2], "n2", "x1") in ends(view)


def test_a_taken_place_of_a_port_that_takes_many_stands_for_the_free_one(qtbot):
    project = edits.add_node(chain("linear", "add"), node("relu", "n9", 0, 200))
    view = shown(qtbot, project)
    drag(view, at_port(view, "n9", "out", True), at_port(view, "n2", "x1", False), release=False)
    assert view.canvas.draft.path().currentPosition() == view.canvas.nodes["n2"].anchor("x2", False)
    QTest.mouseRelease(view.viewport(), LEFT, pos=at_port(view, "n2", "x1", False))
    assert ends(view) == {("n1", "out", "n2", "x1"), ("n9", "out", "n2", "x2")} and steps(view) == 1


def test_ports_that_do_not_fit_fade_while_a_link_is_drawn(qtbot):
    view = shown(qtbot, chain("linear", "relu", "sigmoid"))
    before = painted(view)
    start = at_port(view, "n2", "out", True)
    drag(view, start, start + QPoint(30, 160), release=False)
    faded = {
        (item.node.id, place.name)
        for item in view.canvas.nodes.values()
        for place in (*item.inputs, *item.outputs)
        if item.fades is not None and item.fades(item, place)
    }
    # n3 is fed already, n1 feeds n2, and outputs take no links
    assert faded == {(key, name) for key in ("n1", "n2", "n3") for name in ("x", "out")} - {("n2", "out")}
    QTest.keyClick(view, Qt.Key.Key_Escape)
    QTest.mouseRelease(view.viewport(), LEFT, pos=start)
    assert all(item.fades is None for item in view.canvas.nodes.values())
    QTest.mouseMove(view.viewport(), QPoint(5, 5))
    assert painted(view) == before and steps(view) == 0


def test_a_port_with_other_axes_can_be_linked_but_ranks_after_one_that_fits(qtbot):
    project = Project()
    for made in (node("table_input", "a", 0, 0), node("conv2d", "b", 400, 0), node("linear", "c", 400, 76)):
        project = edits.add_node(project, made)
    view = shown(qtbot, project)
    view.set_analysis(Analysis(reports={"a": Report("a", (4,), "NF")}))
    start = at_port(view, "a", "out", True)
    between = view.mapFromScene(
        view.canvas.nodes["b"].anchor("x", False) * 0.55 + view.canvas.nodes["c"].anchor("x", False) * 0.45
    )
    for reach, key in ((between, "c"), (at_port(view, "b", "x", False), "b")):
        view.set_zoom(1.0)
        drag(view, start, reach, release=False)
        target = view.canvas.draft.path().currentPosition()
        if key == "b":
            assert target == view.canvas.nodes[key].anchor("x", False)
            assert "takes N×C×H×W" in view.canvas.label.text and not view.canvas.label.refusal
        QTest.keyClick(view, Qt.Key.Key_Escape)
        QTest.mouseRelease(view.viewport(), LEFT, pos=reach)
    fitting = Fitting(view.canvas, view.canvas.nodes["a"], view.canvas.nodes["a"].outputs[0], None)
    ranks = [fitting.rank(view.canvas.nodes[key], view.canvas.nodes[key].inputs[0]) for key in ("b", "c")]
    assert ranks == [1, 0]
    drag(view, start, at_port(view, "b", "x", False))
    assert ends(view) == {("a", "out", "b", "x")}


def test_a_new_link_let_go_on_the_bare_ground_asks_what_to_add(qtbot):
    view = shown(qtbot, chain("linear"))
    start = at_port(view, "n1", "out", True)
    drag(view, start, start + QPoint(120, 150))
    (box,) = view.window().findChildren(SearchBox)
    assert box.isVisible() and steps(view) == 0
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    (link,) = view.session.project.graph.links
    assert (link.source, link.source_port) == ("n1", "out") and steps(view) == 1


@pytest.mark.alone
def test_working_out_what_fits_takes_little_time_among_2000_nodes(qtbot):
    project = Project()
    for number in range(2000):
        made = node("relu", f"n{number}", number % 50 * 240, number // 50 * 120)
        project = replace(project, graph=replace(project.graph, nodes={**project.graph.nodes, made.id: made}))
    links = tuple(Link(f"n{number}", "out", f"n{number + 1}", "x") for number in range(1999))
    view = shown(qtbot, replace(project, graph=replace(project.graph, links=links)))
    item = view.canvas.nodes["n1000"]
    took = []
    for _ in range(5):
        begin = time.perf_counter()
        view.port_fade.show(Fitting(view.canvas, item, item.outputs[0], None).fades)
        took.append(time.perf_counter() - begin)
        view.port_fade.show(None)
    assert min(took) < 0.03, took
    view.port_fade.show(Fitting(view.canvas, item, item.outputs[0], None).fades)
    qtbot.waitUntil(lambda: all(item.fades is not None for item in view.canvas.nodes.values()))


# moving ends


@pytest.mark.parametrize("share, key, name, output", [(0.95, "n9", "x", False), (0.05, "n8", "out", True)])
def test_an_end_of_a_link_is_moved_by_taking_hold_of_the_link_near_it(qtbot, share, key, name, output):
    project = edits.add_node(two_apart(), node("sigmoid", "n9", 420, 200))
    view = shown(qtbot, edits.add_node(project, node("linear", "n8", 0, 200)))
    drag(view, along(view, share), at_port(view, key, name, output))
    assert ends(view) == {("n8", "out", "n2", "x") if output else ("n1", "out", "n9", "x")} and steps(view) == 1
    view.session.undo()
    assert ends(view) == {FIRST}


@pytest.mark.parametrize("share", [0.95, 0.05])
def test_an_end_let_go_on_the_bare_ground_unlinks_and_escape_does_not(qtbot, share):
    view = shown(qtbot, two_apart())
    start, before = along(view, share), painted(view)
    untouched(view, before, held(view, start, start + QPoint(0, 150)))
    drag(view, start, start + QPoint(0, 150))
    assert not ends(view) and steps(view) == 1 and view.session.history.undo_label == "Delete link"


@pytest.mark.parametrize(("share", "moved"), [(0.95, ("n1", "x")), (0.05, ("n2", "out"))])
def test_a_lifted_link_let_go_on_the_bare_ground_moves_into_the_layer_added_there(qtbot, share, moved):
    view = shown(qtbot, two_apart())
    before = view.session.project
    start = along(view, share)
    drag(view, start, start + QPoint(0, 150))
    (box,) = [box for box in view.window().findChildren(SearchBox) if box.isVisible()]
    QTest.keyClicks(box.field, "relu")
    QTest.keyClick(box.field, Qt.Key.Key_Return)
    (link,) = view.session.project.graph.links
    assert {"n1", "n2"} & {link.source, link.target} == {moved[0]} and steps(view) == 1
    assert view.session.history.undo_label == "Add ReLU"
    view.session.undo()
    assert view.session.project == before


def test_escape_in_the_box_leaves_the_lifted_link_taken_away(qtbot):
    view = shown(qtbot, two_apart())
    start = along(view, 0.95)
    drag(view, start, start + QPoint(0, 150))
    (box,) = [box for box in view.window().findChildren(SearchBox) if box.isVisible()]
    QTest.keyClick(box.field, Qt.Key.Key_Escape)
    assert not ends(view) and steps(view) == 1 and len(view.session.project.graph.nodes) == 2


def test_alt_on_an_output_picks_up_the_start_of_its_link(qtbot):
    view = shown(qtbot, edits.add_node(two_apart(), node("linear", "n8", 0, 200)))
    drag(view, at_port(view, "n1", "out", True), at_port(view, "n8", "out", True), modifiers=ALT)
    assert ends(view) == {("n8", "out", "n2", "x")} and steps(view) == 1


def test_the_start_of_a_link_moved_to_what_it_feeds_is_refused(qtbot):
    view = shown(qtbot, chain("linear", "relu", "sigmoid", gap=420))
    drag(view, along(view, 0.05), at_port(view, "n3", "out", True))
    assert "circle" in view.canvas.label.text and steps(view) == 0 and FIRST in ends(view)


def test_a_moved_link_keeps_its_place_among_many_and_what_it_carries(qtbot):
    project = edits.add_node(chain("linear", "add", gap=420), node("linear", "n8", 0, 200))
    project = edits.connect(project, Link("n8", "out", "n2", "x2"), ports_of)
    carrying = replace(project.graph.links[0], extra={"colour": "red"})
    project = replace(project, graph=replace(project.graph, links=(carrying, *project.graph.links[1:])))
    view = shown(qtbot, edits.add_node(project, node("linear", "n7", 0, 400)))
    drag(view, along(view, 0.05, ("n1", "out", "n2", "x1")), at_port(view, "n7", "out", True))
    moved = next(link for link in view.session.project.graph.links if link.source == "n7")
    assert moved.target_port == "x1" and moved.extra == {"colour": "red"}


def test_the_first_of_many_taken_away_leaves_the_second_where_it_is(qtbot):
    project = edits.add_node(chain("linear", "add", gap=420), node("linear", "n8", 0, 200))
    view = shown(qtbot, edits.connect(project, Link("n8", "out", "n2", "x2"), ports_of))
    start = at_port(view, "n2", "x1", False)
    drag(view, start, start + QPoint(-60, -120))
    assert ends(view) == {("n8", "out", "n2", "x2")}
    assert [place.name for place in view.canvas.nodes["n2"].inputs] == ["x1", "x2"]
    drag(view, at_port(view, "n1", "out", True), at_node(view, "n2"))
    assert [place.name for place in view.canvas.nodes["n2"].inputs] == ["x1", "x2", "x3"]
    assert ("n1", "out", "n2", "x1") in ends(view)


# cutting


def three_links(qtbot) -> CanvasView:
    project = chain("linear", "add", gap=420)
    for number, key in enumerate(("n8", "n9"), 2):
        project = edits.add_node(project, node("linear", key, 0, 120.0 * (number - 1)))
        project = edits.connect(project, Link(key, "out", "n2", f"x{number}"), ports_of)
    return shown(qtbot, project)


def test_a_stroke_with_ctrl_cuts_all_links_that_it_crosses_in_one_step(qtbot):
    view = three_links(qtbot)
    start, end = view.mapFromScene(QPointF(250, -40)), view.mapFromScene(QPointF(250, 400))
    before = painted(view)
    untouched(view, before, held(view, start, end, CTRL))
    drag(view, start, end, modifiers=CTRL, release=False)
    assert view.canvas.label.text == "Cut 3 links" and not view.canvas.label.refusal
    assert view.viewport().cursor().shape() == Qt.CursorShape.BitmapCursor
    QTest.mouseRelease(view.viewport(), LEFT, CTRL, end)
    assert not ends(view) and steps(view) == 1 and view.session.history.undo_label == "Cut 3 links"
    assert not view.canvas.label.isVisible() and view.viewport().cursor().shape() != Qt.CursorShape.BitmapCursor
    view.session.undo()
    assert len(ends(view)) == 3 and all(item.opacity() == 1.0 for item in view.canvas.links.values())


def test_a_stroke_cuts_no_more_than_it_crosses_and_selects_nothing(qtbot):
    view = three_links(qtbot)
    drag(view, view.mapFromScene(QPointF(240, 380)), view.mapFromScene(QPointF(240, 220)), modifiers=CTRL)
    assert ends(view) == {("n1", "out", "n2", "x1"), ("n8", "out", "n2", "x2")} and not view.selected()


def test_a_stroke_over_nothing_changes_nothing(qtbot):
    view = three_links(qtbot)
    drag(view, view.mapFromScene(QPointF(-100, 600)), view.mapFromScene(QPointF(100, 640)), modifiers=CTRL)
    assert steps(view) == 0


def test_ctrl_click_takes_a_node_or_link_into_the_selection_and_shift_drags_add(qtbot):
    view = shown(qtbot, two_apart())
    click(view, at_node(view, "n1"))
    click(view, at_node(view, "n2"), CTRL)
    assert view.selected() == ("n1", "n2")
    click(view, at_node(view, "n2"), CTRL)
    click(view, along(view, 0.5), CTRL)
    assert view.selected() == ("n1",) and len(view.canvas.selected_links()) == 1
    box = view.canvas.nodes["n2"].rect()
    drag(
        view,
        view.mapFromScene(box.bottomRight() + QPointF(40, 40)),
        view.mapFromScene(box.center() + QPointF(0, 20)),
        modifiers=SHIFT,
    )
    assert view.selected() == ("n1", "n2") and steps(view) == 0


# in order


def test_connect_in_order_links_from_left_to_right_in_one_step(qtbot):
    project = Project()
    for made in (node("relu", "b", 260, 0), node("linear", "a", 0, 40), node("sigmoid", "c", 520, 0)):
        project = edits.add_node(project, made)
    view = shown(qtbot, project)
    QTest.keyClick(view, Qt.Key.Key_A, CTRL)
    QTest.keyClick(view, Qt.Key.Key_J)
    assert ends(view) == {("a", "out", "b", "x"), ("b", "out", "c", "x")} and steps(view) == 1


def test_connect_in_order_follows_the_order_of_the_clicks(qtbot):
    project = Project()
    for made in (node("relu", "b", 260, 0), node("linear", "a", 0, 40), node("sigmoid", "c", 520, 0)):
        project = edits.add_node(project, made)
    view = shown(qtbot, project)
    click(view, at_node(view, "c"))
    click(view, at_node(view, "a"), SHIFT)
    click(view, at_node(view, "b"), SHIFT)
    QTest.keyClick(view, Qt.Key.Key_J)
    assert ends(view) == {("c", "out", "a", "x"), ("a", "out", "b", "x")} and steps(view) == 1


def test_connect_in_order_does_all_or_nothing_and_says_why(qtbot):
    project = edits.add_node(chain("linear", "relu"), node("table_input", "n9", 520, 0))
    view = shown(qtbot, project)
    QTest.keyClick(view, Qt.Key.Key_A, CTRL)
    QTest.keyClick(view, Qt.Key.Key_J)
    assert "has no inputs" in view.canvas.label.text and steps(view) == 0


def test_the_commands_of_links_show_their_keys():
    keys = {command.name: command.keys for command in COMMANDS}
    assert keys["connect"] == "J" and keys["straighten"] == "Shift+J"
