"""Commands that add layers to the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.gui.canvas.commands.declaration import Command

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView


def add_by_search(view: CanvasView) -> None:
    """Open the search box where the keyboard would add something."""
    from designer.gui.canvas.search_box import open_search, place_to_add

    view.cancel_gesture()
    open_search(view, place_to_add(view))


COMMANDS = (
    Command(
        "add_search",
        "Add by &search…",
        add_by_search,
        "Shift+A; Tab",
        "layer",
        10,
        context=True,
        tip="Also by tapping Space or a double-click on the bare canvas. Layers and blocks are found by a few letters.",
    ),
)
