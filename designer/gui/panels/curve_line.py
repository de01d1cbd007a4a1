"""The line of a curve: one item that is painted with one stroke, however often its points change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

if TYPE_CHECKING:
    import numpy as np

DOT = 5.0


class CurveLine(QGraphicsItem):
    """A line through ``count`` points up to the x ``reach``, broken where a value is no number; one alone is a dot.

    pyqtgraph's own item asks five times as much of the processor at each change, which a training beside it lacks.
    """

    def __init__(self) -> None:
        super().__init__()
        self.count, self.reach = 0, 0.0
        self._path = QPainterPath()
        self._dot: QPointF | None = None
        self._pen, self._dot_pen = QPen(), QPen()
        self._area = QRectF()

    def set_colour(self, colour: QColor) -> None:
        """Draw in another colour, a pixel wide."""
        self._pen, self._dot_pen = QPen(colour, 1), QPen(colour, DOT)
        self._dot_pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        for pen in (self._pen, self._dot_pen):
            # of so many pixels, whatever the scale of the plot
            pen.setCosmetic(True)
        self.update()

    def show_points(self, x: np.ndarray, y: np.ndarray, log: bool, dot: bool) -> None:
        """Draw a line through float64 points (N,), the logarithms of their values if ``log``."""
        import numpy as np
        from pyqtgraph.functions import arrayToQPath

        if not len(x) and not self.count:
            return
        if log:
            y = np.log10(np.where(y > 0, y, np.nan))
        self.count, self.reach = len(x), float(x[-1]) if len(x) else 0.0
        self._path = arrayToQPath(x, y, connect="finite") if len(x) > 1 else QPainterPath()
        self._dot = QPointF(x[0], y[0]) if dot and np.isfinite(y).all() else None
        self.update()

    def set_area(self, area: QRectF) -> None:
        """What of the plane is in sight, which is where the item may paint."""
        if area != self._area:
            self.prepareGeometryChange()
            self._area = QRectF(area)

    def boundingRect(self) -> QRectF:
        """All that is in sight."""
        return self._area

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the line, or the dot."""
        if self._dot is not None:
            painter.setPen(self._dot_pen)
            painter.drawPoint(self._dot)
        painter.setPen(self._pen)
        painter.drawPath(self._path)
