"""Layout memory: size, place and panels of the window as texts, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QSize
from PySide6.QtWidgets import QDialog, QDockWidget, QMainWindow

from designer.workspace.preferences import change_preferences, load_preferences

VERSION = 1
USUAL, LARGEST = QSize(1280, 800), QSize(1920, 1200)
# of windows, at most
FRAME = QSize(16, 48)


def geometry_of(window: QMainWindow) -> dict[str, str]:
    """Size and place of the window."""
    return {"geometry": text_of(window.saveGeometry())}


def docks_of(window: QMainWindow) -> str:
    """Where the panels are."""
    return text_of(window.saveState(VERSION))


def remember(window: QMainWindow, docks: str) -> None:
    """Keep size and place of the window and where its panels are, beside what else is kept of its layout."""
    change_preferences(window={**load_preferences().window, **geometry_of(window), "docks": docks})


def restore_geometry(window: QMainWindow, stored: Mapping[str, str]) -> None:
    """Give the window the size and place that it had."""
    if stored.get("geometry"):
        window.restoreGeometry(_bytes(stored["geometry"]))


def fit_screen(window: QMainWindow, stored: Mapping[str, str]) -> None:
    """Give a window that has no size of its own yet one that its screen has room for, with its frame."""
    if not stored.get("geometry"):
        window.resize(first_size(window.screen().availableSize()))


def first_size(room: QSize) -> QSize:
    """The size of a first window: four fifths of a large screen, all of a small one but for a frame and a title."""
    wide = min(max(USUAL.width(), room.width() * 4 // 5), room.width() - FRAME.width(), LARGEST.width())
    tall = min(max(USUAL.height(), room.height() * 4 // 5), room.height() - FRAME.height(), LARGEST.height())
    return QSize(wide, tall)


def restore_docks(window: QMainWindow, stored: str) -> None:
    """Put the panels where they were; a text of another version is passed over."""
    if stored:
        window.restoreState(_bytes(stored), VERSION)


@dataclass(frozen=True, eq=False)
class Arrangement:
    """Where the panels of a window are, and which of them are shown and lie in front of others."""

    state: QByteArray
    shown: Sequence[QDockWidget]
    front: Sequence[QDockWidget]

    def bring_back(self, window: QMainWindow) -> None:
        """Let the panels be as they were.

        Mostly they lie where they did, and it is enough to show them: QMainWindow.restoreState leaves the bars of tabs
        that were there, and takes new ones.
        """
        self.show(window)
        if window.saveState(VERSION) != self.state:
            window.restoreState(self.state, VERSION)

    def show(self, window: QMainWindow) -> None:
        """Let the panels be seen that were, wherever they are now."""
        for dock in docks_in(window):
            dock.setVisible(dock in self.shown)
        for dock in self.front:
            dock.raise_()


def arrangement_of(window: QMainWindow) -> Arrangement:
    """How the panels are now."""
    shown = [dock for dock in docks_in(window) if not dock.isHidden()]
    return Arrangement(window.saveState(VERSION), shown, [dock for dock in shown if not dock.visibleRegion().isEmpty()])


def docks_in(window: QMainWindow) -> list[QDockWidget]:
    """All panels of a window."""
    return window.findChildren(QDockWidget)


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
