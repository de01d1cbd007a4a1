"""Commands of every editor: cut, copy, paste, duplicate, delete, select."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.gui.canvas.commands.declaration import Command, has_graph, has_nodes

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView


def _has_anything(view: CanvasView) -> bool:
    return bool(view.selected() or view.canvas.selected_links())


COMMANDS = (
    Command("cut", "Cu&t", lambda view: view.cut(), "Ctrl+X; Shift+Del", "edit", 10, context=True, able=has_nodes),
    Command("copy", "&Copy", lambda view: view.copy(), "Ctrl+C; Ctrl+Ins", "edit", 10, context=True, able=has_nodes),
    Command("paste", "&Paste", lambda view: view.paste(), "Ctrl+V; Shift+Ins", "edit", 10, context=True),
    Command("duplicate", "&Duplicate", lambda view: view.duplicate(), "Ctrl+D", "edit", 10, True, able=has_nodes),
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
    Command("select_all", "Select &all", lambda view: view.select_all(), "Ctrl+A", "edit", 20, True, able=has_graph),
)
