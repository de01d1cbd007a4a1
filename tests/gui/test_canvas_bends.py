"""Bending links by hand, and links that run back. Each gesture is one step, Escape leaves no trace."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from designer.gui.canvas.search_box import SearchBox
from designer.layers.catalog import ports_of
from designer.project import edits
from designer.project.bends import set_bends
from designer.project.model import Link, Project
from tests.helpers.canvas import LEFT, at_node, click, drag, painted, shown
from tests.helpers.links import (
    CTRL,
    FIRST,
    SHIFT,
    along,
    bends,
    bent_view,
    ends,
    held,
    node,
    steps,
    two_apart,
    untouched,
)

# bending


def test_dragging_the_middle_of_a_link_bends_it_there(qtbot):
    view = shown(qtbot, two_apart())
    start, before = along(view, 0.5), painted(view)
    end = start + QPoint(6, 110)
    assert not bends(view)
    drag(view, start, end)
    ((x, y),) = bends(view)
    at = view.mapToScene(end)
    assert abs(x - at.x()) <= 2 and abs(y - at.y()) <= 2 and x % 4 == 0 and y % 4 == 0
    assert steps(view) == 1 and view.session.history.undo_label == "Bend link"
    item = view.canvas.links[FIRST]
    assert item.isSelected() and item.trace.hold(QPointF(x, y)).away < 0.01
    assert item.line.p1() == view.canvas.nodes["n1"].anchor("out", True)
    view.session.undo()
    view.canvas.select(())
    QTest.mouseMove(view.viewport(), QPoint(5, 5))
    assert painted(view) == before and view.canvas.links[FIRST] is item


def test_escape_leaves_a_link_unbent(qtbot):
    view = shown(qtbot, two_apart())
    view.canvas.select((), [view.session.project.graph.links[0]])
    start, before = along(view, 0.5), painted(view)
    untouched(view, before, held(view, start, start + QPoint(0, 90)))
    assert bends(view) == ()


def test_bends_are_made_in_the_order_in_which_the_link_passes_them(qtbot):
    view = bent_view(qtbot, ((300.0, 160.0),))
    start = along(view, 0.32)
    drag(view, start, start + QPoint(0, -40))
    start = along(view, 0.7)
    drag(view, start, start + QPoint(20, 30))
    assert len(bends(view)) == 3 and bends(view)[1] == (300.0, 160.0)
    item = view.canvas.links[FIRST]
    assert [item.trace.hold(QPointF(*point)).away < 0.01 for point in bends(view)] == [True] * 3
    passed = [item.trace.hold(QPointF(*point)).along for point in bends(view)]
    assert passed == sorted(passed)


def test_a_bend_is_moved_by_its_handle(qtbot):
    view = bent_view(qtbot)
    start = view.mapFromScene(QPointF(300, 160))
    drag(view, start, start + QPoint(40, -80))
    assert bends(view) == ((340.0, 80.0),) and steps(view) == 1
    assert view.canvas.links[FIRST].chosen_bend == 0


def test_a_bend_dragged_back_to_where_the_link_runs_anyway_goes(qtbot):
    view = bent_view(qtbot)
    item = view.canvas.links[FIRST]
    drag(view, view.mapFromScene(QPointF(300, 160)), view.mapFromScene(QPointF(300, item.line.center().y())))
    assert bends(view) == () and view.session.history.undo_label == "Straighten link"


def test_a_double_click_on_a_bend_removes_it(qtbot):
    view = bent_view(qtbot)
    at = view.mapFromScene(QPointF(300, 160))
    click(view, at)
    QTest.mouseDClick(view.viewport(), LEFT, pos=at)
    assert bends(view) == () and steps(view) == 1 and view.session.history.undo_label == "Remove bend"
    assert not view.window().findChildren(SearchBox)


def test_delete_after_a_click_on_a_bend_removes_the_bend_and_then_the_link(qtbot):
    view = bent_view(qtbot)
    click(view, view.mapFromScene(QPointF(300, 160)))
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert bends(view) == () and ends(view) == {FIRST} and steps(view) == 1
    assert view.canvas.links[FIRST].isSelected()
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert not ends(view) and steps(view) == 2


def test_bends_go_along_with_both_nodes_already_while_they_are_dragged(qtbot):
    view = bent_view(qtbot)
    QTest.keyClick(view, Qt.Key.Key_A, CTRL)
    start = at_node(view, "n1")
    drag(view, start, start + QPoint(40, 60), release=False)
    item = view.canvas.links[FIRST]
    shift = view.canvas.nodes["n1"].pos()
    assert item.bends == (QPointF(300, 160) + shift,) and not shift.isNull()
    QTest.mouseRelease(view.viewport(), LEFT, pos=start + QPoint(40, 60))
    assert bends(view) == ((300 + shift.x(), 160 + shift.y()),) and steps(view) == 1
    view.session.undo()
    assert view.canvas.links[FIRST].bends == (QPointF(300, 160),)


def test_bends_stay_where_one_node_alone_is_moved(qtbot):
    view = bent_view(qtbot)
    start = at_node(view, "n2")
    drag(view, start, start + QPoint(40, 60))
    assert bends(view) == ((300.0, 160.0),)


def test_a_changed_bend_leaves_the_link_selected(qtbot):
    view = bent_view(qtbot)
    link = view.session.project.graph.links[0]
    view.canvas.select((), [link])
    view.session.do("Bend link", set_bends(view.session.project, link, [(280, 100)]))
    assert view.canvas.links[FIRST].isSelected()
    view.session.undo()
    assert view.canvas.links[FIRST].isSelected() and view.canvas.links[FIRST].bends == (QPointF(300, 160),)


def test_remove_bends_straightens_the_selected_link(qtbot):
    view = bent_view(qtbot, ((260.0, 160.0), (320.0, 100.0)))
    click(view, along(view, 0.5))
    QTest.keyClick(view, Qt.Key.Key_J, SHIFT)
    assert bends(view) == () and steps(view) == 1
    QTest.keyClick(view, Qt.Key.Key_J, SHIFT)
    assert "no bends" in view.canvas.label.text and steps(view) == 1


def test_a_link_that_runs_back_passes_round_its_nodes(qtbot):
    project = edits.move(two_apart(), {"n2": (-60.0, 40.0)})
    view = shown(qtbot, project)
    item = view.canvas.links[FIRST]
    for places in ((-60.0, 40.0), (-300.0, 0.0), (-200.0, 300.0), (20.0, -200.0), (-500.0, -30.0)):
        view.session.do("Move", edits.move(view.session.project, {"n2": places}))
        boxes = [view.canvas.nodes[key].rect().adjusted(2, 2, -2, -2) for key in ("n1", "n2")]
        assert not any(box.contains(point) for box in boxes for point in item.trace.points), places


# links that run back past other nodes


def rows(*heights: float) -> Project:
    """A link from the end of one row back to the start of a lower one, with a node at each of ``heights`` between."""
    project = Project()
    between = [node("relu", f"m{place}", 300 + 40 * place, height) for place, height in enumerate(heights)]
    for each in (node("linear", "n1", 800, 0), node("relu", "n2", 0, 300), *between):
        project = edits.add_node(project, each)
    return edits.connect(project, Link(*FIRST), ports_of)


def behind(view) -> set[str]:
    """The nodes in between that the link is drawn behind."""
    path = view.canvas.links[FIRST].path
    points = [path.pointAtPercent(share / 400) for share in range(401)]
    nodes = {key: item.rect() for key, item in view.canvas.nodes.items() if key.startswith("m")}
    return {key for key, rect in nodes.items() if any(map(rect.contains, points))}


@pytest.mark.parametrize("heights", [(140.0,), (100.0,), (170.0,), (80.0, 200.0)])
def test_a_link_that_runs_back_does_not_pass_behind_a_node(qtbot, heights):
    view = shown(qtbot, rows(*heights))
    assert not behind(view)


def test_a_link_that_runs_back_beneath_its_nodes_keeps_clear_of_what_lies_there(qtbot):
    project = edits.move(rows(100.0), {"n1": (800.0, 0.0), "n2": (0.0, 20.0)})
    view = shown(qtbot, project)
    assert not behind(view)


def test_a_link_that_runs_back_makes_way_for_a_node_that_is_put_there_and_undo_brings_it_back(qtbot):
    view = shown(qtbot, rows(600.0))
    before = painted(view)
    view.session.do("Move", edits.move(view.session.project, {"m0": (300.0, 150.0)}))
    assert not behind(view)
    view.session.undo()
    assert painted(view) == before
