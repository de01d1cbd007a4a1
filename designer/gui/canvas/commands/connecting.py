"""Commands that draw and cut links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.gui.canvas.bending import straighten
from designer.gui.canvas.commands.declaration import Command, has_several_nodes
from designer.gui.canvas.connecting import connect_selected

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView


def _has_bends(view: CanvasView) -> bool:
    links = view.canvas.selected_links() or view.session.project.graph.links
    return any(link.bends for link in links)


COMMANDS = (
    Command(
        "connect",
        "Connect in &order",
        connect_selected,
        "J",
        "layer",
        30,
        context=True,
        able=has_several_nodes,
        tip="Link the selected layers one after the other, as they were selected or from left to right",
    ),
    Command(
        "straighten",
        "Remove &bends",
        straighten,
        "Shift+J",
        "layer",
        30,
        context=True,
        able=_has_bends,
        tip="Let the selected links, or all where none is selected, run without bends",
    ),
)
