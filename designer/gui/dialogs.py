"""Questions and messages, always in plain text."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget

# a sentence in so little room that it breaks every three words is hard to read
SENTENCE_WIDTH = 320


def ask(parent: QWidget, title: str, sentence: str, choices: Sequence[str], default: int = 0) -> int:
    """Ask with a button for each of ``choices``; the last one is also what Escape means. Answers the place chosen."""
    box = QMessageBox(parent)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(title)
    box.setInformativeText(sentence)
    # informative text has no format of its own, and guesses
    for label in box.findChildren(QLabel):
        label.setTextFormat(Qt.TextFormat.PlainText)
        if label.text() == sentence:
            label.setMinimumWidth(SENTENCE_WIDTH)
    roles = [QMessageBox.ButtonRole.AcceptRole] + [QMessageBox.ButtonRole.DestructiveRole] * max(0, len(choices) - 2)
    roles.append(QMessageBox.ButtonRole.RejectRole)
    if len(choices) == 1:
        roles = [QMessageBox.ButtonRole.AcceptRole]
    buttons = [box.addButton(words, role) for words, role in zip(choices, roles, strict=True)]
    box.setDefaultButton(buttons[default])
    box.setEscapeButton(buttons[-1])
    box.exec()
    clicked = box.clickedButton()
    place = next((place for place, button in enumerate(buttons) if button is clicked), len(buttons) - 1)
    box.deleteLater()
    return place


def tell(parent: QWidget, title: str, sentence: str) -> None:
    """Say something that has to be read."""
    ask(parent, title, sentence, ["OK"])
