"""Curves of other runs and marks on them: told apart, thinned out with their peaks, named where it hides least."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QFont, QFontMetricsF, QPolygonF

from designer.gui.panels.change_marks import ChangeMarks, Label
from designer.gui.panels.curve_frame import Frame
from designer.gui.panels.curves import CurvePlot
from designer.gui.panels.guests import Guest, Guests, short_names, thinned
from designer.gui.panels.least_hidden import least_hidden
from designer.gui.panels.line_forms import colour_of, style_of
from designer.gui.run_curves import Curves
from designer.gui.small_plot import Scale
from designer.gui.theme import DARK, LIGHT
from tests.helpers.window import until


def test_forms_tell_two_dozen_runs_apart() -> None:
    for theme in (LIGHT, DARK):
        assert len({(colour_of(form, theme), style_of(form)) for form in range(24)}) == 24


def test_a_long_curve_is_thinned_out_with_its_peaks() -> None:
    values = [1.0] * 100_000
    values[54_321] = 9.0
    values[77_777] = -3.0
    x, y = thinned(Guest("long", 0, tuple(range(1, 100_001)), tuple(values)))
    assert len(x) <= 1000
    assert (max(y), min(y)) == (9.0, -3.0)
    assert x[0] == 1 and x[-1] == 100_000
    assert list(x) == sorted(x)


def test_names_are_short_where_one_day_made_them_all() -> None:
    assert short_names(["2026-01-02-001", "2026-01-02-012"]) == ["001", "012"]
    assert short_names(["2026-01-02-001", "small rate"]) == ["2026-01-02-001", "small rate"]
    assert Guests(LIGHT).extremes(False) == []


BOX = QRectF(52, 6, 262, 200)
RATE = "learning rate 0.0003"


def points_along(line: QPolygonF) -> list[QPointF]:
    """Points along a line, near to one another."""
    corners = line.toList()
    return [one + (other - one) * (step / 200) for one, other in pairwise(corners) for step in range(201)]


def labels_of(marks: list[tuple[float, str]]) -> tuple[list[Label], QFontMetricsF]:
    found, metrics = ChangeMarks(LIGHT), QFontMetricsF(QFont())
    found.show(marks)
    return found.labels(Frame(BOX, Scale(0.0, 290.0), Scale(0.0, 1.0)), metrics), metrics


@pytest.mark.parametrize(
    "epochs", [(38.0, 47.0), (38.0, 38.0), (2.0, 5.0, 9.0, 12.0), (280.0, 286.0), tuple(map(float, range(40, 60)))]
)
def test_the_words_of_near_marks_lie_upon_no_others(qapp, epochs: tuple[float, ...]) -> None:
    labels, metrics = labels_of([(epoch, RATE) for epoch in epochs])
    assert len(labels) >= 2
    for one, other in combinations(labels, 2):
        assert not one.room.intersects(other.room), (one, other)
    for label in labels:
        assert BOX.contains(label.room)
        assert metrics.horizontalAdvance(label.words) <= label.room.height() + 1
        assert label.words == RATE or label.words.endswith("…")


def test_two_near_marks_say_all_that_they_have_to_say_and_so_does_pointing(qapp) -> None:
    labels, _ = labels_of([(38.0, RATE), (47.0, "epochs 320")])
    # in a wide font the longer ones are cut short
    assert labels[0].words == RATE or RATE.startswith(labels[0].words.removesuffix("…"))
    assert labels[1].words == "epochs 320"
    frame, marks = Frame(BOX, Scale(0.0, 290.0), Scale(0.0, 1.0)), ChangeMarks(LIGHT)
    marks.show([(38.0, RATE), (38.5, "epochs 320"), (200.0, "patience 3")])
    assert marks.words_at(frame.x_of(38.0), frame) == f"Epoch 38: {RATE}\nEpoch 38.5: epochs 320"
    assert marks.words_at(frame.x_of(100.0), frame) == ""


def test_words_of_many_letters_leave_room_for_others(qapp) -> None:
    [label], metrics = labels_of(
        [(150.0, "epochs 500, patience 30, keep best no, learning rate 0.1, weight decay 0.01")]
    )
    assert label.words.startswith("epochs 500, ") and label.words.endswith("…")
    assert metrics.horizontalAdvance(label.words) <= label.room.height() + 1 < 0.7 * BOX.height()


def test_a_legend_has_the_place_where_it_hides_least() -> None:
    falling = QPolygonF([QPointF(52, 10), QPointF(100, 150), QPointF(314, 160)])
    assert least_hidden(QSizeF(100, 60), BOX, [falling]) == QPointF(214, 6), "the upper right of places as good"
    rising = QPolygonF([QPointF(52, 200), QPointF(314, 10)])
    place = QRectF(least_hidden(QSizeF(100, 60), BOX, [rising]), QSizeF(100, 60))
    assert not any(place.contains(point) for point in points_along(rising))
    words = QRectF(214, 6, 100, 120)
    place = QRectF(least_hidden(QSizeF(100, 60), BOX, [falling], [words]), QSizeF(100, 60))
    assert not place.intersects(words)
    everywhere = QPolygonF([QPointF(x, 6 if x % 2 else 206) for x in range(52, 315)])
    assert BOX.contains(QRectF(least_hidden(QSizeF(100, 60), BOX, [everywhere]), QSizeF(100, 60)))


def test_the_legend_leaves_curves_and_words_in_sight_and_stays_while_they_grow(qtbot, monkeypatch) -> None:
    plot = CurvePlot(LIGHT)
    qtbot.addWidget(plot)
    plot.resize(336, 300)
    curves = Curves(marks=[(38.0, RATE), (47.0, "epochs 320")])
    for epoch in range(1, 200):
        curves.add({"epoch": epoch, "train": {"loss": 230 + 600 * math.exp(-epoch / 10)}})
    plot.show_curves(curves, "loss")
    values = tuple(300 + 300 * math.exp(-epoch / 5) for epoch in range(20))
    names = ("my best of sweep", "rate 0.001, batch 128", "rate 0.001, batch 512")
    plot.show_guests([Guest(name, form, tuple(range(1, 21)), values) for form, name in enumerate(names)])
    plot.show()
    until(lambda: plot.legend.isVisible() and plot._legend_of is not None and plot.plane.lines["train"].count == 199)
    plot._read()
    over = QRectF(plot.legend.geometry()).translated(-QPointF(plot.plane.pos()))
    frame, plane = plot.plane.frame, plot.plane
    assert frame.box.contains(over)
    for label in plane.marks.labels(frame, QFontMetricsF(plane._small())):
        assert not over.intersects(label.room)
    for line in [*plane.lines["train"].course(frame), *plane.guests.courses(frame)]:
        assert not any(over.contains(point) for point in points_along(line))
    asked = []
    monkeypatch.setattr(plane, "free_place", lambda *given: asked.append(given) or QPointF(52, 6))
    curves.add({"epoch": 200, "train": {"loss": 230.0}})
    plot._draw()
    plot._read()
    assert plane.lines["train"].count == 200 and not asked, "what grows costs no search"
    plot.set_log(True)
    plot._draw()
    plot._read()
    assert len(asked) == 1
