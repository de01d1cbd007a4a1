"""Commands that change what is seen, not what is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.gui.canvas.commands.declaration import Command, has_graph
from designer.gui.canvas.trace import DOWN, UP

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView


def _can_trace(view: CanvasView) -> bool:
    return bool(view.selected()) or view.lookout.trace.on


COMMANDS = (
    Command("zoom_in", "Zoom &in", lambda view: view.zoom_in(), "Ctrl++; Ctrl+=", "view", 10, anywhere=True),
    Command("zoom_out", "Zoom &out", lambda view: view.zoom_out(), "Ctrl+-", "view", 10, anywhere=True),
    Command(
        "zoom_one",
        "Zoom to 100 &%",
        lambda view: view.zoom_to_actual_size(),
        "Ctrl+0",
        "view",
        10,
        context=True,
        anywhere=True,
    ),
    Command(
        "fit",
        "Zoom to &fit",
        lambda view: view.zoom_to_fit(),
        "F; Home",
        "view",
        10,
        context=True,
        able=has_graph,
    ),
    Command(
        "zoom_selection",
        "Zoom to &selection",
        lambda view: view.lookout.zoom_to_selection(),
        "Shift+F",
        "view",
        10,
        context=True,
        able=lambda view: bool(view.canvas.selectedItems()),
    ),
    Command(
        "back",
        "&Back",
        lambda view: view.lookout.places.back(),
        "Alt+Left",
        "view",
        20,
        anywhere=True,
        able=lambda view: view.lookout.places.can_back,
        tip="Where you looked before.",
    ),
    Command(
        "forward",
        "For&ward",
        lambda view: view.lookout.places.forward(),
        "Alt+Right",
        "view",
        20,
        anywhere=True,
        able=lambda view: view.lookout.places.can_forward,
        tip="Where you came back from.",
    ),
    Command(
        "trace_up",
        "Highlight what &feeds it",
        lambda view: view.lookout.trace.turn(UP),
        "Shift+U",
        "view",
        30,
        context=True,
        able=_can_trace,
        tip="All that the selected layers depend on, with the paths. Again or Esc ends it.",
    ),
    Command(
        "trace_down",
        "Highlight what f&ollows",
        lambda view: view.lookout.trace.turn(DOWN),
        "Shift+D",
        "view",
        30,
        context=True,
        able=_can_trace,
        tip="All that depends on the selected layers, with the paths. Again or Esc ends it.",
    ),
    Command(
        "minimap",
        "&Minimap",
        lambda view: view.lookout.toggle_minimap(),
        "M",
        "view",
        40,
        tip="The whole graph in the corner, while some of it is out of sight.",
        checked=lambda view: view.lookout.minimap.wanted,
    ),
)
