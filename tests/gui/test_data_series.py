"""Series on the data page: the values over time, the parts, and the window at the pointer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from designer.compiler.analyse import analyse
from designer.gui.data.page import DataPage
from designer.gui.data.series_curve import DAY, moment_text, number_ticks, stretches, thinned, time_ticks
from designer.gui.data.series_reading import read_series
from designer.gui.theme import DARK
from designer.layers.data_edits import set_window
from designer.project.errors import EditError
from designer.project.model import Project, Split, Windows
from designer.training.prepare import facts_of
from tests.helpers.data_page import choose_view, open_page, type_into
from tests.helpers.series import sequences_project, series_project, write_sequences, write_series
from tests.helpers.window import until


def opened(qtbot, project: Project, place: Path) -> DataPage:
    page = open_page(qtbot, project, place)
    choose_view(page.table.views, "series")
    until(lambda: bool(page.series.plot.series), 20, "no series is shown")
    return page


@pytest.fixture
def page(qtbot, tmp_path: Path) -> DataPage:
    project = series_project(write_series(tmp_path / "sales.csv"), Windows(5, 2, 3))
    return opened(qtbot, project, tmp_path / "sales.loom")


def test_the_target_is_drawn_over_time_with_the_parts(page):
    plot, seen = page.series.plot, page.series.seen
    assert plot.columns == ("sales",) and seen.columns == ("sales", "rain") and len(plot.series[0]) == 60
    assert [part for _, _, part in stretches(plot.series[0].x, plot.series[0].parts)] == [0, 1, 2]
    assert plot.grab().toImage().pixelColor(plot.width() // 2, plot.height() // 2).isValid()
    assert "Point at the line" in page.series.readout.text()


def test_the_window_follows_the_pointer_and_the_keys(page):
    plot = page.series.plot
    x = plot.x_of(float(plot.series[0].x[20]))
    QTest.mouseMove(plot, QPoint(round(x), plot.height() // 2))
    assert plot.step == 20
    said = page.series.readout.text()
    assert "21 Jan 2024" in said and "sees 5 steps" in said and "predicts 2 steps" in said and "Training" in said
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert plot.step == 23
    QTest.keyClick(plot, Qt.Key.Key_Home)
    assert plot.step == 4
    QTest.keyClick(plot, Qt.Key.Key_End)
    assert plot.step == 57 and "Test" in page.series.readout.text()
    QTest.keyClick(plot, Qt.Key.Key_PageUp)
    assert plot.step == 52


def test_the_wheel_zooms_and_dragging_moves_what_is_seen(page):
    plot = page.series.plot
    whole = plot.high - plot.low
    middle = QPointF(plot.width() / 2, plot.height() / 2)
    event = QWheelEvent(
        middle, plot.mapToGlobal(middle), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plot, event)
    assert plot.high - plot.low == pytest.approx(whole / 1.25**2)
    low = plot.low
    QTest.mousePress(plot, Qt.MouseButton.LeftButton, pos=middle.toPoint())
    QTest.mouseMove(plot, middle.toPoint() + QPoint(30, 0))
    QTest.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=middle.toPoint() + QPoint(30, 0))
    assert plot.low < low
    QTest.keyClick(plot, Qt.Key.Key_0)
    assert plot.high - plot.low == pytest.approx(whole)


def test_length_horizon_and_stride_are_edited_and_undone(page):
    for name, value in (("length", 8), ("horizon", 3), ("stride", 2)):
        type_into(page.series.form, name, str(value))
    assert page.session.project.data.windows == Windows(8, 3, 2) == page.series.plot.windows
    assert page.session.history.can_undo
    page.session.undo()
    assert page.series.plot.windows == Windows(8, 3, 3)


def test_a_network_of_two_ways_follows_the_horizon(page, tmp_path):
    type_into(page.series.form, "horizon", "4")
    page.set_facts(facts_of(page.session.project, tmp_path), "")
    followed = page.session.project
    nodes = followed.graph.nodes.values()
    assert [node.fields["out_features"] for node in nodes if node.type == "linear"][1:] == [4, 4]
    assert analyse(followed, facts_of(followed, tmp_path)).ok
    page.session.undo()
    assert page.session.project.data.windows == Windows(5, 2, 3)


def test_gaps_and_repeated_times_are_told(qtbot, tmp_path):
    path = write_series(tmp_path / "sales.csv", 40)
    lines = path.read_text().splitlines()
    del lines[20:24]
    lines[10] = lines[10].rsplit(",", 3)[0] + ",,0.5,0"
    path.write_text("\n".join([*lines, lines[-1]]) + "\n")
    page = opened(qtbot, series_project(path), tmp_path / "sales.loom")
    said = " ".join(page.series.notes.notes)
    assert "longer than the usual one" in said and "same day" in said and "missing cell of sales" in said
    assert np.isnan(page.series.seen.series[0].values["sales"]).any()


def test_several_series_and_columns_are_drawn_at_once(qtbot, tmp_path):
    path = write_series(tmp_path / "towns.csv", 30, ("<b>Ayr</b>", "Bath", "Cork"))
    page = opened(qtbot, series_project(path, split=Split("time", 0.2, 0.2), town="group"), tmp_path / "towns.loom")
    view = page.series
    assert [each.name for each in view.seen.series] == ["<b>Ayr</b>", "Bath", "Cork"] and len(view.plot.series) == 1
    box = view.groups
    for row, modifier in ((1, Qt.KeyboardModifier.NoModifier), (2, Qt.KeyboardModifier.ControlModifier)):
        at = box.visualItemRect(box.item(row)).center()
        QTest.mouseClick(box.viewport(), Qt.MouseButton.LeftButton, modifier, at)
    assert [each.name for each in view.plot.series] == ["Bath", "Cork"]
    view.columns.setCurrentRow(1)
    view.columns.setFocus()
    QTest.keyClick(view.columns, Qt.Key.Key_Space)
    assert view.plot.columns == ("sales", "rain") and len(view.plot.panels()) == 2
    # all of a row can be clicked, its words too
    for drawn in (("sales",), ("sales", "rain")):
        at = view.columns.visualItemRect(view.columns.item(1)).center()
        QTest.mouseClick(view.columns.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert view.plot.columns == drawn
    page.set_theme(DARK)
    assert not page.grab().isNull()


def choose_way(page: DataPage, way: str) -> None:
    box = page.side.split.way
    box.setFocus()
    while box.currentData() != way:
        before = box.currentIndex()
        QTest.keyClick(box, Qt.Key.Key_Down)
        assert box.currentIndex() > before, f"there is no way {way}"


def test_whole_series_go_to_one_part(qtbot, tmp_path):
    path = write_series(tmp_path / "towns.csv", 30, ("Ayr", "Bath", "Cork", "Derby"))
    page = opened(qtbot, series_project(path, split=Split("time", 0.2, 0.2)), tmp_path / "towns.loom")
    before = page.session.project
    choose_way(page, "group")
    until(lambda: "no column has the role group" in page.series.trouble.text(), 20, "it is not said what is missing")
    box = page.side.split.column
    box.setFocus()
    assert box.isVisible() and box.findData("sales") < 0
    while box.currentData() != "town":
        QTest.keyClick(box, Qt.Key.Key_Up if box.currentIndex() > box.findData("town") else Qt.Key.Key_Down)
    until(lambda: len(page.series.seen.series) == 4 and not page.series.trouble.isVisible(), 20, "nothing is divided")
    parts = [set(each.parts.tolist()) for each in page.series.seen.series]
    assert sorted(map(len, parts)) == [1, 1, 1, 1] and set.union(*parts) == {0, 1, 2}
    shown = [page.series.groups.item(row).text() for row in range(4)]
    assert sorted(each.split(" · ")[1] for each in shown) == ["Test", "Training", "Training", "Validation"]
    assert any("Each town is wholly in one part: 2 to train, 1 to validation, 1 to test" in note
               for note in page.series.notes.notes)  # fmt: skip
    assert page.side.split.seed.isVisible() and page.side.split.folds.isVisible()
    assert facts_of(page.session.project, tmp_path).rows == {"train": 50, "validation": 25, "test": 25}
    while page.session.history.can_undo and page.session.project is not before:
        page.session.undo()
    assert page.session.project == before


def test_a_group_tells_series_apart_and_leaves_them_split_by_time(qtbot, tmp_path):
    path = write_series(tmp_path / "towns.csv", 30, ("Ayr", "Bath"))
    page = opened(qtbot, series_project(path, split=Split("time", 0.2, 0.2)), tmp_path / "towns.loom")
    page.editing.set_columns(("town",), "role", "group")
    assert page.session.project.data.split.by == "time"
    until(lambda: len(page.series.seen.series) == 2, 20)
    assert [page.series.groups.item(row).text() for row in range(2)] == ["Ayr", "Bath"]
    choose_way(page, "group")
    assert page.session.project.data.split.by == "group"
    # without a group it goes by time again, never by chance
    page.editing.set_columns(("town",), "role", "ignored")
    assert page.session.project.data.split.by == "time"


def test_a_split_by_chance_is_told_and_the_line_is_seen_all_the_same(qtbot, tmp_path):
    project = series_project(write_series(tmp_path / "sales.csv"), split=Split())
    page = opened(qtbot, project, tmp_path / "sales.loom")
    assert "Windows overlap" in page.series.trouble.text() and len(page.series.plot.series[0]) == 60
    assert set(page.series.plot.series[0].parts.tolist()) == {-1}


def test_each_file_of_a_folder_is_a_series(tmp_path):
    write_sequences(tmp_path / "paths", 10)
    project = sequences_project(tmp_path / "paths")
    seen = read_series(project, project.data, tmp_path)
    assert len(seen.series) == 10 and seen.columns == ("value",) and "(down)" in seen.series[0].name
    assert {int(each.parts[0]) for each in seen.series} >= {0}


def test_a_series_that_cannot_be_read_says_why(qtbot, tmp_path):
    (tmp_path / "empty.csv").write_bytes(b"")
    page = open_page(qtbot, series_project(tmp_path / "empty.csv"), tmp_path / "empty.loom")
    choose_view(page.table.views, "series")
    until(lambda: page.series.nothing.isVisible(), 20)
    assert "empty.csv" in page.series.nothing.sentence.text()


def test_no_peak_is_lost_where_there_are_more_points_than_pixels():
    x = np.arange(200_000.0)
    y = np.zeros(200_000)
    y[123_456], y[77] = 50.0, np.nan
    found, values = thinned(x, y, 0.0, 199_999.0, 500)
    assert len(found) <= 1002 and np.nanmax(values) == 50.0 and (np.diff(found) >= 0).all()
    near, _ = thinned(x, y, 100.0, 200.0, 500)
    assert near[0] == 99.0 and near[-1] == 201.0


@pytest.mark.parametrize("span", [10.0, 3600.0, DAY, 40 * DAY, 400 * DAY, 40_000 * DAY, 3e5 * DAY])
def test_an_axis_of_dates_has_a_few_ticks_in_order(span):
    ticks = time_ticks(1.7e9, 1.7e9 + span, 6)
    assert len(ticks) <= 10 and [place for place, _ in ticks] == sorted(place for place, _ in ticks)
    assert all(1.7e9 <= place <= 1.7e9 + span for place, _ in ticks)


def test_numbers_and_moments_are_said_in_few_words():
    assert moment_text(0.0, 31 * DAY) == "January 1970" and moment_text(90_000.0, DAY) == "2 Jan 1970"
    assert moment_text(90_000.0, 60.0) == "2 Jan 1970 01:00"
    assert number_ticks(1.0, 1.0, 5) == [] and len(number_ticks(0.0, 10.0, 5)) == 6


def test_windows_that_no_project_can_hold_are_refused(tmp_path):
    project = series_project(tmp_path / "sales.csv")
    with pytest.raises(EditError):
        set_window(project, "length", 0)
    with pytest.raises(EditError):
        set_window(Project(), "length", 3)
    assert set_window(project, "length", 5) is project
    assert set_window(project, "stride", 4).data == replace(project.data, windows=Windows(5, 1, 4))
