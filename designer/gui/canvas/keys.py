"""Keys: what the keyboard does on the canvas where no menu of the window takes the key first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from designer.gui.canvas.commands.catalog import COMMANDS
from designer.gui.theme import GRID

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView

FAR_NUDGE = 10 * GRID
PAN = 64

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def handle_key(view: CanvasView, event: QKeyEvent) -> bool:
    """Do what a key asks for; whether it asks for anything."""
    return _command(view, event) or _arrow(view, event) or _single(view, event)


def _command(view: CanvasView, event: QKeyEvent) -> bool:
    pressed = QKeySequence(event.keyCombination())
    for command in COMMANDS:
        if command.keys and any(QKeySequence(keys) == pressed for keys in command.keys.split("; ")):
            command.run(view)
            return True
    if event.matches(QKeySequence.StandardKey.Undo):
        view.session.undo()
    elif event.matches(QKeySequence.StandardKey.Redo):
        view.session.redo()
    else:
        return False
    return True


def _arrow(view: CanvasView, event: QKeyEvent) -> bool:
    across, down = _ARROWS.get(Qt.Key(event.key()), (0, 0))
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if not (across or down) or modifiers & ~Qt.KeyboardModifier.ShiftModifier or view.gesture is not None:
        return False
    keys = view.selected()
    if keys:
        step = FAR_NUDGE if modifiers else GRID
        view.editor.nudge(keys, across * step, down * step)
    else:
        view.pan_by(QPoint(-across * PAN, -down * PAN))
    return True


def _single(view: CanvasView, event: QKeyEvent) -> bool:
    key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if modifiers:
        return False
    if key == Qt.Key.Key_H:
        view.set_hand(not view.hand)
    elif key == Qt.Key.Key_Space:
        if not event.isAutoRepeat():
            view.space_held = True
            view.show_cursor()
    elif key == Qt.Key.Key_Escape:
        if not view.cancel_gesture():
            view.select(())
    elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and len(view.selected()) == 1:
        view.node_activated.emit(view.selected()[0])
    else:
        return False
    return True
