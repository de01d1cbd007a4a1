"""The title of a dock: its name, and a button that hides it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QToolButton, QWidget

from designer.gui.icons import icon
from designer.gui.labels import plain_label
from designer.gui.theme import Theme

HEIGHT = 32


class DockTitle(QWidget):
    """Drag it to move the dock elsewhere, double-click it to let the dock float."""

    def __init__(self, dock: QDockWidget, theme: Theme) -> None:
        super().__init__(dock)
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
        self._close.setIcon(icon("close", theme.muted, size=12))
        self.setStyleSheet(f"#dock_title {{ background: {theme.surface}; }}")


class NoTitle(QWidget):
    """A title bar that takes no room."""

    def sizeHint(self) -> QSize:
        """Nothing."""
        return QSize(0, 0)

    def minimumSizeHint(self) -> QSize:
        """Nothing."""
        return QSize(0, 0)
