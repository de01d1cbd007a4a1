"""Switches between a few views: words side by side of which one is chosen, like the tabs of the app."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTabBar, QWidget


class ViewSwitch(QTabBar):
    """Tabs by key. ``chosen`` carries the key that the user chose."""

    chosen = Signal(str)

    def __init__(self, name: str, words: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keys: tuple[str, ...] = ()
        self.setAccessibleName(name)
        self.setDrawBase(False)
        self.setProperty("quiet", True)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.offer(words)
        self.currentChanged.connect(self._tell)

    @property
    def key(self) -> str:
        """The view that is chosen."""
        return self.keys[self.currentIndex()] if 0 <= self.currentIndex() < len(self.keys) else ""

    def offer(self, words: Mapping[str, str]) -> None:
        """Offer these views; the one that is chosen stays so where it is still among them."""
        here = self.key
        if tuple(words) != self.keys:
            blocked = self.blockSignals(True)
            while self.count():
                self.removeTab(0)
            self.keys = tuple(words)
            for word in words.values():
                self.addTab(word)
            self.setCurrentIndex(max(0, self.keys.index(here) if here in self.keys else 0))
            self.blockSignals(blocked)
        for place, word in enumerate(words.values()):
            if self.tabText(place) != word:
                self.setTabText(place, word)

    def choose(self, key: str) -> None:
        """Choose a view, as a click on it would."""
        if key in self.keys:
            self.setCurrentIndex(self.keys.index(key))

    def _tell(self, place: int) -> None:
        if 0 <= place < len(self.keys):
            self.chosen.emit(self.keys[place])
