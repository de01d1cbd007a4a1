"""Menus, panels, lists and popups by the keyboard alone: all are reached, all say what they are, none is a trap."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from designer.gui.window import MainWindow
from designer.gui.workbench import TITLES, Workbench
from tests.helpers.keyboard import (
    ALT,
    CTRL,
    NONE,
    SHIFT,
    Ears,
    Key,
    add,
    begun_by_keys,
    fill,
    focus,
    menu_entry,
    open_menu,
    press,
    press_menu_key,
    spoken,
    write,
)
from tests.helpers.window import checked, during_dialog, until

MENUS = {
    "File": Key.Key_F, "Edit": Key.Key_E, "View": Key.Key_V, "Layer": Key.Key_L, "Arrange": Key.Key_A,
    "Block": Key.Key_B, "Data": Key.Key_D, "Run": Key.Key_R, "Help": Key.Key_H,
}  # fmt: skip
MOST_STOPS = 60


@contextmanager
def sample() -> Iterator[tuple[MainWindow, Workbench, Ears]]:
    """A sample with its data, opened from the welcome page by keys and looked at."""
    with begun_by_keys("Hotel prices: linear layers") as (window, bench, ears):
        checked(window)
        until(lambda: bench.training.isVisible(), 10)
        yield window, bench, ears


def show_panel(title: str) -> None:
    """Bring a panel to the front by the menu."""
    press(Key.Key_V, modifiers=ALT)
    menu_entry("Panels")
    menu_entry(title)


def name_of(widget: QWidget) -> str:
    """What a screen reader says first on a widget; a list to choose from is called by its label."""
    return widget.accessibleName() or spoken(widget)


def test_alt_opens_each_menu_and_escape_closes_it() -> None:
    with sample() as (window, bench, _):
        titles = [action.text() for action in window.menuBar().actions()]
        assert [title.replace("&", "") for title in titles] == list(MENUS)
        for title, key in MENUS.items():
            press(key, modifiers=ALT)
            menu = open_menu()
            assert menu.title().replace("&", "") == title
            press(Key.Key_Down)
            assert menu.activeAction() is not None
            press(Key.Key_Escape)
            if QApplication.activePopupWidget() is not None:
                press(Key.Key_Escape)
            press(Key.Key_Escape)
            assert focus() is bench.canvas
        # to the next menu by an arrow, and something is done
        press(Key.Key_F, modifiers=ALT)
        press(Key.Key_Right)
        assert open_menu().title() == "&Edit"
        menu_entry("Select all")
        assert len(bench.canvas.selected()) == len(window.session.project.graph.nodes)
        assert focus() is bench.canvas


@pytest.mark.parametrize("by", ["the menu key", "Shift+F10"])
def test_the_menu_of_a_layer_opens_by_keys(by: str) -> None:
    with sample() as (window, bench, ears):
        press(Key.Key_Right, Key.Key_Right)
        node = bench.canvas.selected()[0]
        if by == "the menu key":
            press_menu_key()
        else:
            press(Key.Key_F10, modifiers=SHIFT)
        menu = open_menu()
        assert spoken(menu) == "What can be done" and menu.activeAction() is menu.actions()[0]
        box = bench.canvas.mapFromScene(bench.canvas.canvas.nodes[node].rect()).boundingRect()
        left = bench.canvas.viewport().mapFromGlobal(menu.pos()).x()
        assert box.left() <= left <= box.right(), "it opens elsewhere"
        menu_entry("Rename")
        assert spoken(focus()) == "Name of hidden"
        fill("first")
        press(Key.Key_Return)
        assert focus() is bench.canvas and window.session.project.graph.nodes[node].name == "first"
        assert ears.last.startswith("first, Linear")
        # what is added afterwards follows the layer, not a cursor that never was
        add("relu")
        added = window.session.project.graph.nodes[bench.canvas.selected()[0]]
        assert added.x > window.session.project.graph.nodes[node].x


def test_the_outline_by_keys() -> None:
    with sample() as (window, bench, ears):
        graph = window.session.project.graph
        press(Key.Key_F8)
        assert focus() is bench.outline.tree and spoken(focus()) == "Layers in running order"
        press(Key.Key_Home, Key.Key_Down)
        chosen = bench.canvas.selected()
        assert len(chosen) == 1 and graph.nodes[chosen[0]].name == "hidden"
        press(Key.Key_F2)
        assert spoken(focus()) == "Name of the layer"
        fill("wide")
        press(Key.Key_Return)
        assert window.session.project.graph.nodes[chosen[0]].name == "wide"
        press(Key.Key_Backtab, modifiers=SHIFT)
        assert spoken(focus()) == "Filter the outline"
        write("linear")
        press(Key.Key_Down, Key.Key_Delete)
        assert len(window.session.project.graph.nodes) == len(graph.nodes) - 1
        press(Key.Key_Backtab, modifiers=SHIFT)
        press(Key.Key_Escape)
        assert spoken(focus()) == "Filter the outline", "the first Escape takes the filter away"
        press(Key.Key_Escape)
        assert focus() is bench.canvas
        press(Key.Key_F8, Key.Key_Home, Key.Key_Down, Key.Key_Return)
        assert focus() is bench.canvas and ears.last


def test_the_history_by_keys() -> None:
    with sample() as (window, bench, ears):
        press(Key.Key_Right)
        for name in ("relu", "dropout", "tanh"):
            add(name, after=False)
        assert len(window.session.history.steps) == 4
        press(Key.Key_F9)
        assert focus() is bench.history.list and spoken(focus()) == "Steps, the newest last"
        press(Key.Key_Up, Key.Key_Up, Key.Key_Return)
        assert window.session.history.index == 1 and ears.last == "Back to Add ReLU"
        press(Key.Key_Home, Key.Key_Return)
        assert not window.session.history.can_undo and ears.last.startswith("Undone: Add ReLU")
        press(Key.Key_End, Key.Key_Return)
        assert not window.session.history.can_redo and ears.last == "Forward to Add Tanh"
        press(Key.Key_Escape)
        assert focus() is bench.canvas


@pytest.mark.parametrize("title", [*TITLES.values()])
def test_no_panel_is_a_trap(title: str) -> None:
    with sample() as (_, bench, _):
        press(Key.Key_Right, Key.Key_Right)
        if title in ("Layers", "Training", "Inspector"):
            # it is to be seen already, the inspector since a layer is chosen
            step_into(bench, title)
        else:
            show_panel(title)
        panel = bench.docks[title_key(title)]
        assert panel.isAncestorOf(focus()), f"the keyboard is not in {title}, but on {name_of(focus())!r}"
        walked: list[QWidget] = []
        while focus() is not bench.canvas:
            here = focus()
            assert here not in walked and len(walked) < MOST_STOPS, f"Tab is caught at {name_of(here)!r}"
            assert name_of(here), f"a {type(here).__name__} in {title} says nothing"
            assert not here.visibleRegion().isEmpty() or here.width() == 0, f"{name_of(here)!r} is out of sight"
            walked.append(here)
            press(Key.Key_Tab)
        assert len({name_of(stop) for stop in walked}) == len(walked), "two are called alike"
        # and from each of its own parts Escape leads to the canvas, Ctrl+F6 back there
        for stop in [one for one in walked if panel.isAncestorOf(one) and one is not panel.widget()]:
            step_into(bench, title)
            while focus() is not stop:
                press(Key.Key_Tab)
            press(Key.Key_Escape)
            assert focus() is bench.canvas, f"Escape does not leave {name_of(stop)!r}"


def test_the_data_page_is_no_trap_and_all_in_it_has_a_name() -> None:
    with sample() as (window, bench, _):
        press(Key.Key_2, modifiers=CTRL)
        page = bench.data
        until(lambda: page.rows.rows_model.rowCount() > 0 and not page.tasks.busy(), 30)
        assert page.isAncestorOf(focus())
        walked: list[QWidget] = []
        while focus() not in walked:
            here = focus()
            assert page.isAncestorOf(here) and len(walked) < MOST_STOPS
            assert name_of(here), f"a {type(here).__name__} on the data page says nothing"
            walked.append(here)
            press(Key.Key_Tab)
        assert {page.rows, page.table.views, page.table.sides} <= set(walked)
        press(Key.Key_1, modifiers=CTRL)
        assert focus() is bench.canvas and window.stack.currentWidget() is bench.canvas


def title_key(title: str) -> str:
    """The name of the dock with that title."""
    return next(key for key, words in TITLES.items() if words == title)


def step_into(bench: Workbench, title: str) -> None:
    """Come to a panel that is seen by Ctrl+F6, at its first part."""
    panel = bench.docks[title_key(title)].widget()
    for _ in range(8):
        press(Key.Key_F6, modifiers=CTRL)
        if panel.isAncestorOf(focus()):
            break
    else:
        raise AssertionError(f"Ctrl+F6 never came to {title}")
    while panel.isAncestorOf(focus()):
        press(Key.Key_Backtab, modifiers=SHIFT)
    if focus() is bench.canvas:
        press(Key.Key_F6, modifiers=CTRL)
    else:
        press(Key.Key_Tab)


@pytest.mark.parametrize(
    ("key", "modifiers", "said"),
    [
        (Key.Key_A, SHIFT, "Search layers to add"),
        (Key.Key_F, CTRL, "Find in the graph"),
        (Key.Key_F2, NONE, "Name of hidden"),
        (Key.Key_R, CTRL | SHIFT, "Search layer types to swap with"),
        (Key.Key_P, CTRL | SHIFT, "Search layers"),
    ],
)
def test_escape_leaves_every_line_on_the_canvas(key: Key, modifiers: object, said: str) -> None:
    with sample() as (window, bench, _):
        before = window.session.project
        press(Key.Key_Right, Key.Key_Right)
        press(key, modifiers=modifiers)  # type: ignore[arg-type]
        assert spoken(focus()) == said
        write("re")
        for _ in range(2):
            if focus() is not bench.canvas:
                press(Key.Key_Escape)
        assert focus() is bench.canvas and window.session.project is before


def test_escape_leaves_the_list_of_keys() -> None:
    with sample() as (_, bench, _):
        seen: list[str] = []

        def leave(dialog: QWidget) -> None:
            seen.append(dialog.windowTitle())
            press(Key.Key_Tab, Key.Key_Escape)

        during_dialog(leave, lambda dialog: dialog.isActiveWindow())
        press(Key.Key_F1)
        assert seen == ["Keyboard shortcuts"] and focus() is bench.canvas


def test_the_search_box_reads_what_it_offers_and_why_something_cannot_follow() -> None:
    with sample() as (window, bench, ears):
        before = window.session.project
        press(Key.Key_Right)
        press(Key.Key_A, modifiers=SHIFT)
        write("conv2")
        assert (
            ears.last.startswith("Conv2d, Convolution, 1 of ") and "Slides learned filters over an image" in ears.last
        )
        press(Key.Key_Return, modifiers=SHIFT)
        assert ears.last.startswith("Not added: features gives ")
        fill("norm")
        first = ears.last
        press(Key.Key_Down)
        assert ears.last != first and ", 2 of " in ears.last
        press(Key.Key_Escape)
        assert focus() is bench.canvas and ears.last.startswith("features, Table input")
        assert window.session.project is before
