"""The room of the curves: painted once, and then only what has come to the lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from designer.gui.panels.change_marks import ChangeMarks
from designer.gui.panels.curve_frame import BOTTOM, RIGHT, TOP, Frame, left_side, paint_epochs, paint_values
from designer.gui.panels.curve_hand import HOW, Hand
from designer.gui.panels.curve_line import CurveLine
from designer.gui.panels.curve_sight import Sight
from designer.gui.panels.guests import Guests
from designer.gui.panels.kept_mark import KeptMark
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

    def __init__(
        self,
        theme: Theme,
        guests: Guests,
        marks: ChangeMarks,
        turns: OneByOne | None = None,
        sight: Sight | None = None,
    ) -> None:
        super().__init__()
        self.hand = Hand(sight or Sight(self), self)
        self.hand.marked.connect(self.update)
        self._turns = turns or OneByOne(self)
        self.theme, self.guests, self.marks, self.kept = theme, guests, marks, KeptMark(theme)
        self.lines = {name: CurveLine(dotted=name != "steps") for name in LINES}
        self.frame = Frame(QRectF(), Scale(0.0, 1.0), Scale(0.0, 1.0))
        # the frame that will follow once the picture that is being painted is there
        self._next: Frame | None = None
        self._picture = QPixmap()
        # the picture that will follow, and what is not painted of it yet
        self._coming = QPixmap()
        self._left: list[Callable[[QPainter], object]] = []
        self._touched = QRectF()
        self._cursor: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(self.hand.shape)
        self.setAccessibleDescription(HOW)

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

    def show_scales(self, across: Scale, up: Scale, whole: bool = True) -> None:
        """Show the lines between these scales; ``whole`` says that these are all epochs that there are."""
        frame = Frame(self._box(up), across, up, whole)
        if self._left and self.isVisible():
            # begun again and again it would never be there
            self._next = frame
        elif frame != self.frame:
            self._show_frame(frame)

    def _show_frame(self, frame: Frame) -> None:
        self.frame, self._next = frame, None
        self.setCursor(self.hand.shape)
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
        with QPainter(self._picture) as painter:
            self._touched = self._touched.united(self._paint_line(painter, waiting[0], whole=False))
        if len(waiting) > 1:
            self._turns.ask(self._paint_on)
            return
        # all that has grown is brought onto the screen in one go
        if not self._touched.isNull():
            self.update(self._touched.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN).toAlignedRect())
        self._touched = QRectF()

    def _small(self) -> QFont:
        font = self.font()
        font.setPixelSize(SMALL_PIXELS)
        return font

    def show_cursor(self, epoch: float | None) -> None:
        """Let an upright line stand at an epoch; nowhere for None."""
        if epoch == self._cursor:
            return
        for place in (self._cursor, epoch):
            if place is not None and self.frame.shows(place):
                x = round(self.frame.x_of(place))
                self.update(x - MARGIN, 0, 2 * MARGIN, self.height())
        self._cursor = epoch

    def _box(self, up: Scale) -> QRectF:
        """The room of the lines, beside the numbers of a scale."""
        tall = self.height() - TOP - self.marks.strip - BOTTOM
        left = left_side(up, tall, QFontMetricsF(self._small()).horizontalAdvance)
        return QRectF(self.rect()).adjusted(left, TOP + self.marks.strip, -RIGHT, -BOTTOM)

    def _colour(self, name: str) -> QColor:
        colour = QColor(self.theme.validation_curve if name == "validation" else self.theme.train_curve)
        if name == "steps":
            colour.setAlpha(STEPS_ALPHA)
        return colour

    def _clip(self, painter: QPainter) -> None:
        # lines that go on beyond end at the rims
        beside = MARGIN if self.frame.whole else 0
        painter.setClipRect(self.frame.box.adjusted(-beside, -MARGIN, beside, MARGIN))

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
            lambda painter: self.marks.paint(painter, self.frame),
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
        with QPainter(self._coming) as painter:
            painter.setFont(self._small())
            self._left.pop(0)(painter)
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
        elif self._next is not None and self._next != self.frame:
            self._show_frame(self._next)
        else:
            self._next = None
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
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, self._picture)
            if self._cursor is not None and self.frame.shows(self._cursor):
                x = round(self.frame.x_of(self._cursor))
                painter.setPen(QPen(QColor(self.theme.muted), 1, Qt.PenStyle.DotLine))
                painter.drawLine(QLineF(x, self.frame.box.top(), x, self.frame.box.bottom()))
            self.hand.paint(painter, self.frame, self.theme)
            if self.hasFocus():
                painter.setPen(QColor(self.theme.accent))
                painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def event(self, event: QEvent) -> bool:
        """Say what the ring is, or what was changed at a mark, to who points there; at the scales, what can be done."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), plain_tooltip(self.words_at(QPointF(event.pos()))), self)
            return True
        return super().event(event)

    def words_at(self, point: QPointF) -> str:
        """What is said to who points there."""
        how = "" if self.frame.box.contains(point) else HOW
        marked = self.kept.words_at(point, self.frame) or self.marks.words_at(point.x(), self.frame)
        return marked or how

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The same in another room."""
        super().resizeEvent(event)
        shown = self._next or self.frame
        self.frame, self._next = Frame(self._box(shown.up), shown.across, shown.up, shown.whole), None
        self._picture = QPixmap()
        self.renew()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at an epoch, or move what is held."""
        if self.hand.busy and event.buttons() & Qt.MouseButton.LeftButton:
            self.hand.drag(event, self.frame)
        else:
            # where the button was let go is not always told
            if self.hand.leave():
                self.setCursor(self.hand.shape)
            epoch = self.frame.epoch_at(event.position().x())
            self.pointed.emit(max(self.frame.across.low, min(epoch, self.frame.across.high)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of what is seen."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.hand.press(event)
        self.setCursor(self.hand.shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.hand.release(self.frame)
        self.setCursor(self.hand.shape)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """See all again."""
        self.hand.leave()
        self.hand.all_wanted.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom."""
        self.hand.turn(event, self.frame)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom, move and read."""
        if not self.hand.strike(event):
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What is read with keys is read no more."""
        super().focusOutEvent(event)
        if not self.underMouse():
            self.pointed.emit(None)

    def leaveEvent(self, event: QEvent) -> None:
        """Point at none."""
        super().leaveEvent(event)
        self.pointed.emit(None)
