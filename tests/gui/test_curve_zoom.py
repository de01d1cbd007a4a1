"""Zooming into the curves of a training and moving them, with the mouse and with the keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenuBar, QToolTip

from designer.gui.announce import listeners
from designer.gui.help import shortcut_groups
from designer.gui.panels.curve_hand import HANDS, HOW
from designer.gui.panels.curve_sight import FEWEST
from designer.gui.panels.guests import Guest
from designer.gui.run_curves import Curves
from tests.helpers.curve_pair import CTRL, LEFT, NONE, SHIFT, Pair, drag, point_of, run_of, strike, wheel
from tests.helpers.window import until

# with the mouse


def test_the_wheel_zooms_about_the_pointer_on_both_plots(over: Pair) -> None:
    before = over.loss.plane.frame.x_of(150)
    wheel(over.loss, 150, 360)
    low, high = over.seen()
    assert high - low == pytest.approx(200 / 1.25**3)
    assert over.loss.plane.frame.x_of(150) == pytest.approx(before)
    wheel(over.figure, 150, -120)
    assert over.seen()[1] - over.seen()[0] == pytest.approx(200 / 1.25**2)
    wheel(over.figure, 150, -1200)
    assert over.seen() == (0, 200) and not over.sight.zoomed
    wheel(over.loss, 100, 120 * 60)
    low, high = over.seen()
    assert high - low == pytest.approx(FEWEST) and low < 100 < high


def test_values_fit_what_is_seen(over: Pair) -> None:
    whole = over.loss.plane.frame.up
    over.sight.look_at(150, 40)
    over.settle()
    up, box = over.loss.plane.frame.up, over.loss.plane.frame.box
    assert whole.high > 100 and 0.526 < 101 / 190 < up.high < 0.8 and up.low <= 100 / 190
    # the line comes in at the left rim and goes out at the right one
    course = over.loss.plane.lines["train"].course(over.loss.plane.frame)
    assert len(course) == 1 and (course[0][0].x(), course[0][-1].x()) == pytest.approx((box.left(), box.right()))
    assert all(box.adjusted(-1, -1, 1, 1).contains(point) for point in course[0])
    QTest.mouseDClick(over.loss.plane, LEFT, NONE, box.center().toPoint())
    over.settle()
    assert over.loss.plane.frame.up == whole


def test_dragging_marks_the_epochs_to_look_at_and_then_moves_them(over: Pair) -> None:
    frame, images = over.loss.plane.frame, []
    assert over.loss.plane.cursor().shape() == Qt.CursorShape.CrossCursor
    plain = over.loss.plane.grab().toImage()
    drag(
        over.loss, point_of(over.loss, 150), point_of(over.loss, 50),
        before_release=lambda: images.append(over.loss.plane.grab().toImage()),
    )  # fmt: skip
    # the marked stretch is seen, and nothing beside it is touched
    for epoch, marked in ((100, True), (20, False), (180, False)):
        at = QPointF(frame.x_of(epoch), frame.box.top() + 12).toPoint()
        assert (images[0].pixelColor(at) != plain.pixelColor(at)) is marked
    low, high = over.seen()
    assert (low, high) == pytest.approx((50, 150), abs=0.5)
    assert over.loss.plane.cursor().shape() == Qt.CursorShape.OpenHandCursor
    first = point_of(over.figure, 100)
    drag(over.figure, first, first - QPointF(60, 0))
    by = 60 / over.figure.plane.frame.box.width() * (high - low)
    assert over.seen() == pytest.approx((low + by, high + by), abs=0.5)
    drag(over.figure, point_of(over.figure, 100), point_of(over.figure, 130), SHIFT)
    assert over.seen() == pytest.approx((100, 130), abs=1)
    # as far as there is anything
    drag(over.loss, point_of(over.loss, 101), point_of(over.loss, 101) + QPointF(5000, 0))
    low, high = over.seen()
    assert low == 0 and high == pytest.approx(30, abs=1)


def test_a_click_is_no_drag_and_escape_leaves_all_as_it_was(over: Pair) -> None:
    QTest.mouseClick(over.loss.plane, LEFT, NONE, point_of(over.loss, 80).toPoint())
    assert over.seen() == (0, 200) and over.loss.plane.hasFocus()
    drag(
        over.loss, point_of(over.loss, 50), point_of(over.loss, 150),
        before_release=lambda: strike(over.loss, Qt.Key.Key_Escape),
    )  # fmt: skip
    assert over.seen() == (0, 200)
    over.sight.look_at(60, 40)
    over.settle()
    drag(
        over.loss, point_of(over.loss, 70), point_of(over.loss, 90),
        before_release=lambda: strike(over.loss, Qt.Key.Key_Escape),
    )  # fmt: skip
    assert over.seen() == pytest.approx((60, 100))


def test_all_is_offered_only_while_zoomed(over: Pair) -> None:
    assert not any(plot.all.isVisible() for plot in over.plots)
    tall = over.loss.plane.geometry()
    wheel(over.loss, 100, 240)
    over.settle()
    assert all(plot.all.isVisible() for plot in over.plots)
    assert over.loss.plane.geometry() == tall, "what is drawn does not jump"
    QTest.mouseClick(over.figure.all, LEFT)
    assert over.seen() == (0, 200)
    assert not any(plot.all.isVisible() for plot in over.plots)


def test_shift_and_the_wheel_move_and_so_does_the_wheel_across(over: Pair) -> None:
    wheel(over.loss, 100, -120, SHIFT)
    assert over.seen() == (0, 200)
    over.sight.look_at(80, 40)
    over.settle()
    wheel(over.loss, 100, -120, SHIFT)
    assert over.seen() == pytest.approx((86, 126))
    wheel(over.loss, 100, 0, across=240)
    assert over.seen() == pytest.approx((74, 114))


def test_control_and_the_wheel_zoom_values_of_one_plot(over: Pair) -> None:
    before, other = over.loss.plane.frame.up, over.figure.plane.frame.up
    value = before.value(0.25)
    wheel(over.loss, 100, 360, CTRL, high=0.25)
    until(lambda: over.loss.plane.frame.up != before)
    up = over.loss.plane.frame.up
    assert up.high - up.low == pytest.approx((before.high - before.low) / 1.25**3)
    assert up.value(0.25) == pytest.approx(value, rel=0.05)
    assert over.seen() == (0, 200) and over.figure.plane.frame.up == other
    assert over.loss.all.isVisible() and not over.figure.all.isVisible()
    first = point_of(over.loss, 100)
    drag(over.loss, first, first + QPointF(0, 20))
    until(lambda: over.loss.plane.frame.up.low > up.low)
    # epochs are zoomed and the values stay
    held = over.loss.plane.frame.up
    wheel(over.loss, 100, 120)
    over.settle()
    assert over.loss.plane.frame.up == held
    strike(over.loss, Qt.Key.Key_0)
    over.settle()
    until(lambda: over.loss.plane.frame.up == before)
    assert not over.loss.all.isVisible()
    strike(over.loss, Qt.Key.Key_Up, CTRL)
    until(lambda: over.loss.plane.frame.up != before)
    near = over.loss.plane.frame.up
    strike(over.loss, Qt.Key.Key_Up)
    until(lambda: over.loss.plane.frame.up.low > near.low)
    strike(over.loss, Qt.Key.Key_Down, CTRL)
    until(lambda: over.loss.plane.frame.up == before)


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize(
    "values",
    [(1e6, 1e6 + 2e-10), (1.0, 1.0 + 2e-16), (1.0, 1.0), (1e-308, 2e-308), (1e308, 1.5e308), (1e-300, 1.7e308)],
)
def test_one_can_look_at_any_values_however_near_and_however_large(
    over: Pair, values: tuple[float, float], log: bool
) -> None:
    curves, signs = Curves(), (1, 1) if log else (-1, 1)
    for epoch in range(1, 21):
        low, high = (sign * value for sign, value in zip(signs, values, strict=True))
        curves.add({"epoch": epoch, "train": {"loss": low if epoch % 2 else high, "accuracy": values[epoch % 2]}})
    over.show(curves)
    for plot in over.plots:
        plot.set_log(log)
    over.end()
    for move in (1, -1):
        for _ in range(30):
            for plot in over.plots:
                wheel(plot, 10, 960, CTRL)
        over.settle()
        for _ in range(30):
            for plot in over.plots:
                plot.plane.hand.values_moved.emit(5.0 * move)
        over.settle()
        for plot in over.plots:
            up = plot.plane.frame.up
            # what differs by a few of the steps between doubles is near enough as it is
            assert plot.height_of.held or 0 < (values[1] - values[0]) / values[0] < 1e-9
            assert up.low < up.high and 0 < up.share(up.low / 2 + up.high / 2) < 1
            assert not plot.plane.grab().isNull()


def test_another_run_is_not_held_by_the_hand_that_held_the_one_before(over: Pair) -> None:
    over.sight.look_at(60, 40)
    over.settle()
    drag(
        over.loss, point_of(over.loss, 70), point_of(over.loss, 90),
        before_release=lambda: (over.show(run_of(30)), strike(over.loss, Qt.Key.Key_Escape)),
    )  # fmt: skip
    assert over.seen() == (0, 45) and not over.loss.plane.hand.busy
    assert over.loss.plane.cursor().shape() == Qt.CursorShape.CrossCursor


def test_what_was_let_go_elsewhere_is_held_no_more(over: Pair) -> None:
    over.sight.look_at(60, 40)
    over.settle()
    QTest.mousePress(over.loss.plane, LEFT, NONE, point_of(over.loss, 80).toPoint())
    assert over.loss.plane.cursor().shape() == Qt.CursorShape.ClosedHandCursor
    # another button does not let go of it
    QTest.mouseRelease(over.loss.plane, Qt.MouseButton.RightButton, NONE, point_of(over.loss, 80).toPoint())
    assert over.loss.plane.hand.busy
    at = point_of(over.loss, 90)
    moved = QMouseEvent(
        QEvent.Type.MouseMove,
        at,
        over.loss.plane.mapToGlobal(at),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        NONE,
    )
    QApplication.sendEvent(over.loss.plane, moved)
    assert not over.loss.plane.hand.busy and over.seen() == pytest.approx((60, 100))
    assert over.loss.readout.text() == "epoch 90"


# with the keys


def test_keys_zoom_move_and_show_all(over: Pair) -> None:
    assert over.loss.plane.focusPolicy() == Qt.FocusPolicy.StrongFocus
    strike(over.loss, Qt.Key.Key_Plus)
    assert over.seen() == pytest.approx((20, 180))
    strike(over.loss, Qt.Key.Key_Right, SHIFT)
    assert over.seen() == pytest.approx((40, 200))
    strike(over.figure, Qt.Key.Key_Left, SHIFT)
    assert over.seen() == pytest.approx((16, 176))
    strike(over.figure, Qt.Key.Key_Minus)
    assert over.seen() == (0, 200)
    # other keys with Alt or Ctrl are for the window
    for keys in (CTRL, Qt.KeyboardModifier.AltModifier):
        strike(over.loss, Qt.Key.Key_Left, keys)
        strike(over.loss, Qt.Key.Key_Plus, keys)
    assert over.seen() == (0, 200) and over.loss.readout.text() == "epoch 200"
    strike(over.loss, Qt.Key.Key_Equal)
    strike(over.loss, Qt.Key.Key_0)
    assert over.seen() == (0, 200)


def test_arrows_read_and_bring_into_sight_and_are_read_aloud(over: Pair) -> None:
    heard: list[str] = []
    listeners.append(heard.append)
    try:
        strike(over.loss, Qt.Key.Key_Left)
        assert over.loss.readout.text() == "epoch 199" and heard == ["epoch 199, train 0.5025, validation 0.5075"]
        strike(over.loss, Qt.Key.Key_PageUp)
        assert over.loss.readout.text() == "epoch 99"
        over.sight.look_at(60, 20)
        strike(over.loss, Qt.Key.Key_Home)
        assert over.loss.readout.text() == "epoch 1" and over.seen() == pytest.approx((0, 20))
        strike(over.loss, Qt.Key.Key_Right)
        assert over.loss.keys["train"].value == "50.00"
        # it is zoomed about what is read
        strike(over.loss, Qt.Key.Key_Plus)
        assert over.seen() == pytest.approx((0.4, 16.4))
        strike(over.loss, Qt.Key.Key_End)
        assert over.loss.readout.text() == "epoch 200" and over.seen()[1] == pytest.approx(200)
    finally:
        listeners.remove(heard.append)


def test_arrows_go_on_where_other_runs_went_on_alone_and_come_back(over: Pair) -> None:
    over.loss.show_guests([Guest("other", 0, tuple(range(1, 301)), (1.0,) * 300)])
    over.settle()
    strike(over.loss, Qt.Key.Key_Left)
    told = []
    for key in (
        Qt.Key.Key_Right,
        Qt.Key.Key_Right,
        Qt.Key.Key_Right,
        Qt.Key.Key_Left,
        Qt.Key.Key_Left,
        Qt.Key.Key_Left,
    ):
        strike(over.loss, key)
        told.append(over.loss.readout.epoch)
    assert told == [200, 201, 202, 201, 200, 199]
    strike(over.loss, Qt.Key.Key_End)
    assert over.loss.readout.epoch == 300


def test_what_can_be_done_is_said(over: Pair, monkeypatch) -> None:
    assert over.loss.plane.accessibleName() == "Curves of loss"
    assert over.loss.plane.accessibleDescription() == HOW and "Wheel, or + and −: zoom the epochs" in HOW
    shown: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda at, words, widget: shown.append(words))
    for widget, at in (
        (over.loss.plane, QPoint(5, 5)),
        (over.loss.readout, QPoint(5, 5)),
        (over.loss.plane, over.loss.plane.frame.box.center().toPoint()),
    ):
        QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, at, widget.mapToGlobal(at)))
    assert ["zoom the values" in words for words in shown] == [True, True, False] and shown[2] == ""
    listed = shortcut_groups(QMenuBar())["On the curves of a training"]
    assert listed == list(HANDS)
