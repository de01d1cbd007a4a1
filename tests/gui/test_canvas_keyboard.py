"""The keyboard on the canvas: walking along links, ports, linking, and what is read aloud of it."""

from __future__ import annotations

import gc
import sys

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from designer.gui import announce
from designer.gui.canvas.port_focus import End
from designer.gui.canvas.view import CanvasView
from designer.gui.theme import LIGHT
from designer.layers.catalog import new_node, ports_of
from designer.project import edits
from designer.project.model import Frame, Link, Project
from designer.workspace.session import Session
from tests.helpers.canvas import at_node, chain, click, painted
from tests.helpers.canvas import shown as shown_by_mouse

Key = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def said():
    """All that is announced during the test."""
    heard: list[str] = []
    announce.listeners.append(heard.append)
    yield heard
    announce.listeners.remove(heard.append)


def shown(qtbot, project):
    view = shown_by_mouse(qtbot, project)
    view.activateWindow()
    qtbot.waitUntil(view.hasFocus)
    return view


def press(view, *keys):
    for key in keys:
        QTest.keyClick(view, *(key if isinstance(key, tuple) else (key,)))


def diamond() -> Project:
    """n1 feeds n2 (above) and n3 (below), which n4 adds up; n5 stands alone to the right of all."""
    project = Project()
    for kind, x, y in (
        ("table_input", 0, 0),
        ("linear", 300, -150),
        ("relu", 300, 150),
        ("add", 600, 0),
        ("relu", 900, 0),
    ):
        project = edits.add_node(project, new_node(project.graph, kind, x, y))
    for source, target, port in (("n1", "n2", "x"), ("n1", "n3", "x"), ("n2", "n4", "x1"), ("n3", "n4", "x2")):
        project = edits.connect(project, Link(source, "out", target, port), ports_of)
    return project


def test_arrows_follow_links_and_where_there_is_none_the_nearest_node(qtbot):
    view = shown(qtbot, diamond())
    walked = []
    for key in (Key.Key_Right, Key.Key_Right, Key.Key_Down, Key.Key_Right, Key.Key_Right, Key.Key_Left, Key.Key_Left):
        press(view, key)
        walked.append(view.selected())
    assert walked == [("n1",), ("n2",), ("n3",), ("n4",), ("n5",), ("n4",), ("n2",)]
    press(view, Key.Key_Left, Key.Key_Left)
    assert view.selected() == ("n1",) and not view.session.history.can_undo


def test_shift_and_arrows_extend_the_selection(qtbot, said):
    view = shown(qtbot, diamond())
    press(view, Key.Key_Right, (Key.Key_Right, SHIFT), (Key.Key_Right, SHIFT))
    assert view.selected() == ("n1", "n2", "n4")
    assert said[-1] == "3 layers selected, last add1"
    press(view, Key.Key_Right)
    assert view.selected() == ("n5",)


def test_the_node_walked_to_is_brought_into_sight(qtbot):
    view = shown(qtbot, chain(*["relu"] * 30))
    view.set_zoom(1.0)
    view.centerOn(0, 0)
    press(view, Key.Key_Right)
    for _ in range(29):
        press(view, Key.Key_Right)
    assert view.selected() == ("n30",)
    assert view.visible_rect().contains(view.canvas.nodes["n30"].rect())


def test_tab_walks_the_ports_and_back_to_the_node(qtbot, said):
    view = shown(qtbot, diamond())
    click(view, at_node(view, "n4"))
    walked = []
    for _ in range(5):
        press(view, Key.Key_Tab)
        end = view.port_focus.end
        walked.append((end.name, end.output) if end else None)
    assert walked == [("x1", False), ("x2", False), ("x3", False), ("out", True), None]
    assert said[-5:-1] == [
        "Input x1 of add1, fed by linear1",
        "Input x2 of add1, fed by relu1",
        "Input x3 of add1, free",
        "Output out of add1, free",
    ]
    press(view, Key.Key_Backtab)
    assert view.port_focus.end == End("n4", "out", True) and view.hasFocus()


