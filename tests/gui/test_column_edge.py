"""The column of settings and runs is as wide as its edge is dragged to, also in the next window, if there is room."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from designer.gui.panels.training import PLOTS_WIDTH, SETTINGS_WIDTH, TrainingPanel
from designer.gui.theme import DARK
from designer.gui.window import MainWindow
from designer.workspace.preferences import load_preferences
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.small import small_project
from tests.helpers.window import keys, open_window, rest, until

pytestmark = pytest.mark.usefixtures("own_home")
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return small_project(tmp_path)


def panel_of(window: MainWindow) -> TrainingPanel:
    window.show_panel("training")
    panel: TrainingPanel = window.workbench.training
    until(lambda: panel.isVisible() and panel.width() > 900)
    return panel


def drag(panel: TrainingPanel, by: int) -> None:
    """Take hold of the edge, move it and let go."""
    edge = panel.edge
    start = QPoint(2, 40)
    QTest.mousePress(edge, LEFT, NONE, start)
    for share in (0.3, 0.7, 1.0):
        # the edge moves with the pointer: where it is now lies elsewhere within it
        moved = edge.column.width() - SETTINGS_WIDTH
        QTest.mouseMove(edge, start + QPoint(round(by * share) - moved, 0))
        rest()
    QTest.mouseRelease(edge, LEFT, NONE, start)
    rest()


def test_a_width_that_is_dragged_is_found_in_the_next_window(path: Path) -> None:
    with open_window(path, FakeTrainer) as window:
        panel = panel_of(window)
        plots = panel.plots.width()
        assert panel.edge.column.width() == SETTINGS_WIDTH
        drag(panel, 70)
        assert panel.edge.column.width() == SETTINGS_WIDTH + 70
        assert panel.plots.width() == plots - 70 and panel.run_list.parentWidget().width() == SETTINGS_WIDTH + 70
        window.close()
    assert load_preferences().window.keys() >= {"runs", "geometry", "docks"}
    with open_window(path, FakeTrainer) as window:
        panel = panel_of(window)
        assert panel.edge.column.width() == SETTINGS_WIDTH + 70
        window.actions_by_name["reset"].trigger()
        assert panel.edge.column.width() == SETTINGS_WIDTH
        window.close()
    with open_window(path, FakeTrainer) as window:
        assert panel_of(window).edge.column.width() == SETTINGS_WIDTH


def test_the_column_is_never_too_narrow_nor_without_curves_beside_it(path: Path) -> None:
    with open_window(path, FakeTrainer) as window:
        panel = panel_of(window)
        least = panel.minimumSizeHint().width()
        drag(panel, -200)
        assert panel.edge.column.width() == SETTINGS_WIDTH
        drag(panel, 5000)
        assert panel.plots.width() >= PLOTS_WIDTH and panel.plots.geometry().right() < panel.width()
        assert panel.minimumSizeHint().width() == least, "the window cannot be made as small as before"
        wide = panel.edge.column.width()
        assert wide > SETTINGS_WIDTH
        window.resize(1000, 700)
        until(lambda: window.width() == 1000, what="the column keeps the window wide")
        until(lambda: panel.edge.column.width() < wide)
        assert panel.plots.geometry().right() < panel.width(), "the curves are cut off"
        window.resize(1280, 800)
        until(lambda: panel.edge.column.width() == wide, what="the width is not back once there is room")


def test_the_keyboard_moves_the_edge_and_a_double_click_brings_it_back(path: Path) -> None:
    with open_window(path, FakeTrainer) as window:
        panel = panel_of(window)
        edge = panel.edge
        edge.setFocus(Qt.FocusReason.TabFocusReason)
        assert edge.hasFocus() and edge.accessibleName() and edge.toolTip()
        for _ in range(3):
            keys(edge, Qt.Key.Key_Right)
        assert edge.column.width() == SETTINGS_WIDTH + 48
        keys(edge, Qt.Key.Key_Left)
        assert edge.column.width() == SETTINGS_WIDTH + 32
        assert load_preferences().window["runs"] == str(SETTINGS_WIDTH + 32)
        keys(edge, Qt.Key.Key_Home)
        assert edge.column.width() == SETTINGS_WIDTH
        drag(panel, 40)
        QTest.mouseDClick(edge, LEFT, NONE, QPoint(2, 40))
        assert edge.column.width() == SETTINGS_WIDTH


def test_the_edge_is_seen_in_both_themes_and_stands_out_where_it_can_be_moved(path: Path) -> None:
    with open_window(path, FakeTrainer) as window:
        panel = panel_of(window)
        edge = panel.edge
        quiet = edge.grab().toImage()
        edge.setFocus(Qt.FocusReason.TabFocusReason)
        rest()
        assert edge.grab().toImage() != quiet
        panel.setFocus()
        edge.clearFocus()
        panel.set_theme(DARK)
        assert edge.grab().toImage() != quiet


def test_the_edge_can_be_taken_hold_of_on_both_sides_of_its_line_and_covers_nothing(path: Path) -> None:
    with open_window(path, FakeTrainer) as window:
        panel = panel_of(window)
        panel.show_page("runs")
        rest()
        edge = panel.edge

        def line() -> list[int]:
            """Where the edge has another colour than beside its line."""
            seen = edge.grab().toImage()
            ground = seen.pixelColor(0, seen.height() // 2)
            return [x for x in range(seen.width()) if seen.pixelColor(x, seen.height() // 2) != ground]

        [at] = line()
        assert at >= 4 and edge.width() - 1 - at == at, "there is not as much to take hold of on either side"
        assert edge.cursor().shape() == Qt.CursorShape.SplitHCursor
        for beside in (edge.column, panel.plots):
            assert not edge.geometry().intersects(beside.geometry())
        for x in (0, edge.width() - 1):
            assert panel.childAt(edge.geometry().topLeft() + QPoint(x, 60)) is edge
        # the line is broader under the pointer, and thin again once that has gone
        inside = QPointF(1, 40)
        QApplication.sendEvent(edge, QEnterEvent(inside, inside, edge.mapToGlobal(inside)))
        assert line() == [at - 1, at, at + 1]
        QApplication.sendEvent(edge, QEvent(QEvent.Type.Leave))
        assert line() == [at]
