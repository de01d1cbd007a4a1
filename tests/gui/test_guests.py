"""Curves of other runs and marks on them: told apart, thinned out with their peaks, named where it hides nothing."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations, pairwise, product

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF

from designer.gui.panels.change_marks import ChangeMarks, Label
from designer.gui.panels.curve_frame import RIGHT, Frame
from designer.gui.panels.curve_legend import ROW, Legend, short_names
from designer.gui.panels.curve_seen import thin
from designer.gui.panels.curves import CurvePlot
from designer.gui.panels.guests import BUCKETS, Guest, Guests
from designer.gui.panels.line_forms import colour_of, style_of
from designer.gui.run_curves import Curves
from designer.gui.small_plot import Scale
from designer.gui.theme import DARK, LIGHT, Theme
from tests.gui.test_theme import SIGHTS, contrast, lab
from tests.helpers.window import rest, until


def test_forms_tell_two_dozen_runs_apart() -> None:
    for theme in (LIGHT, DARK):
        assert len({(colour_of(form, theme), style_of(form)) for form in range(24)}) == 24


def test_a_long_curve_is_thinned_out_with_its_peaks() -> None:
    values = [1.0] * 100_000
    values[54_321] = 9.0
    values[77_777] = -3.0
    x, y = thin(tuple(range(1, 100_001)), tuple(values), BUCKETS)
    assert len(x) <= 1000
    assert (max(y), min(y)) == (9.0, -3.0)
    assert x[0] == 1 and x[-1] == 100_000
    assert list(x) == sorted(x)


def test_names_are_short_where_one_day_made_them_all() -> None:
    assert short_names(["2026-01-02-001", "2026-01-02-012"]) == ["001", "012"]
    assert short_names(["2026-01-02-001", "small rate"]) == ["2026-01-02-001", "small rate"]
    assert Guests(LIGHT).extremes(False) == []


BOX = QRectF(52, 22, 262, 200)
RATE = "learning rate 0.0003"


def labels_of(marks: list[tuple[float, str]], last: float = 290.0) -> tuple[list[Label], Frame, QFontMetricsF]:
    found, metrics = ChangeMarks(LIGHT), QFontMetricsF(QFont())
    found.show(marks)
    frame = Frame(BOX, Scale(0.0, last), Scale(0.0, 1.0))
    return found.labels(frame, metrics), frame, metrics


@pytest.mark.parametrize(
    "epochs", [(38.0, 47.0), (2.0, 5.0, 9.0, 12.0), (280.0, 286.0), (8.0, 200.0), tuple(map(float, range(40, 60)))]
)
def test_the_words_of_marks_lie_upon_no_curve_and_no_others_and_stand_in_their_order(
    qapp, epochs: tuple[float, ...]
) -> None:
    labels, frame, metrics = labels_of([(epoch, f"epochs {epoch:g}") for epoch in epochs])
    assert labels, "the last one has room"
    said = [float(label.words.split()[1]) for label in labels]
    assert said == sorted(said) and set(said) <= set(epochs)
    for one, other in pairwise(labels):
        assert one.room.right() < other.room.left(), (one, other)
    for label in labels:
        assert label.room.bottom() <= BOX.top() and BOX.left() <= label.room.left()
        assert label.room.right() <= BOX.right() + RIGHT and label.room.width() >= metrics.horizontalAdvance(
            label.words
        )
        # no other line goes between it and its own
        own = frame.x_of(float(label.words.split()[1]))
        low, high = sorted((own, label.room.center().x()))
        assert not any(low < frame.x_of(epoch) < high and epoch != float(label.words.split()[1]) for epoch in epochs)


def test_marks_without_room_for_words_say_them_to_who_points_there(qapp) -> None:
    labels, frame, _ = labels_of([(38.0, RATE), (39.5, "epochs 100,500"), (200.0, "patience 3")])
    assert [label.words for label in labels] == ["epochs 100,500", "patience 3"], "what has none is no half of it"
    marks = ChangeMarks(LIGHT)
    assert marks.strip == 0
    marks.show([(12_345.0, RATE), (12_345.5, "epochs 100,500"), (200.0, "patience 3")])
    assert marks.strip > 0
    frame = Frame(BOX, Scale(0.0, 29_000.0), Scale(0.0, 1.0))
    said = f"After epoch 12,345: {RATE}\nIn epoch 12,346: epochs 100,500"
    assert marks.words_at(frame.x_of(12_345.0), frame) == said
    assert marks.words_at(frame.x_of(20_000.0), frame) == ""


def test_of_many_settings_those_are_said_that_have_room_and_none_is_cut(qapp) -> None:
    words = "epochs 500, patience 30, keep best no, learning rate 0.1, weight decay 0.01"
    [label], _, metrics = labels_of([(150.0, words)])
    assert label.words.startswith("epochs 500, ") and label.words.endswith(", …")
    assert all(setting in words.split(", ") for setting in label.words.split(", ")[:-1])
    assert label.room.right() <= BOX.right() + RIGHT
    # at the very end they stand before their line
    [label], frame, _ = labels_of([(289.0, "epochs 500")])
    assert label.words == "epochs 500" and label.room.right() < frame.x_of(289.0)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("sight", SIGHTS)
def test_curves_of_other_runs_are_far_from_those_of_the_run_in_hand_for_every_sight(theme: Theme, sight: str) -> None:
    others = [colour_of(form, theme) for form in range(6)]

    def apart(one: str, other: str) -> float:
        return float(np.linalg.norm(lab(one, sight) - lab(other, sight)))

    for other, own in product(others, (theme.train_curve, theme.validation_curve)):
        assert apart(other, own) >= (0.17 if sight == "usual" else 0.12), (other, own)
    for one, other in combinations(others, 2):
        assert apart(one, other) >= (0.14 if sight == "usual" else 0.09), (one, other)
    assert all(contrast(other, theme.surface) >= 3 for other in others)


def sweep(count: int) -> list[Guest]:
    values = tuple(300 + 300 * math.exp(-epoch / 5) for epoch in range(20))
    return [Guest(f"rate 0.{number:03}, batch 128", number, tuple(range(1, 21)), values) for number in range(count)]


def test_the_legend_stands_above_the_curves_and_stays_while_they_grow(qtbot) -> None:
    plot = CurvePlot(LIGHT)
    qtbot.addWidget(plot)
    plot.resize(336, 300)
    curves = Curves(marks=[(38.0, RATE), (47.0, "epochs 320")])
    for epoch in range(1, 200):
        curves.add({"epoch": epoch, "train": {"loss": 230 + 600 * math.exp(-epoch / 10)}})
    plot.show_curves(curves, "loss")
    plot.show_guests(sweep(3))
    plot.show()
    until(lambda: plot.legend.isVisible() and plot.plane.lines["train"].count == 199)
    before = plot.legend.geometry(), plot.plane.geometry()
    assert before[0].bottom() < before[1].top() and before[0].top() >= plot.keys["train"].geometry().bottom()
    plot.set_log(True)
    for epoch in range(200, 260):
        curves.add({"epoch": epoch, "train": {"loss": 4000.0}})
    # other runs go on too
    longer = [replace(guest, epochs=(*guest.epochs, 21), values=(*guest.values, 9e9)) for guest in sweep(3)]
    plot.show_guests(longer)
    until(lambda: plot.plane.lines["train"].count == 259 and plot.plane.frame.up.high > 9e9)
    rest(0.05)
    assert (plot.legend.geometry(), plot.plane.geometry()) == before


@pytest.mark.parametrize("wide", [200, 262, 336, 600])
@pytest.mark.parametrize("count", [1, 4, 8, 24])
def test_a_legend_has_room_for_all_curves_or_says_how_many_more_there_are(qtbot, wide: int, count: int) -> None:
    legend = Legend(LIGHT)
    qtbot.addWidget(legend)
    legend.resize(wide, 20)
    legend.set_most(2)
    legend.show_guests(sweep(count), None)
    assert 1 <= legend.shown <= count and legend.height() <= 2 * ROW
    lines = [legend._place(entry) for entry in range(legend.shown)]
    assert all(place.x() + legend._wide() <= wide and place.y() + ROW <= legend.height() for place in lines)
    # all of it is told to who points at it
    at = (lines[0] + QPointF(4, ROW / 2)).toPoint()
    assert legend.words_at(at).startswith("rate 0.000, batch 128 3")
    if legend.shown < count:
        last = (legend._place(legend.shown) + QPointF(4, ROW / 2)).toPoint()
        assert len(legend.words_at(last).split("\n")) == count - legend.shown
    assert not legend.grab().isNull()


def test_words_of_marks_are_not_cut_before_there_is_a_strip_for_them(qapp) -> None:
    marks, metrics = ChangeMarks(LIGHT), QFontMetricsF(QFont())
    marks.show([(38.0, RATE)])
    before, after = (Frame(BOX.adjusted(0, top, 0, 0), Scale(0.0, 290.0), Scale(0.0, 1.0)) for top in (-marks.strip, 0))
    assert marks.labels(before, metrics) == [] and len(marks.labels(after, metrics)) == 1
