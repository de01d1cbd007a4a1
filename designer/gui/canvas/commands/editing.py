"""Commands of every editor: cut, copy, paste, duplicate, delete, select."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.gui.canvas.commands.declaration import Command

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView


def _has_anything(view: CanvasView) -> bool:
    return bool(view.chosen() or view.canvas.selected_links())


def _has_chosen(view: CanvasView) -> bool:
    return bool(view.chosen())


def _has_drawn(view: CanvasView) -> bool:
    return bool(view.canvas.nodes or view.canvas.things)


COMMANDS = (
    Command("cut", "Cu&t", lambda view: view.cut(), "Ctrl+X; Shift+Del", "edit", 10, context=True, able=_has_chosen),
    Command("copy", "&Copy", lambda view: view.copy(), "Ctrl+C; Ctrl+Ins", "edit", 10, context=True, able=_has_chosen),
    Command("paste", "&Paste", lambda view: view.paste(), "Ctrl+V; Shift+Ins", "edit", 10, context=True),
    Command("duplicate", "&Duplicate", lambda view: view.duplicate(), "Ctrl+D", "edit", 10, True, able=_has_chosen),
    Command(
        "delete",
        "De&lete",
        lambda view: view.delete_selection(),
        "Del; Backspace",
        "edit",
        10,
        context=True,
        able=_has_anything,
    ),
    Command("select_all", "Select &all", lambda view: view.select_all(), "Ctrl+A", "edit", 20, True, able=_has_drawn),
)
