"""Commands for blocks: make, enter, unpack, repeat."""

from __future__ import annotations

from designer.gui.canvas.commands.declaration import Command

COMMANDS: tuple[Command, ...] = ()
