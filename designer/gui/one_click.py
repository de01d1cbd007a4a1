"""Buttons that change what they do as soon as they are pressed: a double click presses them once."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget


class OneClick(QObject):
    """Passes over the second press of a double click."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take that press for itself, whose release then presses nothing."""
        return event.type() == QEvent.Type.MouseButtonDblClick


def press_once(button: QWidget) -> None:
    """Let a double click on the button be one press."""
    if button.findChild(OneClick) is None:
        button.installEventFilter(OneClick(button))
