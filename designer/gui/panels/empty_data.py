"""What the data panel shows without data: what it is for, and the two ways to begin."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from designer.gui.icons import icon
from designer.gui.labels import plain_label
from designer.gui.theme import Theme


class EmptyData(QWidget):
    """What the panel shows without data: what it is for, and the two ways to begin."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.file, self.folder = QPushButton("Open a CSV file…"), QPushButton("Open a folder of images…")
        self.file.setProperty("primary", True)
        title = plain_label("No data yet", "heading")
        said = plain_label(
            "The network learns from a table, as CSV, or from a folder of images with a folder for each class. "
            "Columns and types are found out; you choose what to predict.",
            "muted",
            wrap=True,
        )
        said.setMaximumWidth(440)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(8)
        column.addStretch(1)
        for label in (title, said):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(label, 8)
            row.addStretch(1)
            column.addLayout(row)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.file)
        row.addWidget(self.folder)
        row.addStretch(1)
        column.addSpacing(4)
        column.addLayout(row)
        column.addStretch(2)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.file.setIcon(icon("table", theme.on_accent))
        self.folder.setIcon(icon("image", theme.text))
