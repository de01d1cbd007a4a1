"""Card buttons: large buttons that paint themselves, with the keyboard's focus visible and read aloud by name."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from designer.gui.icons import paint_icon
from designer.gui.theme import SMALL_PIXELS, TEXT_PIXELS, Theme

CORNER = 8
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class CardButton(QAbstractButton):
    """A button in the form of a card. ``moved`` carries the arrow key that was pressed, as (across, down)."""

    moved = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # it is painted anew when the mouse comes and goes
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the card, arrows go to its neighbours."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in _ARROWS:
            self.moved.emit(*_ARROWS[event.key()])
        else:
            super().keyPressEvent(event)

    def fonts(self) -> tuple[QFont, QFont, QFont]:
        """For headings, for text and for what is small."""
        heading, text, small = QFont(self.font()), QFont(self.font()), QFont(self.font())
        heading.setPixelSize(TEXT_PIXELS)
        heading.setWeight(QFont.Weight.DemiBold)
        text.setPixelSize(TEXT_PIXELS)
        small.setPixelSize(SMALL_PIXELS)
        return heading, text, small

    def paint_body(self, painter: QPainter, flat: bool = False) -> None:
        """The card itself: its outline says where mouse and focus are. A ``flat`` one shows only then."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, active = self.theme, self.underMouse() and self.isEnabled()
        line = theme.accent if self.hasFocus() or active else theme.line
        if flat and not active and not self.hasFocus():
            return
        painter.setBrush(QColor(theme.hovered if self.isDown() or (flat and active) else theme.raised))
        painter.setPen(QPen(QColor(line), 2 if self.hasFocus() else 1))
        if flat and not self.hasFocus():
            painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), CORNER, CORNER)


def paint_words(painter: QPainter, box: QRectF, text: str, font: QFont, colour: str, lines: int = 1) -> float:
    """Paint plain text, cut after so many lines; answers the height it took."""
    painter.setFont(font)
    painter.setPen(QColor(colour))
    metrics = QFontMetrics(font)
    wrapped = wrap(text, metrics, int(box.width()), lines)
    for place, line in enumerate(wrapped):
        row = QRectF(box.left(), box.top() + place * metrics.height(), box.width(), metrics.height())
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine, line)
    return float(len(wrapped) * metrics.height())


def wrap(text: str, metrics: QFontMetrics, width: int, lines: int) -> list[str]:
    """Text in lines that fit, the last of them cut where there is more."""
    words, wrapped = text.split(), [""]
    for place, word in enumerate(words):
        longer = f"{wrapped[-1]} {word}".strip()
        if metrics.horizontalAdvance(longer) <= width or not wrapped[-1]:
            wrapped[-1] = longer
        elif len(wrapped) == lines:
            wrapped[-1] = " ".join([wrapped[-1], *words[place:]])
            break
        else:
            wrapped.append(word)
    return [metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in wrapped]


class ActionCard(CardButton):
    """A first step: an icon, what it does, and a line about it."""

    def __init__(self, theme: Theme, icon: str, title: str, about: str, primary: bool = False) -> None:
        super().__init__(theme)
        self._icon, self._title, self._about, self._primary = icon, title, about, primary
        self.setAccessibleName(title)
        self.setAccessibleDescription(about)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """One height for all."""
        return QSize(240, 64)

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for two beside each other in a small window."""
        return QSize(160, 64)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint icon and words."""
        painter = QPainter(self)
        self.paint_body(painter)
        heading, _, small = self.fonts()
        theme, middle = self.theme, self.height() / 2
        tile = QRectF(12, middle - 18, 36, 36)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.accent if self._primary else theme.soft_accent))
        painter.drawRoundedRect(tile, 6, 6)
        paint_icon(painter, tile.adjusted(8, 8, -8, -8), self._icon, theme.on_accent if self._primary else theme.accent)
        box = QRectF(60, middle - 16, self.width() - 68, 36)
        box.setTop(box.top() + paint_words(painter, box, self._title, heading, theme.text) + 2)
        paint_words(painter, box, self._about, small, theme.muted)
