"""What is seen of a line between two epochs, and the words around curves where there is little room for them."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, QRectF
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from designer.gui.panels.curve_frame import Frame, epoch_ticks, epoch_words, left_side
from designer.gui.panels.curve_seen import cut, extremes
from designer.gui.panels.curves import CurvePlot
from designer.gui.panels.guests import Guest
from designer.gui.small_plot import Scale
from designer.gui.theme import LIGHT
from tests.helpers.curve_pair import run_of
from tests.helpers.window import rest, until

# what is seen of a line


@pytest.mark.parametrize("count", [12, 400])
@pytest.mark.parametrize("log", [False, True])
def test_a_line_is_cut_where_it_goes_through_the_rims(count: int, log: bool) -> None:
    x = [float(at) for at in range(count)]
    y = [10.0**-at if log else 3.0 * at for at in range(count)]
    if count > 300:
        y = [max(each, 1e-300) for each in y]

    def at(place: float) -> float:
        return 10.0**-place if log else 3 * place

    for low, high, inner in ((2.5, 7.25, 5), (2.0, 7.0, 6), (3.25, 3.75, 0), (-5.0, 4.5, 5), (9.5, 1e9, count - 10)):
        seen_x, seen_y = cut(x, y, low, high, log)
        ends = (max(low, 0.0), min(high, x[-1]))
        assert (seen_x[0], seen_x[-1]) == ends
        assert len(seen_x) == inner + (low > 0 and low != int(low)) + (high < x[-1] and high != int(high))
        if count < 300:
            assert list(seen_y) == pytest.approx([at(each) for each in seen_x])
    assert len(cut(x, y, count + 1.0, count + 9.0, log)[0]) == 0 == len(cut(x, y, -9.0, -1.0, log)[0])


def test_a_line_does_not_go_through_what_is_no_number() -> None:
    x, y = [1.0, 2.0, 3.0, 4.0], [1.0, math.nan, 5.0, 6.0]
    assert cut(x, y, 1.5, 2.5, False) == ([2.0], pytest.approx([math.nan], nan_ok=True))
    assert cut(x, y, 2.5, 3.5, False) == ([3.0, 3.5], [5.0, 5.5])
    assert cut(x, [1.0, -1.0, 5.0, 6.0], 2.5, 3.5, True)[0] == [3.0, 3.5]
    assert extremes([math.nan, math.inf, 2.0, -1.0], False) == (-1.0, 2.0)
    assert extremes([math.nan, math.inf, 2.0, -1.0] * 50, True) == (2.0, 2.0)
    assert extremes([math.nan] * 100, False) is None is extremes([0.0], True)


# words and numbers


def test_numbers_along_the_epochs_are_whole_and_do_not_touch(qapp) -> None:
    box = QRectF(52, 6, 600, 150)
    assert epoch_ticks(Frame(box, Scale(10.3, 14.3), Scale(0, 1), False)) == [11, 12, 13, 14]
    assert epoch_ticks(Frame(box, Scale(0.1, 0.3), Scale(0, 1), False))[0] == pytest.approx(0.1)
    for wide, low, high, whole in (
        (120, 0, 99_800, True),
        (100, 0, 80_000, True),
        (130, 1_234_560, 1_234_590, False),
        (600, 0, 99_800, True),
    ):
        frame = Frame(QRectF(52, 6, wide, 150), Scale(low, high), Scale(0, 1), whole)
        told = epoch_words(frame, lambda words: 7.0 * len(words))
        rooms = [room for _, room, _ in told]
        assert told and all(one.right() < other.left() for one, other in pairwise(rooms))
        assert rooms[-1].right() <= frame.box.right() + 14
        assert not whole or told[-1][0] == high


def test_values_that_need_many_digits_have_room(qapp) -> None:
    assert left_side(Scale(0, 1), 150, lambda words: 7.0 * len(words)) == 52
    assert left_side(Scale(0.977_750, 0.977_850), 150, lambda words: 7.0 * len(words)) > 7 * 7


def test_words_give_way_in_narrow_plots_and_are_said_to_who_points_there(qtbot, monkeypatch) -> None:
    plot = CurvePlot(LIGHT)
    qtbot.addWidget(plot)
    plot.show_curves(run_of(200), "loss")
    plot.resize(600, 200)
    plot.show()
    train, validation = plot.keys["train"], plot.keys["validation"]
    until(lambda: validation.value != "")
    assert train.shown() == ("train", "0.5000") and validation.shown() == ("validation", "0.5050")
    whole: list[tuple[str, str]] = []
    for wide in (290, 260, 230, 200):
        plot.resize(wide, 200)
        rest(0.02)
        whole.append(validation.shown())
        assert train.shown()[1] == "0.5000" and validation.shown()[1] == "0.5050", "values are the last to go"
        assert train.geometry().right() < validation.geometry().left() and validation.geometry().right() < wide
        metrics = validation.fontMetrics()
        word, value = validation.shown()
        assert 16 + metrics.horizontalAdvance(f"{word} {value}".strip()) <= validation.width() + 1
    assert whole[0][0] == "validation" and whole[-1][0] != "validation"
    shown: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda at, words, widget: shown.append(words))
    at = QPoint(3, 3)
    QApplication.sendEvent(validation, QHelpEvent(QEvent.Type.ToolTip, at, validation.mapToGlobal(at)))
    assert "validation 0.5050" in shown[0]


def test_words_have_the_room_that_values_leave_when_they_come_unseen(qtbot) -> None:
    plot = CurvePlot(LIGHT)
    qtbot.addWidget(plot)
    plot.resize(290, 200)
    plot.show()
    rest()
    plot.hide()
    for key, value in zip(plot.keys.values(), ("0.123456", "0.98"), strict=True):
        key.show_value(value)
    plot.show()
    rest()
    assert [key.shown() for key in plot.keys.values()] == [("train", "0.123456"), ("validation", "0.98")]


def test_the_epoch_is_said_without_its_word_where_there_is_no_room(qtbot) -> None:
    plot = CurvePlot(LIGHT)
    qtbot.addWidget(plot.readout)
    plot.readout.show_epoch(12_345.0)
    for wide, said in ((200, "epoch 12,345"), (52, "12,345"), (20, "…")):
        plot.readout.resize(wide, 20)
        assert plot.readout.shown().startswith(said)
        assert plot.readout.fontMetrics().horizontalAdvance(plot.readout.shown()) <= wide


@pytest.mark.parametrize(("wide", "tall"), [(200, 120), (240, 150), (900, 400)])
def test_a_legend_takes_no_more_than_its_share_of_the_plot(qtbot, wide: int, tall: int) -> None:
    plot = CurvePlot(LIGHT)
    qtbot.addWidget(plot)
    plot.show_curves(run_of(50), "loss")
    names = [f"a run with the long name number {number}" for number in range(12)]
    plot.show_guests([Guest(name, form, (1, 50), (3.0, 1.0)) for form, name in enumerate(names)])
    plot.resize(wide, tall)
    plot.show()
    until(lambda: plot.legend.isVisible() and plot.legend.width() == wide)
    until(lambda: plot.plane.height() >= tall / 2 and plot.legend.geometry().bottom() < plot.plane.geometry().top())
    assert plot.legend.height() <= max(18, tall / 4)
