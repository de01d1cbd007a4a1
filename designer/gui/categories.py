"""Categories of layers made visible: a hue and a sign each, so that neither colour nor form says it alone."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from designer.gui.theme import Theme
from designer.layers.blocks import CATEGORY as BLOCKS
from designer.layers.catalog import LAYERS
from designer.layers.custom import CATEGORY as CUSTOM
from designer.layers.hues import HUES
from designer.project.custom_layers import CUSTOM_TYPE
from designer.project.graph_forms import BLOCK_TYPE

SIGN_SIZE = 16
STROKE = 1.5

KNOWN = (*HUES, BLOCKS, CUSTOM)

Stroke = tuple[tuple[float, float], ...]

_LINES: dict[str, tuple[Stroke, ...]] = {
    "Input and output": (((2, 8), (10, 8)), ((7, 5), (10, 8), (7, 11)), ((13.5, 3), (13.5, 13))),
    "Linear": (((3, 4), (13, 4)), ((3, 12), (13, 12)), ((3, 4), (13, 12)), ((3, 12), (13, 4))),
    "Convolution": (
        ((2.5, 2.5), (13.5, 2.5), (13.5, 13.5), (2.5, 13.5), (2.5, 2.5)),
        ((9.5, 2.5), (9.5, 9.5), (2.5, 9.5)),
    ),
    "Pooling": (((2, 3), (14, 3), (9.5, 8.5), (9.5, 13), (6.5, 11), (6.5, 8.5), (2, 3)),),
    "Activation": (((2, 12.5), (8, 12.5), (13.5, 3.5)),),
    "Shape": (
        ((2.5, 6), (2.5, 2.5), (6, 2.5)),
        ((10, 2.5), (13.5, 2.5), (13.5, 6)),
        ((13.5, 10), (13.5, 13.5), (10, 13.5)),
        ((6, 13.5), (2.5, 13.5), (2.5, 10)),
        ((6, 8), (10, 8)),
    ),
    "Sequence": (
        ((1.5, 8), (14.5, 8)),
        ((4, 4.5), (4, 11.5)),
        ((8, 4.5), (8, 11.5)),
        ((12, 4.5), (12, 11.5)),
    ),
    "Attention": (
        ((2.5, 3.5), (2.5, 12.5)),
        ((2.5, 8), (13.5, 3.5)),
        ((2.5, 8), (13.5, 8)),
        ((2.5, 8), (13.5, 12.5)),
    ),
    CUSTOM: (
        ((5.5, 4), (1.5, 8), (5.5, 12)),
        ((10.5, 4), (14.5, 8), (10.5, 12)),
        ((9, 3), (7, 13)),
    ),
    BLOCKS: (
        ((2, 5.5), (10.5, 5.5), (10.5, 14), (2, 14), (2, 5.5)),
        ((5.5, 5.5), (5.5, 2), (14, 2), (14, 10.5), (10.5, 10.5)),
    ),
}
_CURVES: dict[str, tuple[Stroke, ...]] = {
    "Normalization": (((1.5, 13), (6, 13), (5.5, 3), (8, 3), (10.5, 3), (10, 13), (14.5, 13)),),
    "Merge": (
        ((2, 3.5), (6, 3.5), (6, 8), (10, 8), (11, 8), (13, 8), (14, 8)),
        ((2, 12.5), (6, 12.5), (6, 8), (10, 8)),
    ),
}


def category_of(type_key: str) -> str:
    """The category of a layer type; empty where the type is not known here."""
    if type_key.startswith(BLOCK_TYPE):
        return BLOCKS
    if type_key.startswith(CUSTOM_TYPE):
        return CUSTOM
    layer = LAYERS.get(type_key)
    return layer.category if layer else ""


def category_colour(theme: Theme, category: str) -> str:
    """The hue that marks a category; one for all that are not known here."""
    if category in (BLOCKS, CUSTOM):
        return theme.block_hue
    if category not in HUES:
        return theme.strong_line
    return HUES[category].dark if theme.dark else HUES[category].light


@lru_cache(maxsize=64)
def category_sign(category: str) -> QPainterPath:
    """The line drawing that marks a category, in a box of 16 by 16, to be stroked 1.5 wide."""
    path = QPainterPath()
    for line in _LINES.get(category, ()):
        path.moveTo(*line[0])
        for point in line[1:]:
            path.lineTo(*point)
    for curve in _CURVES.get(category, ()):
        path.moveTo(*curve[0])
        for first, second, end in zip(curve[1::3], curve[2::3], curve[3::3], strict=True):
            path.cubicTo(*first, *second, *end)
    if category == "Regularization":
        path.addEllipse(QPointF(8, 8), 5.5, 5.5)
        path.moveTo(4.1, 11.9)
        path.lineTo(11.9, 4.1)
    if category == "":
        path.moveTo(5, 6)
        path.cubicTo(5, 1.5, 11.5, 2, 11, 6)
        path.cubicTo(10.5, 8, 8, 8, 8, 10.5)
        path.addEllipse(QPointF(8, 13.2), 0.3, 0.3)
    if path.isEmpty():
        path.addEllipse(QPointF(8, 8), 5, 5)
    return path


def paint_tile(painter: QPainter, box: QRectF, theme: Theme, category: str) -> None:
    """Paint a category's mark: its sign on a tile of its hue, filling ``box``, a square of 20 pixels or more."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(category_colour(theme, category)))
    painter.drawRoundedRect(box, 4, 4)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(sign_pen(QColor(theme.on_hue)))
    painter.translate(box.center() - QPointF(SIGN_SIZE / 2, SIGN_SIZE / 2))
    painter.drawPath(category_sign(category))
    painter.translate(QPointF(SIGN_SIZE / 2, SIGN_SIZE / 2) - box.center())


def sign_pen(colour: QColor) -> QPen:
    """The pen of the one stroke width that all signs share."""
    return QPen(colour, STROKE, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def category_tile(theme: Theme, category: str, size: int = 20, ratio: float = 2.0) -> QPixmap:
    """A category's mark as a picture of ``size`` by ``size``, drawn for screens of up to ``ratio`` device pixels."""
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint_tile(painter, QRectF(0, 0, size, size), theme, category)
    painter.end()
    return picture


def sign_picture(category: str, colour: QColor, size: int) -> QPixmap:
    """A category's sign alone as a picture of ``size`` by ``size`` device pixels."""
    picture = QPixmap(size, size)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / SIGN_SIZE, size / SIGN_SIZE)
    painter.setPen(sign_pen(colour))
    painter.drawPath(category_sign(category))
    painter.end()
    return picture
