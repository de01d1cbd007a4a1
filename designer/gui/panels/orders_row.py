"""The row of buttons that lead the run in hand: one batch, one epoch, more epochs, other settings."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from designer.gui.wording import plain_tooltip

# name of the action, words on the button, tooltip
BUTTONS = (
    ("step", "Batch", "Make one step of the run, then wait (F11)"),
    ("step_epoch", "Epoch", "Go on to the end of the epoch, then wait (F12)"),
    ("extend", "Extend…", "Let the run go on for more epochs, also one that is over (Ctrl+Shift+F5)"),
    ("change", "Change…", "Other settings, such as the learning rate, from the next step on (Shift+F6)"),
)


class OrdersRow(QWidget):
    """Holds its ``buttons`` by the names of the actions that they trigger."""

    def __init__(self) -> None:
        super().__init__()
        self.buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for name, words, tip in BUTTONS:
            button = QPushButton(words)
            button.setProperty("narrow", True)
            button.setToolTip(plain_tooltip(tip))
            button.setEnabled(False)
            self.buttons[name] = button
            row.addWidget(button)

    def say_why(self, name: str, why: str) -> None:
        """Say on a button why it cannot be pressed; with nothing to say again what it does."""
        usual = next(tip for key, _, tip in BUTTONS if key == name)
        self.buttons[name].setToolTip(plain_tooltip(why or usual))
