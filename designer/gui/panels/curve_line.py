"""The line of a curve: what has come to it since it was painted is painted alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from designer.gui.panels.curve_frame import Frame
from designer.gui.panels.curve_seen import cut, extremes, thin
from designer.gui.panels.series import Series

if TYPE_CHECKING:
    from designer.gui.panels.curve_seen import Points

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
        found = extremes(series.drawn(self.reach)[1], log)
        if found is not None:
            self.low, self.high = min(self.low, found[0]), max(self.high, found[1])
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

    def extremes_between(self, low: float, high: float) -> tuple[float, float] | None:
        """The least and the greatest value that is seen between two epochs; None where nothing is."""
        if self._series is None or not self.count:
            return None
        return extremes(cut(*self._series.drawn(low=low, high=high), low, high, self._log)[1], self._log)

    def course(self, frame: Frame, after: float = -math.inf) -> list[QPolygonF]:
        """Where the line lies, as it is painted, from the last point up to ``after`` on."""
        return frame.polygons(*self._seen(frame, after))

    def _seen(self, frame: Frame, after: float) -> Points:
        """The points from the last one up to ``after`` on that are seen; of a long line two for each pixel across."""
        if self._series is None or not self.count:
            return (), ()
        if frame.whole:
            x, y = self._series.drawn(after)
        else:
            low, high = frame.across.low, frame.across.high
            x, y = cut(*self._series.drawn(after, low, high), low, high, frame.up.log)
        return thin(x, y, math.ceil(frame.x_of(x[-1]) - frame.x_of(x[0])) + 1) if len(x) else (x, y)

    def paint(self, painter: QPainter, frame: Frame, colour: QColor, whole: bool) -> QRectF:
        """Paint the line or the part of it that was not painted before; answers where it lies, in pixels."""
        touched = QRectF()
        self.whole = False
        before, self._painted = -math.inf if whole else self._painted, self.reach
        point = self._series.nearest(self.reach) if self._series is not None else None
        if point is None:
            return touched
        pen = QPen(colour, 1)
        # of so many pixels, whatever the scale of the screen
        pen.setCosmetic(True)
        painter.setPen(pen)
        if self.count == 1:
            place = frame.place(*point)
            if place is not None and self.dotted:
                painter.setPen(QPen(colour, DOT, c=Qt.PenCapStyle.RoundCap))
                painter.drawPoint(place)
                touched = QRectF(place.x() - DOT, place.y() - DOT, 2 * DOT, 2 * DOT)
            return touched
        for line in self.course(frame, before):
            painter.drawPolyline(line)
            touched = touched.united(line.boundingRect())
        return touched
