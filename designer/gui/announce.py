"""Announcing: what happens on the screen, said in words to those who have it read aloud."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QWidget

LONGEST = 400
listeners: list[Callable[[str], None]] = []


def announce(widget: QWidget, text: str) -> None:
    """Have ``text`` read aloud; of a long one its beginning."""
    said = " ".join(text.split())[:LONGEST]
    if not said:
        return
    for heard in listeners:
        heard(said)
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, said))


def tell_focus(part: QAccessibleInterface) -> None:
    """The keyboard's focus is on a part of a widget now: its name is read aloud."""
    for heard in listeners:
        heard(part.text(QAccessible.Text.Name))
    QAccessible.updateAccessibility(QAccessibleEvent(part, QAccessible.Event.Focus))
