"""Looking around: the minimap, places to go back to, zooming, traced paths and the fingers of a touchpad."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QInputDevice,
    QNativeGestureEvent,
    QPointingDevice,
    QPointingDeviceUniqueId,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from designer.gui.canvas.context_menu import context_menu
from designer.gui.canvas.view import CanvasView
from designer.gui.theme import DARK
from designer.layers.catalog import new_node
from designer.project import edits
from designer.project.model import Block, Frame, Graph, Link, Node, Project
from designer.workspace.preferences import change_preferences, load_preferences
from tests.helpers.canvas import LEFT, NONE, chain, shown
from tests.helpers.window import rest, until

SHIFT, CONTROL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


@pytest.fixture(autouse=True)
def _minimap_wanted() -> None:
    change_preferences(minimap=True)


@pytest.fixture
def view(qtbot) -> CanvasView:
    """Twelve layers in a row, of which about four are seen at 100 %."""
    view = shown(qtbot, chain("table_input", *["linear", "relu"] * 5, "output"))
    view.zoom_to_actual_size()
    view.centerOn(view.canvas.nodes["n1"].rect().center())
    view.lookout.places.forget()
    view.lookout.places.settle()
    return view


def with_block() -> Project:
    ends = {"in1": Node("in1", "block_input", "x"), "out1": Node("out1", "block_output", "out", x=500)}
    inner = Graph({**ends, "n1": new_node(Graph(), "relu", 260.0)}, (Link("in1", "out", "n1", "x"),))
    project = edits.move(chain("table_input", "output"), {"n2": (900.0, 0.0)})
    use = Node("n9", "block:b", "twice", x=400.0)
    graph = replace(project.graph, nodes={**project.graph.nodes, "n9": use})
    return replace(project, graph=graph, blocks={"b": Block("Twice", inner)})


def landed(view: CanvasView) -> None:
    """Wait until a flight has ended and been taken in."""
    rest(0.02)
    until(lambda: not view.lookout.flight.flying)
    view.lookout.places.settle()


def middle(view: CanvasView) -> QPointF:
    return view.visible_rect().center()


def near(view: CanvasView, node: str) -> bool:
    way = view.canvas.nodes[node].rect().center() - middle(view)
    return way.manhattanLength() < 3 / view.zoom


def map_point(view: CanvasView, point: QPointF) -> QPoint:
    return (point * view.lookout.minimap._scale() + view.lookout.minimap._corner()).toPoint()


def test_the_whole_graph_stays_in_sight_until_somebody_moves_away(view):
    view.zoom_to_fit()
    for size in ((420, 300), (900, 640)):
        view.resize(*size)
        assert view.visible_rect().contains(view.canvas.nodes_rect())
    view.pan_by(QPoint(60, 0))
    zoom = view.zoom
    view.resize(420, 300)
    assert view.zoom == zoom and not view.visible_rect().contains(view.canvas.nodes_rect())


# the minimap


def test_the_minimap_is_there_while_something_is_out_of_sight(view):
    minimap = view.lookout.minimap
    assert minimap.isVisible() and minimap.accessibleName().startswith("Minimap")
    corner = view.viewport().geometry().bottomRight() - minimap.geometry().bottomRight()
    assert 0 < corner.x() < 20 and 0 < corner.y() < 20
    view.zoom_to_fit()
    assert not minimap.isVisible()
    view.resize(700, 500)
    view.zoom_to_actual_size()
    assert minimap.isVisible() and view.rect().contains(minimap.geometry())


def test_an_empty_canvas_has_no_minimap(qtbot):
    view = shown(qtbot, Project())
    view.centerOn(5000, 5000)
    assert not view.lookout.minimap.isVisible()


def test_m_hides_the_minimap_for_good(view, qtbot):
    QTest.keyClick(view, Qt.Key.Key_M)
    assert not view.lookout.minimap.isVisible() and load_preferences().minimap is False
    other = shown(qtbot, view.session.project)
    other.zoom_to_actual_size()
    assert not other.lookout.minimap.isVisible()
    QTest.keyClick(other, Qt.Key.Key_M)
    assert other.lookout.minimap.isVisible() and load_preferences().minimap is True


def test_a_click_on_the_minimap_goes_there(view):
    target = view.canvas.nodes["n9"].rect().center()
    QTest.mouseClick(view.lookout.minimap, LEFT, NONE, map_point(view, target))
    assert abs(middle(view).x() - target.x()) < 40
    assert view.zoom == 1.0 and not view.session.history.can_undo


def test_the_seen_part_is_dragged_on_the_minimap(view):
    minimap = view.lookout.minimap
    start = map_point(view, middle(view))
    before = middle(view)
    QTest.mousePress(minimap, LEFT, NONE, start)
    for step in (10, 20, 30):
        QTest.mouseMove(minimap, start + QPoint(step, 0))
    QTest.mouseRelease(minimap, LEFT, NONE, start + QPoint(30, 0))
    moved = middle(view) - before
    assert abs(moved.x() - 30 / minimap._scale()) < 2 / minimap._scale() and abs(moved.y()) < 2 / minimap._scale()


def test_the_wheel_on_the_minimap_zooms_about_the_middle(view):
    before = middle(view)
    wheel(view.lookout.minimap, QPoint(0, 120))
    assert view.zoom == pytest.approx(1.2)
    assert (middle(view) - before).manhattanLength() < 3


def test_the_minimap_shows_categories_and_frames_and_follows_theme_and_edits(view):
    minimap = view.lookout.minimap
    picture = minimap.grab().toImage()
    hues = {view.theme.hues[place] for place in (0, 1)}
    colours = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}
    assert all(any(_close(hue, colour) for colour in colours) for hue in hues)
    view.set_theme(DARK)
    dark = minimap.grab().toImage()
    assert dark.pixelColor(4, 4) != picture.pixelColor(4, 4)
    frame = Frame("f1", "Here", "red", -400.0, -900.0, 800.0, 500.0)
    project = view.session.project
    view.session.do("Frame", replace(project, graph=replace(project.graph, frames={"f1": frame})))
    until(lambda: minimap.grab().toImage() != dark, 5, "the frame is not on the map")


def _close(hue: str, colour: str) -> bool:
    one, other = QColor(hue), QColor(colour)
    parts = zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)
    return sum(abs(a - b) for a, b in parts) < 60


def test_the_keyboard_never_lands_on_the_minimap(view):
    assert view.lookout.minimap.focusPolicy() == Qt.FocusPolicy.NoFocus
    QTest.mouseClick(view.lookout.minimap, LEFT, NONE, QPoint(20, 20))
    assert view.hasFocus()


def test_a_sentence_under_the_cursor_does_not_lie_beneath_the_minimap(view):
    box = view.lookout.minimap.geometry()
    at = QPoint(box.left() - 30, box.center().y())
    view.say("This is why nothing came of it, in quite some words that need their room.", at)
    label = view.canvas.label
    shown_at = label.boundingRect().translated(QPointF(view.mapFromScene(label.pos())))
    assert not shown_at.toRect().intersects(box)


# zooming and places


def test_zoom_to_selection(view):
    view.select(["n8", "n9"])
    QTest.keyClick(view, Qt.Key.Key_F, SHIFT)
    landed(view)
    assert view.visible_rect().contains(view.canvas.nodes_rect(["n8", "n9"])) and view.zoom == pytest.approx(1.0)
    view.select(view.canvas.nodes)
    QTest.keyClick(view, Qt.Key.Key_F, SHIFT)
    landed(view)
    assert view.visible_rect().contains(view.canvas.nodes_rect()) and view.zoom < 1.0
    QTest.keyClick(view, Qt.Key.Key_0, CONTROL)
    assert view.zoom == 1.0


def test_zoom_to_selection_without_one_says_so(view, qtbot):
    view.select(())
    with qtbot.waitSignal(view.refused):
        QTest.keyClick(view, Qt.Key.Key_F, SHIFT)


def test_back_and_forward_between_places(view):
    assert not view.lookout.places.can_back and not view.lookout.places.can_forward
    for node in ("n6", "n12"):
        view.show_node(node)
        landed(view)
    QTest.keyClick(view, Qt.Key.Key_Left, ALT)
    landed(view)
    assert near(view, "n6") and view.lookout.places.can_forward
    QTest.keyClick(view, Qt.Key.Key_Left, ALT)
    landed(view)
    assert near(view, "n1") and not view.lookout.places.can_back
    QTest.keyClick(view, Qt.Key.Key_Left, ALT)
    QTest.keyClick(view, Qt.Key.Key_Right, ALT)
    landed(view)
    QTest.keyClick(view, Qt.Key.Key_Right, ALT)
    landed(view)
    assert near(view, "n12") and not view.lookout.places.can_forward


def test_the_side_buttons_of_the_mouse_go_back_and_forward(view):
    view.show_node("n10")
    landed(view)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.BackButton, NONE, QPoint(300, 600))
    landed(view)
    assert near(view, "n1")
    QTest.mouseClick(view.viewport(), Qt.MouseButton.ForwardButton, NONE, QPoint(300, 600))
    landed(view)
    assert near(view, "n10")


def test_a_short_way_is_no_place_and_a_long_one_is(view):
    view.pan_by(QPoint(-40, 0))
    view.lookout.places.settle()
    assert not view.lookout.places.can_back
    view.pan_by(QPoint(-900, 0))
    until(lambda: view.lookout.places.can_back, 5, "the long way is no place")
    view.lookout.places.back()
    landed(view)
    assert abs(middle(view).x() - view.canvas.nodes["n1"].rect().center().x() - 40) < 3


def test_going_somewhere_else_forgets_the_way_forward(view):
    for node in ("n6", "n12"):
        view.show_node(node)
        landed(view)
    view.lookout.places.back()
    landed(view)
    view.show_node("n3")
    landed(view)
    assert not view.lookout.places.can_forward


def test_back_leads_out_of_a_block_and_forward_into_it(qtbot):
    view = shown(qtbot, with_block())
    view.lookout.places.settle()
    before = view.lookout.places.here
    assert view.session.enter("n9")
    view.lookout.places.settle()
    inside = view.lookout.places.here
    QTest.keyClick(view, Qt.Key.Key_Left, ALT)
    landed(view)
    assert view.session.path == () and view.lookout.places.here == before
    QTest.keyClick(view, Qt.Key.Key_Right, ALT)
    landed(view)
    assert view.session.path == ("n9",) and view.lookout.places.here == inside


def test_a_place_in_a_block_that_is_gone_is_passed_over(qtbot):
    view = shown(qtbot, with_block())
    view.lookout.places.settle()
    view.session.enter("n9")
    view.lookout.places.settle()
    view.session.leave()
    view.lookout.places.settle()
    view.session.do("Delete twice", edits.remove(view.session.project, ["n9"]))
    assert view.lookout.places.back() and view.session.path == ()
    assert not view.lookout.places.back()


def test_menu_entries_are_able_as_there_are_places(view):
    assert not entry(view, "Highlight what &feeds it").isEnabled()
    view.select(["n3"])
    assert entry(view, "Highlight what &feeds it").isEnabled()
    from designer.gui.canvas.commands.catalog import COMMANDS

    able = {command.name: command.able for command in COMMANDS}
    assert not able["back"](view) and not able["forward"](view)
    view.show_node("n10")
    landed(view)
    assert able["back"](view) and not able["forward"](view)


def entry(view: CanvasView, words: str):
    menu = context_menu(view)
    return next(action for action in menu.actions() if action.text().split("\t")[0] == words)


def test_a_flight_is_short_and_a_press_ends_it(view, qtbot):
    view.lookout.fly_to("n4")
    assert view.lookout.flight.flying
    start = view.lookout.flight
    # it is made to last a fifth of a second, which a busy machine draws out
    qtbot.waitUntil(lambda: not start.flying, timeout=3000)
    assert near(view, "n4")
    view.lookout.fly_to("n8")
    wheel(view.viewport(), QPoint(0, 120))
    assert not start.flying


# fingers


def touchpad() -> QPointingDevice:
    return QPointingDevice(
        "pad", 77, QInputDevice.DeviceType.TouchPad, QPointingDevice.PointerType.Finger,
        QInputDevice.Capability.PixelScroll | QInputDevice.Capability.Position, 5, 3, "", QPointingDeviceUniqueId(),
    )  # fmt: skip


def wheel(
    widget: QWidget,
    angle: QPoint,
    pixels: QPoint | None = None,
    modifiers: Qt.KeyboardModifier = NONE,
    device: QPointingDevice | None = None,
) -> None:
    at = QPointF(widget.rect().center())
    where = at, QPointF(widget.mapToGlobal(at.toPoint()))
    rest = pixels or QPoint(), angle, Qt.MouseButton.NoButton, modifiers, Qt.ScrollPhase.NoScrollPhase, False
    source = Qt.MouseEventSource.MouseEventNotSynthesized
    event = QWheelEvent(*where, *rest, source, device) if device else QWheelEvent(*where, *rest)
    QApplication.sendEvent(widget, event)


def test_two_fingers_pan_and_do_not_zoom(view):
    pad, before, zoom = touchpad(), middle(view), view.zoom
    wheel(view.viewport(), QPoint(-96, -240), QPoint(-40, -100), device=pad)
    assert view.zoom == zoom
    assert (middle(view) - before - QPointF(40, 100)).manhattanLength() < 2


def test_two_fingers_with_control_zoom_and_the_wheel_zooms(view):
    wheel(view.viewport(), QPoint(0, 120), QPoint(0, 40), CONTROL, touchpad())
    assert view.zoom > 1.0
    view.zoom_to_actual_size()
    wheel(view.viewport(), QPoint(0, -120))
    assert view.zoom < 1.0


def test_a_pinch_zooms_about_the_fingers(view):
    at = QPointF(200, 300)
    fixed = view.mapToScene(at.toPoint())
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture, touchpad(), 2, at, at,
        QPointF(view.viewport().mapToGlobal(at.toPoint())), 0.25, QPointF(),
    )  # fmt: skip
    assert event.type() == QEvent.Type.NativeGesture
    QApplication.sendEvent(view.viewport(), event)
    assert view.zoom == pytest.approx(1.25)
    assert (view.mapToScene(at.toPoint()) - fixed).manhattanLength() < 3
