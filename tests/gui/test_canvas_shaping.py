"""Shaping the graph: into line while dragging, aligned and tidied up by commands, with room where layers go in."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from designer.gui.canvas.guides import GuideItem
from designer.gui.canvas.view import CanvasView
from designer.gui.theme import GRID
from designer.project import edits, frames
from designer.project.bends import set_bends
from designer.project.model import Frame, Project
from tests.helpers.canvas import LEFT, at_node, chain, drag, drop, shown

ALT, CONTROL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


def places(view: CanvasView) -> dict[str, tuple[float, float]]:
    return {key: (node.x, node.y) for key, node in view.session.project.graph.nodes.items()}


def messy() -> Project:
    """Three layers in a row but not in line."""
    return edits.move(chain("table_input", "linear", "output"), {"n1": (0, 3), "n2": (270, 37), "n3": (610, 158)})


@pytest.fixture
def view(qtbot: QtBot) -> CanvasView:
    view = shown(qtbot, messy())
    view.set_zoom(1.0)
    view.centerOn(350, 100)
    return view


def guides(view: CanvasView) -> list[GuideItem]:
    return [item for item in view.canvas.items() if isinstance(item, GuideItem)]


def drag_with(view: CanvasView, start: QPoint, end: QPoint, modifiers: Qt.KeyboardModifier) -> None:
    """Press, then hold the keys while moving."""
    QTest.mousePress(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, start)
    for part in (0.5, 1.0):
        point = QPointF(start + (end - start) * part)
        event = QMouseEvent(
            QEvent.Type.MouseMove, point, view.viewport().mapToGlobal(point), Qt.MouseButton.NoButton, LEFT, modifiers
        )
        QApplication.sendEvent(view.viewport(), event)
    QTest.mouseRelease(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, end)


def test_a_node_clicks_into_line_with_its_neighbour_and_a_line_says_so(view: CanvasView) -> None:
    start = at_node(view, "n2")
    drag(view, start, start - QPoint(0, 31), release=False)
    assert view.canvas.nodes["n2"].y() == 3
    lines = guides(view)[0].lines
    assert any(line.y1() == line.y2() == 3 for line in lines)
    QTest.mouseRelease(view.viewport(), LEFT, pos=start - QPoint(0, 31))
    assert places(view)["n2"][1] == 3 and not guides(view)


def test_equal_gaps_are_found(view: CanvasView) -> None:
    view.editor.move({"n3": (610, 37)})
    start = at_node(view, "n2")
    drag(view, start, start + QPoint(33, 0), release=False)
    assert view.canvas.nodes["n2"].x() == 305
    assert guides(view)[0].gaps
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not guides(view) and places(view)["n2"] == (270, 37)


def test_with_alt_held_nothing_is_in_line(view: CanvasView) -> None:
    start = at_node(view, "n2")
    drag_with(view, start, start - QPoint(1, 31), ALT)
    assert places(view)["n2"] == (269, 6)


def test_on_the_coarse_grid_nodes_lie_on_its_dots(view: CanvasView) -> None:
    QTest.keyClick(view, Qt.Key.Key_G, SHIFT)
    assert view.coarse_grid and view.dot_spacing == 16
    start = at_node(view, "n2")
    drag(view, start, start + QPoint(21, 45))
    x, y = places(view)["n2"]
    assert x % 16 == 0 and y % 16 == 0
    QTest.keyClick(view, Qt.Key.Key_G, SHIFT)
    assert not view.coarse_grid and view.dot_spacing != 16


def test_the_coarse_grid_is_remembered(view: CanvasView, qtbot: QtBot) -> None:
    QTest.keyClick(view, Qt.Key.Key_G, SHIFT)
    other = shown(qtbot, chain("table_input", "linear"))
    assert other.coarse_grid and other.dot_spacing == 16
    QTest.keyClick(other, Qt.Key.Key_G, SHIFT)
    assert not shown(qtbot, chain("table_input")).coarse_grid


def test_aligning_and_distributing_are_one_step_each(view: CanvasView) -> None:
    before = view.session.project
    QTest.keyClick(view, Qt.Key.Key_A, CONTROL)
    QTest.keyClick(view, Qt.Key.Key_T, ALT | SHIFT)
    assert {y for _, y in places(view).values()} == {3}
    QTest.keyClick(view, Qt.Key.Key_H, ALT | SHIFT)
    first, second, third = (places(view)[key][0] for key in ("n1", "n2", "n3"))
    assert second - first == third - second
    view.session.undo()
    view.session.undo()
    assert view.session.project == before


@pytest.mark.parametrize(("key", "axis"), [("L", 0), ("C", 0), ("R", 0), ("T", 1), ("M", 1), ("B", 1)])
def test_each_way_to_align(view: CanvasView, key: str, axis: int) -> None:
    QTest.keyClick(view, Qt.Key.Key_A, CONTROL)
    QTest.keyClick(view, getattr(Qt.Key, f"Key_{key}"), ALT | SHIFT)
    assert len({place[axis] for place in places(view).values()}) == 1


def test_too_few_to_align_says_so(view: CanvasView) -> None:
    view.select(["n1"])
    said: list[str] = []
    view.refused.connect(said.append)
    QTest.keyClick(view, Qt.Key.Key_L, ALT | SHIFT)
    assert said == ["Select two or more to align."]


def test_tidying_the_selection_leaves_the_rest_and_clears_its_bends(view: CanvasView) -> None:
    link = view.session.project.graph.links[0]
    view.editor.do("Bend", lambda project: set_bends(project, link, [(200, 300)]))
    view.select(["n1", "n2"])
    count = len(view.session.history.steps)
    QTest.keyClick(view, Qt.Key.Key_L, CONTROL | SHIFT)
    now = places(view)
    assert now["n1"][1] == now["n2"][1] and now["n3"] == (610, 158)
    assert not view.session.project.graph.links[0].bends
    assert len(view.session.history.steps) == count + 1


def test_tidying_top_down(view: CanvasView) -> None:
    QTest.keyClick(view, Qt.Key.Key_L, CONTROL | ALT)
    now = places(view)
    assert now["n1"][1] < now["n2"][1] < now["n3"][1]


def test_a_layer_dropped_into_a_link_on_a_frame_makes_the_frame_grow(qtbot: QtBot) -> None:
    project = chain("table_input", "linear", "output")
    box = frames.enclosing([(0, 0, 192, 72), (260, 0, 192, 72)])
    view = shown(qtbot, frames.add_frame(project, Frame("f1", "Part", "green", *box)))
    middle = view.canvas.links[project.graph.links[0].ends].path.pointAtPercent(0.5)
    assert drop(view, "relu", view.mapFromScene(middle))
    graph = view.session.project.graph
    assert frames.lying_on(graph, "f1", view.canvas.sizes()) == {"n1", "n2", "n4"}
    frame = graph.frames["f1"]
    assert graph.nodes["n2"].x + 192 + frames.PADDING <= frame.x + frame.width
    view.session.undo()
    assert view.session.project.graph.frames["f1"].width == box[2]


@pytest.mark.alone
def test_a_step_of_a_drag_among_a_thousand_is_quick(qtbot: QtBot) -> None:
    project = chain(*["relu"] * 1000)
    positions = {f"n{place + 1}": (place % 40 * 240.0, place // 40 * 120.0) for place in range(1000)}
    view = shown(qtbot, edits.move(project, positions))
    view.zoom_to_fit()
    start = at_node(view, "n420")
    drag(view, start, start + QPoint(9, 9), release=False)
    gesture = view.gesture
    assert gesture is not None
    begin = time.process_time()
    for step in range(60):
        gesture.moved(start + QPoint(9 + step, 9 + step // 2))
    assert (time.process_time() - begin) / 60 < 0.005
    view.cancel_gesture()


def test_a_plain_drag_lies_on_the_fine_grid(qtbot: QtBot) -> None:
    view = shown(qtbot, chain("relu"))
    start = at_node(view, "n1")
    drag(view, start, start + QPoint(41, 47))
    assert all(value % GRID == 0 for value in places(view)["n1"]) and places(view)["n1"] != (0, 0)
