"""Docks: each with a frame where it floats, and a title with its name and a button that hides it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMainWindow, QToolButton, QWidget

from designer.gui.icons import icon
from designer.gui.labels import plain_label
from designer.gui.theme import Theme

HEIGHT = 32
# from where it was docked, to be seen to float
ASIDE = QPoint(28, 28)


class Dock(QDockWidget):
    """A dock that is framed where it floats, which is no window with a frame of its own."""

    def __init__(self, title: str, window: QMainWindow, theme: Theme) -> None:
        super().__init__(title, window)
        self._theme = theme

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self._theme = theme
        if isinstance(title := self.titleBarWidget(), DockTitle):
            title.set_theme(theme)
        self.update()

    def toggle_floating(self) -> None:
        """Let it float, a little aside of where it lay, or lie where it did again."""
        lay = self.mapToGlobal(QPoint())
        self.setFloating(not self.isFloating())
        # where it floated before it floats again, unless that is where it lay
        if self.isFloating() and (self.pos() - lay).manhattanLength() < ASIDE.manhattanLength():
            room = self.screen().availableGeometry()
            most = room.bottomRight() - QPoint(self.width(), self.height())
            to = lay + ASIDE
            self.move(max(room.left(), min(to.x(), most.x())), max(room.top(), min(to.y(), most.y())))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The frame, in the room for one that the style leaves around what floats."""
        super().paintEvent(event)
        if self.isFloating():
            painter = QPainter(self)
            painter.setPen(QPen(QColor(self._theme.strong_line), 2))
            painter.drawRect(self.rect())


class DockTitle(QWidget):
    """Drag it to move the dock elsewhere, double-click it to let the dock float."""

    def __init__(self, dock: Dock, theme: Theme) -> None:
        super().__init__(dock)
        self._dock, self._theme = dock, theme
        dock.topLevelChanged.connect(self._tint)
        self.setObjectName("dock_title")
        self.setFixedHeight(HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._close = QToolButton()
        self._close.setAutoRaise(True)
        self._close.setIconSize(QSize(12, 12))
        self._close.setToolTip("Hide; the View menu brings it back")
        self._close.setAccessibleName(f"Hide {dock.windowTitle()}")
        self._close.clicked.connect(dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 6, 2)
        row.addWidget(plain_label(dock.windowTitle(), "heading"), 1)
        row.addWidget(self._close)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self._theme = theme
        self._close.setIcon(icon("close", theme.muted, size=12))
        self._tint()

    def _tint(self) -> None:
        """Where it floats it is told from what lies beneath."""
        ground = self._theme.soft_accent if self._dock.isFloating() else self._theme.surface
        self.setStyleSheet(f"#dock_title {{ background: {ground}; }}")

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Float, or lie in the window again."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dock.toggle_floating()
            event.accept()
        else:
            super().mouseDoubleClickEvent(event)


class NoTitle(QWidget):
    """A title bar that takes no room."""

    def sizeHint(self) -> QSize:
        """Nothing."""
        return QSize(0, 0)

    def minimumSizeHint(self) -> QSize:
        """Nothing."""
        return QSize(0, 0)
