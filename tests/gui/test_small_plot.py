"""Small plots: what is written at their axes can be read whole."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPixmap

from designer.gui.small_plot import SmallPlot
from designer.gui.theme import LIGHT


class Listening(QPainter):
    """Keeps the room that each text was written into."""

    def __init__(self, picture: QPixmap) -> None:
        super().__init__(picture)
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
