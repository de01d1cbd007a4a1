"""Reading and clicking links: widths, labels, cursors, problems, links seen from afar."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from designer.compiler.problems import LinkPlace, Problem
from designer.compiler.report import Analysis, Report
from designer.gui.canvas.link_item import LinkItem
from designer.project import edits
from designer.project.model import Link
from tests.helpers.canvas import at_port, chain, click, drag, shown
from tests.helpers.links import (
    FIRST,
    along,
    bent_view,
    ends,
    node,
    steps,
    two_apart,
)

# clicking and reading


@pytest.mark.parametrize("zoom", [1.0, 0.6, 0.46])
def test_a_link_between_close_nodes_can_be_clicked(qtbot, zoom):
    view = shown(qtbot, chain("linear", "relu", gap=232))
    view.set_zoom(zoom)
    click(view, along(view, 0.5))
    assert len(view.canvas.selected_links()) == 1


def test_a_port_wins_within_its_own_radius(qtbot):
    view = shown(qtbot, edits.add_node(chain("linear", "relu", gap=300), node("sigmoid", "n9", 300, 160)))
    view.set_zoom(1.0)
    start = at_port(view, "n1", "out", True) + QPoint(5, 0)
    drag(view, start, at_port(view, "n9", "x", False))
    assert ends(view) == {FIRST, ("n1", "out", "n9", "x")}


def test_links_are_drawn_from_afar_by_the_sides_of_nodes(qtbot):
    project = edits.disconnect(chain("linear", "relu"), [Link(*FIRST)])
    view = shown(qtbot, project)
    view.set_zoom(0.3)
    right = view.mapFromScene(view.canvas.nodes["n1"].rect().center() + QPointF(80, 0))
    drag(view, right, view.mapFromScene(view.canvas.nodes["n2"].rect().center()))
    assert ends(view) == {FIRST} and steps(view) == 1
    drag(view, view.mapFromScene(view.canvas.nodes["n1"].rect().center()), QPoint(300, 500))
    assert steps(view) == 2 and view.session.history.undo_label.startswith("Move")


def test_from_afar_a_click_on_a_side_selects_the_node_and_selected_nodes_are_moved(qtbot):
    view = shown(qtbot, chain("linear", "relu"))
    view.set_zoom(0.3)
    right = view.mapFromScene(view.canvas.nodes["n1"].rect().center() + QPointF(80, 0))
    click(view, right)
    assert view.selected() == ("n1",)
    drag(view, right, right + QPoint(0, 100))
    assert view.session.history.undo_label.startswith("Move")


def test_a_link_says_what_flows_under_the_cursor(qtbot):
    view = shown(qtbot, two_apart())
    view.set_analysis(Analysis(reports={"n1": Report("n1", (32, 26, 26), "NCHW")}))
    QTest.mouseMove(view.viewport(), along(view, 0.5) + QPoint(0, 1))
    label = view.link_hover.label
    qtbot.waitUntil(label.isVisible)
    assert label.text == "N × 32 × 26 × 26 · C H W"
    assert view.tip_at(along(view, 0.5)).endswith(label.text)
    near = view.mapFromScene(label.pos()) - along(view, 0.5)
    assert near.manhattanLength() <= 2
    QTest.mouseMove(view.viewport(), QPoint(400, 620))
    qtbot.waitUntil(lambda: not label.isVisible())


@pytest.mark.parametrize("shape, width", [((4,), 1.5), ((300,), 2.2), ((16, 28, 28), 3.0), ((64, 112, 112), 4.0)])
def test_a_link_is_wider_where_more_flows(qtbot, shape, width):
    view = shown(qtbot, two_apart())
    view.set_analysis(Analysis(reports={"n1": Report("n1", shape, "N" * (len(shape) + 1))}))
    assert view.canvas.links[FIRST].pen(False).widthF() == width


def test_a_problem_is_dashed_also_while_the_link_is_selected(qtbot):
    view = shown(qtbot, two_apart())
    link = view.session.project.graph.links[0]
    view.set_analysis(Analysis((Problem("error", "axes", LinkPlace(link), "It does not fit."),)))
    item = view.canvas.links[FIRST]
    assert isinstance(item, LinkItem)
    assert [item.pen(chosen).style() for chosen in (False, True)] == [Qt.PenStyle.DashLine] * 2


def test_the_cursor_says_what_dragging_the_link_would_do(qtbot):
    view = bent_view(qtbot)
    shapes = []
    for at in (along(view, 0.06), along(view, 0.35), view.mapFromScene(QPointF(300, 160)), along(view, 0.95)):
        QTest.mouseMove(view.viewport(), at)
        shapes.append(view.viewport().cursor().shape())
    cross = Qt.CursorShape.CrossCursor
    assert shapes == [cross, Qt.CursorShape.PointingHandCursor, Qt.CursorShape.SizeAllCursor, cross]
