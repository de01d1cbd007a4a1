"""The line of a curve: what has come to it since it was painted is painted alone."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from designer.gui.panels.curve_frame import Frame
from designer.gui.panels.guests import thin
from designer.gui.panels.series import Series

DOT = 5.0


class CurveLine:
    """A line through the ``count`` points of a series, up to the epoch ``reach``; one alone is a dot if ``dotted``.

    ``low`` and ``high`` are the least and the greatest value that have a place on the scale. ``whole`` says that the
    line cannot be painted on from where it ends.
    """

    def __init__(self, dotted: bool = True) -> None:
        self.dotted = dotted
        self._begin(None, False)

    def follow(self, series: Series | None, log: bool) -> None:
        """Take over what has come to the series; from its start where it, or the kind of scale, is another one."""
        if series is not self._series or log != self._log:
            self._begin(series, log)
        if series is None or series.latest is None or series.latest[0] <= self.reach:
            return
        sound = [each for each in series.drawn(self.reach)[1] if math.isfinite(each) and (each > 0 or not log)]
        self.low, self.high = min([self.low, *sound]), max([self.high, *sound])
        # of a dot nothing stays when it becomes a line
        self.whole = self.whole or self.count <= 1
        self.count, self.reach = len(series), series.latest[0]

    def _begin(self, series: Series | None, log: bool) -> None:
        self._series, self._log = series, log
        self.count, self.reach, self._painted = 0, -math.inf, -math.inf
        self.low, self.high = math.inf, -math.inf
        self.whole = True

    @property
    def waiting(self) -> bool:
        """Whether something is not painted yet."""
        return self.reach > self._painted

    def course(self, frame: Frame) -> list[QPolygonF]:
        """Where the whole line lies, as it is painted."""
        if self._series is None or not self.count:
            return []
        x, y = self._series.drawn()
        return frame.polygons(*thin(x, y, math.ceil(frame.x_of(x[-1]) - frame.x_of(x[0])) + 1))

    def paint(self, painter: QPainter, frame: Frame, colour: QColor, whole: bool) -> QRectF:
        """Paint the line or the part of it that was not painted before; answers where it lies, in pixels."""
        touched = QRectF()
        self.whole = False
        if self._series is None or not self.count:
            return touched
        # of a long line two points for each pixel across
        x, y = self._series.drawn(-math.inf if whole else self._painted)
        x, y = thin(x, y, math.ceil(frame.x_of(x[-1]) - frame.x_of(x[0])) + 1)
        self._painted = self.reach
        pen = QPen(colour, 1)
        # of so many pixels, whatever the scale of the screen
        pen.setCosmetic(True)
        painter.setPen(pen)
        if len(x) == 1:
            place = frame.place(x[0], y[0])
            if place is not None and self.dotted:
                painter.setPen(QPen(colour, DOT, c=Qt.PenCapStyle.RoundCap))
                painter.drawPoint(place)
                touched = QRectF(place.x() - DOT, place.y() - DOT, 2 * DOT, 2 * DOT)
            return touched
        for line in frame.polygons(x, y):
            painter.drawPolyline(line)
            touched = touched.united(line.boundingRect())
        return touched
