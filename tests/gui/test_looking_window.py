"""Adding and looking around in the whole window: keys that menus own, and what the menus offer."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from designer.gui.canvas.search_box import SearchBox
from designer.gui.pages import SETTLED_MS
from designer.gui.window import MainWindow
from designer.layers.ready_blocks import READY_BLOCKS
from designer.project.file import save_project
from designer.workspace.preferences import load_preferences
from tests.helpers.canvas import chain, drop
from tests.helpers.window import keys, open_window, rest, until

SHIFT, CONTROL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


@pytest.fixture
def window(tmp_path: Path):
    path = tmp_path / "row.loom"
    save_project(chain("table_input", *["linear", "relu"] * 6, "output"), path)
    with open_window(path) as window:
        window.show_project()
        # what is drawn is brought into sight a moment after the window has shown its panels
        rest(2 * SETTLED_MS / 1000)
        yield window


def box_of(window: MainWindow) -> SearchBox | None:
    return next((box for box in window.findChildren(SearchBox) if box.isVisible()), None)


def test_tab_space_and_shift_a_open_the_search_box_and_typing_reaches_it(window):
    canvas = window.workbench.canvas
    for key, modifiers in ((Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_A, SHIFT),
                           (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier)):  # fmt: skip
        canvas.setFocus()
        canvas.select(())
        keys(canvas, key, modifiers)
        box = box_of(window)
        assert box is not None and box.field.hasFocus()
        QTest.keyClicks(box.field, "fhm")
        assert box.field.text() == "fhm" and window.rect().contains(box.geometry())
        QTest.keyClick(box.field, Qt.Key.Key_Escape)
        assert box_of(window) is None and canvas.hasFocus()


def test_control_f_finds_in_the_graph_from_any_panel(window):
    window.workbench.palette.search.setFocus()
    keys(window.workbench.palette.search, Qt.Key.Key_F, CONTROL)
    finder = window.workbench.canvas.lookout.finder
    assert finder.isVisible() and finder.field.hasFocus()
    QTest.keyClicks(finder.field, "relu")
    assert finder.count.text() == "1 of 6"
    QTest.keyClick(finder.field, Qt.Key.Key_Return)
    assert window.workbench.canvas.selected() == ("n3",)
    QTest.keyClick(finder.field, Qt.Key.Key_Escape)
    keys(window.workbench.canvas, Qt.Key.Key_P, CONTROL | SHIFT)
    assert window.workbench.palette.search.hasFocus()


def test_problems_of_the_checker_are_found(window):
    canvas = window.workbench.canvas
    keys(canvas, Qt.Key.Key_F, CONTROL)
    QTest.keyClicks(canvas.lookout.finder.field, "problem")
    places = {str(getattr(problem.place, "node", "")) for problem in window.workbench.checker.analysis.problems}
    assert {hit.node for hit in canvas.lookout.finder.hits} == places - {""}


def test_the_menus_offer_all_of_it_with_keys(window):
    actions = window.actions_by_name
    wanted = {"add_search": "Shift+A", "zoom_selection": "Shift+F", "back": "Alt+Left", "forward": "Alt+Right",
              "minimap": "M", "trace_up": "Shift+U", "trace_down": "Shift+D", "find_in_graph": "Ctrl+F"}  # fmt: skip
    assert {name: actions[name].shortcuts()[0].toString() for name in wanted} == wanted
    shortcuts = [keys.toString() for action in actions.by_name.values() for keys in action.shortcuts()]
    assert len(shortcuts) == len(set(shortcuts)), "two entries want the same key"


def test_layer_add_lists_ready_blocks_and_adds_one(window):
    menu = window.add_menu
    menu.aboutToShow.emit()
    inner = {action.text(): action.menu() for action in menu.actions()}
    assert {"Convolution", "Ready blocks"} <= inner.keys() and "Blocks" not in inner
    entries = inner["Ready blocks"].actions()
    assert [entry.text() for entry in entries] == [block.name for block in READY_BLOCKS.values()]
    entries[0].trigger()
    assert len(window.session.project.blocks) == 1
    menu.aboutToShow.emit()
    assert "Blocks" in {action.text() for action in menu.actions()}


def test_alt_left_and_right_go_between_places(window):
    canvas = window.workbench.canvas
    canvas.lookout.places.settle()
    canvas.show_node("n1")
    canvas.set_zoom(1.0)
    canvas.lookout.places.settle()
    canvas.show_node("n14")
    canvas.lookout.places.settle()
    here = canvas.lookout.places.here
    canvas.setFocus()
    keys(canvas, Qt.Key.Key_Left, ALT)
    until(lambda: canvas.lookout.places.here != here, 5, "Alt and the left arrow lead nowhere")
    until(lambda: not canvas.lookout.flight.flying)
    keys(canvas, Qt.Key.Key_Right, ALT)
    until(lambda: canvas.lookout.places.here == here, 5, "Alt and the right arrow do not lead back")
    assert canvas.lookout.places.can_back and not canvas.lookout.places.can_forward


def test_the_menu_says_whether_the_minimap_is_on(window):
    view = next(menu for menu in window.menuBar().actions() if menu.text() == "&View").menu()
    action, canvas = window.actions_by_name["minimap"], window.workbench.canvas
    for _ in range(2):
        view.aboutToShow.emit()
        assert action.isCheckable() and action.isChecked() == canvas.lookout.minimap.wanted
        view.aboutToHide.emit()
        canvas.setFocus()
        keys(canvas, Qt.Key.Key_M)


def test_layers_added_in_any_way_are_offered_first(window):
    canvas = window.workbench.canvas
    window.workbench.palette.layer_chosen.emit("tanh")
    window.add_layer("gelu")
    assert drop(canvas, "sigmoid", canvas.viewport().rect().center())
    assert load_preferences().recent_layers[:3] == ("sigmoid", "gelu", "tanh")
    canvas.setFocus()
    keys(canvas, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    box = box_of(window)
    assert box is not None and [row.layer.key for row in box.rows.rows if row.layer][:3] == ["sigmoid", "gelu", "tanh"]
    keys(box.field, Qt.Key.Key_Escape)
