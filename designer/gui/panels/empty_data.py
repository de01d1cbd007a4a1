"""What the data page shows without data: what it is for, that a file can be dropped, and the two ways to begin."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from designer.gui.icons import icon, picture
from designer.gui.labels import plain_label
from designer.gui.theme import Theme

WIDEST, SMALLEST = 560, QSize(300, 200)
SIGN = 36
SAID = (
    "A table (CSV, Parquet, Excel, SQLite) or a folder of images or texts. Types are found out, each column is shown "
    "with what it holds, and you choose what to predict."
)


class DropCard(QFrame):
    """A place with a dashed outline."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the outline."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.theme.strong_line), 1.5, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 12, 12)


class EmptyData(QWidget):
    """Says what the page is for, and offers the ways to begin."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.file, self.folder = QPushButton("Open a table…"), QPushButton("Open a folder…")
        self.file.setProperty("primary", True)
        self.file.setToolTip("CSV, TSV, Parquet, Excel or SQLite")
        self.folder.setToolTip("Images or texts, in a folder for each class")
        self.card, self._sign = DropCard(theme), QLabel()
        self.card.setMaximumWidth(WIDEST)
        self.card.setMinimumSize(SMALLEST)
        inside = QVBoxLayout(self.card)
        inside.setContentsMargins(40, 36, 40, 36)
        inside.setSpacing(8)
        title, said = plain_label("Drop a file or a folder here", "heading"), plain_label(SAID, "muted", wrap=True)
        for label in (self._sign, title, said):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            inside.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.file)
        row.addWidget(self.folder)
        row.addStretch(1)
        inside.addSpacing(8)
        inside.addLayout(row)
        grid = QGridLayout(self)
        grid.setContentsMargins(24, 16, 24, 16)
        grid.addWidget(self.card, 1, 1)
        for place, stretch in ((0, 2), (2, 3)):
            grid.setRowStretch(place, stretch)
            grid.setColumnStretch(place, 1)
        grid.setColumnStretch(1, 8)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.card.theme = theme
        self.card.update()
        self._sign.setPixmap(picture("table", theme.muted, SIGN))
        self.file.setIcon(icon("table", theme.on_accent))
        self.folder.setIcon(icon("image", theme.text))
