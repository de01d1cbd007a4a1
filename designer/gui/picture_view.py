"""One picture as large as there is room for, with what lies where in it, and the ways to its neighbours and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from designer.gui.data.pictures_drawing import Drawn, guessed, layers_of
from designer.gui.icons import icon
from designer.gui.labels import ElidedLabel, plain_label
from designer.gui.mask_paint import BOTH, paint_mask
from designer.gui.outline_paint import Said, fitted, paint_outlines
from designer.gui.theme import Theme

if TYPE_CHECKING:
    from designer.training.outlines import Outlines

MARGIN = 12
# a picture is decoded this large; a larger window shows it a little softer
LARGE = 1400
# and this large once somebody looks from near
FINEST = 8192
SHARP_FROM, LARGEST_PIXEL = 4.0, 64.0
WHEEL_STEP, PER_STEP = 120, 1.25
ZOOM_KEYS = {Qt.Key.Key_Plus: PER_STEP, Qt.Key.Key_Equal: PER_STEP, Qt.Key.Key_Minus: 1 / PER_STEP}


class PicturePane(QWidget):
    """Paints a picture fitted into its room, and outlines over it, which are as sharp at any size.

    The wheel makes it larger about the pointer, and dragging moves it then; a double click or 0 shows all of it again.
    ``zoomed`` says that it is shown larger or smaller, ``finer_wanted`` that more of its pixels could be seen than the
    image has. ``looked`` says that another part of it is seen, which ``look_as`` takes over from another pane.
    """

    zoomed = Signal()
    looked = Signal()
    finer_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.image: QImage | None = None
        self.mask: QImage | None = None
        self.mask_way = BOTH
        self.layers: Sequence[tuple[Outlines, Said]] = ()
        self.outlines, self.trouble = True, ""
        # the width of the picture itself, of which the image may be a smaller one
        self.own_width = 0
        # how many times larger than fitted, and by how much its middle lies beside that of the room
        self.zoom, self._shift = 1.0, QPointF()
        self._held: QPointF | None = None
        # whether more pixels were asked for already
        self._asked = False
        self.setMinimumSize(160, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Picture")

    def sizeHint(self) -> QSize:
        """Room for a picture."""
        return QSize(480, 360)

    def show_drawn(self, drawn: Drawn | None, finer: bool = False) -> None:
        """Show a picture with what lies over it, or why there is none; ``finer``: there is none with more pixels."""
        self._asked = finer
        shown = drawn if drawn is not None else Drawn()
        self.image, self.mask, self.own_width = shown.image, shown.mask, shown.size[0]
        self.layers, self.trouble = layers_of(shown), shown.trouble
        self.update()

    def area(self) -> QRectF:
        """Where the picture is painted; empty where there is none."""
        if self.image is None or self.image.isNull():
            return QRectF()
        whole = fitted(self._room(), self.image.size())
        grown = QRectF(QPointF(), whole.size() * self.zoom)
        grown.moveCenter(whole.center() + self._shift)
        return grown

    def _room(self) -> QRectF:
        return QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)

    @property
    def scale(self) -> float:
        """How many pixels of the screen a pixel of the picture takes."""
        wide = self.own_width or (self.image.width() if self.image is not None else 0)
        return self.area().width() * self.devicePixelRatioF() / wide if wide else 1.0

    def fit(self) -> None:
        """Show all of the picture, and of the next one where there is none now."""
        self.zoom, self._shift = 1.0, QPointF()
        self._show_cursor()
        self.update()
        self.zoomed.emit()
        self.looked.emit()

    def look_as(self, other: PicturePane) -> None:
        """Show the same part of this picture as another pane does of its own."""
        self.zoom, self._shift = other.zoom, QPointF(other._shift)
        self._show_cursor()
        self.update()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Show the picture so many times larger; the point ``at``, the middle of the room for None, stays in place."""
        self._zoom_to(self.zoom * factor, at if at is not None else self._room().center())

    def _zoom_to(self, zoom: float, at: QPointF) -> None:
        area = self.area()
        if area.isEmpty():
            return
        # nothing is learned from pixels larger than this
        most = max(1.0, self.zoom * LARGEST_PIXEL / self.scale)
        zoom = min(max(zoom, 1.0), most)
        if zoom == self.zoom:
            return
        by = zoom / self.zoom
        self.zoom = zoom
        self._move_to(at + (area.center() - at) * by)
        self.zoomed.emit()
        if not self._asked and self._lacks_pixels():
            self._asked = True
            self.finer_wanted.emit()

    def _lacks_pixels(self) -> bool:
        """Whether the image has fewer pixels than the screen shows of it, and than the picture itself."""
        wide = self.image.width() if self.image is not None else 0
        return wide < self.own_width and self.area().width() * self.devicePixelRatioF() > wide

    def _move_to(self, centre: QPointF) -> None:
        """Lay the middle of the picture there, as near as it goes without an empty margin on one side alone."""
        room, area = self._room(), self.area()
        across, down = (max(0.0, more / 2) for more in (area.width() - room.width(), area.height() - room.height()))
        shift = centre - room.center()
        self._shift = QPointF(min(max(shift.x(), -across), across), min(max(shift.y(), -down), down))
        self._show_cursor()
        self.update()
        self.looked.emit()

    def _show_cursor(self) -> None:
        if self.zoom <= 1:
            self.unsetCursor()
        else:
            held = self._held is not None
            self.setCursor(Qt.CursorShape.ClosedHandCursor if held else Qt.CursorShape.OpenHandCursor)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What was moved stays within the new room."""
        super().resizeEvent(event)
        self._move_to(self._room().center() + self._shift)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Show the picture larger or smaller about the pointer."""
        steps = event.angleDelta().y() / WHEEL_STEP
        if steps:
            self.zoom_by(PER_STEP**steps, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a picture that is larger than its room."""
        if event.button() == Qt.MouseButton.LeftButton and self.zoom > 1:
            self._held = event.position()
            self._show_cursor()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move it."""
        if self._held is None:
            super().mouseMoveEvent(event)
            return
        self._move_to(self.area().center() + event.position() - self._held)
        self._held = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of it."""
        self._held = None
        self._show_cursor()
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show all of the picture, where that is not so; what it means else is the business of the page."""
        if self.zoom > 1:
            self.fit()
        else:
            super().mouseDoubleClickEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture and what lies in it, or why there is none."""
        painter = QPainter(self)
        area = self.area()
        if self.image is None or area.isEmpty():
            painter.setPen(QColor(self.theme.muted))
            wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(MARGIN, 0, -MARGIN, 0), wrapped, self.trouble)
            painter.end()
            return
        # looked at from near, pixels are seen as they are
        smooth = self.scale <= SHARP_FROM
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(area, self.image)
        paint_mask(painter, area, self.mask, self.mask_way)
        for outlines, said in self.layers if self.outlines else ():
            paint_outlines(painter, area, outlines, said)
        painter.end()


class PictureView(QWidget):
    """The page of one picture, with a second ``guess`` of it beside where there is a mask that a network predicts.

    ``stepped`` carries by how many pictures to go on, ``closed`` that all are wanted.
    """

    stepped = Signal(int)
    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.pane, self.guess, self.fit = PicturePane(theme), PicturePane(theme), QPushButton("Fit")
        self.guess.setAccessibleName("Picture with the predicted mask")
        self.pane.looked.connect(lambda: self.guess.look_as(self.pane))
        self.guess.looked.connect(lambda: self.pane.look_as(self.guess))
        self.guess.zoomed.connect(self.pane.zoomed)
        self.guess.finer_wanted.connect(self.pane.finer_wanted)
        self.back, self.name = QPushButton("All pictures"), ElidedLabel("", "muted")
        self.back.setToolTip("Show all pictures again (Esc)")
        self.back.clicked.connect(lambda: self.closed.emit())
        self.fit.setProperty("link", True)
        self.fit.setToolTip("Show all of the picture (0 or a double click; the wheel, + and − show it larger)")
        self.fit.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.fit.clicked.connect(self.pane.fit)
        self.fit.hide()
        self.pane.zoomed.connect(self._show_zoom)
        self.before, self.after = QToolButton(), QToolButton()
        for button, by, word, key in ((self.before, -1, "Previous", "Left"), (self.after, 1, "Next", "Right")):
            button.setAutoRaise(True)
            button.setAccessibleName(f"{word} picture")
            button.setToolTip(f"{word} picture ({key})")
            button.clicked.connect(lambda _, by=by: self.stepped.emit(by))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row = QHBoxLayout()
        row.setContentsMargins(MARGIN, 6, MARGIN, 0)
        row.setSpacing(8)
        row.addWidget(self.back)
        row.addWidget(self.before)
        row.addWidget(self.after)
        row.addWidget(self.name, 1)
        row.addWidget(self.fit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addLayout(self._panes(), 1)
        self.set_theme(theme)

    def _panes(self) -> QGridLayout:
        """The picture, and beside it the guess, each beneath its heading."""
        self.heads = [plain_label(word, "section") for word in ("TRUE", "PREDICTED")]
        grid = QGridLayout()
        grid.setSpacing(0)
        grid.setRowStretch(1, 1)
        for place, (head, pane) in enumerate(zip(self.heads, (self.pane, self.guess), strict=True)):
            head.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            head.setContentsMargins(0, 6, 0, 0)
            grid.addWidget(head, 0, place)
            grid.addWidget(pane, 1, place)
        self._show_guess(None)
        return grid

    def _show_guess(self, drawn: Drawn | None, finer: bool = False) -> None:
        """Show the predicted mask beside the true one, where there is one."""
        there = drawn is not None and drawn.guess is not None
        for widget in (*self.heads, self.guess):
            widget.setVisible(there)
        self.guess.show_drawn(guessed(drawn) if drawn is not None else None, finer)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.pane.theme = self.guess.theme = theme
        self.before.setIcon(icon("left", theme.text, theme.faint))
        self.after.setIcon(icon("right", theme.text, theme.faint))
        self.pane.update()
        self.guess.update()

    def show_ways(self, mask_way: str, outlines: bool) -> None:
        """Show masks in this way, and outlines or not."""
        for pane in (self.pane, self.guess):
            pane.mask_way, pane.outlines = mask_way, outlines
            pane.update()

    def show_picture(self, words: str, drawn: Drawn | None, finer: bool = False) -> None:
        """Show a picture called by ``words``, or why there is none; a ``finer`` one of the same stays where it is."""
        if not finer:
            self.pane.fit()
        self.name.setText(words)
        self.pane.show_drawn(drawn, finer)
        self._show_guess(drawn, finer)
        trouble = drawn.trouble if drawn is not None else ""
        self.pane.setAccessibleDescription(", ".join(word for word in (words, trouble) if word))

    def _show_zoom(self) -> None:
        self.fit.setVisible(self.pane.zoom > 1)
        self.fit.setText(f"{100 * self.pane.scale / self.pane.devicePixelRatioF():,.0f} % · Fit")

    def show_ends(self, first: bool, last: bool) -> None:
        """Say whether the picture is the first or the last, beyond which there is none."""
        self.before.setEnabled(not first)
        self.after.setEnabled(not last)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows lead to the neighbours, Escape and Return back to all; + and − show larger and smaller, 0 all."""
        factor = ZOOM_KEYS.get(Qt.Key(event.key()), 0.0)
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if by:
            (self.before if by < 0 else self.after).click()
        elif event.key() == Qt.Key.Key_0:
            self.pane.fit()
        elif factor:
            self.pane.zoom_by(factor)
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """As a double click opened the picture, another closes it."""
        self.closed.emit()
