"""Small manners of the window: what floats is seen to, where the keyboard is, and nothing moves with the theme."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from designer.gui.areas import step_area
from designer.gui.canvas.view import RING
from designer.gui.recent_list import RecentRow
from designer.gui.window import MainWindow
from designer.training.alive import living
from designer.workspace.recent import training_now
from designer.workspace.runs import new_run_folder
from tests.helpers.seen_colours import seen
from tests.helpers.small import small_project
from tests.helpers.window import click, keys, open_window, rest, until


@pytest.fixture
def shown(tmp_path: Path, own_home: Path) -> Iterator[MainWindow]:
    """A window with a small project."""
    with open_window(small_project(tmp_path)) as window:
        rest(0.1)
        yield window


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_panel_that_floats_is_framed_and_lies_aside(shown: MainWindow, theme: str) -> None:
    shown.choose_theme(theme)
    dock = shown.workbench.docks["palette"]
    title = dock.titleBarWidget()
    lay = dock.mapToGlobal(QPoint())
    twice(title)
    until(dock.isFloating)
    assert (dock.pos() - lay).x() > 8 and (dock.pos() - lay).y() > 8
    assert edges(dock, 1) == {shown.theme.strong_line.lower()}, "no frame"
    dock.move(lay + QPoint(200, 100))
    twice(title)
    until(lambda: not dock.isFloating())
    assert shown.theme.strong_line.lower() not in edges(dock, 1)


def test_tools_stay_where_they_are_when_the_theme_changes(shown: MainWindow) -> None:
    def places() -> list[tuple[int, int]]:
        rest(0.1)
        buttons = [shown.tools.widgetForAction(action) for action in shown.tools.actions()]
        return [(button.x(), button.width()) for button in buttons if button.isVisible()]

    before = places()
    for choice in ("dark", "light", "dark"):
        shown.choose_theme(choice)
        assert places() == before


def test_the_keyboard_on_the_canvas_is_seen_when_a_key_brought_it(shown: MainWindow) -> None:
    canvas = shown.workbench.canvas
    canvas.setFocus(Qt.FocusReason.OtherFocusReason)
    assert not framed(shown)
    step_area(canvas, 1)
    assert not canvas.hasFocus()
    step_area(canvas, -1)
    assert canvas.hasFocus() and framed(shown)
    click(canvas.viewport(), QPoint(5, 5))
    assert canvas.hasFocus() and not framed(shown), "who uses the mouse knows where it is"
    step_area(canvas, 1)
    step_area(canvas, -1)
    shown.workbench.palette.search.setFocus()
    assert not framed(shown)


@pytest.mark.parametrize("back", [False, True])
def test_tab_leads_past_the_canvas_until_something_is_done_there(shown: MainWindow, back: bool) -> None:
    canvas = shown.workbench.canvas
    stops = 0
    shown.workbench.palette.search.setFocus()
    while not canvas.hasFocus() and stops < 300:
        shown.focusNextPrevChild(not back)
        stops += 1
    assert canvas.hasFocus() and framed(shown)
    press_tab(shown, back)
    assert not canvas.hasFocus() and not canvas.selected()
    assert shown.isAncestorOf(QApplication.focusWidget()), "no search box was opened"
    shown.focusNextPrevChild(back)
    assert canvas.hasFocus()
    keys(canvas, Qt.Key.Key_Right)
    [chosen] = canvas.selected()
    press_tab(shown, back)
    assert canvas.hasFocus() and canvas.selected() == (chosen,) and canvas.port_focus.end is not None


def test_a_bright_button_shows_that_the_keyboard_is_on_it(shown: MainWindow) -> None:
    start = shown.workbench.training.controls.start
    until(start.isEnabled)
    shown.workbench.canvas.setFocus()
    rest()
    without = start.grab().toImage()
    start.setFocus(Qt.FocusReason.TabFocusReason)
    rest()
    assert start.grab().toImage() != without


def test_every_theme_has_an_access_key_of_its_own(shown: MainWindow) -> None:
    letters = [action.text()[action.text().index("&") + 1].lower() for action in shown.theme_actions.values()]
    assert len(set(letters)) == len(letters) == 3


def test_a_recent_project_that_is_being_trained_says_so(tmp_path: Path, own_home: Path, qtbot: object) -> None:
    path, other = small_project(tmp_path / "a"), small_project(tmp_path / "b")
    new_run_folder(other)
    run = new_run_folder(path)
    with open_window(path) as window:
        window.open_path(other)
        with living(run):
            assert training_now([path, other]) == {path}
            window.close_project()
            recent = window.welcome.recent
            until(lambda: [row.path for row in recent.rows if row.training] == [path], what="it is not said")
            marked, plain = sorted(recent.rows, key=lambda row: not row.training)
            assert marked.accessibleDescription().startswith("Training now")
            assert dots(marked) > dots(plain) == 0
        until(lambda: not any(row.training for row in recent.rows), what="it is said of one that has ended")


def dots(row: RecentRow) -> int:
    return int(seen(row, row.theme.accent, QRectF(row.rect())).sum())


def edges(widget: QWidget, wide: int) -> set[str]:
    """The colours of the outermost pixels of a widget, so many of them in the middle of each side."""
    image = widget.grab().toImage()
    across, down = image.width(), image.height()
    deep = range(wide)
    places = [(x, down // 2) for at in deep for x in (at, across - 1 - at)]
    places += [(across // 2, y) for at in deep for y in (at, down - 1 - at)]
    return {image.pixelColor(*place).name() for place in places}


def framed(window: MainWindow) -> bool:
    """Whether all four edges of the canvas are of the colour that says where the keyboard is."""
    rest()
    return edges(window.workbench.canvas, RING) == {window.theme.accent.lower()}


def press_tab(window: MainWindow, back: bool) -> None:
    shift = Qt.KeyboardModifier.ShiftModifier if back else Qt.KeyboardModifier.NoModifier
    keys(window.workbench.canvas, Qt.Key.Key_Backtab if back else Qt.Key.Key_Tab, shift)


def twice(widget: QWidget) -> None:
    QTest.mouseDClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, widget.rect().center())
