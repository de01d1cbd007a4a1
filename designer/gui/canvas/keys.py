"""Keys: what the keyboard does on the canvas where no menu of the window takes the key first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMainWindow

from designer.gui.areas import step_stop
from designer.gui.canvas.commands.adding import add_by_search
from designer.gui.canvas.commands.catalog import COMMANDS
from designer.gui.canvas.gestures import carried_by
from designer.gui.canvas.typing_ahead import is_typing, type_ahead
from designer.gui.canvas.walking import ARROWS
from designer.gui.theme import GRID

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView

FAR_NUDGE = 10 * GRID
PAN = 64

Key, Modifier = Qt.Key, Qt.KeyboardModifier
_ENTER = (Key.Key_Return, Key.Key_Enter)
_TABS = {Key.Key_Tab: 1, Key.Key_Backtab: -1}
_DELETE = (Key.Key_Delete, Key.Key_Backspace)


def handle_key(view: CanvasView, event: QKeyEvent) -> bool:
    """Do what a key asks for; whether it asks for anything."""
    return any(asked(view, event) for asked in (_on_port, _tab, _command, _arrow, _single))


def claims_key(view: CanvasView, event: QKeyEvent) -> bool:
    """Whether the canvas wants a key for itself before the menus see it: what it means depends on where one is."""
    key, modifiers = Key(event.key()), _modifiers(event)
    if key in _TABS and view.passing:
        return not modifiers & ~Modifier.ShiftModifier
    if key in _TABS:
        return not modifiers & ~Modifier.ShiftModifier and len(view.selected()) == 1
    if view.port_focus.end is None:
        return False
    if is_typing(event):
        return True
    if modifiers:
        return False
    return key in _ENTER or key in _DELETE or key == Key.Key_Escape


def pass_by(view: CanvasView, event: QKeyEvent) -> bool:
    """Who came by Tab and did nothing here is led on by it; whether this key does so."""
    key, modifiers = Key(event.key()), _modifiers(event)
    if key in (Key.Key_Shift, Key.Key_Control, Key.Key_Alt):
        return True
    if key not in _TABS or modifiers & ~Modifier.ShiftModifier:
        return False
    following = key == Key.Key_Tab and not modifiers
    window = view.window()
    return isinstance(window, QMainWindow) and step_stop(window, following)


def _modifiers(event: QKeyEvent) -> Modifier:
    return event.modifiers() & ~Modifier.KeypadModifier


def _on_port(view: CanvasView, event: QKeyEvent) -> bool:
    """The keys of a port that the keyboard is on."""
    focus, key, modifiers = view.port_focus, Key(event.key()), _modifiers(event)
    if focus.end is None or view.gesture is not None:
        return False
    if key in _TABS and not modifiers & ~Modifier.ShiftModifier:
        by = -1 if modifiers else _TABS[key]
        if focus.connecting:
            focus.step_aim(by)
        else:
            focus.step(by)
    elif is_typing(event):
        type_ahead(view, event.text())
    elif modifiers:
        return False
    elif key in _ENTER:
        if focus.connecting:
            focus.accept()
        else:
            focus.begin()
    elif key in _DELETE and not focus.connecting:
        focus.delete()
    elif key in ARROWS and focus.connecting:
        focus.turn_aim(ARROWS[key])
    else:
        return False
    return True


def _tab(view: CanvasView, event: QKeyEvent) -> bool:
    """Tab walks the ports of the one selected node; without one it asks what to add."""
    key, modifiers = Key(event.key()), _modifiers(event)
    if key not in _TABS or modifiers & ~Modifier.ShiftModifier or view.gesture is not None:
        return False
    if len(view.selected()) == 1:
        view.port_focus.step(-1 if modifiers else _TABS[key])
    else:
        add_by_search(view)
    return True


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
    direction, modifiers = ARROWS.get(Key(event.key())), _modifiers(event)
    if direction is None or view.gesture is not None:
        return False
    if modifiers & Modifier.ControlModifier and not modifiers & Modifier.AltModifier:
        step = FAR_NUDGE if modifiers & Modifier.ShiftModifier else GRID
        _nudge(view, direction[0] * step, direction[1] * step)
    elif not modifiers & ~Modifier.ShiftModifier:
        view.walker.step(direction, extend=bool(modifiers))
    else:
        return False
    return True


def _nudge(view: CanvasView, across: int, down: int) -> None:
    """Move what is selected a little, or where nothing is what is seen."""
    keys = tuple(carried_by(view))
    if keys:
        view.editor.nudge(keys, across, down)
    else:
        step = PAN // GRID
        view.pan_by(QPoint(-across * step, -down * step))


def _single(view: CanvasView, event: QKeyEvent) -> bool:
    key = event.key()
    if _modifiers(event):
        return False
    if key == Key.Key_H:
        view.set_hand(not view.hand)
    elif key == Key.Key_Space:
        if not event.isAutoRepeat():
            view.space_held, view.space_used = True, False
            view.show_cursor()
    elif key == Key.Key_Escape:
        escape(view)
    elif key in _ENTER and len(view.selected()) == 1:
        view.node_activated.emit(view.selected()[0])
    else:
        return False
    return True


def escape(view: CanvasView) -> None:
    """Break off what was begun last: a gesture, a link, being on a port; else select nothing, or go outside."""
    if view.cancel_gesture() or view.port_focus.cancel() or view.lookout.trace.end():
        return
    if view.canvas.selectedItems():
        view.canvas.clearSelection()
    else:
        view.session.leave()
