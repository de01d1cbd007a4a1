"""Which epochs are in sight on the curves of a training: while it goes on, beside other runs, and of long ones."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QImage
from PySide6.QtTest import QTest

from designer.gui.panels.curve_frame import epoch_words
from designer.gui.panels.curve_hand import HOW
from designer.gui.panels.curve_plane import CurvePlane
from designer.gui.panels.curve_sight import AHEAD, FEWEST, Reach, Sight
from designer.gui.panels.guests import Guest
from designer.gui.panels.series import MOST, Series
from designer.gui.run_curves import Curves
from designer.gui.small_plot import Scale
from designer.gui.theme import DARK
from tests.helpers.curve_pair import CTRL, Pair, point_of, run_of, strike, wheel
from tests.helpers.window import rest, until

# while the run goes on


def test_what_is_looked_at_stays_while_the_run_goes_on(pair: Pair, monkeypatch) -> None:
    pair.show(run_of(60))
    pair.sight.look_at(10, 20)
    pair.settle()
    up, picture = pair.loss.plane.frame.up, pair.loss.plane.grab().toImage()
    begun: list[object] = []
    monkeypatch.setattr(CurvePlane, "_begin_picture", begun.append)
    for last in (70, 120, 400):
        pair.train(last)
        assert pair.seen() == (10, 30)
    assert pair.loss.plane.frame.up == up
    assert pair.loss.plane.grab().toImage() == picture and not begun, "nothing of it is painted anew"
    monkeypatch.undo()
    pair.end()
    assert pair.seen() == (10, 30)
    strike(pair.loss, Qt.Key.Key_0)
    assert pair.seen() == (0, 400)


def test_the_newest_epoch_is_followed_with_the_same_width(pair: Pair) -> None:
    pair.show(run_of(60))
    pair.sight.look_at(42, 20)
    moved = 0
    for last in range(61, 120):
        before = pair.seen()
        pair.train(last)
        low, high = pair.seen()
        assert high - low == pytest.approx(20) and low < last <= high
        moved += (low, high) != before
        if (low, high) != before:
            # there is no room for more than all there is room for
            assert high == pytest.approx(min(last + AHEAD * 20, 90 if last <= 90 else 150))
    assert moved == 10, "it is painted anew for a stretch and not for each epoch"
    assert pair.loss.plane.lines["train"].course(pair.loss.plane.frame)[0][-1].x() < pair.loss.plane.frame.box.right()
    # once it was left behind, it is not followed any more
    pair.sight.look_at(20, 20)
    pair.train(160)
    assert pair.seen() == (20, 40)
    pair.sight.reveal(160)
    low, high = pair.seen()
    pair.train(200)
    assert pair.seen()[1] > 200 > pair.seen()[0] > low
    pair.end()
    assert pair.seen() == pytest.approx((180, 200))


def test_keys_zoom_about_the_newest_epoch_while_it_is_in_sight(pair: Pair) -> None:
    pair.show(run_of(60))
    for _ in range(6):
        strike(pair.loss, Qt.Key.Key_Plus)
    low, high = pair.seen()
    assert low < 60 < high < low + 40
    pair.train(200)
    assert pair.seen()[0] < 200 < pair.seen()[1]


def test_what_grows_in_sight_is_painted_on_and_looks_as_if_it_were_painted_anew(pair: Pair) -> None:
    curves = Curves()
    series = curves.parts["train"]["loss"] = Series()
    for epoch in range(1, 61):
        series.add(float(epoch), 1 + math.sin(epoch))
    pair.show(curves)
    pair.sight.look_at(40, 50)
    pair.settle()
    plane, wide = pair.loss.plane, []
    paint = plane.paintEvent

    def noted(event) -> None:
        wide.append(event.rect().width())
        paint(event)

    plane.paintEvent = noted
    for last in range(61, 90):
        series.add(float(last), 1 + math.sin(last))
        pair.loss.refresh()
        pair.settle()
    del plane.paintEvent
    assert len(wide) >= 29 and max(wide) < plane.width() // 6, "each epoch costs its own few pixels"
    assert pair.seen() == (40, 90)
    grown = plane.grab().toImage()
    plane.renew()
    pair.settle()
    assert unlike(grown, plane.grab().toImage()) <= 40


def unlike(one: QImage, other: QImage) -> int:
    return sum(one.pixelColor(x, y) != other.pixelColor(x, y) for x in range(one.width()) for y in range(one.height()))


def test_a_picture_that_is_being_painted_is_not_begun_again_for_each_turn_of_the_wheel(over: Pair) -> None:
    plane, begun = over.loss.plane, []
    begin = plane._begin_picture
    plane._begin_picture = lambda: begun.append(1) or begin()
    plane.show_scales(Scale(10.0, 100.0), Scale(0.0, 5.0), False)
    assert begun == [1] and plane._left
    for high in (90.0, 80.0, 70.0):
        plane.show_scales(Scale(10.0, high), Scale(0.0, 5.0), False)
    assert begun == [1] and plane.frame.across == Scale(10.0, 100.0)
    until(lambda: plane.frame.across == Scale(10.0, 70.0) and not plane._left)
    assert begun == [1, 1]
    del plane._begin_picture


# which epochs there are


def test_both_plots_show_the_same_epochs_beside_a_longer_run_that_lacks_a_figure(over: Pair) -> None:
    over.loss.show_guests([Guest("longer", 0, tuple(range(1, 501)), (1.0,) * 500)])
    assert over.seen() == (0, 500)
    over.loss.show_guests([])
    assert over.seen() == (0, 200)
    over.figure.show_guests([Guest("longer", 0, tuple(range(1, 301)), (0.5,) * 300)])
    assert over.seen() == (0, 300)


def test_another_figure_of_a_run_that_is_over_ends_where_the_run_does(over: Pair) -> None:
    over.figure.show_curves(over.curves, "loss")
    assert over.seen() == (0, 200)
    over.sight.look_at(50, 20)
    over.figure.show_curves(over.curves, "accuracy")
    assert over.seen() == (50, 70)


def test_another_run_shows_all_of_it(over: Pair) -> None:
    over.sight.look_at(50, 20)
    wheel(over.loss, 60, 120, CTRL)
    over.settle()
    over.show(run_of(60))
    assert over.seen() == (0, 90) and not over.sight.zoomed and not over.loss.all.isVisible()
    over.end()
    assert over.seen() == (0, 60)


def test_what_is_looked_at_survives_another_theme_size_and_page(over: Pair) -> None:
    over.sight.look_at(50, 20)
    over.settle()
    for plot in over.plots:
        plot.set_theme(DARK)
    assert over.seen() == (50, 70)
    over.page.resize(640, 260)
    rest(0.05)
    assert over.seen() == (50, 70) and over.loss.plane.frame.box.right() < over.loss.plane.width()
    over.page.hide()
    rest(0.05)
    over.page.show()
    assert over.seen() == (50, 70) and over.loss.all.isVisible()
    over.loss.set_log(True)
    assert over.seen() == (50, 70)
    until(lambda: over.loss.plane.frame.up.log and over.loss.plane.frame.up.high < 4)


def test_a_run_that_ends_while_its_room_is_looked_at_is_still_seen(pair: Pair) -> None:
    pair.show(run_of(60))
    assert pair.seen() == (0, 90)
    pair.sight.look_at(45, 40)
    pair.end()
    assert pair.seen() == pytest.approx((20, 60))


def test_the_sight_bounds_what_is_asked_for() -> None:
    sight, reach = Sight(), [Reach(0.4, 0.0, 0.01)]
    sight.sources.append(lambda: reach[0])
    sight.settle()
    assert (sight.low, sight.high) == (0, 10)
    sight.zoom(1000.0, 0.2)
    assert sight.high - sight.low == pytest.approx(FEWEST * 0.01) and sight.low < 0.2 < sight.high
    reach[0] = Reach(3.0, 0.0, 1.0)
    sight.end()
    assert not sight.growing and sight.high <= 3.0
    sight.zoom(5.0)
    assert (sight.low, sight.high, sight.zoomed) == (0, 3, False), "so few epochs are always seen together"


# long runs, other runs and marks


def test_a_hundred_thousand_epochs_are_looked_at_from_near(pair: Pair) -> None:
    curves, count = Curves(), 100_000
    x = [float(epoch) for epoch in range(1, count + 1)]
    values = [2 + math.sin(epoch / 900) for epoch in range(1, count + 1)]
    values[77_776] = 9.0
    series = curves.parts["train"]["loss"] = Series()
    series.extend(x, values)
    curves.count = curves.last = count
    assert MOST // 2 <= len(series) <= MOST
    pair.show(curves)
    pair.end()
    assert pair.seen() == (0, count)
    pair.sight.look_at(77_700, 200)
    pair.settle()
    frame, line = pair.loss.plane.frame, pair.loss.plane.lines["train"]
    assert frame.up.high > 9 > 3 > frame.up.low
    course = line.course(frame)[0]
    assert 2 * 200 / 4 - 4 <= len(course) <= 2 * 200 / 2
    peak = min(course, key=lambda point: point.y())
    assert frame.epoch_at(peak.x()) == pytest.approx(77_777, abs=4)
    # beside the peak the line lies where it was measured, to the few epochs that are kept together
    pair.sight.look_at(60_000, 300)
    pair.settle()
    frame = pair.loss.plane.frame
    for point in line.course(frame)[0]:
        epoch = frame.epoch_at(point.x())
        height = frame.up.value((frame.box.bottom() - point.y()) / frame.box.height())
        assert height == pytest.approx(2 + math.sin(epoch / 900), abs=0.01)
    assert [words for _, _, words in epoch_words(frame, lambda words: 7.0 * len(words))][:1] == ["60,000"]
    wheel(pair.loss, 60_100, 120 * 80)
    low, high = pair.seen()
    assert high - low == pytest.approx(FEWEST * series.apart)


def test_buckets_keep_the_course_of_a_line() -> None:
    series = Series()
    series.extend([float(at) for at in range(1, 4 * MOST + 1)], [1 / at for at in range(1, 4 * MOST + 1)])
    x, y = series.drawn()
    assert len(x) == len(y) == 2 * len(series) and list(y) == sorted(y, reverse=True)
    assert list(y) == pytest.approx([1 / at for at in x])
    # a part of it is the very same
    some_x, some_y = series.drawn(low=5000.0, high=6000.0)
    first = x.index(some_x[0])
    assert first and x[first : first + len(some_x)] == some_x and y[first : first + len(some_y)] == some_y
    assert some_x[0] < some_x[1] < 5000 <= some_x[3] and some_x[-3] <= 6000 < some_x[-1]


def test_curves_of_other_runs_are_seen_from_near_as_they_were_measured(over: Pair) -> None:
    count = 20_000
    values = [1.0] * count
    values[9_000] = 0.25
    over.loss.show_guests(
        [Guest("long", 0, tuple(range(1, count + 1)), tuple(values)), Guest("short", 1, (1, 5), (3.0, 4.0))]
    )
    assert over.seen() == (0, count)
    over.sight.look_at(8_990, 20)
    over.settle()
    frame = over.loss.plane.frame
    assert 0 < frame.up.low < 0.25 and 1 < frame.up.high < 1.2
    guests = over.loss.guests
    epochs, values = guests._seen(0, frame)
    lowest = min(zip(values, epochs, strict=True))
    assert lowest == (0.25, 9_001) and len(epochs) == 21
    assert len(guests._seen(1, frame)[0]) == 0
    # the run in hand has nothing there
    assert over.loss.plane.lines["train"].course(frame) == []


def test_marks_and_the_ring_stay_at_their_epochs(over: Pair, qtbot) -> None:
    plane = over.loss.plane
    over.curves.marks += [(40.0, "learning rate 0.001"), (120.0, "batch size 64")]
    over.curves.kept = 130
    over.loss.refresh()
    until(lambda: plane.kept.shown is not None and len(plane.marks.shown) == 2)
    over.sight.look_at(110, 40)
    over.settle()
    metrics = QFontMetricsF(plane._small())
    assert [label.words for label in plane.marks.labels(plane.frame, metrics)] == ["batch size 64"]
    x = plane.frame.x_of(120)
    assert plane.words_at(QPointF(x, plane.frame.box.top() + 3)) == "After epoch 120: batch size 64"
    assert abs(plane.marks.labels(plane.frame, metrics)[0].room.left() - x) < 6
    ring = plane.frame.place(130, 101 / 130)
    assert plane.words_at(ring) == "The weights of epoch 130 are kept"
    image = plane.grab().toImage()
    assert any(image.pixelColor(round(ring.x()) + by, round(ring.y())).lightness() < 120 for by in (3, 4, 5))
    over.sight.look_at(50, 40)
    over.settle()
    assert plane.marks.labels(plane.frame, metrics) == []
    # beyond the rims nothing is told of what would lie there
    beyond = plane.frame.place(130, 101 / 130)
    assert beyond is not None and plane.kept.words_at(beyond, plane.frame) == ""
    for epoch in (40, 120, 130):
        assert plane.words_at(QPointF(plane.frame.x_of(epoch), plane.frame.box.top() + 3)) in ("", HOW)


def test_pointing_reads_what_is_in_sight(over: Pair) -> None:
    over.sight.look_at(100, 50)
    over.settle()
    QTest.mouseMove(over.loss.plane, point_of(over.loss, 120).toPoint())
    until(lambda: over.loss.readout.text() == "epoch 120")
    QTest.mouseMove(over.loss.plane, QPoint(3, 60))
    until(lambda: over.loss.readout.text() == "epoch 100")
    assert over.loss.keys["train"].value == "1.000"
