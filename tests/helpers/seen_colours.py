"""Where a colour is seen on what a widget paints."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

FAR = 40


def seen(widget: QWidget, colour: str, area: QRectF | None = None) -> np.ndarray:
    """Whether each pixel of a widget, or of an area of it, is nearly of a colour: (height, width)."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    pixels = rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)
    if area is not None:
        # the stroke of a box at the edge lies half outside
        box = area.toAlignedRect().adjusted(-2, -2, 2, 2)
        pixels = pixels[max(0, box.top()) : box.bottom() + 1, max(0, box.left()) : box.right() + 1]
    wanted = QColor(colour)
    away = np.abs(pixels - (wanted.red(), wanted.green(), wanted.blue())).max(axis=2)
    found: np.ndarray = away <= FAR
    return found


def box_seen(widget: QWidget, colour: str, area: QRectF) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of all that is of a colour, in shares of an area of a widget."""
    rows, columns = np.nonzero(seen(widget, colour, area))
    assert len(rows), f"nothing of {colour} is seen"
    # the middle of a stroke of two pixels, and of the two that were added
    left, top, right, bottom = columns.min() - 1, rows.min() - 1, columns.max() - 2, rows.max() - 2
    return (
        float(left / area.width()),
        float(top / area.height()),
        float(right / area.width()),
        float(bottom / area.height()),
    )
