"""Where something that lies over curves hides least of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

# pixels that are counted as one, and how many of these lie between places that are tried
SQUARE, DOWN = 3.0, 3
# how bright a square is where a curve goes, and where words stand: these are to be hidden last
CURVE, WORDS = 60, 240


def least_hidden(size: QSizeF, room: QRectF, curves: Sequence[QPolygonF], words: Sequence[QRectF] = ()) -> QPointF:
    """The upper left corner of a place of that size in ``room``; of places as good the one at the upper right."""
    wide, high = max(1, math.ceil(room.width() / SQUARE)), max(1, math.ceil(room.height() / SQUARE))
    sums = _sums(_picture(wide, high, room, curves, words))
    # a line at the very rim is hidden too
    across, down = min(wide, math.ceil(size.width() / SQUARE) + 1), min(high, math.ceil(size.height() / SQUARE) + 1)
    lefts = sorted({wide - across, (wide - across) // 2, 0}, reverse=True)
    tops = [*range(0, high - down, DOWN), high - down]

    def hidden(place: tuple[int, int]) -> int:
        left, top = place
        above, below = sums[top], sums[top + down]
        return below[left + across] - below[left] - above[left + across] + above[left]

    left, top = min(((left, top) for left in lefts for top in tops), key=hidden)
    # the squares at the right and below may reach out of the room
    x = min(room.left() + left * SQUARE, max(room.left(), room.right() - size.width()))
    y = min(room.top() + top * SQUARE, max(room.top(), room.bottom() - size.height()))
    return QPointF(room.right() - size.width() if left and left == wide - across else x, y)


def _picture(wide: int, high: int, room: QRectF, curves: Sequence[QPolygonF], words: Sequence[QRectF]) -> QImage:
    """All that may be hidden, in squares."""
    image = QImage(wide, high, QImage.Format.Format_Grayscale8)
    image.fill(0)
    painter = QPainter(image)
    painter.scale(1 / SQUARE, 1 / SQUARE)
    painter.translate(-room.topLeft())
    pen = QPen(QColor(CURVE, CURVE, CURVE), 1)
    pen.setCosmetic(True)
    painter.setPen(pen)
    for curve in curves:
        painter.drawPolyline(curve)
    for each in words:
        painter.fillRect(each, QColor(WORDS, WORDS, WORDS))
    painter.end()
    return image


def _sums(image: QImage) -> list[list[int]]:
    """For each corner of squares the brightness of all that lies above it and at its left."""
    line, bits = image.bytesPerLine(), bytes(image.constBits())
    sums = [[0] * (image.width() + 1)]
    for row in range(image.height()):
        inside = accumulate(bits[row * line : row * line + image.width()], initial=0)
        sums.append([above + own for above, own in zip(sums[-1], inside, strict=True)])
    return sums