def test_the_focused_port_looks_otherwise(qtbot):
    view = shown(qtbot, diamond())
    click(view, at_node(view, "n2"))
    before = painted(view)
    press(view, Key.Key_Tab)
    ringed = painted(view)
    assert ringed != before
    press(view, Key.Key_Escape)
    assert painted(view) == before and view.selected() == ("n2",)


def test_enter_on_a_port_links_with_the_nearest_that_fits(qtbot, said):
    view = shown(qtbot, diamond())
    click(view, at_node(view, "n4"))
    press(view, Key.Key_Backtab, Key.Key_Return)
    assert said[-1] == "Link to relu2, input x"
    press(view, Key.Key_Return)
    assert view.session.project.graph.links[-1].ends == ("n4", "out", "n5", "x")
    assert view.session.history.undo_label == "Link add1 to relu2" == said[-1]
    assert len(view.session.history.steps) == 2 and not view.port_focus.connecting
    press(view, (Key.Key_Z, CTRL))
    assert said[-1] == "Undone: Link add1 to relu2" and len(view.session.project.graph.links) == 4
    press(view, (Key.Key_Y, CTRL))
    assert said[-1] == "Redone: Link add1 to relu2"


def test_arrows_also_reach_ports_that_do_not_fit_and_say_why(qtbot, said):
    view = shown(qtbot, diamond())
    before = view.session.project
    click(view, at_node(view, "n4"))
    press(view, Key.Key_Backtab, Key.Key_Return, Key.Key_Left)
    assert said[-1].startswith("linear1, input x does not fit: ") and "already fed by “features1”" in said[-1]
    press(view, Key.Key_Return)
    assert "already fed by “features1”" in said[-1] and view.session.project is before
    press(view, Key.Key_Tab)
    assert said[-1] == "relu2, input x"
    press(view, Key.Key_Escape)
    assert view.port_focus.end == End("n4", "out", True) and not view.canvas.draft.isVisible()
    press(view, Key.Key_Escape)
    assert view.port_focus.end is None and view.selected() == ("n4",)
    press(view, Key.Key_Escape)
    assert view.selected() == () and said[-1] == "Nothing selected" and view.session.project is before


def test_enter_on_a_taken_input_moves_its_link(qtbot):
    view = shown(qtbot, diamond())
    click(view, at_node(view, "n3"))
    press(view, Key.Key_Tab, Key.Key_Return)
    while view.port_focus.aim.node != "n2":
        press(view, Key.Key_Tab)
    press(view, Key.Key_Return)
    links = {link.ends for link in view.session.project.graph.links}
    assert ("n2", "out", "n3", "x") in links and ("n1", "out", "n3", "x") not in links
    assert len(view.session.history.steps) == 2


def test_delete_on_a_port_takes_its_links_and_leaves_the_node(qtbot, said):
    view = shown(qtbot, diamond())
    click(view, at_node(view, "n1"))
    press(view, Key.Key_Tab, Key.Key_Delete)
    assert [link.ends[0] for link in view.session.project.graph.links] == ["n2", "n3"]
    assert said[-1] == "Delete 2 links" and len(view.session.history.steps) == 2
    press(view, Key.Key_Delete)
    assert said[-1] == "No link ends here." and "n1" in view.session.project.graph.nodes
    press(view, Key.Key_Escape, Key.Key_Delete)
    assert "n1" not in view.session.project.graph.nodes and said[-1] == "Delete features1"


def test_the_mouse_and_undo_end_the_focus_on_a_port(qtbot):
    view = shown(qtbot, diamond())
    click(view, at_node(view, "n2"))
    press(view, Key.Key_Tab, Key.Key_Return)
    click(view, at_node(view, "n3"))
    assert view.port_focus.end is None and not view.canvas.draft.isVisible()
    press(view, (Key.Key_D, CTRL), Key.Key_Tab)
    assert view.port_focus.end is not None
    press(view, (Key.Key_Z, CTRL))
    assert view.port_focus.end is None


def test_tab_with_nothing_selected_asks_what_to_add(qtbot):
    view = shown(qtbot, diamond())
    press(view, Key.Key_Tab)
    boxes = [child for child in view.window().children() if child.objectName() == "search_box"]
    assert len(boxes) == 1 and not view.hasFocus()
    QTest.keyClick(boxes[0].field, Key.Key_Escape)
    assert view.hasFocus()


