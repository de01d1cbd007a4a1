"""The bar that says that a run of the project trains on by itself, and lets it be followed in one click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from designer.gui.labels import plain_label
from designer.gui.wording import plain_tooltip

if TYPE_CHECKING:
    from designer.gui.window import MainWindow


class FollowBar(QFrame):
    """Seen while a run of the project is trained by a process that is not this window's."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self.setProperty("role", "bar")
        self.sentence = plain_label("", wrap=True)
        self.button = QPushButton("&Follow")
        self.button.setProperty("primary", True)
        self.button.setToolTip(plain_tooltip("Show its curves; it can be held, changed and stopped from here (Alt+F5)"))
        self.button.clicked.connect(lambda: window.runs.steering.follow())
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.button)
        window.runs.steering.found.connect(self.refresh)
        window.runs.model.state_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the bar, or hide it."""
        steering = self._window.runs.steering
        if steering.living is not None:
            self.sentence.setText(f"A training of this project is still running: {steering.living_name}.")
            self.setAccessibleName(self.sentence.text())
        self.setVisible(steering.can("follow"))
