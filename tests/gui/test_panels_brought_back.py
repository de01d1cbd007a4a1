"""Panels come back as they were left, page for page and project for project, and leave nothing behind in the window."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer
from PySide6.QtWidgets import QTabBar

from designer.gui.layout_memory import VERSION
from designer.gui.window import MainWindow
from designer.workspace.session import Session
from tests.helpers.small import small_project
from tests.helpers.window import checked, open_window, rest, shut, until

ROOT = Path(__file__).resolve().parents[2]
TURNS = 3


def tab_bars(window: MainWindow) -> int:
    """How many bars of tabs the window itself has, in use or not."""
    return len(window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly))


def state_of(window: MainWindow) -> tuple[QByteArray, set[str]]:
    """Where the panels are, and which of them are seen."""
    docks = window.build().docks
    return window.saveState(VERSION), {name for name, dock in docks.items() if not dock.visibleRegion().isEmpty()}


def turned(window: MainWindow) -> None:
    """To the data and back."""
    for page in ("data", "network"):
        window.pages.show(page)
        until(lambda page=page: window.pages.page == page)  # type: ignore[misc]


def reopened(window: MainWindow, path: Path) -> None:
    """The project closed, and opened again."""
    window.close_project()
    assert not window.editing
    window.documents.open(path)
    until(lambda: window.editing and window.session.path == path)
    checked(window)


def test_turning_pages_and_opening_projects_takes_no_more_tab_bars(tmp_path: Path) -> None:
    path = small_project(tmp_path, "small")
    with open_window(path) as window:
        turned(window)
        reopened(window, path)
        before = tab_bars(window)
        assert before
        for _ in range(TURNS):
            turned(window)
            reopened(window, path)
        assert tab_bars(window) == before


def test_panels_are_where_they_were_left(tmp_path: Path) -> None:
    path = small_project(tmp_path, "small")
    with open_window(path) as window:
        docks = window.build().docks
        docks["palette"].hide()
        window.show_panel("problems")
        window.removeDockWidget(docks["history"])
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, docks["history"])
        docks["history"].show()
        until(lambda: not docks["history"].visibleRegion().isEmpty())
        before = state_of(window)
        assert {"problems", "history"} <= before[1]
        assert "palette" not in before[1]
        turned(window)
        until(lambda: state_of(window) == before)
        reopened(window, path)
        until(lambda: state_of(window) == before)


def test_panels_find_their_places_in_a_window_of_another_size(tmp_path: Path) -> None:
    path = small_project(tmp_path, "small")
    with open_window(path) as window:
        window.show_panel("problems")
        before = state_of(window)[1]
        window.pages.show("data")
        window.resize(window.width() - 120, window.height() - 60)
        window.pages.show("network")
        until(lambda: state_of(window)[1] == before)


def test_panels_shown_beside_the_data_come_back_with_it(tmp_path: Path) -> None:
    with open_window(small_project(tmp_path, "small")) as window:
        docks = window.build().docks
        window.pages.show("data")
        assert all(dock.isHidden() for dock in docks.values())
        docks["problems"].show()
        turned(window)
        assert not docks["inspector"].isHidden()
        window.pages.show("data")
        assert [name for name, dock in docks.items() if not dock.isHidden()] == ["problems"]


def sizes_of(window: MainWindow) -> dict[str, QSize]:
    """How large the panels are that are seen."""
    return {name: dock.size() for name, dock in window.build().docks.items() if not dock.visibleRegion().isEmpty()}


def started_with(path: Path) -> MainWindow:
    """A window that opens a project as soon as it is seen, as the app does with one that its command names."""
    window = MainWindow()
    window.resize(1280, 800)

    def settle() -> None:
        window.furnish(Session())
        QTimer.singleShot(0, window.build)
        window.open_path(path)

    window.painted.connect(settle)
    window.show()
    until(lambda: window.furnished and window.editing)
    checked(window)
    rest(0.2)
    return window


def test_a_start_with_a_project_gives_the_panels_the_sizes_that_they_were_left_with(tmp_path: Path) -> None:
    path = small_project(tmp_path, "small")
    with open_window(path) as window:
        docks = window.build().docks
        window.resizeDocks([docks["palette"], docks["inspector"]], [230, 330], Qt.Orientation.Horizontal)
        rest(0.2)
        before = sizes_of(window)
        assert before["palette"].width() == 230
        window.remember_layout()
    for _ in range(2):
        window = started_with(path)
        assert sizes_of(window) == before
        window.remember_layout()
        shut(window)


def test_what_a_project_tells_of_itself_is_shown_beside_panels_that_were_left_without_it(tmp_path: Path) -> None:
    with open_window(small_project(tmp_path, "small")) as window:
        assert window.build().docks["about"].isHidden()
        window.remember_layout()
    copytree(ROOT / "sample_projects" / "iris", tmp_path / "iris")
    window = started_with(tmp_path / "iris" / "iris.loom")
    assert not window.build().docks["about"].visibleRegion().isEmpty()
    shut(window)


def test_a_panel_that_floated_is_painted_after_the_next_start(tmp_path: Path) -> None:
    path = small_project(tmp_path, "small")
    with open_window(path) as window:
        window.build().docks["palette"].setFloating(True)
        rest(0.2)
        window.remember_layout()
    window = started_with(path)
    dock = window.build().docks["palette"]
    assert dock.isFloating() and dock.updatesEnabled() and dock.widget().updatesEnabled()
    shut(window)
