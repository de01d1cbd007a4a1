"""Icons: small line drawings of one stroke width in a box of 16 by 16."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

SIZE = 16
STROKE = 1.5
Line = tuple[tuple[float, float], ...]

_LINES: dict[str, tuple[Line, ...]] = {
    "undo": (((6, 3), (3, 6), (6, 9)), ((3, 6), (9.5, 6))),
    "redo": (((10, 3), (13, 6), (10, 9)), ((13, 6), (6.5, 6))),
    "fit": (
        ((2.5, 5.5), (2.5, 2.5), (5.5, 2.5)), ((10.5, 2.5), (13.5, 2.5), (13.5, 5.5)),
        ((13.5, 10.5), (13.5, 13.5), (10.5, 13.5)), ((5.5, 13.5), (2.5, 13.5), (2.5, 10.5)),
    ),
    "tidy": (((6, 4.5), (8, 4.5), (8, 11.5), (10, 11.5)), ((8, 4.5), (10, 4.5))),
    "save": (((2.5, 2.5), (11, 2.5), (13.5, 5), (13.5, 13.5), (2.5, 13.5), (2.5, 2.5)),
             ((5, 2.5), (5, 6), (10, 6), (10, 2.5)), ((5, 13.5), (5, 9.5), (11, 9.5), (11, 13.5))),
    "open": (((2.5, 12.5), (2.5, 3.5), (6, 3.5), (7.5, 5.5), (13.5, 5.5), (13.5, 12.5), (2.5, 12.5)),),
    "table": (((2.5, 3.5), (13.5, 3.5), (13.5, 12.5), (2.5, 12.5), (2.5, 3.5)), ((2.5, 6.5), (13.5, 6.5)),
              ((6.2, 3.5), (6.2, 12.5)), ((9.9, 3.5), (9.9, 12.5)), ((2.5, 9.5), (13.5, 9.5))),
    "image": (((2.5, 3), (13.5, 3), (13.5, 13), (2.5, 13), (2.5, 3)), ((2.5, 11), (6, 7.5), (9, 10.5), (11, 8.5),
              (13.5, 11))),
    "new": (((4, 2), (9.5, 2), (12.5, 5), (12.5, 14), (4, 14), (4, 2)), ((9.5, 2), (9.5, 5), (12.5, 5))),
    "error": (((5.5, 5.5), (10.5, 10.5)), ((10.5, 5.5), (5.5, 10.5))),
    "warning": (((8, 2.5), (14, 13), (2, 13), (8, 2.5)), ((8, 6.5), (8, 9.5)), ((8, 11.2), (8, 11.4))),
    "hint": (((8, 7.2), (8, 11.2)), ((8, 4.8), (8, 5))),
    "ok": (((3, 8.5), (6.5, 12), (13, 4.5)),),
    "outside": (((7.5, 3.5), (3, 3.5), (3, 13), (12.5, 13), (12.5, 8.5)), ((7.5, 8.5), (13, 3)),
                ((9.5, 3), (13, 3), (13, 6.5))),
    "close": (((4, 4), (12, 12)), ((12, 4), (4, 12))),
    "again": (((13, 3), (13, 6.5), (9.5, 6.5)),),
    "number": (((6.5, 3), (5, 13)), ((11, 3), (9.5, 13)), ((3, 6.2), (13.2, 6.2)), ((2.6, 9.8), (12.8, 9.8))),
    "category": (((2.5, 3), (8, 3), (13.5, 8.5), (8.5, 13.5), (2.5, 7.5), (2.5, 3)), ((5.4, 5.8), (5.4, 6))),
    "boolean": (((2.5, 8.5), (5, 11), (9, 6)), ((10.5, 5.5), (14, 10)), ((14, 5.5), (10.5, 10))),
    "date": (((2.5, 4), (13.5, 4), (13.5, 13.5), (2.5, 13.5), (2.5, 4)), ((2.5, 7), (13.5, 7)), ((5.5, 2.3), (5.5, 4)),
             ((10.5, 2.3), (10.5, 4))),
    "text": (((2.5, 4), (13.5, 4)), ((2.5, 8), (13.5, 8)), ((2.5, 12), (9, 12))),
    "network": (((5, 4.5), (11, 8)), ((5, 11.5), (11, 8))),
    "left": (((10, 4), (6, 8), (10, 12)),),
    "right": (((6, 4), (10, 8), (6, 12)),),
    "up": (((4, 10), (8, 6), (12, 10)),),
    "down": (((4, 6), (8, 10), (12, 6)),),
}  # fmt: skip
_FILLED: dict[str, Line] = {
    "play": ((4.5, 2.8), (13, 8), (4.5, 13.2)),
    "stop": ((4, 4), (12, 4), (12, 12), (4, 12)),
}


@lru_cache(maxsize=64)
def drawing(name: str) -> QPainterPath:
    """The lines of an icon, to be stroked 1.5 wide."""
    path = QPainterPath()
    for line in _LINES.get(name, ()):
        path.moveTo(*line[0])
        for point in line[1:]:
            path.lineTo(*point)
    if name == "undo":
        path.arcTo(QRectF(6.5, 6, 6.5, 7), 90, -180)
        path.lineTo(6, 13)
    elif name == "redo":
        path.arcTo(QRectF(3, 6, 6.5, 7), 90, 180)
        path.lineTo(10, 13)
    elif name == "tidy":
        for left, top in ((1.5, 2.5), (10.5, 2.5), (10.5, 9.5)):
            path.addRoundedRect(QRectF(left, top, 4, 4), 1, 1)
    elif name == "network":
        for x, y in ((3.5, 4), (3.5, 12), (12.5, 8)):
            path.addEllipse(QPointF(x, y), 1.8, 1.8)
    elif name in ("error", "hint"):
        path.addEllipse(QPointF(8, 8), 6, 6)
    elif name == "image":
        path.addEllipse(QPointF(10.5, 5.8), 1, 1)
    elif name == "again":
        path.arcMoveTo(QRectF(3, 3, 10, 10), 20)
        path.arcTo(QRectF(3, 3, 10, 10), 20, 300)
    return path


@lru_cache(maxsize=64)
def filling(name: str) -> QPainterPath:
    """The filled part of an icon; empty for most."""
    path = QPainterPath()
    for place, point in enumerate(_FILLED.get(name, ())):
        (path.lineTo if place else path.moveTo)(*point)
    path.closeSubpath()
    if name == "pause":
        path.addRect(QRectF(4, 3.5, 2.8, 9))
        path.addRect(QRectF(9.2, 3.5, 2.8, 9))
    return path


def paint_icon(painter: QPainter, box: QRectF, name: str, colour: str) -> None:
    """Paint an icon into a square box."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / SIZE, box.height() / SIZE)
    painter.setPen(QPen(QColor(colour), STROKE, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap,
                        Qt.PenJoinStyle.RoundJoin))  # fmt: skip
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(drawing(name))
    painter.fillPath(filling(name), QColor(colour))
    painter.restore()


def picture(name: str, colour: str, size: int = SIZE, ratio: float = 2.0) -> QPixmap:
    """An icon as a picture of ``size`` by ``size``."""
    drawn = QPixmap(round(size * ratio), round(size * ratio))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    paint_icon(painter, QRectF(0, 0, size, size), name, colour)
    painter.end()
    return drawn


def icon(name: str, colour: str, faint: str = "", size: int = SIZE) -> QIcon:
    """An icon for buttons, in another colour where they are disabled."""
    made = QIcon(picture(name, colour, size))
    if faint:
        made.addPixmap(picture(name, faint, size), QIcon.Mode.Disabled)
    return made
