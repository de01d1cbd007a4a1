"""Traced paths: what feeds a node and what follows it stands out; and what looking around costs in large graphs."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from designer.gui.canvas.view import CanvasView
from designer.layers.catalog import new_node, ports_of
from designer.project import edits
from designer.project.model import Graph, Link, Node, Project
from tests.helpers.canvas import shown

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def forked(qtbot) -> CanvasView:
    """n1 → n2 → n3 → n6 and n1 → n4 → n6; n5 stands alone."""
    project = Project()
    for place, type_key in enumerate(("table_input", "linear", "relu", "linear", "relu", "add")):
        project = edits.add_node(project, new_node(project.graph, type_key, 260.0 * (place % 3), 160.0 * (place // 3)))
    ports = {"n6": ["x1", "x2"]}
    for source, target in (("n1", "n2"), ("n2", "n3"), ("n3", "n6"), ("n1", "n4"), ("n4", "n6")):
        port = ports[target].pop(0) if target in ports else "x"
        project = edits.connect(project, Link(source, "out", target, port), ports_of)
    return shown(qtbot, project)


def test_what_feeds_and_what_follows_stand_out(forked):
    forked.select(["n3"])
    QTest.keyClick(forked, Qt.Key.Key_U, SHIFT)
    trace = forked.lookout.trace
    nodes, links = trace.shown
    assert nodes == {"n1", "n2", "n3"} and len(links) == 2 and trace.veil.isVisible()
    QTest.keyClick(forked, Qt.Key.Key_D, SHIFT)
    assert trace.shown[0] == {"n1", "n2", "n3", "n6"} and len(trace.shown[1]) == 3
    QTest.keyClick(forked, Qt.Key.Key_U, SHIFT)
    assert trace.shown[0] == {"n3", "n6"}
    QTest.keyClick(forked, Qt.Key.Key_Escape)
    assert not trace.on and not trace.veil.isVisible()
    assert forked.selected() == ("n3",) and not forked.session.history.can_undo


def test_the_rest_is_dimmed_on_the_screen_and_what_stands_out_is_not(forked):
    def pixels(key: str) -> list[QColor]:
        image = forked.viewport().grab().toImage()
        box = forked.mapFromScene(forked.canvas.nodes[key].rect()).boundingRect()
        return [image.pixelColor(box.left() + 14, box.top() + y) for y in range(10, 30, 4)]

    forked.select(())
    before = {key: pixels(key) for key in ("n2", "n5")}
    forked.select(["n3"])
    QTest.keyClick(forked, Qt.Key.Key_U, SHIFT)
    assert pixels("n2") == before["n2"] and pixels("n5") != before["n5"]
    forked.set_zoom(0.3)
    far = pixels("n5")
    forked.lookout.trace.end()
    assert pixels("n5") != far


def test_selecting_another_node_follows_that_one_and_edits_are_heeded(forked):
    forked.select(["n3"])
    QTest.keyClick(forked, Qt.Key.Key_U, SHIFT)
    forked.select(["n6"])
    trace = forked.lookout.trace
    assert trace.shown[0] == {"n1", "n2", "n3", "n4", "n6"}
    forked.editor.unlink([link for link in forked.session.project.graph.links if link.source == "n4"])
    assert trace.shown[0] == {"n1", "n2", "n3", "n6"}
    forked.select(["n6"])
    forked.delete_selection()
    assert not trace.on


def test_nothing_selected_says_what_is_missing(forked, qtbot):
    forked.select(())
    with qtbot.waitSignal(forked.refused):
        QTest.keyClick(forked, Qt.Key.Key_D, SHIFT)


# what it costs


def grid(count: int) -> Project:
    types = ("linear", "relu", "dropout", "conv2d", "batch_norm2d")
    nodes = {f"n{n}": Node(f"n{n}", types[n % 5], f"n{n}", {}, n % 40 * 260.0, n // 40 * 140.0) for n in range(count)}
    return Project(Graph(nodes, tuple(Link(f"n{n - 1}", "out", f"n{n}", "x") for n in range(1, count))))


def cost(act) -> float:
    """The median of what 40 frames cost the processor, in milliseconds."""
    spent = []
    for step in range(40):
        start = time.process_time()
        act(step)
        QApplication.processEvents()
        spent.append((time.process_time() - start) * 1000)
    return sorted(spent)[20]


@pytest.mark.alone
def test_the_minimap_costs_a_drag_among_a_thousand_nodes_next_to_nothing(qtbot):
    view = shown(qtbot, grid(1000))
    view.zoom_to_actual_size()
    item = view.canvas.nodes["n300"]
    view.centerOn(item.pos())
    start = item.pos()

    def move(step: int) -> None:
        item.setPos(start + QPointF(step, step))
        view.canvas.follow(["n300"])

    view.lookout.minimap.set_wanted(False)
    without = cost(move)
    view.lookout.minimap.set_wanted(True)
    assert view.lookout.minimap.isVisible() and cost(move) < without + 2.0


@pytest.mark.alone
def test_traced_paths_among_two_thousand_nodes_stay_smooth(qtbot):
    view = shown(qtbot, grid(2000))
    view.select(["n1000"])
    start = time.process_time()
    QTest.keyClick(view, Qt.Key.Key_U, SHIFT)
    view.viewport().repaint()
    assert time.process_time() - start < 0.4 and len(view.lookout.trace.shown[0]) == 1001
    for zoom in (1.0, 0.5, view.zoom):
        view.set_zoom(zoom)
        assert cost(lambda step: view.pan_by(QPoint(5 if step % 20 < 10 else -5, 2))) < 45.0
