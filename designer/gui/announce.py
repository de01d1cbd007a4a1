"""Announcing: what happens on the screen, said in words to those who have it read aloud."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QWidget

LONGEST = 400
listeners: list[Callable[[str], None]] = []


def heard() -> bool:
    """Whether anybody listens: words that nobody hears need not be found."""
    return bool(listeners) or QAccessible.isActive()


def announce(widget: QWidget, text: str) -> None:
    """Have ``text`` read aloud; of a long one its beginning."""
    said = " ".join(text.split())[:LONGEST] if heard() else ""
    if not said:
        return
    for listener in listeners:
        listener(said)
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, said))


def tell_focus(part: QAccessibleInterface) -> None:
    """The keyboard's focus is on a part of a widget now: its name is read aloud."""
    for listener in listeners:
        listener(part.text(QAccessible.Text.Name))
    QAccessible.updateAccessibility(QAccessibleEvent(part, QAccessible.Event.Focus))
