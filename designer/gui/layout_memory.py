"""Layout memory: size, place and panels of the window as texts, and back."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, QSize
from PySide6.QtWidgets import QDialog, QMainWindow

from designer.workspace.preferences import change_preferences, load_preferences

VERSION = 1


def geometry_of(window: QMainWindow) -> dict[str, str]:
    """Size and place of the window."""
    return {"geometry": text_of(window.saveGeometry())}


def docks_of(window: QMainWindow) -> str:
    """Where the panels are."""
    return text_of(window.saveState(VERSION))


def restore_geometry(window: QMainWindow, stored: Mapping[str, str]) -> None:
    """Give the window the size and place that it had."""
    if stored.get("geometry"):
        window.restoreGeometry(_bytes(stored["geometry"]))


def restore_docks(window: QMainWindow, stored: str) -> None:
    """Put the panels where they were; a text of another version is passed over."""
    if stored:
        window.restoreState(_bytes(stored), VERSION)


def keep_size(dialog: QDialog, key: str, usual: QSize) -> None:
    """Give a dialog the size that one of its ``key`` was left with, else the usual one, and keep what becomes of it."""
    wide, _, tall = load_preferences().dialogs.get(key, "").partition("x")
    size = usual
    if wide.isdigit() and tall.isdigit():
        # it may have been left on a larger screen
        size = QSize(int(wide), int(tall)).boundedTo(dialog.screen().availableSize())
    dialog.resize(size)

    def keep() -> None:
        left, known = dialog.size(), load_preferences().dialogs
        words = f"{left.width()}x{left.height()}"
        if left != size and known.get(key) != words:
            change_preferences(dialogs={**known, key: words})

    dialog.finished.connect(keep)


def text_of(content: QByteArray) -> str:
    """Bytes of Qt's as a text that can be kept."""
    return bytes(content.toBase64().data()).decode()


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(text.encode())
