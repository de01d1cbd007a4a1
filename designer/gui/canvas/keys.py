"""Keys: what the keyboard does on the canvas where no menu of the window takes the key first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

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
_STANDARD = {
    QKeySequence.StandardKey.Copy: "copy",
    QKeySequence.StandardKey.Cut: "cut",
    QKeySequence.StandardKey.Paste: "paste",
    QKeySequence.StandardKey.SelectAll: "select_all",
    QKeySequence.StandardKey.ZoomIn: "zoom_in",
    QKeySequence.StandardKey.ZoomOut: "zoom_out",
}


def handle_key(view: CanvasView, event: QKeyEvent) -> bool:
    """Do what a key asks for; whether it asks for anything."""
    return _standard(view, event) or _arrow(view, event) or _single(view, event)


def _standard(view: CanvasView, event: QKeyEvent) -> bool:
    for sequence, method in _STANDARD.items():
        if event.matches(sequence):
            getattr(view, method)()
            return True
    if event.matches(QKeySequence.StandardKey.Undo):
        view.session.undo()
    elif event.matches(QKeySequence.StandardKey.Redo):
        view.session.redo()
    elif event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.key() == Qt.Key.Key_D:
        view.duplicate()
    elif event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.key() == Qt.Key.Key_0:
        view.zoom_to_actual_size()
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
    if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        view.delete_selection()
    elif key in (Qt.Key.Key_F, Qt.Key.Key_Home):
        view.zoom_to_fit()
    elif key == Qt.Key.Key_H:
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
