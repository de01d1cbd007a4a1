"""The room of the curves: painted once, and then only what has come to the lines."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from designer.gui.panels.change_marks import ChangeMarks
from designer.gui.panels.curve_frame import BOTTOM, LEFT, RIGHT, TOP, Frame, paint_scales
from designer.gui.panels.curve_line import CurveLine
from designer.gui.panels.guests import Guests
from designer.gui.panels.kept_mark import KeptMark
from designer.gui.panels.least_hidden import least_hidden
from designer.gui.panels.series import Series
from designer.gui.small_plot import Scale
from designer.gui.theme import SMALL_PIXELS, Theme
from designer.gui.wording import plain_tooltip

# the loss within epochs lies below that of whole ones
LINES = ("steps", "train", "validation")
STEPS_ALPHA = 110
# pixels around a line that belong to it
MARGIN = 3


class CurvePlane(QWidget):
    """Draws lines, other runs' curves and marks between two scales. ``pointed`` carries an epoch, None for none.

    All of it is kept as a picture. While the scales hold, a line that grows costs its last stroke and the few pixels of
    the window that this lies in: a training beside it lacks none of the processor, and the window is never held.
    """

    pointed = Signal(object)

    def __init__(self, theme: Theme, guests: Guests, marks: ChangeMarks) -> None:
        super().__init__()
        self.theme, self.guests, self.marks, self.kept = theme, guests, marks, KeptMark(theme)
        self.lines = {name: CurveLine(dotted=name != "steps") for name in LINES}
        self.frame = Frame(QRectF(), Scale(0.0, 1.0), Scale(0.0, 1.0))
        self._picture = QPixmap()
        self._cursor: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)

    def renew(self) -> None:
        """Paint all of it anew."""
        self._picture = QPixmap()
        self.update()

    def follow(self, series: Mapping[str, Series | None], log: bool) -> None:
        """Take over what has come to the series of the lines; ``grow`` paints it."""
        for name, line in self.lines.items():
            line.follow(series.get(name), log)

    def show_scales(self, across: Scale, up: Scale) -> None:
        """Show the lines between these scales."""
        frame = Frame(self._box(), across, up)
        if frame != self.frame:
            self.frame = frame
            self.renew()

    def grow(self) -> None:
        """Paint what has come to the lines; all of it anew where that is no going on."""
        if any(line.whole for line in self.lines.values()):
            self.renew()
        elif not self._picture.isNull() and any(line.waiting for line in self.lines.values()):
            painter = QPainter(self._picture)
            touched = self._paint_lines(painter, whole=False)
            painter.end()
            self.update(touched.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN).toAlignedRect())

    def free_place(self, size: QSizeF, growing: bool) -> QPointF:
        """Where something of that size hides least of lines, other runs' curves and words.

        Lines that are ``growing`` are taken to go on as they end.
        """
        box = self.frame.box
        courses = [line for each in self.lines.values() for line in each.course(self.frame)]
        ends = [line.last() for line in courses if growing and len(line)]
        ahead = [QPolygonF([end, QPointF(box.right(), end.y())]) for end in ends]
        words = [label.room for label in self.marks.labels(self.frame, QFontMetricsF(self._small()))]
        return least_hidden(size, box, [*courses, *ahead, *self.guests.courses(self.frame)], words)

    def _small(self) -> QFont:
        font = self.font()
        font.setPixelSize(SMALL_PIXELS)
        return font

    def show_cursor(self, epoch: float | None) -> None:
        """Let an upright line stand at an epoch; nowhere for None."""
        if epoch == self._cursor:
            return
        for place in (self._cursor, epoch):
            if place is not None:
                x = round(self.frame.x_of(place))
                self.update(x - MARGIN, 0, 2 * MARGIN, self.height())
        self._cursor = epoch

    def _box(self) -> QRectF:
        """The room of the lines."""
        return QRectF(self.rect()).adjusted(LEFT, TOP, -RIGHT, -BOTTOM)

    def _colour(self, name: str) -> QColor:
        colour = QColor(self.theme.validation_curve if name == "validation" else self.theme.train_curve)
        if name == "steps":
            colour.setAlpha(STEPS_ALPHA)
        return colour

    def _paint_lines(self, painter: QPainter, whole: bool) -> QRectF:
        touched = QRectF()
        painter.setClipRect(self.frame.box.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN))
        for name, line in self.lines.items():
            if whole or line.waiting:
                touched = touched.united(line.paint(painter, self.frame, self._colour(name), whole))
        return touched

    def _paint_picture(self) -> None:
        ratio = self.devicePixelRatioF()
        self._picture = QPixmap((QSizeF(self.size()) * ratio).toSize())
        self._picture.setDevicePixelRatio(ratio)
        self._picture.fill(QColor(self.theme.surface))
        painter = QPainter(self._picture)
        painter.setFont(self._small())
        paint_scales(painter, self.frame, self.theme)
        painter.setClipRect(self.frame.box.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN))
        # words have a ground of their own, which is to hide no curve
        self.marks.paint(painter, self.frame)
        self.guests.paint(painter, self.frame)
        self._paint_lines(painter, whole=True)
        self.guests.paint_forks(painter, self.frame)
        self.kept.paint(painter, self.frame)
        painter.end()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bring the picture onto the screen, where that is asked for."""
        if self._picture.isNull() or self._picture.devicePixelRatio() != self.devicePixelRatioF():
            self._paint_picture()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        if self._cursor is not None:
            x = round(self.frame.x_of(self._cursor))
            painter.setPen(QPen(QColor(self.theme.muted), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QLineF(x, self.frame.box.top(), x, self.frame.box.bottom()))
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Say what the ring is, or what was changed at a mark, to who points there."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            changed = plain_tooltip(self.marks.words_at(event.pos().x(), self.frame))
            words = self.kept.words_at(QPointF(event.pos()), self.frame) or changed
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The same in another room."""
        super().resizeEvent(event)
        self.frame = Frame(self._box(), self.frame.across, self.frame.up)
        self.renew()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at an epoch."""
        self.pointed.emit(self.frame.epoch_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        """Point at none."""
        super().leaveEvent(event)
        self.pointed.emit(None)
