"""One picture as large as there is room for, with what lies where in it, and the ways to its neighbours and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from designer.gui.icons import icon
from designer.gui.labels import ElidedLabel
from designer.gui.outline_paint import Said, fitted, paint_outlines
from designer.gui.theme import Theme

if TYPE_CHECKING:
    from designer.training.outlines import Outlines

MARGIN = 12
# a picture is decoded this large; a larger window shows it a little softer
LARGE = 1400


class PicturePane(QWidget):
    """Paints a picture fitted into its room, and outlines over it, which are as sharp at any size."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.image: QImage | None = None
        self.layers: Sequence[tuple[Outlines, Said]] = ()
        self.outlines, self.trouble = True, ""
        self.setMinimumSize(160, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Picture")

    def sizeHint(self) -> QSize:
        """Room for a picture."""
        return QSize(480, 360)

    def area(self) -> QRectF:
        """Where the picture is painted; empty where there is none."""
        if self.image is None or self.image.isNull():
            return QRectF()
        return fitted(QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN), self.image.size())

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
        # a small picture is drawn with its pixels sharp, as there are no finer ones
        smooth = area.width() * self.devicePixelRatioF() < self.image.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(area, self.image)
        for outlines, said in self.layers if self.outlines else ():
            paint_outlines(painter, area, outlines, said)
        painter.end()


class PictureView(QWidget):
    """The page of one picture. ``stepped`` carries by how many pictures to go on, ``closed`` that all are wanted."""

    stepped = Signal(int)
    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.pane = PicturePane(theme)
        self.back, self.name = QPushButton("All pictures"), ElidedLabel("", "muted")
        self.back.setToolTip("Show all pictures again (Esc)")
        self.back.clicked.connect(lambda: self.closed.emit())
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
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.pane, 1)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.pane.theme = theme
        self.before.setIcon(icon("left", theme.text, theme.faint))
        self.after.setIcon(icon("right", theme.text, theme.faint))
        self.pane.update()

    def show_picture(
        self, words: str, image: QImage | None, layers: Sequence[tuple[Outlines, Said]], trouble: str = ""
    ) -> None:
        """Show a picture called by ``words``, or the ``trouble`` why there is none."""
        self.name.setText(words)
        self.pane.image, self.pane.layers, self.pane.trouble = image, layers, trouble
        self.pane.setAccessibleDescription(", ".join(word for word in (words, trouble) if word))
        self.pane.update()

    def show_ends(self, first: bool, last: bool) -> None:
        """Say whether the picture is the first or the last, beyond which there is none."""
        self.before.setEnabled(not first)
        self.after.setEnabled(not last)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows lead to the neighbours, Escape and Return back to all."""
        by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if by:
            (self.before if by < 0 else self.after).click()
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """As a double click opened the picture, another closes it."""
        self.closed.emit()
