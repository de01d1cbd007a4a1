"""The colours of frames and notes: seven with names, told apart by every kind of colour blindness, under each theme."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QIcon, QPainter, QPen, QPixmap

from designer.gui.theme import Theme
from designer.project.model import Colour

NAMES: dict[Colour, str] = {
    "blue": "Blue",
    "green": "Green",
    "yellow": "Yellow",
    "orange": "Orange",
    "red": "Red",
    "purple": "Purple",
    "grey": "Grey",
}
# under the light and the dark theme; of several lightnesses, so that they stay apart without their hue
_HUES: dict[Colour, tuple[str, str]] = {
    "blue": ("#3D83E4", "#397FEB"),
    "green": ("#6BC2A0", "#7BF2C7"),
    "yellow": ("#C4B022", "#F5D532"),
    "orange": ("#C26E1B", "#EB8917"),
    "red": ("#9C2A04", "#C74327"),
    "purple": ("#7A2C96", "#905F92"),
    "grey": ("#697175", "#A5ABB2"),
}
GROUND_SHARE = 0.10
BAR_SHARE = 0.26
NOTE_SHARE = 0.20


class ThingInk:
    """The brushes and pens of one colour under one theme. The theme's text is readable on each of the brushes."""

    def __init__(self, theme: Theme, colour: Colour) -> None:
        hue = QColor(hue_of(theme, colour))
        self.hue = QBrush(hue)
        self.ground = QBrush(blend(QColor(theme.canvas), hue, GROUND_SHARE))
        self.bar = QBrush(blend(QColor(theme.canvas), hue, BAR_SHARE))
        self.card = QBrush(blend(QColor(theme.raised), hue, NOTE_SHARE))
        self.outline = QPen(hue, 1)


def hue_of(theme: Theme, colour: Colour) -> str:
    """The hue, as ``#RRGGBB``."""
    return _HUES[colour][theme.dark]


@lru_cache(maxsize=32)
def thing_ink(theme: Theme, colour: Colour) -> ThingInk:
    """The brushes and pens of a colour, made once."""
    return ThingInk(theme, colour)


def blend(ground: QColor, hue: QColor, share: float) -> QColor:
    """``ground`` with a ``share`` of ``hue`` in it."""
    parts = ((ground.red(), hue.red()), (ground.green(), hue.green()), (ground.blue(), hue.blue()))
    return QColor(*(round(one + (other - one) * share) for one, other in parts))


def swatch(theme: Theme, colour: Colour, size: int = 16) -> QIcon:
    """A round patch of the colour."""
    picture = QPixmap(size * 2, size * 2)
    picture.setDevicePixelRatio(2.0)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.strong_line), 1))
    painter.setBrush(QColor(hue_of(theme, colour)))
    painter.drawEllipse(QRectF(1, 1, size - 2, size - 2))
    painter.end()
    return QIcon(picture)
