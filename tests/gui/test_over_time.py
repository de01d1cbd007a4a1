"""Results of a series: what was predicted over time beside what came, read by pointing at it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from designer.gui import announce
from designer.gui.data.series_curve import LongCurve
from designer.gui.panels.over_time_page import HOW, OverTimePage, hint
from designer.gui.panels.over_time_plot import OverTimePlot, drawn
from designer.gui.panels.results import DIVERGED, ResultsPanel
from designer.gui.tasks import Tasks
from designer.gui.theme import DARK, LIGHT
from designer.project.file import save_project
from designer.project.model import Project, Split, Windows
from designer.training.over_time import OneOverTime, OverTime
from designer.workspace import verbs
from designer.workspace.session import Session
from tests.helpers.series import series_project, write_series
from tests.helpers.window import rest, until

Opening = Callable[[Project], ResultsPanel]


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Iterator[Opening]:
    """Trains a project and shows its results."""
    made: list[ResultsPanel] = []

    def open_results(project: Project) -> ResultsPanel:
        save_project(project, tmp_path / "p.loom")
        list(verbs.train(verbs.prepare_run(tmp_path / "p.loom")))
        panel = ResultsPanel(Session.open(tmp_path / "p.loom"), Tasks(), LIGHT, lambda: None, lambda: None)
        made.append(panel)
        qtbot.addWidget(panel)
        panel.resize(1200, 400)
        panel.show()
        panel.refresh()
        until(lambda: panel.over_time.plot.shown is not None, what="nothing was drawn over time")
        return panel

    yield open_results
    for panel in made:
        panel.tasks.close()
        panel.session.close()


def put_to(page: OverTimePage, step: int) -> None:
    before = page.plot.shown
    page.step.setFocus()
    page.step.selectAll()
    QTest.keyClicks(page.step, str(step))
    QTest.keyClick(page.step, Qt.Key.Key_Return)
    until(lambda: page.plot.shown is not before)


def wheel(plot: OverTimePlot, at: QPointF, turn: int) -> None:
    event = QWheelEvent(
        at, plot.mapToGlobal(at), QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plot, event)


def columns_with(plot: OverTimePlot, line: str) -> list[int]:
    """Where across the curves any pixel has the colour of a line."""
    image, area = plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32), plot.area().toRect()
    wanted = plot.colour_of(line)
    near = [
        x
        for x in range(area.left(), area.right())
        for y in range(area.top(), area.bottom())
        if all(
            abs(one - other) < 40
            for one, other in zip(image.pixelColor(x, y).getRgb()[:3], wanted.getRgb()[:3], strict=True)
        )
    ]
    return sorted(set(near))


def test_a_series_is_shown_over_time_at_once(opened: Opening, tmp_path: Path) -> None:
    panel = opened(series_project(write_series(tmp_path / "sales.csv")))
    page, plot = panel.over_time, panel.over_time.plot
    assert panel.pictures.currentWidget() is page and page.isVisible()
    assert panel.caption.text() == "Predicted over time, test part"
    assert [panel.looks.tabText(place) for place in range(2)] == ["Over time", "Values"] and panel.looks.isVisible()
    assert page.readout.text() == f"12 windows. {HOW}"
    assert not any(widget.isVisible() for widget in (page.series, page.target, page.step))
    assert plot.accessibleName() == "Predicted and actual values over time"
    assert plot.accessibleDescription() == "sales: 12 actual values, 12 predicted"
    left, right = round(plot.x_of(plot.low)), round(plot.x_of(plot.high))
    for line in ("actual", "predicted"):
        drawn_at = columns_with(plot, line)
        assert drawn_at[0] < left + 4 and drawn_at[-1] > right - 4
    panel.set_theme(DARK)
    assert plot.colour_of("predicted").name().upper() == DARK.validation_curve
    assert columns_with(plot, "predicted")
    QTest.mouseClick(panel.looks, Qt.MouseButton.LeftButton, pos=panel.looks.tabRect(1).center())
    assert panel.pictures.currentWidget() is panel.scatter and panel.caption.text().startswith("Predicted against")


def test_pointing_reads_a_row_in_words(opened: Opening, tmp_path: Path) -> None:
    plot = opened(series_project(write_series(tmp_path / "sales.csv"))).over_time.plot
    page = plot.window().over_time
    assert plot.shown is not None
    x = round(plot.x_of(float(plot.shown.one.x[3])))
    QTest.mouseMove(plot, QPoint(x, plot.height() // 2))
    assert plot.place == 3
    actual, predicted = plot.shown.actual[3], plot.shown.predicted[3]
    assert page.readout.text().startswith("21 Feb 2024 · actual ")
    assert f"{actual:.2f}" in page.readout.text() and f"predicted {predicted:.2f}" in page.readout.text()
    assert page.readout.text().endswith("too high" if predicted > actual else "too low")
    at = QPoint(x, plot.height() // 2)
    QApplication.sendEvent(plot, QHelpEvent(QEvent.Type.ToolTip, at, plot.mapToGlobal(at)))
    assert "21 Feb 2024" in QToolTip.text()
    QToolTip.hideText()
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert plot.place == -1 and HOW in page.readout.text()


def test_the_keyboard_reads_zooms_and_sees_all_again(opened: Opening, tmp_path: Path) -> None:
    plot = opened(series_project(write_series(tmp_path / "sales.csv", 200))).over_time.plot
    whole, said = plot.high - plot.low, []
    announce.listeners.append(said.append)
    try:
        plot.setFocus()
        QTest.keyClick(plot, Qt.Key.Key_Right)
        assert plot.place == 0 and said and "predicted" in said[-1]
        QTest.keyClick(plot, Qt.Key.Key_End)
        assert plot.place == 39
        QTest.keyClick(plot, Qt.Key.Key_Left)
        assert plot.place == 38
    finally:
        announce.listeners.remove(said.append)
    for _ in range(6):
        QTest.keyClick(plot, Qt.Key.Key_Plus)
    assert plot.high - plot.low < whole / 3 and plot.low <= float(plot.shown.one.x[38]) <= plot.high
    QTest.keyClick(plot, Qt.Key.Key_Home)
    # what is read comes into sight
    assert plot.place == 0 and plot.low == float(plot.shown.one.x[0]) and plot.high - plot.low < whole / 3
    QTest.keyClick(plot, Qt.Key.Key_PageDown)
    assert 1 < plot.place < 12
    QTest.keyClick(plot, Qt.Key.Key_0)
    assert plot.high - plot.low == pytest.approx(whole)


def test_the_wheel_zooms_and_dragging_moves(opened: Opening, tmp_path: Path) -> None:
    plot = opened(series_project(write_series(tmp_path / "sales.csv", 200))).over_time.plot
    whole, middle = plot.high - plot.low, QPointF(plot.width() / 2, plot.height() / 2)
    there = plot.moment_at(middle.x())
    wheel(plot, middle, 240)
    assert plot.high - plot.low == pytest.approx(whole / 1.25**2)
    assert plot.moment_at(middle.x()) == pytest.approx(there)
    low, to = plot.low, middle.toPoint() + QPoint(30, 0)
    QTest.mousePress(plot, Qt.MouseButton.LeftButton, pos=middle.toPoint())
    QTest.mouseMove(plot, to)
    QTest.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=to)
    assert plot.low < low
    QTest.mouseDClick(plot, Qt.MouseButton.LeftButton, pos=to)
    assert plot.high - plot.low == pytest.approx(whole)


def test_step_and_target_are_chosen(opened: Opening, tmp_path: Path) -> None:
    project = series_project(write_series(tmp_path / "sales.csv"), Windows(6, 3), targets=2, rain="target")
    page = opened(project).over_time
    plot, one = page.plot, page.view.series[0]
    assert page.step.isVisible() and page.step.value() == 1 and page.step.text() == "1 of 3 ahead"
    assert [page.target.itemText(place) for place in range(page.target.count())] == ["sales", "rain"]
    assert not page.series.isVisible()
    np.testing.assert_array_equal(plot.shown.lines["predicted"].y, one.predicted[""][:, 0, 0])
    plot.zoom(2.0)
    seen = (plot.low, plot.high)
    put_to(page, 3)
    np.testing.assert_array_equal(plot.shown.lines["predicted"].y, one.predicted[""][:, 2, 0])
    # the first two rows of the part were not foreseen so early, and the same stretch stays in sight
    assert np.isnan(plot.shown.predicted).tolist() == [True, True] + 10 * [False] and (plot.low, plot.high) == seen
    assert "not predicted" in plot.words_of(0)
    page.target.setFocus()
    QTest.keyClick(page.target, Qt.Key.Key_Down)
    page.target.activated.emit(1)
    until(lambda: plot.shown.name == "rain")
    np.testing.assert_array_equal(plot.shown.lines["predicted"].y, one.predicted[""][:, 2, 1])
    np.testing.assert_array_equal(plot.shown.lines["actual"].y, one.actual[:, 1])


def test_the_series_is_chosen_and_rows_are_counted_without_times(opened: Opening, tmp_path: Path) -> None:
    path = write_series(tmp_path / "towns.csv", 30, ("<b>Ayr</b>", "Bath"))
    page = opened(series_project(path, split=Split("time", 0.2, 0.2), town="group", day="ignored")).over_time
    assert [page.series.itemText(place) for place in range(2)] == ["<b>Ayr</b>", "Bath"] and page.series.isVisible()
    assert page.plot.words_of(0).startswith("row 25 · ")
    page.series.setCurrentIndex(1)
    page.series.activated.emit(1)
    until(lambda: page.plot.shown.one.name == "Bath")
    np.testing.assert_array_equal(page.plot.shown.actual, page.view.series[1].actual[:, 0])


def test_lines_end_where_windows_are_missing(qtbot: QtBot) -> None:
    rows = np.arange(1, 201)
    kept = np.concatenate([np.arange(60), np.arange(140, 200)])
    level = np.ones((200, 1))
    one = OneOverTime("", rows.astype(float), rows, level, kept, {"": 2 * np.ones((120, 1, 1), dtype=np.float32)})
    view = OverTime("test", (one,), ("y",), "", False, 1, 1, 500, 120)
    plot = OverTimePlot(LIGHT)
    qtbot.addWidget(plot)
    plot.resize(600, 300)
    plot.show_drawn(drawn(view, one, "", 1, 0), "", False, keep=False)
    gap = range(round(plot.x_of(61)) + 2, round(plot.x_of(140)) - 2)
    predicted, actual = columns_with(plot, "predicted"), columns_with(plot, "actual")
    assert not set(predicted) & set(gap) and set(gap) <= set(actual)
    assert len(predicted) > 0.5 * len(actual)
    assert plot.words_of(100) == "row 101 · actual 1.000 · not predicted"
    assert plot.words_of(3) == "row 4 · actual 1.000 · predicted 2.000 · 1.000 too high"
    assert hint(view) == f"The latest 120 of 500 windows. {HOW}"


def test_all_steps_of_the_window_at_the_pointer_are_drawn(qtbot: QtBot) -> None:
    rows = np.arange(1, 61)
    actual = (rows % 5).astype(float)[:, None]
    predicted = np.ones((58, 3, 1), dtype=np.float32)
    # what is seen two steps ahead lies apart from all else
    predicted[:, 1:] = 3.5
    one = OneOverTime("", rows.astype(float), rows, actual, np.arange(58), {"": predicted})
    view = OverTime("test", (one,), ("y",), "", False, 3, 1, 58, 58)
    plot = OverTimePlot(LIGHT)
    qtbot.addWidget(plot)
    plot.resize(700, 300)
    plot.show_drawn(drawn(view, one, "", 2, 0), "", False, keep=False)
    x, y = plot.shown.together(20)
    assert (x.tolist(), y.tolist()) == ([20.0, 21.0, 22.0], [1.0, 3.5, 3.5])
    # nothing is predicted two steps ahead for the first row, and the last windows end where the rows do
    assert len(plot.shown.together(0)[0]) == 0 and plot.shown.together(58)[0].tolist() == [58.0, 59.0, 60.0]
    assert not columns_with(plot, "together")
    plot.point(20)
    found = columns_with(plot, "together")
    assert plot.x_of(20) - 3 < found[0] < plot.x_of(20.6) and plot.x_of(21.4) < found[-1] < plot.x_of(22) + 3


def test_a_long_line_is_drawn_by_few_points_that_keep_its_peaks() -> None:
    count, width = 1_000_000, 800
    y = np.zeros(count)
    y[[123_456, 765_432]] = 50.0, -50.0
    y[400_000:500_000] = np.nan
    line = LongCurve(np.arange(count, dtype=float), y)
    seen_x, seen_y = line.seen(0.0, count - 1.0, width)
    assert len(seen_x) <= 2 * (width + 2) and (np.nanmin(seen_y), np.nanmax(seen_y)) == (-50.0, 50.0)
    assert np.isnan(seen_y[(seen_x > 402_000) & (seen_x < 498_000)]).all()
    assert seen_x[np.nanargmax(seen_y)] == pytest.approx(123_456, abs=2 * count / width)
    near_x, near_y = line.seen(765_000.0, 765_800.0, width)
    assert near_y[near_x == 765_432].tolist() == [-50.0]
    assert len(LongCurve(np.array([]), np.array([])).seen(0.0, 1.0, width)[0]) == 0


def test_data_that_is_gone_is_said_and_looked_for_again(opened: Opening, tmp_path: Path) -> None:
    panel = opened(series_project(write_series(tmp_path / "sales.csv")))
    page = panel.over_time
    (tmp_path / "sales.csv").rename(tmp_path / "moved.csv")
    page._run = None
    panel.refresh()
    until(lambda: page.said.isVisible() and "sales.csv" in page.said.text())
    (tmp_path / "moved.csv").rename(tmp_path / "sales.csv")
    panel.refresh()
    until(lambda: page.plot.isVisible())
    assert page.view is not None and not page.said.isVisible()


def test_a_training_that_diverged_is_said(opened: Opening, tmp_path: Path) -> None:
    panel = opened(series_project(write_series(tmp_path / "sales.csv")))
    record = panel.run
    (record / "results.json").write_text('{"part": "test", "predicted": [], "actual": []}')
    panel.refresh()
    until(lambda: panel.nothing.isVisible() and panel.nothing.text() == DIVERGED)
    assert not panel.looks.isVisible()


def test_each_of_several_outputs_has_its_own_line(opened: Opening, tmp_path: Path) -> None:
    project = series_project(write_series(tmp_path / "sales.csv"))
    nodes, links = project.graph.nodes, project.graph.links
    output = next(node for node in nodes.values() if node.type == "output")
    linear = next(node for node in reversed(nodes.values()) if node.type == "linear")
    before = next(link for link in links if link.source == linear.id)
    # a last layer once more, with weights and an output of its own
    twins = {
        "twin": replace(linear, id="twin", name="twin"),
        "other": replace(output, id="other", name="other"),
    }
    to_twin = [replace(link, target="twin") for link in links if link.target == linear.id]
    graph = replace(
        project.graph,
        nodes={**nodes, **twins},
        links=(*links, *to_twin, replace(before, source="twin", target="other", target_port="x")),
    )
    panel = opened(replace(project, graph=graph))
    assert [panel.output.itemText(place) for place in range(2)] == [output.name, "other"]
    page, shown = panel.over_time, panel.over_time.plot.shown
    panel.output.setCurrentIndex(1)
    panel.output.activated.emit(1)
    until(lambda: page.plot.shown is not shown)
    predicted, one = page.plot.shown.lines["predicted"].y, page.view.series[0].predicted
    np.testing.assert_array_equal(predicted, one["other"][:, 0, 0])
    assert not np.array_equal(predicted, one[output.name][:, 0, 0])


def held(page: OverTimePage) -> list[weakref.ref[object]]:
    """The numbers that a page keeps."""
    one = page.view.series[0]
    values = one.predicted[page._key]
    whole = values if values.base is None else values.base
    return [weakref.ref(page.view), weakref.ref(one), weakref.ref(whole)]


def are_gone(kept: list[weakref.ref[object]]) -> bool:
    gc.collect()
    return all(each() is None for each in kept)


def test_what_nobody_looks_at_is_let_go_and_found_again_as_it_was(opened: Opening, tmp_path: Path) -> None:
    project = series_project(write_series(tmp_path / "sales.csv"), Windows(6, 3), targets=2, rain="target")
    panel = opened(project)
    page, plot = panel.over_time, panel.over_time.plot
    put_to(page, 3)
    page.target.setCurrentIndex(1)
    page.target.activated.emit(1)
    until(lambda: plot.shown is not None and plot.shown.name == "rain")
    plot.zoom(2.0)
    seen, lines = (plot.low, plot.high), plot.shown.lines["predicted"].y.copy()
    page.unseen.setInterval(20)
    kept = held(page)
    rest(0.1)
    assert not are_gone(kept), "it is let go while somebody looks"
    panel.hide()
    until(lambda: page.view is None, what="it is kept though nobody looks")
    until(lambda: are_gone(kept), what="something still holds the numbers")
    panel.show()
    until(lambda: page.view is not None and plot.shown is not None, what="it is not found again")
    assert page.step.value() == 3 and page.target.currentText() == "rain" and plot.shown.name == "rain"
    assert (plot.low, plot.high) == seen
    np.testing.assert_array_equal(plot.shown.lines["predicted"].y, lines)
    assert page._stack.currentWidget() is page._body


def test_a_short_look_elsewhere_costs_nothing(opened: Opening, tmp_path: Path) -> None:
    panel = opened(series_project(write_series(tmp_path / "sales.csv")))
    page, view = panel.over_time, panel.over_time.view
    assert page.unseen.interval() >= 30_000
    panel.hide()
    assert page.unseen.isActive()
    panel.show()
    rest(0.1)
    assert not page.unseen.isActive() and page.view is view


def test_a_project_that_is_closed_keeps_nothing_of_its_results(opened: Opening, tmp_path: Path) -> None:
    panel = opened(series_project(write_series(tmp_path / "sales.csv")))
    kept = held(panel.over_time)
    panel.session.restart(Project())
    until(lambda: are_gone(kept), what="the numbers of a closed project are kept")
    assert panel.over_time.view is None and panel.runs == []


def test_another_run_leaves_nothing_of_the_one_before(opened: Opening, tmp_path: Path) -> None:
    panel = opened(series_project(write_series(tmp_path / "sales.csv")))
    kept, page = held(panel.over_time), panel.over_time
    list(verbs.train(verbs.prepare_run(tmp_path / "p.loom")))
    panel.hide()
    panel.refresh()
    until(lambda: panel.run is not None and panel.run.name.endswith("002") and page.view is None)
    until(lambda: are_gone(kept), what="the numbers of the other run are kept")
    assert page.view is None, "nobody looks at it"
