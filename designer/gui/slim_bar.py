"""A thin progress bar that is painted when it has moved, and at no other time."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimerEvent
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QProgressBar

from designer.gui.theme import Theme

HEIGHT = 8
BUSY_MS, BUSY_PIXELS, BUSY_SHARE = 50, 6, 0.25


class SlimBar(QProgressBar):
    """How far something is, without words; with the range from 0 to 0 a piece of it wanders.

    Under a style sheet Qt paints its own bar thirty times a second, and all that lies below it, though nothing moved.
    """

    def __init__(self, theme: Theme, maximum: int = 1000) -> None:
        super().__init__(maximum=maximum)
        self.theme = theme
        self._at = 0
        self._wandering = 0
        self.setTextVisible(False)
        self.setFixedHeight(HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def set_theme(self, theme: Theme) -> None:
        """Paint under another theme."""
        self.theme = theme
        self.update()

    def setRange(self, minimum: int, maximum: int) -> None:
        """As QProgressBar's; 0 and 0 where it is not known how far it is."""
        super().setRange(minimum, maximum)
        if (minimum == maximum) == bool(self._wandering):
            return
        if self._wandering:
            self.killTimer(self._wandering)
        self._wandering = self.startTimer(BUSY_MS) if minimum == maximum else 0
        self.update()

    def timerEvent(self, event: QTimerEvent) -> None:
        """The piece wanders on."""
        self._at += BUSY_PIXELS
        if self.isVisible():
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the groove, and in it what is done."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.theme.surface))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        groove = QRectF(self.rect())
        for colour, part in ((self.theme.line, groove), (self.theme.accent, self._part(groove))):
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(part, HEIGHT / 2, HEIGHT / 2)
        painter.end()

    def _part(self, groove: QRectF) -> QRectF:
        """Where in the groove something is done."""
        width = groove.width()
        if self._wandering:
            piece = BUSY_SHARE * width
            return QRectF(self._at % (width - piece), 0, piece, HEIGHT)
        done = (self.value() - self.minimum()) / max(1, self.maximum() - self.minimum())
        # less than its own round ends would be no bar
        return QRectF(0, 0, max(HEIGHT, width * done) if done > 0 else 0, HEIGHT)
