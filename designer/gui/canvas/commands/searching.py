"""Commands that find something in the graph and go there."""

from __future__ import annotations

from designer.gui.canvas.commands.declaration import Command

COMMANDS: tuple[Command, ...] = ()