def parts(view):
    canvas = QAccessible.queryAccessibleInterface(view)
    return canvas, [canvas.child(place) for place in range(canvas.childCount())]


def test_the_canvas_lists_its_nodes_with_names_that_make_sense(qtbot):
    project = diamond()
    frame = Frame("f1", "Two ways", "blue", 250, -200, 300, 500)
    project = edits.replace(project, graph=edits.replace(project.graph, frames={"f1": frame}))
    view = shown(qtbot, project)
    canvas, found = parts(view)
    name, description = QAccessible.Text.Name, QAccessible.Text.Description
    assert canvas.role() == QAccessible.Role.List and canvas.text(name) == "Canvas"
    assert [part.role() for part in found] == [QAccessible.Role.ListItem] * 5 + [QAccessible.Role.Grouping]
    assert found[1].text(name).startswith("linear1, Linear")
    assert found[5].text(name).startswith("Frame Two ways")
    assert found[0].text(description) == "feeds linear1, relu1"
    assert found[3].text(description) == "input x1 fed by linear1; input x2 fed by relu1; feeds nothing"
    assert found[4].text(description) == "its input is free; feeds nothing"


def test_the_parts_know_place_and_state(qtbot):
    view = shown(qtbot, diamond())
    canvas, found = parts(view)
    press(view, Key.Key_Right, Key.Key_Right)
    assert [part.state().selected for part in found] == [False, True, False, False, False]
    assert found[1].state().focused and canvas.focusChild().key == "n2"
    middle = found[1].rect().center()
    assert canvas.childAt(middle.x(), middle.y()).key == "n2"
    assert canvas.indexOfChild(found[3]) == 3 and found[3].parent() is canvas
    view.centerOn(50_000, 0)
    assert found[1].state().offscreen


def test_parts_come_and_go_with_the_nodes(qtbot):
    view = shown(qtbot, diamond())
    canvas, found = parts(view)
    view.select(["n2"])
    view.delete_selection()
    assert not found[1].isValid() and canvas.childCount() == 4
    assert [canvas.child(place).key for place in range(4)] == ["n1", "n3", "n4", "n5"]
    view.session.undo()
    assert canvas.childCount() == 5 and canvas.child(4).isValid()


def test_asking_many_times_neither_crashes_nor_leaks(qtbot):
    before = sys.getrefcount(None)
    for _ in range(5):
        view = CanvasView(Session(diamond()), LIGHT)
        view.show()
        for _ in range(20):
            canvas, found = parts(view)
            assert all(part.text(QAccessible.Text.Name) and part.state().selectable for part in found)
            view.select_all()
            view.delete_selection()
            assert canvas.childCount() == 0
            view.session.undo()
        del canvas, found
        view.close()
        view.deleteLater()
        del view
        qtbot.wait(1)
        gc.collect()
    from designer.gui.canvas import accessible

    assert sys.getrefcount(None) > before - 100
    assert not [kept for kept in accessible._interfaces.values() if not kept.isValid()]


def test_selections_with_the_mouse_are_announced_too(qtbot, said):
    view = shown(qtbot, diamond())
    click(view, at_node(view, "n2"))
    assert said[-1].startswith("linear1, Linear")
    click(view, QPoint(5, 5))
    assert said[-1] == "Nothing selected"


def test_typing_on_a_port_searches_for_what_is_linked_with_it(qtbot):
    view = shown(qtbot, diamond())
    view.canvas.select(["n2"])
    wanted = view.lookout.minimap.wanted
    steps = len(view.session.history.steps)
    QTest.keyClick(view, Qt.Key.Key_Tab)
    QTest.keyClicks(view, "m")
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit) and field.text() == "m"
    assert view.lookout.minimap.wanted is wanted
    field.setText("mish")
    QTest.keyClick(field, Qt.Key.Key_Return)
    (added,) = view.selected()
    graph = view.session.project.graph
    assert graph.nodes[added].type == "mish"
    assert [link.source for link in graph.links if link.target == added] == ["n2"]
    assert len(view.session.history.steps) == steps + 1
