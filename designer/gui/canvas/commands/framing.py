"""Commands for frames and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.gui.canvas import framing
from designer.gui.canvas.commands.declaration import Command

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView


def _has_one_thing(view: CanvasView) -> bool:
    return len(view.canvas.selected_things()) == 1


def _has_thing(view: CanvasView) -> bool:
    return bool(view.canvas.selected_things())


def _has_frame(view: CanvasView) -> bool:
    return any(key in view.canvas.things.frames for key in view.canvas.selected_things())


def _lies_somewhere(view: CanvasView) -> bool:
    return bool(view.canvas.things.frames and view.chosen())


COMMANDS: tuple[Command, ...] = (
    Command(
        "frame",
        "Add a &frame",
        framing.frame_selection,
        "Ctrl+Shift+F",
        "arrange",
        50,
        context=True,
        tip="Round the selection, or an empty one where the cursor is. It carries along what lies on it.",
    ),
    Command(
        "note",
        "Add a &note",
        framing.add_note,
        "Shift+N",
        "arrange",
        50,
        context=True,
        tip="A card with a few lines of text, where the cursor is.",
    ),
    Command(
        "edit_text",
        "&Write on the frame or note",
        framing.edit_selected,
        "Alt+Return",
        "arrange",
        50,
        able=_has_one_thing,
        tip="Also by a double-click on it.",
    ),
    Command(
        "next_colour",
        "Next &colour",
        framing.next_colour,
        "Alt+Shift+K",
        "arrange",
        50,
        able=_has_thing,
        tip="All colours are in the menu under the right mouse button and in the inspector.",
    ),
    Command(
        "select_contents",
        "Select what lies on the fra&me",
        framing.select_contents,
        "Alt+Shift+Down",
        "arrange",
        50,
        able=_has_frame,
    ),
    Command(
        "select_frame",
        "Select the frame &around",
        framing.select_frame,
        "Alt+Shift+Up",
        "arrange",
        50,
        able=_lies_somewhere,
        tip="The smallest frame that all of the selection lies on.",
    ),
)
