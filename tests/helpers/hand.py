"""A hand at a canvas: where it points, what it presses, and what random choices it makes."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from designer.gui.canvas.node_item import NodeItem
from designer.gui.canvas.view import CanvasView

if TYPE_CHECKING:
    from designer.gui.workbench import Workbench

NONE, CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
MOST_KEPT = 20
T = TypeVar("T")


class Hand:
    """Acts on ``view`` by chance; ``bench`` are the panels around it, where there are any.

    ``copied`` are texts that were on the clipboard, also of projects that are no more.
    """

    def __init__(self, view: CanvasView, chance: random.Random, bench: Workbench | None = None) -> None:
        self.view, self.chance, self.bench = view, chance, bench
        self.copied: list[str] = []
        # every dialog that waits for an answer is closed soon after it has opened
        self._dialogs = QTimer(view, interval=20)
        self._dialogs.timeout.connect(close_dialog)
        self._dialogs.start()

    def spot(self) -> QPoint:
        """Any place of the view that is seen."""
        room = self.view.viewport().rect()
        return QPoint(self.chance.randrange(8, room.width() - 8), self.chance.randrange(8, room.height() - 8))

    def node(self) -> NodeItem | None:
        """Any node, one that is seen if there is one."""
        nodes = list(self.view.canvas.nodes.values())
        seen = self.view.visible_rect()
        return self.one_of([item for item in nodes if seen.contains(item.rect().center())] or nodes)

    def one_of(self, things: list[T]) -> T | None:
        """Any of them; None of none."""
        return self.chance.choice(things) if things else None

    def keep_copied(self) -> None:
        """Keep what is on the clipboard for later."""
        text = QApplication.clipboard().text()
        if text and text not in self.copied:
            self.copied = [*self.copied, text][-MOST_KEPT:]

    def press(self, keys: str, widget: QWidget | None = None) -> None:
        """Press a combination of keys, as menus write it."""
        combination = QKeySequence(keys)[0]
        QTest.keyClick(widget or self.view, combination.key(), combination.keyboardModifiers())

    def inside(self, box: QRect) -> QPoint:
        """Any place in a rectangle."""
        across, down = self.chance.random(), self.chance.random()
        return box.topLeft() + QPoint(int(across * (box.width() - 1)), int(down * (box.height() - 1)))


def close_dialog() -> None:
    """Close the dialog that waits for an answer, if one does."""
    modal = QApplication.activeModalWidget()
    if modal is not None:
        modal.close()
