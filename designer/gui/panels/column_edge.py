"""The edge of a column: dragged, or moved by the arrow keys, it makes the column wider or narrower, and stays so."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from designer.gui.theme import Theme
from designer.workspace.preferences import change_preferences, load_preferences

# all that can be taken hold of: as much left of the line as right of it
THICK, STEP = 9, 16
LINE, LIVELY = 1, 3
TIP = "Drag to make the column wider; double-click for its usual width. The arrow keys do the same, Home the usual one"


class ColumnEdge(QWidget):
    """Right of ``column``, which is never narrower than its ``usual`` width nor wider than ``most`` says.

    The width that is wanted is kept under ``key`` with the layout of the window; where there is less room the column
    is narrower until there is more.
    """

    def __init__(self, column: QWidget, key: str, usual: int, most: Callable[[], int], theme: Theme) -> None:
        super().__init__()
        self.column, self.theme = column, theme
        self._key, self._usual, self._most = key, usual, most
        kept = load_preferences().window.get(key, "")
        self.wanted = max(usual, int(kept)) if kept.isascii() and kept.isdigit() else usual
        self._held_at: float | None = None
        self._before = self.wanted
        self._under = False
        self.setFixedWidth(THICK)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(TIP)
        self.setAccessibleName("Width of the column")
        column.setFixedWidth(usual)

    def fit(self) -> None:
        """Give the column the width that is wanted, as far as there is room."""
        width = max(self._usual, min(self.wanted, self._most()))
        if width != self.column.width() or width != self.column.minimumWidth():
            self.column.setFixedWidth(width)

    def reset(self) -> None:
        """Give the column its usual width."""
        self._want(self._usual)
        self._keep()

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.update()

    def _want(self, width: int) -> None:
        # what is wanted without room for it would have to be dragged back unseen
        self.wanted = max(self._usual, min(width, self._most()))
        self.fit()

    def _keep(self) -> None:
        stored = load_preferences().window
        if stored.get(self._key, str(self._usual)) != str(self.wanted):
            change_preferences(window={**stored, self._key: str(self.wanted)})

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the edge."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._held_at, self._before = event.globalPosition().x(), self.column.width()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The column follows the pointer."""
        if self._held_at is not None:
            self._want(self._before + round(event.globalPosition().x() - self._held_at))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; the width is kept."""
        if self._held_at is not None:
            self._held_at = None
            self._keep()
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The usual width."""
        self._held_at = None
        self.reset()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrow keys move the edge, Home brings it back."""
        steps = {Qt.Key.Key_Left: -STEP, Qt.Key.Key_Right: STEP}
        if event.key() in steps:
            self._want(self.column.width() + steps[Qt.Key(event.key())])
            self._keep()
        elif event.key() == Qt.Key.Key_Home:
            self.reset()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that it can be taken hold of."""
        self._under = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is elsewhere."""
        self._under = False
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the keyboard is here."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keyboard is elsewhere."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line, which stands out where it can be moved."""
        painter = QPainter(self)
        lively = self._under or self.hasFocus() or self._held_at is not None
        wide = LIVELY if lively else LINE
        line = QRect((self.width() - wide) // 2, 0, wide, self.height())
        painter.fillRect(line, QColor(self.theme.accent if lively else self.theme.line))
        painter.end()
