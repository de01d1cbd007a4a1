"""The button beside the learning rate that asks for a search for a good one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPushButton

from designer.gui.wording import plain_tooltip

WORDS = "Find…"
TIP = "Search for a good learning rate: a copy of the network is trained for a moment at growing rates"


class RateButton(QPushButton):
    """Calls ``wanted`` when it is pressed."""

    def __init__(self, wanted: Callable[[], object]) -> None:
        super().__init__()
        self.setText(WORDS)
        self.setProperty("link", True)
        self.setToolTip(plain_tooltip(TIP))
        self.setAccessibleName("Find a learning rate")
        self.clicked.connect(lambda: wanted())
