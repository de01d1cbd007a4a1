"""Commands that change what is seen, not what is drawn."""

from __future__ import annotations

from designer.gui.canvas.commands.declaration import Command, has_graph

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
)
