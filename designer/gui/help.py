"""Help: the list of keys, and what this app is."""

from __future__ import annotations

import platform
from collections.abc import Sequence

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QScrollArea, QVBoxLayout, QWidget

import designer
from designer.gui.labels import plain_label

CANVAS_KEYS = (
    ("Space + drag, middle button", "Move what is seen"),
    ("Wheel", "Zoom about the mouse"),
    ("F", "Zoom to fit"),
    ("H", "Hand: drag to move what is seen"),
    ("Arrows", "Go to the next layer along a link, or to the nearest"),
    ("Shift + arrows", "Select the next layer too"),
    ("Ctrl + arrows, with Shift farther", "Move the selected layers"),
    ("Tab, Shift + Tab", "Walk the ports of the selected layer"),
    ("Enter on a port", "Begin a link; Enter again draws it"),
    ("Tab, arrows while linking", "The next port that fits, any port that way"),
    ("Delete on a port", "Take its links away"),
    ("Enter", "Edit the selected layer; Escape comes back"),
    ("Escape", "Break off, leave the port, select nothing, go outside"),
)


class ShortcutsDialog(QDialog):
    """Lists keys with what they do."""

    def __init__(self, shortcuts: Sequence[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(460, 560)
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        row = 0
        for title, keys in (("Everywhere", shortcuts), ("On the canvas", CANVAS_KEYS)):
            grid.addWidget(plain_label(title, "heading"), row, 0, 1, 2)
            for key, words in keys:
                row += 1
                grid.addWidget(plain_label(words), row, 0)
                grid.addWidget(plain_label(key, "muted"), row, 1, Qt.AlignmentFlag.AlignRight)
            row += 2
            grid.setRowMinimumHeight(row - 1, 12)
        grid.setRowStretch(row, 1)
        area = QScrollArea(widgetResizable=True)
        area.setWidget(page)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)


def about_words() -> str:
    """What this is, and what it runs on."""
    return (
        f"Version {designer.__version__}, free software under the MIT licence.\n"
        "Draw a neural network, give it your data, watch it learn, and take weights and readable PyTorch with you.\n\n"
        f"Python {platform.python_version()}, Qt {qVersion()}. Nothing is ever sent anywhere."
    )
