"""The plot of series: a line for each, the parts tinted, and the window that the network would see at the pointer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
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

from designer.gui.data.series_curve import number_ticks, stretches, thinned, time_ticks, value_range
from designer.gui.data.series_reading import PARTLESS, OneSeries
from designer.gui.panels.split import part_colour
from designer.gui.theme import SMALL_PIXELS, Theme
from designer.project.model import Windows

PART_NAMES = ("train", "validation", "test")
LEFT, RIGHT, TOP, FOOT = 56, 12, 8, 24
BETWEEN, TITLE = 12, 16
TINT, TINT_DARK = 26, 40
ZOOM = 1.25
# hues that follow one another are alike
APART = 3
TICK_ROOM = 84
_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine


class SeriesPlot(QWidget):
    """Draws columns beneath one another. ``pointed`` carries the last step that the network would see, -1 for none.

    The pointer or the arrow keys move the window; the wheel or + and - zoom, dragging moves what is seen.
    """

    pointed = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.windows = Windows()
        self.series: Sequence[OneSeries] = ()
        self.columns: tuple[str, ...] = ()
        self.dates = False
        self.low, self.high = 0.0, 1.0
        self.step = -1
        self._base: QPixmap | None = None
        self._dragged: float | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Series")

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self._redraw()

    def show_series(
        self, series: Sequence[OneSeries], columns: tuple[str, ...], dates: bool, keep: bool = False
    ) -> None:
        """Show these columns of these series; with ``keep`` the same stretch of time stays in sight."""
        self.series, self.columns, self.dates = series, columns, dates
        if not keep or self.high <= self.low:
            self._fit()
        self.step = min(self.step, len(self.series[0]) - 1) if series else -1
        self.setAccessibleDescription(", ".join([*columns, *(each.name for each in series if each.name)]))
        self._redraw()

    def show_windows(self, windows: Windows) -> None:
        """Draw windows of another size."""
        self.windows = windows
        self.update()

    def sizeHint(self) -> QSize:
        """Room for a few lines."""
        return QSize(640, 360)

    def minimumSizeHint(self) -> QSize:
        """Room for one."""
        return QSize(240, 160)

    def colour_of(self, place: int) -> QColor:
        """The colour of a series: that of text for a single one."""
        hues = self.theme.hues
        return QColor(self.theme.text if len(self.series) == 1 else hues[(APART * place + 1) % len(hues)])

    # what is seen

    def panels(self) -> list[QRectF]:
        """Where the line of each column is drawn."""
        count = max(1, len(self.columns))
        high = (self.height() - TOP - FOOT - (count - 1) * BETWEEN) / count
        across = self.width() - LEFT - RIGHT
        return [
            QRectF(LEFT, TOP + place * (high + BETWEEN) + TITLE, max(1, across), max(1, high - TITLE))
            for place in range(count)
        ]

    def x_of(self, moment: float) -> float:
        """Where a time is drawn."""
        return LEFT + (moment - self.low) / (self.high - self.low) * (self.width() - LEFT - RIGHT)

    def moment_at(self, x: float) -> float:
        """The time that is drawn at ``x``."""
        return self.low + (x - LEFT) / max(1, self.width() - LEFT - RIGHT) * (self.high - self.low)

    def zoom(self, factor: float, around: float | None = None) -> None:
        """Show a stretch that is shorter by ``factor``, with the moment ``around`` where it was."""
        if not self.series:
            return
        first, last = self._ends()
        around = (self.low + self.high) / 2 if around is None else around
        width = min(
            last - first, max((self.high - self.low) / factor, (last - first) / max(1, len(self.series[0])) * 4)
        )
        share = (around - self.low) / (self.high - self.low)
        self._look_at(around - share * width, width)

    def point(self, step: int) -> None:
        """Let the window end at a step."""
        count = len(self.series[0]) if self.series else 0
        step = (
            max(min(self.windows.length - 1, count - 1), min(step, count - 1 - self.windows.horizon)) if count else -1
        )
        if step != self.step:
            self.step = step
            self.pointed.emit(step)
            self.update()

    def _ends(self) -> tuple[float, float]:
        first = min(float(each.x[0]) for each in self.series)
        last = max(float(each.x[-1]) for each in self.series)
        return first, last if last > first else first + 1.0

    def _fit(self) -> None:
        self.low, self.high = self._ends() if self.series else (0.0, 1.0)

    def _look_at(self, low: float, width: float) -> None:
        first, last = self._ends()
        self.low = max(first, min(low, last - width))
        self.high = self.low + width
        self._redraw()

    def _redraw(self) -> None:
        self._base = None
        self.update()

    # acting

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw in another size."""
        super().resizeEvent(event)
        self._redraw()

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
        self._fit()
        self._redraw()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the window with the pointer, or what is seen."""
        if not self.series:
            return
        moment = self.moment_at(event.position().x())
        if self._dragged is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._look_at(self.low + self._dragged - moment, self.high - self.low)
            return
        x = self.series[0].x
        after = int(x.searchsorted(moment))
        near = [step for step in (after - 1, after) if 0 <= step < len(x)]
        self.point(min(near, key=lambda step: abs(float(x[step]) - moment)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the window by steps, zoom, and see all again."""
        key, windows = event.key(), self.windows
        count = len(self.series[0]) if self.series else 0
        moves = {
            Qt.Key.Key_Left: self.step - windows.stride,
            Qt.Key.Key_Right: self.step + windows.stride,
            Qt.Key.Key_PageUp: self.step - windows.length,
            Qt.Key.Key_PageDown: self.step + windows.length,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: count,
        }
        if key in moves:
            self.point(moves[Qt.Key(key)])
            self._reveal()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(ZOOM, self._middle())
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / ZOOM, self._middle())
        elif key == Qt.Key.Key_0:
            self._fit()
            self._redraw()
        else:
            super().keyPressEvent(event)

    def _middle(self) -> float | None:
        return float(self.series[0].x[self.step]) if self.series and self.step >= 0 else None

    def _reveal(self) -> None:
        here = self._middle()
        if here is not None and not self.low <= here <= self.high:
            self._look_at(here - (self.high - self.low) / 2, self.high - self.low)

    # painting

    def event(self, event: QEvent) -> bool:
        """Other letters need another picture."""
        if event.type() == QEvent.Type.FontChange:
            self._base = None
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint lines, and above them the window."""
        painter = QPainter(self)
        if self.series and self.columns:
            if self._base is None:
                self._base = self._drawn()
            painter.drawPixmap(0, 0, self._base)
            self._paint_window(painter)
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
        areas = self.panels()
        for name, area in zip(self.columns, areas, strict=True):
            self._paint_parts(painter, area)
            self._paint_column(painter, name, area)
        self._paint_times(painter, areas)
        painter.end()
        return picture

    def _paint_parts(self, painter: QPainter, area: QRectF) -> None:
        """Tint the stretches of the parts; those of the first series, where several are divided unlike."""
        first = self.series[0]
        for left, right, part in stretches(first.x, first.parts):
            if part != PARTLESS and right > self.low and left < self.high:
                colour = QColor(part_colour(self.theme, PART_NAMES[part]))
                colour.setAlpha(TINT_DARK if self.theme.dark else TINT)
                begin = max(area.left(), self.x_of(left))
                painter.fillRect(
                    QRectF(begin, area.top(), min(area.right(), self.x_of(right)) - begin, area.height()), colour
                )

    def _paint_column(self, painter: QPainter, name: str, area: QRectF) -> None:
        lines = [thinned(each.x, each.values[name], self.low, self.high, round(area.width())) for each in self.series]
        import numpy as np

        low, high = value_range(np.concatenate([y for _, y in lines]))
        painter.setPen(QColor(self.theme.text))
        painter.drawText(QRectF(area.left(), area.top() - TITLE, area.width(), TITLE), _MIDDLE, " ".join(name.split()))
        for tick, words in number_ticks(low, high, max(2, round(area.height() / 48))):
            y = area.bottom() - (tick - low) / (high - low) * area.height()
            painter.setPen(QPen(QColor(self.theme.line), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(self.theme.muted))
            painter.drawText(QRectF(0, y - 8, LEFT - 6, 16), Qt.AlignmentFlag.AlignRight | _MIDDLE, words)
        painter.save()
        painter.setClipRect(area)
        for place, (x, y) in enumerate(lines):
            painter.setPen(QPen(self.colour_of(place), 1.3))
            self._paint_line(painter, area, x, y, (low, high))
        painter.restore()

    def _paint_line(self, painter: QPainter, area: QRectF, x: object, y: object, ends: tuple[float, float]) -> None:
        import numpy as np

        across = LEFT + (np.asarray(x) - self.low) / (self.high - self.low) * area.width()
        down = area.bottom() - (np.asarray(y) - ends[0]) / (ends[1] - ends[0]) * area.height()
        known = np.isfinite(down)
        # the line is broken where a value is missing
        for piece in np.split(np.arange(len(known)), np.flatnonzero(~known)):
            points = piece[known[piece]]
            if len(points) == 1:
                painter.drawPoint(QPointF(across[points[0]], down[points[0]]))
            elif len(points):
                painter.drawPolyline(QPolygonF([QPointF(across[at], down[at]) for at in points.tolist()]))

    def _paint_times(self, painter: QPainter, areas: list[QRectF]) -> None:
        wanted = max(2, (self.width() - LEFT - RIGHT) // TICK_ROOM)
        ticks = (time_ticks if self.dates else number_ticks)(self.low, self.high, wanted)
        foot = areas[-1].bottom()
        for moment, words in ticks:
            x = self.x_of(moment)
            painter.setPen(QColor(self.theme.strong_line))
            painter.drawLine(QPointF(x, foot), QPointF(x, foot + 4))
            painter.setPen(QColor(self.theme.muted))
            left = min(max(0.0, x - TICK_ROOM / 2), self.width() - TICK_ROOM)
            painter.drawText(QRectF(left, foot + 5, TICK_ROOM, 16), Qt.AlignmentFlag.AlignHCenter | _MIDDLE, words)

    def _paint_window(self, painter: QPainter) -> None:
        """The steps that are seen, framed, and those that are predicted, filled."""
        if self.step < 0 or not self.windows.horizon:
            return
        x = self.series[0].x
        first, last = max(0, self.step - self.windows.length + 1), min(len(x) - 1, self.step + self.windows.horizon)
        now = self.x_of(float(x[self.step]))
        begin, end = self.x_of(float(x[first])), self.x_of(float(x[last]))
        seen, ahead = QColor(self.theme.accent), QColor(self.theme.warning)
        for area in self.panels():
            painter.save()
            painter.setClipRect(area)
            for left, right, colour in ((begin, now, seen), (now, end, ahead)):
                fill = QColor(colour)
                fill.setAlpha(60)
                box = QRectF(left, area.top(), max(1.0, right - left), area.height())
                painter.fillRect(box, fill)
                painter.setPen(QPen(colour, 1))
                painter.drawRect(box)
            painter.restore()
