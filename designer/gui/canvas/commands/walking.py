"""Commands with which the keyboard alone moves through the graph."""

from __future__ import annotations

from designer.gui.canvas.commands.declaration import Command

COMMANDS: tuple[Command, ...] = ()
