"""A plot of curves over time: the wheel or + and - zoom, and dragging moves what is seen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from designer.gui.data.series_curve import number_ticks, time_ticks
from designer.gui.theme import SMALL_PIXELS, Theme

LEFT, RIGHT, TOP, FOOT = 56, 12, 8, 24
ZOOM = 1.25
TICK_ROOM = 84
LINE_WIDTH = 1.3
# so many points a pixel, and a line has hard edges
DENSE = 1.5
# so many points stay in sight however near one looks
FEWEST_SEEN = 4
MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine


class TimePlot(QWidget):
    """Draws curves over a stretch of time from ``low`` to ``high``; what they are says the kind of plot.

    Each kind says what there is by ``filled``, ``ends`` and ``longest``, draws it by ``draw_curves``, and over the
    picture of this by ``draw_over``.
    """

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.theme = theme
        self.dates = False
        self.low, self.high = 0.0, 1.0
        self._picture: QPixmap | None = None
        self._dragged: float | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(name)

    # what each kind of plot says

    def filled(self) -> bool:
        """Whether there is anything to draw."""
        return False

    def ends(self) -> tuple[float, float]:
        """The first and the last moment that there is."""
        return 0.0, 1.0

    def longest(self) -> int:
        """How many points the curve has that is zoomed into."""
        return 1

    def middle(self) -> float | None:
        """The moment that keys zoom about; None for the middle of what is seen."""
        return None

    def draw_curves(self, painter: QPainter) -> None:
        """Draw what stays while the pointer moves."""

    def draw_over(self, painter: QPainter) -> None:
        """Draw what follows the pointer."""

    # what is seen

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.redraw()

    def sizeHint(self) -> QSize:
        """Room for a few lines."""
        return QSize(640, 360)

    def minimumSizeHint(self) -> QSize:
        """Room for one."""
        return QSize(240, 160)

    def x_of(self, moment: float) -> float:
        """Where a time is drawn."""
        return LEFT + (moment - self.low) / (self.high - self.low) * (self.width() - LEFT - RIGHT)

    def moment_at(self, x: float) -> float:
        """The time that is drawn at ``x``."""
        return self.low + (x - LEFT) / max(1, self.width() - LEFT - RIGHT) * (self.high - self.low)

    def zoom(self, factor: float, around: float | None = None) -> None:
        """Show a stretch that is shorter by ``factor``, with the moment ``around`` where it was."""
        if not self.filled():
            return
        first, last = self.ends()
        around = (self.low + self.high) / 2 if around is None else around
        least = (last - first) / max(1, self.longest()) * FEWEST_SEEN
        width = min(last - first, max((self.high - self.low) / factor, least))
        share = (around - self.low) / (self.high - self.low)
        self.look_at(around - share * width, width)

    def fit(self) -> None:
        """See all of it."""
        self.low, self.high = self.ends() if self.filled() else (0.0, 1.0)
        self.redraw()

    def look_at(self, low: float, width: float) -> None:
        """See a stretch of so much time, as near to ``low`` as there is anything."""
        first, last = self.ends()
        self.low = max(first, min(low, last - width))
        self.high = self.low + width
        self.redraw()

    def reveal(self, moment: float | None) -> None:
        """Bring a moment into sight."""
        if moment is not None and not self.low <= moment <= self.high:
            self.look_at(moment - (self.high - self.low) / 2, self.high - self.low)

    def redraw(self) -> None:
        """Draw all of it anew."""
        self._picture = None
        self.update()

    # acting

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw in another size."""
        super().resizeEvent(event)
        self.redraw()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer."""
        self.zoom(ZOOM ** (event.angleDelta().y() / 120), self.moment_at(event.position().x()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to move what is seen."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = self.moment_at(event.position().x())
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """No longer move it."""
        self._dragged = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """See all of it again."""
        self.fit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move what is seen, or point at a moment."""
        if not self.filled():
            return
        moment = self.moment_at(event.position().x())
        if self._dragged is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self.look_at(self.low + self._dragged - moment, self.high - self.low)
        else:
            self.point_at(moment)

    def point_at(self, moment: float) -> None:
        """The pointer is at a moment."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom, and see all again."""
        key = event.key()
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(ZOOM, self.middle())
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / ZOOM, self.middle())
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    # painting

    def event(self, event: QEvent) -> bool:
        """Other letters need another picture."""
        if event.type() == QEvent.Type.FontChange:
            self._picture = None
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the curves, and over them what follows the pointer."""
        painter = QPainter(self)
        if self.filled():
            if self._picture is None:
                self._picture = self._drawn()
            painter.drawPixmap(0, 0, self._picture)
            self.draw_over(painter)
        if self.hasFocus():
            painter.setPen(QColor(self.theme.accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _drawn(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(self.theme.surface))
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = painter.font()
        font.setPixelSize(SMALL_PIXELS)
        painter.setFont(font)
        self.draw_curves(painter)
        painter.end()
        return picture

    def paint_levels(self, painter: QPainter, area: QRectF, ends: tuple[float, float]) -> None:
        """Paint a line across and a number at its left at round values."""
        low, high = ends
        for tick, words in number_ticks(low, high, max(2, round(area.height() / 48))):
            y = area.bottom() - (tick - low) / (high - low) * area.height()
            painter.setPen(QPen(QColor(self.theme.line), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(self.theme.muted))
            painter.drawText(QRectF(0, y - 8, LEFT - 6, 16), Qt.AlignmentFlag.AlignRight | MIDDLE, words)

    def paint_line(self, painter: QPainter, area: QRectF, x: object, y: object, ends: tuple[float, float]) -> None:
        """Paint a line, broken where a value is missing; a value between two that are missing is a dot."""
        import numpy as np

        across = LEFT + (np.asarray(x) - self.low) / (self.high - self.low) * area.width()
        down = area.bottom() - (np.asarray(y) - ends[0]) / (ends[1] - ends[0]) * area.height()
        known = np.isfinite(down)
        # what is as dense as the screen costs ten times as much with soft edges, and looks no better
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(known) <= DENSE * area.width())
        for piece in np.split(np.arange(len(known)), np.flatnonzero(~known)):
            points = piece[known[piece]]
            if len(points) == 1:
                painter.drawPoint(QPointF(across[points[0]], down[points[0]]))
            elif len(points):
                painter.drawPolyline(QPolygonF([QPointF(across[at], down[at]) for at in points.tolist()]))

    def paint_times(self, painter: QPainter, foot: float) -> None:
        """Paint moments below the curves, which end at ``foot``."""
        wanted = max(2, (self.width() - LEFT - RIGHT) // TICK_ROOM)
        ticks = (time_ticks if self.dates else number_ticks)(self.low, self.high, wanted)
        for moment, words in ticks:
            x = self.x_of(moment)
            painter.setPen(QColor(self.theme.strong_line))
            painter.drawLine(QPointF(x, foot), QPointF(x, foot + 4))
            painter.setPen(QColor(self.theme.muted))
            left = min(max(0.0, x - TICK_ROOM / 2), self.width() - TICK_ROOM)
            painter.drawText(QRectF(left, foot + 5, TICK_ROOM, 16), Qt.AlignmentFlag.AlignHCenter | MIDDLE, words)
