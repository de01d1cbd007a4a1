"""Small plots: what is written at their axes can be read whole."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtTest import QTest

from designer.gui.numbers import tick_text
from designer.gui.small_plot import Scale, SmallPlot, scale_of
from designer.gui.theme import LIGHT


class Listening(QPainter):
    """Keeps the room that each text was written into."""

    def __init__(self, picture: QPixmap) -> None:
        super().__init__(picture)
        # else it goes before the painter does
        self.picture = picture
        self.rooms: dict[str, QRectF] = {}

    def drawText(self, *given: Any) -> None:
        self.rooms[given[-1]] = QRectF(given[0])


def test_the_name_of_the_lower_axis_has_room(qtbot) -> None:
    plot = SmallPlot(LIGHT, "Loss by learning rate", axes=("learning rate", "loss"))
    qtbot.addWidget(plot)
    plot.resize(400, 200)
    plot.show_curves([([(1e-5, 1.0), (1.0, 0.5)], LIGHT.train_curve)], across_log=True)
    picture = QPixmap(plot.size())
    painter = Listening(picture)
    plot._paint_scales(painter)
    room, needed = painter.rooms["learning rate"], painter.fontMetrics().horizontalAdvance("learning rate")
    painter.end()
    assert room.width() >= needed
    assert plot.box().left() <= room.left() and room.right() <= plot.width()


def words_of(plot: SmallPlot) -> dict[str, QRectF]:
    """What is written at the scales of a plot, and where."""
    painter = Listening(QPixmap(plot.size()))
    plot._paint_scales(painter)
    painter.end()
    return painter.rooms


@pytest.mark.parametrize("epochs", [2, 3, 7, 50, 500, 3000, 100_000])
def test_the_lower_axis_has_several_whole_epochs_that_do_not_touch(qtbot, epochs: int) -> None:
    plot = SmallPlot(LIGHT, "Learning rate", axes=("epoch", ""), whole=True)
    qtbot.addWidget(plot)
    plot.resize(272, 128)
    plot.show_curves([([(1.0, 0.0), (float(epochs), 0.1)], LIGHT.train_curve)])
    below = {words: room for words, room in words_of(plot).items() if words and room.top() > plot.box().bottom()}
    assert below.pop("epoch").right() <= plot.box().left()
    assert len(below) >= min(epochs, 2)
    assert not any("." in words for words in below)
    rooms = sorted(below.values(), key=lambda room: room.left())
    assert all(before.right() < after.left() for before, after in pairwise(rooms))
    assert rooms[-1].right() <= plot.width()


def test_scales() -> None:
    assert scale_of([1e-7, 10.0], log=True).ticks(4) == [1e-7, 1e-4, 0.1]
    assert scale_of([0.0, 1.0], log=True) == Scale(0.0, 1.0)
    assert scale_of([0.5], log=False).high > 0.5
    assert Scale(1.0, 20.0).ticks(4) == [5.0, 10.0, 15.0, 20.0]
    assert Scale(1e-3, 10.0, log=True).value(0.5) == pytest.approx(0.1)
    assert [tick_text(value) for value in (0.0, 0.001, 20.0, 1e-5, 2.5e-12)] == ["0", "0.001", "20", "1e−5", "2.5e−12"]


def test_a_plot_without_curves_is_painted_and_takes_no_mark(qtbot) -> None:
    plot = SmallPlot(LIGHT, "Empty", movable=True)
    qtbot.addWidget(plot)
    plot.show()
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton)
    assert plot.mark is None
    assert not plot.grab().isNull()
