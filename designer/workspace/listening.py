"""Listening: those who are told of something, until they no longer want to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Listener = TypeVar("Listener")


def listen(listeners: list[Listener], listener: Listener) -> Callable[[], None]:
    """Put ``listener`` among ``listeners``; the answer takes it out again, and may be called more than once."""
    listeners.append(listener)

    def end() -> None:
        if listener in listeners:
            listeners.remove(listener)

    return end
