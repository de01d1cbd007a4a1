"""The bar that says, as long as it is so, that a project can be looked at but not be saved under its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from designer.gui.custom.trust_bar import TrustBar
from designer.gui.follow_bar import FollowBar
from designer.gui.icons import SIZE, paint_icon
from designer.gui.labels import plain_label
from designer.gui.wording import plain_tooltip

if TYPE_CHECKING:
    from designer.gui.window import MainWindow


class ReadOnlyBar(QFrame):
    """Seen while the window's project is open in another window as well."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self.setProperty("role", "bar")
        self.sentence = plain_label("", wrap=True)
        self.copy = QPushButton("Save a &copy…")
        self.copy.setToolTip(plain_tooltip("Save what you see under another name and go on with that file."))
        self.copy.clicked.connect(window.documents.save_as)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(WarningSign(window))
        row.addWidget(self.sentence, 1)
        row.addWidget(self.copy)
        window.session.subscribe_to_file(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the bar, or hide it."""
        session = self._window.session
        if session.path is not None and session.read_only:
            self.sentence.setText(
                f"Read only: {session.path.name} is open in another Layerloom window. To keep changes made here, save"
                " a copy under another name, or close it there first."
            )
            self.setAccessibleName(self.sentence.text())
        self.setVisible(session.read_only)


class WarningSign(QWidget):
    """The sign beside the sentence."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self.setFixedSize(QSize(SIZE, SIZE))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it in the theme's colour."""
        theme = self._window.theme
        paint_icon(QPainter(self), QRectF(self.rect()), "warning", theme.warning)


def with_read_only_bar(window: MainWindow, content: QWidget) -> QWidget:
    """``content`` with this bar, and that of code which waits to be allowed, above it."""
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(ReadOnlyBar(window))
    column.addWidget(TrustBar(window))
    column.addWidget(FollowBar(window))
    column.addWidget(content, 1)
    return page
