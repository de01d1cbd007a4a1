"""Commands that put the drawn graph in order: tidy up, align, distribute."""

from __future__ import annotations

from designer.gui.canvas.commands.declaration import Command, has_graph

COMMANDS = (
    Command(
        "tidy", "&Tidy up", lambda view: view.tidy_up(), "Ctrl+L", "arrange", 10, True, anywhere=True, able=has_graph
    ),
)
