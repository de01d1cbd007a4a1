"""The room of the curves: where points lie, the numbers at its sides, and lines that are painted on and not anew."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QWidget

from designer.gui.labels import SteadyLabel
from designer.gui.numbers import figure
from designer.gui.panels.change_marks import ChangeMarks
from designer.gui.panels.curve_frame import Frame, epoch_ticks, tick_words
from designer.gui.panels.curve_plane import CurvePlane
from designer.gui.panels.curve_sight import room_for
from designer.gui.panels.curves import CurvePlot
from designer.gui.panels.guests import Guest, Guests
from designer.gui.panels.series import MOST, Series
from designer.gui.run_curves import Curves
from designer.gui.small_plot import Scale
from designer.gui.theme import DARK, LIGHT
from tests.helpers.window import rest

BOX = QRectF(50, 10, 200, 100)


class Seen(QObject):
    """Counts events of one kind, and keeps where they painted."""

    def __init__(self, widget: QWidget, kind: QEvent.Type) -> None:
        super().__init__(widget)
        self.kind, self.count, self.wide = kind, 0, 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == self.kind:
            self.count += 1
            if self.kind == QEvent.Type.Paint:
                self.wide = max(self.wide, event.rect().width())
        return False


def wave(series: Series, first: int, last: int) -> None:
    for epoch in range(first, last + 1):
        series.add(float(epoch), 1.0 + math.sin(epoch / 7))


@pytest.fixture
def plane(qtbot):
    made = CurvePlane(LIGHT, Guests(LIGHT), ChangeMarks(LIGHT))
    qtbot.addWidget(made)
    made.resize(400, 200)
    made.show()
    qtbot.waitExposed(made)
    made.show_scales(Scale(0.0, 200.0), Scale(0.0, 2.0))
    return made


def test_points_lie_between_the_scales_and_lines_end_where_they_have_no_place() -> None:
    frame = Frame(BOX, Scale(0, 10), Scale(0, 4))
    assert (frame.x_of(5), frame.epoch_at(150)) == (150, 5)
    assert frame.place(10, 1).toTuple() == (250, 85)
    lines = frame.polygons([1, 2, 3, 4, 5], [1.0, 2.0, math.nan, math.inf, 4.0])
    assert [[point.toTuple() for point in line] for line in lines] == [[(70, 85), (90, 60)], [(150, 10)]]
    log = Frame(BOX, Scale(0, 10), Scale(0.01, 100, log=True))
    assert log.place(0, 1.0).toTuple() == (50, 60)
    assert log.place(0, 0.0) is None and log.polygons([0, 1], [-1.0, 0.0]) == []


@pytest.mark.parametrize("log", [False, True])
def test_many_points_lie_where_few_do(log: bool) -> None:
    frame = Frame(BOX, Scale(0, 100), Scale(0.01, 100, log=log))
    values = [10 ** math.sin(epoch) for epoch in range(100)]
    for gap, value in ((0, math.nan), (7, math.inf), (8, math.nan), (40, 0.0), (41, -1.0), (99, math.nan)):
        values[gap] = value
    epochs = [float(epoch) for epoch in range(100)]
    lines = [[place.toTuple() for place in line] for line in frame.polygons(epochs, values)]
    assert [len(line) for line in lines] == ([6, 31, 57] if log else [6, 90])
    # as many at a time as are brought to their places one by one
    parts = [frame.polygons(epochs[first : first + 50], values[first : first + 50]) for first in (0, 50)]
    alone = [place.toTuple() for part in parts for line in part for place in line]
    assert [place for line in lines for place in line] == [pytest.approx(place, abs=1e-9) for place in alone]
    assert frame.polygons([math.nan] * 100, [math.nan] * 100) == [] == frame.polygons([], [])


@pytest.mark.parametrize(
    ("last", "ticks"), [(10, [0, 5, 10]), (137, [0, 50, 100, 137]), (104, [0, 50, 104]), (1, [0, 0.5, 1])]
)
def test_the_last_epoch_has_its_number(last: float, ticks: list[float]) -> None:
    assert epoch_ticks(Frame(BOX, Scale(0, last), Scale(0, 1))) == ticks


def test_numbers_are_as_short_as_tells_them_apart() -> None:
    assert tick_words([0, 500, 1000, 25000]) == ["0", "500", "1,000", "25,000"]
    assert tick_words([0, 5000, 10_000, 1_500]) == ["0", "5,000", "10,000", "1,500"]
    assert tick_words([0, 500_000, 1_000_000, 1_500_000]) == ["0", "500 k", "1 M", "1.5 M"]
    assert tick_words([0.0, 0.5, 1.0]) == ["0", "0.5", "1"]
    assert tick_words([0.6812, 0.6814, 0.6816]) == ["0.6812", "0.6814", "0.6816"]
    assert tick_words([-2e-05, 0.0, 4e-05]) == ["−2e−5", "0", "4e−5"]
    assert tick_words([]) == []


def test_a_line_is_painted_on_and_looks_as_if_it_were_painted_anew(plane, qtbot) -> None:
    series = Series()
    wave(series, 1, 20)
    plane.follow({"train": series}, False)
    plane.grow()
    qtbot.wait(30)
    seen = Seen(plane, QEvent.Type.Paint)
    for epoch in range(21, 121):
        wave(series, epoch, epoch)
        plane.follow({"train": series}, False)
        plane.grow()
        rest()
    assert seen.count >= 20 and seen.wide < 40
    grown = plane.grab().toImage()
    plane.renew()
    anew = plane.grab().toImage()
    apart = sum(
        grown.pixelColor(x, y) != anew.pixelColor(x, y) for x in range(grown.width()) for y in range(grown.height())
    )
    assert apart <= 40


def test_another_run_leaves_nothing_of_the_one_before(plane, qtbot) -> None:
    empty = plane.grab().toImage()
    series = Series()
    wave(series, 1, 90)
    plane.follow({"train": series, "steps": series}, False)
    plane.grow()
    assert plane.grab().toImage() != empty
    assert (plane.lines["train"].count, plane.lines["train"].reach) == (90, 90.0)
    plane.follow({}, False)
    plane.grow()
    assert plane.grab().toImage() == empty


def test_a_long_series_grows_from_where_it_ended() -> None:
    series = Series()
    wave(series, 1, 3 * MOST)
    x, y = series.drawn(3 * MOST - 1.0)
    assert len(x) == len(y) <= 4 and x[-1] == 3 * MOST
    assert series.drawn()[0][-len(x) :] == x


def test_pointing_reads_and_shows_where(qtbot) -> None:
    plot = CurvePlot(LIGHT)
    qtbot.addWidget(plot)
    plot.resize(400, 220)
    curves = Curves()
    for epoch in range(1, 11):
        curves.add({"epoch": epoch, "train": {"loss": epoch / 10}, "validation": {"loss": 1.0}})
    plot.show()
    plot.show_curves(curves, "loss")
    qtbot.waitUntil(lambda: plot.plane.lines["train"].count == 10 and plot.readout.text() == "epoch 10")
    before = plot.plane.grab().toImage()
    QTest.mouseMove(plot.plane, QPoint(round(plot.plane.frame.x_of(4)), 50))
    qtbot.waitUntil(lambda: plot.keys["train"].value == "0.4000")
    assert plot.readout.text() == "epoch 4" and plot.plane.grab().toImage() != before
    plot.point_at(None)
    assert plot.plane.grab().toImage() == before
    assert plot.show_guests([Guest("other", 0, (1, 2), (0.5, 0.25), (1, 0.5))]) is None
    assert plot.plane.grab().toImage() != before
    plot.set_theme(DARK)
    assert plot.plane.grab().toImage().pixelColor(60, 3).lightness() < 100


def test_other_runs_are_read_at_the_epoch_that_is_told_and_alone_where_they_went_on(qtbot) -> None:
    plot = CurvePlot(LIGHT)
    qtbot.addWidget(plot)
    plot.resize(400, 220)
    curves = Curves()
    for epoch in range(1, 11):
        curves.add({"epoch": epoch, "train": {"loss": epoch / 10}, "validation": {}})
    plot.show()
    plot.show_curves(curves, "loss")
    plot.show_guests([Guest("other", 0, tuple(range(1, 21)), tuple(each / 10 for each in range(1, 21)), (1, 2.0))])
    for place in (0.2, 4.4, 4.6, 10.4):
        plot.point_at(place)
        epoch = max(1, round(place))
        assert plot.readout.text() == f"epoch {epoch}"
        assert plot.keys["train"].value == plot.legend._rows[0][2] == figure(epoch / 10)
    plot.point_at(15.0)
    assert plot.readout.text() == "epoch 15"
    assert plot.keys["train"].value == ""
    assert plot.legend._rows[0][2] == figure(1.5)


def test_axes_grow_by_round_numbers() -> None:
    assert [room_for(epochs) for epochs in (0.5, 10.0, 16.0, 26.0, 101.0)] == [0.75, 15.0, 25.0, 40.0, 200.0]


def test_a_steady_label_is_not_laid_out_again_for_what_fits(qtbot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    label = SteadyLabel()
    layout = QHBoxLayout(page)
    layout.addWidget(label)
    label.setText("0.1234")
    page.show()
    qtbot.waitExposed(page)
    qtbot.wait(20)
    seen = Seen(page, QEvent.Type.LayoutRequest)
    label.setText("0.9876")
    qtbot.wait(20)
    assert seen.count == 0 and label.text() == "0.9876"
    label.setText("0.98765432")
    qtbot.waitUntil(lambda: seen.count > 0)
    assert label.alignment() & Qt.AlignmentFlag.AlignRight


def test_a_part_that_is_painted_while_another_picture_comes_brings_all_of_it(plane, qtbot) -> None:
    """A cursor or a legend that moves asks for its own place alone: beside it the picture before would stay."""
    rest()
    plane.show_scales(Scale(0.0, 900.0), Scale(0.0, 5.0))
    assert plane._left
    plane.repaint(0, 0, 20, 20)
    assert not plane._left
    seen = Seen(plane, QEvent.Type.Paint)
    rest()
    assert seen.wide == plane.width()


def test_a_double_click_chooses_all_of_a_figure(qtbot) -> None:
    """Of 283 k, a thousand times as many are meant as the first word says."""
    label = SteadyLabel()
    qtbot.addWidget(label)
    label.setText("283 k")
    label.show()
    QTest.mouseClick(label, Qt.MouseButton.LeftButton, pos=QPoint(4, 6))
    QTest.mouseDClick(label, Qt.MouseButton.LeftButton, pos=QPoint(4, 6))
    assert label.selectedText() == "283 k"
