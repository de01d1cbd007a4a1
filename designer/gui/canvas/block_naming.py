"""Asking in place: the name of a block that was just made, and how many times a block runs in a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from designer.gui.canvas.rename import NameEditor
from designer.gui.controls import CalmSpinBox
from designer.gui.labels import plain_label
from designer.layers.blocks import MOST_REPEATS

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView


class BlockNameEditor(NameEditor):
    """Names a block on the use that was just made of it. ``name_it`` answers whether the name was taken."""

    def __init__(self, view: CanvasView, key: str, name: str, name_it: Callable[[str], bool]) -> None:
        self._name, self._name_it = name, name_it
        super().__init__(view, key)
        self.setText(name)
        self.setAccessibleName("Name of the block")
        self.selectAll()

    def apply(self) -> bool:
        """Name the block and go; an empty line keeps the name it has."""
        name = " ".join(self.text().split())
        if name and name != self._name and not self._name_it(name):
            self._mark(True)
            return False
        self.leave()
        return True


class RepeatBox(QFrame):
    """Asks beneath a node how many times it runs; Enter or going elsewhere sets it, Escape does not."""

    def __init__(self, view: CanvasView, key: str, times: int, chosen: Callable[[int], object]) -> None:
        super().__init__(view.viewport())
        self._view, self._key, self._before, self._chosen = view, key, times, chosen
        self._open = True
        self.setObjectName("repeat_box")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        theme = view.theme
        self.setStyleSheet(
            f"#repeat_box {{ background: {theme.raised}; border: 1px solid {theme.strong_line}; border-radius: 6px; }}"
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 6, 6, 6)
        layout.setSpacing(6)
        layout.addWidget(plain_label("Runs"))
        self.spin = CalmSpinBox()
        self.spin.setRange(1, MOST_REPEATS)
        self.spin.setValue(times)
        self.spin.setAccessibleName("How many times in a row the block runs")
        self.spin.setMinimumWidth(72)
        layout.addWidget(self.spin)
        layout.addWidget(plain_label("times in a row"))
        self.button = QPushButton("OK")
        self.button.clicked.connect(self.apply)
        layout.addWidget(self.button)
        for inner in (self.spin, self.spin.lineEdit(), self.button):
            inner.installEventFilter(self)
        view.zoomed.connect(self._place)
        for bar in (view.horizontalScrollBar(), view.verticalScrollBar()):
            bar.valueChanged.connect(self._place)
        self._unsubscribe = view.session.subscribe(lambda old, new: self._place())
        self._place()
        self.show()
        self.raise_()
        self.spin.setFocus(Qt.FocusReason.OtherFocusReason)
        self.spin.selectAll()

    def apply(self) -> None:
        """Set the number and go."""
        self.spin.interpretText()
        times = self.spin.value()
        self.leave()
        if times != self._before:
            self._chosen(times)

    def leave(self) -> None:
        """Go, with the number as it was."""
        if not self._open:
            return
        self._open = False
        self._unsubscribe()
        self.hide()
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.deleteLater()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Enter sets, Escape leaves; plain keys are typed here, whatever they mean on the canvas."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.leave()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.apply()
                return True
        elif event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                event.accept()
                return True
        elif event.type() == QEvent.Type.FocusOut and isinstance(event, QFocusEvent) and self._open:
            within = self.isAncestorOf(self.window().focusWidget() or self)
            if not within and event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
                self.apply()
        return False

    def _place(self) -> None:
        item = self._view.canvas.nodes.get(self._key)
        if item is None:
            self.leave()
            return
        if not self._open:
            return
        self.adjustSize()
        at = self._view.mapFromScene(item.rect().bottomLeft()) + QPoint(0, 6)
        room = self._view.viewport().rect()
        left = max(4, min(at.x(), room.width() - self.width() - 4))
        self.move(left, max(4, min(at.y(), room.height() - self.height() - 4)))
