"""A network built with the keyboard alone, in the real window, by keys sent to whatever has the focus."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from designer.gui import announce
from designer.gui.window import MainWindow
from designer.gui.workbench import Workbench
from tests.helpers.window import open_window, rest, until

Key = Qt.Key
CTRL, SHIFT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)


def press(*keys: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    for key in keys:
        QTest.keyClick(QApplication.focusWidget(), key, modifiers)
        rest()


def write(text: str) -> None:
    QTest.keyClicks(QApplication.focusWidget(), text)


@pytest.fixture
def said() -> Iterator[list[str]]:
    heard: list[str] = []
    listener = heard.append
    announce.listeners.append(listener)
    yield heard
    announce.listeners.remove(listener)


def add(name: str, follow: bool = True) -> None:
    """Open the search box, find a layer, and add it after the selected one."""
    press(Key.Key_A, modifiers=SHIFT)
    write(name)
    press(Key.Key_Return, modifiers=SHIFT if follow else NONE)


def begin(window: MainWindow) -> Workbench:
    """Begin an empty project; the keyboard is on its canvas."""
    press(Key.Key_N, modifiers=CTRL)
    bench = window.workbench
    assert bench is not None
    window.activateWindow()
    until(bench.canvas.hasFocus, 5, "the canvas of a new project has no focus")
    return bench


def names(window: MainWindow) -> list[str]:
    graph = window.session.project.graph
    return [f"{graph.nodes[link.source].name} {graph.nodes[link.target].name}" for link in graph.links]


def test_a_network_is_built_linked_edited_and_undone(said: list[str]) -> None:
    with open_window() as window:
        view, session = begin(window).canvas, window.session
        press(Key.Key_Tab)
        write("image input")
        press(Key.Key_Return)
        for name in ("conv2d", "relu", "flatten", "linear"):
            add(name)
        assert view.hasFocus() and len(session.project.graph.nodes) == 5
        assert names(window) == ["image1 conv1", "conv1 relu1", "relu1 flatten1", "flatten1 linear1"]

        # the last one is linked by its ports
        add("output", follow=False)
        assert len(session.project.graph.links) == 4
        press(Key.Key_Tab, Key.Key_Return)
        assert said[-1] == "Link to linear1, output out"
        press(Key.Key_Return)
        assert names(window)[-1] == "linear1 output1" and said[-1] == "Link linear1 to output1"
        assert len(session.history.steps) == 1 + 7

        # a field is edited, and Escape comes back to the same layer
        press(Key.Key_Escape, Key.Key_Left)
        assert said[-1].startswith("linear1, Linear")
        press(Key.Key_Return)
        assert window.build().inspector.isAncestorOf(QApplication.focusWidget())
        press(Key.Key_A, modifiers=CTRL)
        write("3")
        press(Key.Key_Return, Key.Key_Escape)
        linear = next(node for node in session.project.graph.nodes.values() if node.type == "linear")
        assert linear.fields["out_features"] == 3
        assert view.hasFocus() and view.selected() == (linear.id,)

        # every gesture was one step
        for label in reversed([step.label for step in session.history.steps[1:]]):
            press(Key.Key_Z, modifiers=CTRL)
            assert said[-1] == f"Undone: {label}"
        assert not session.project.graph.nodes
        press(Key.Key_Z, modifiers=CTRL | SHIFT)
        assert said[-1].startswith("Redone: Add")


def test_keys_lead_through_all_parts_of_the_window_and_show_the_panels() -> None:
    with open_window() as window:
        bench = begin(window)
        add("linear", follow=False)
        visited = []
        for _ in range(4):
            press(Key.Key_F6, modifiers=CTRL)
            panels = {"canvas": bench.canvas, **bench.panels()}
            focused = QApplication.focusWidget()
            visited.append(
                next(name for name, panel in panels.items() if panel is focused or panel.isAncestorOf(focused))
            )
        assert visited == ["palette", "inspector", "training", "canvas"]
        press(Key.Key_F6, modifiers=CTRL | SHIFT)
        press(Key.Key_F6, modifiers=CTRL | SHIFT)
        assert bench.inspector.isAncestorOf(QApplication.focusWidget())
        for key, name in ((Key.Key_F8, "outline"), (Key.Key_F9, "history")):
            assert bench.docks[name].isHidden()
            press(key)
            panel = bench.panels()[name]
            until(lambda panel=panel: panel.isAncestorOf(QApplication.focusWidget()))
            press(Key.Key_Escape)
            assert bench.canvas.hasFocus()
            press(key, key)
            assert bench.docks[name].isHidden() and bench.canvas.hasFocus()
        shown = {
            action.text().replace("&", ""): action.shortcut().toString() for action in window.panels_menu.actions()
        }
        assert (shown["Outline"], shown["History"]) == ("F8", "F9")
