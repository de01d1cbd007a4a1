"""The room of the curves: painted once, and then only what has come to the lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

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
from designer.gui.panels.curve_frame import BOTTOM, LEFT, RIGHT, TOP, Frame, paint_epochs, paint_values
from designer.gui.panels.curve_line import CurveLine
from designer.gui.panels.guests import Guests
from designer.gui.panels.kept_mark import KeptMark
from designer.gui.panels.least_hidden import least_hidden
from designer.gui.panels.series import Series
from designer.gui.small_plot import Scale
from designer.gui.theme import SMALL_PIXELS, Theme
from designer.gui.turns import OneByOne
from designer.gui.wording import plain_tooltip

# the loss within epochs lies below that of whole ones
LINES = ("steps", "train", "validation")
STEPS_ALPHA = 110
# pixels around a line that belong to it
MARGIN = 3


class CurvePlane(QWidget):
    """Draws lines, other runs' curves and marks between two scales. ``pointed`` carries an epoch, None for none.

    All of it is kept as a picture. While the scales hold, a line that grows costs its last stroke and the few pixels of
    the window that this lies in; another picture is painted part by part beside the one that is shown. Each stroke and
    each part has one of the ``turns``: a training beside it lacks none of the processor, and the window is never held.
    """

    pointed = Signal(object)

    def __init__(self, theme: Theme, guests: Guests, marks: ChangeMarks, turns: OneByOne | None = None) -> None:
        super().__init__()
        self._turns = turns or OneByOne(self)
        self.theme, self.guests, self.marks, self.kept = theme, guests, marks, KeptMark(theme)
        self.lines = {name: CurveLine(dotted=name != "steps") for name in LINES}
        self.frame = Frame(QRectF(), Scale(0.0, 1.0), Scale(0.0, 1.0))
        self._picture = QPixmap()
        # the picture that will follow, and what is not painted of it yet
        self._coming = QPixmap()
        self._left: list[Callable[[QPainter], object]] = []
        self._touched = QRectF()
        self._cursor: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)

    def renew(self) -> None:
        """Paint all of it anew; until that is done the old picture stays."""
        if self._picture.isNull() or not self.isVisible():
            self._picture, self._left = QPixmap(), []
            self.update()
        else:
            self._begin_picture()
            self._turns.ask(self._go_on)

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
        if self._left:
            # it is asked again once that picture is there
            return
        if any(line.whole for line in self.lines.values()):
            self.renew()
        elif not self._picture.isNull() and any(line.waiting for line in self.lines.values()):
            self._turns.ask(self._paint_on)

    def _paint_on(self) -> None:
        """Paint what has come to one of the lines."""
        waiting = [name for name, line in self.lines.items() if line.waiting]
        if self._left or self._picture.isNull() or not waiting or any(line.whole for line in self.lines.values()):
            return
        painter = QPainter(self._picture)
        self._touched = self._touched.united(self._paint_line(painter, waiting[0], whole=False))
        painter.end()
        if len(waiting) > 1:
            self._turns.ask(self._paint_on)
            return
        # all that has grown is brought onto the screen in one go
        self.update(self._touched.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN).toAlignedRect())
        self._touched = QRectF()

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

    def _clip(self, painter: QPainter) -> None:
        painter.setClipRect(self.frame.box.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN))

    def _paint_line(self, painter: QPainter, name: str, whole: bool) -> QRectF:
        self._clip(painter)
        return self.lines[name].paint(painter, self.frame, self._colour(name), whole)

    def _begin_picture(self) -> None:
        ratio = self.devicePixelRatioF()
        self._coming = QPixmap((QSizeF(self.size()) * ratio).toSize())
        self._coming.setDevicePixelRatio(ratio)
        self._coming.fill(QColor(self.theme.surface))
        guests = range(len(self.guests.shown))
        self._left = [
            lambda painter: paint_values(painter, self.frame, self.theme),
            lambda painter: paint_epochs(painter, self.frame, self.theme),
            # words have a ground of their own, which is to hide no curve
            partial(self._paint_within, self.marks.paint),
            *(partial(self._paint_within, partial(self.guests.paint, place=place)) for place in guests),
            *(partial(self._paint_line, name=name, whole=True) for name in self.lines),
            partial(self._paint_within, self.guests.paint_forks),
            partial(self._paint_within, self.kept.paint),
        ]

    def _paint_within(self, paint: Callable[[QPainter, Frame], object], painter: QPainter) -> None:
        self._clip(painter)
        paint(painter, self.frame)

    def _paint_part(self) -> None:
        """Paint the next part of the picture; the last one makes it the one that is shown."""
        painter = QPainter(self._coming)
        painter.setFont(self._small())
        self._left.pop(0)(painter)
        painter.end()
        if not self._left:
            self._picture, self._coming, self._touched = self._coming, QPixmap(), QRectF()

    def _go_on(self) -> None:
        """Paint the part whose turn it is, and in the end what has come to the lines meanwhile."""
        if self._left:
            self._paint_part()
            if not self._left:
                self.update()
        if self._left:
            self._turns.ask(self._go_on)
        else:
            self.grow()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bring the picture onto the screen, where that is asked for."""
        if self._picture.isNull() or self._picture.devicePixelRatio() != self.devicePixelRatioF():
            self._begin_picture()
        if self._left and not event.rect().contains(self.rect()):
            # the rest of what is shown is of the picture before
            self.update()
        while self._left:
            self._paint_part()
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
        self._picture = QPixmap()
        self.renew()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at an epoch."""
        self.pointed.emit(self.frame.epoch_at(event.position().x()))

    def leaveEvent(self, event: QEvent) -> None:
        """Point at none."""
        super().leaveEvent(event)
        self.pointed.emit(None)
