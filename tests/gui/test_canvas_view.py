"""Looking at the canvas: selection, panning, zooming and how it is drawn."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsItem, QLabel

from designer.gui.canvas.view import CanvasView
from designer.gui.theme import DARK, LIGHT
from designer.project import edits
from designer.project.model import Link, Node, Project
from designer.workspace.session import Session
from tests.helpers.canvas import at_node, chain, click, drag, painted, shown

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def view(qtbot) -> CanvasView:
    return shown(qtbot, chain("table_input", "linear", "relu", "output"))


def turn(
    view: CanvasView, at: QPoint, amount: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    event = QWheelEvent(
        QPointF(at),
        view.viewport().mapToGlobal(QPointF(at)),
        QPoint(),
        QPoint(0, amount),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), event)


def test_the_first_sight_is_of_the_whole_graph(view):
    assert view.visible_rect().contains(view.canvas.nodes_rect())


def test_a_click_selects_one_and_says_so(view, qtbot):
    with qtbot.waitSignal(view.selection_changed) as told:
        click(view, at_node(view, "n2"))
    assert told.args == [("n2",)]
    click(view, at_node(view, "n3"), SHIFT)
    assert view.selected() == ("n2", "n3")
    click(view, at_node(view, "n2"), SHIFT)
    assert view.selected() == ("n3",)
    click(view, QPoint(500, 650))
    assert view.selected() == ()


def test_a_click_on_one_of_many_selected_leaves_that_one(view):
    view.select_all()
    click(view, at_node(view, "n2"))
    assert view.selected() == ("n2",)


def test_the_rubber_band_selects_what_it_touches(view):
    boxes = [view.canvas.nodes[key].rect() for key in ("n2", "n3")]
    start = view.mapFromScene(boxes[0].center() + QPointF(0, 120))
    end = view.mapFromScene(boxes[1].center() - QPointF(0, 120))
    drag(view, start, end, release=False)
    assert view.canvas.band.isVisible() and view.selected() == ("n2", "n3")
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert not view.canvas.band.isVisible() and view.selected() == ("n2", "n3")


def test_the_rubber_band_with_shift_adds(view):
    click(view, at_node(view, "n1"))
    box = view.canvas.nodes["n4"].rect()
    drag(view, view.mapFromScene(box.center() + QPointF(0, 120)), view.mapFromScene(box.center()), modifiers=SHIFT)
    assert view.selected() == ("n1", "n4")


def test_escape_takes_the_selection_back(view):
    click(view, at_node(view, "n1"))
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.selected() == ()


@pytest.mark.parametrize("way", ["middle", "space", "hand"])
def test_three_ways_to_pan(view, way):
    before = view.mapToScene(500, 350)
    button = Qt.MouseButton.MiddleButton if way == "middle" else Qt.MouseButton.LeftButton
    if way == "space":
        QTest.keyPress(view, Qt.Key.Key_Space)
    if way == "hand":
        QTest.keyClick(view, Qt.Key.Key_H)
    drag(view, QPoint(500, 350), QPoint(600, 300), button=button)
    after = view.mapToScene(600, 300)
    assert (after - before).manhattanLength() < 3
    assert view.session.history.index == 0 and view.selected() == ()
    if way == "space":
        QTest.keyRelease(view, Qt.Key.Key_Space)
        drag(view, at_node(view, "n1"), at_node(view, "n1") + QPoint(0, 60))
        assert view.session.history.index == 1


def test_the_wheel_zooms_about_the_cursor(view):
    at = QPoint(700, 200)
    view.set_zoom(1.0)
    point = view.mapToScene(at)
    turn(view, at, 240)
    assert view.zoom == pytest.approx(1.44)
    assert (view.mapFromScene(point) - at).manhattanLength() <= 2
    turn(view, at, -12000)
    assert view.zoom == pytest.approx(0.05)
    turn(view, at, 12000)
    assert view.zoom == pytest.approx(4.0)


def test_the_wheel_with_shift_pans(view):
    zoom, before = view.zoom, view.mapToScene(0, 0)
    turn(view, QPoint(500, 300), -120, SHIFT)
    assert view.zoom == zoom and view.mapToScene(0, 0).x() > before.x()


@pytest.mark.parametrize("key", [Qt.Key.Key_F, Qt.Key.Key_Home])
def test_a_key_fits_the_graph(view, key):
    view.set_zoom(3.0)
    view.pan_by(QPoint(5000, 5000))
    assert not view.visible_rect().intersects(view.canvas.nodes_rect())
    QTest.keyClick(view, key)
    assert view.visible_rect().contains(view.canvas.nodes_rect()) and view.zoom <= 1.0


def test_control_0_is_actual_size(view):
    view.set_zoom(0.3)
    QTest.keyClick(view, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert view.zoom == 1.0


def test_show_node_selects_and_centres_it(view):
    view.set_zoom(0.2)
    view.show_node("n4")
    middle = view.mapFromScene(view.canvas.nodes["n4"].rect().center()) - view.viewport().rect().center()
    assert view.selected() == ("n4",) and view.zoom == 1.0 and middle.manhattanLength() <= 3


def test_a_double_click_and_enter_ask_for_the_node(view, qtbot):
    at = at_node(view, "n2") + QPoint(0, 40)
    with qtbot.waitSignal(view.node_activated) as told:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
        QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert told.args == ["n2"]
    with qtbot.waitSignal(view.node_activated):
        QTest.keyClick(view, Qt.Key.Key_Return)


def test_the_empty_state_says_what_to_do_and_goes(qtbot):
    view = shown(qtbot, Project())
    words = " ".join(label.text() for label in view.findChildren(QLabel) if label.isVisible())
    assert "Drag a layer from the palette" in words
    view.add_at_centre("linear")
    assert not any(label.isVisible() for label in view.findChildren(QLabel))
    view.session.undo()
    assert any(label.isVisible() for label in view.findChildren(QLabel))


def test_from_afar_one_painting_does_for_all_items(view):
    nodes = view.canvas.nodes.values()
    empty = QGraphicsItem.GraphicsItemFlag.ItemHasNoContents
    view.set_zoom(0.4)
    assert all(item.flags() & empty for item in nodes)
    names = painted(view)
    view.select(["n2"])
    assert painted(view) != names
    view.add_at_centre("relu")
    assert all(item.flags() & empty for item in view.canvas.nodes.values())
    blocks = painted(view)
    view.set_zoom(0.1)
    assert painted(view) != blocks
    view.set_zoom(1.0)
    assert not any(item.flags() & empty for item in view.canvas.nodes.values())


def test_a_drag_from_afar_moves_what_is_painted(view):
    view.set_zoom(0.4)
    view.centerOn(view.canvas.nodes_rect().center())
    before = painted(view)
    start = view.mapFromScene(view.canvas.nodes["n2"].rect().center())
    drag(view, start, start + QPoint(0, 60), release=False)
    assert painted(view) != before
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=start + QPoint(0, 60))
    assert view.session.project.graph.nodes["n2"].y == 152


def test_another_theme_draws_anew(view):
    light = painted(view)
    view.set_theme(DARK)
    assert painted(view) != light
    view.set_theme(LIGHT)
    assert painted(view) == light


def test_selection_outlives_undo_of_something_else(view):
    view.session.do("Set", edits.set_field(view.session.project, "n2", "out_features", 7))
    click(view, at_node(view, "n3"))
    view.session.undo()
    assert view.selected() == ("n3",)


def test_deleting_the_selection_says_that_nothing_is_selected(view, qtbot):
    click(view, at_node(view, "n3"))
    with qtbot.waitSignal(view.selection_changed) as told:
        view.delete_selection()
    assert told.args == [()]


def test_many_selected_nodes_that_go_tell_of_it_once_and_when_all_are_gone(view):
    view.select_all()
    told = []
    view.selection_changed.connect(lambda chosen: told.append((chosen, len(view.canvas.nodes))))
    view.delete_selection()
    assert told == [((), 0)]


def test_the_context_menu_acts_on_what_is_under_the_cursor(view):
    from designer.gui.canvas.context_menu import context_menu

    view.select(["n2"])
    menu = context_menu(view)
    rows = {action.text().split("\t")[0].replace("&", ""): action for action in menu.actions() if action.text()}
    assert rows["Delete"].isEnabled() and "Ctrl+D" in rows["Duplicate"].text()
    rows["Duplicate"].trigger()
    assert len(view.session.project.graph.nodes) == 5
    view.select(())
    empty = {action.text().split("\t")[0].replace("&", ""): action for action in context_menu(view).actions()}
    assert not empty["Delete"].isEnabled() and empty["Paste"].isEnabled()


def test_the_scene_always_equals_the_project(view):
    """The items reached step by step are those that a fresh canvas would have."""
    session = view.session
    click(view, at_node(view, "n2"))
    QTest.keyClick(view, Qt.Key.Key_Delete)
    view.add_at_centre("conv2d")
    view.select_all()
    view.duplicate()
    session.undo()
    session.undo()
    session.redo()
    fresh = CanvasView(Session(session.project), LIGHT)
    assert set(view.canvas.nodes) == set(fresh.canvas.nodes) == set(session.project.graph.nodes)
    assert set(view.canvas.links) == set(fresh.canvas.links)
    for key, item in view.canvas.nodes.items():
        other = fresh.canvas.nodes[key]
        assert (item.pos(), item.inputs, item.outputs, item.linked) == (
            other.pos(),
            other.inputs,
            other.outputs,
            other.linked,
        )
    fresh.deleteLater()


@pytest.mark.alone
def test_a_thousand_nodes_appear_quickly(qtbot):
    project = _large(1000)
    view = shown(qtbot, Project())
    begun = time.process_time()
    view.session.session.restart(project)
    QApplication.processEvents()
    assert time.process_time() - begun < 0.6
    assert len(view.canvas.nodes) == 1000 and len(view.canvas.links) == 999
    view.zoom_to_fit()
    painted(view)
    begun = time.process_time()
    for step in range(10):
        view.pan_by(QPoint(3, step % 3))
        painted(view)
    assert (time.process_time() - begun) / 10 < 0.03


def _large(count: int) -> Project:
    from designer.layers.catalog import LAYERS
    from designer.project.model import Graph

    fields = LAYERS["linear"].defaults
    nodes = {
        f"n{i}": Node(f"n{i}", "linear", f"linear{i}", fields, (i % 25) * 260.0, (i // 25) * 180.0)
        for i in range(count)
    }
    return Project(Graph(nodes, tuple(Link(f"n{i}", "out", f"n{i + 1}", "x") for i in range(count - 1))))
