"""Commands for frames and notes."""

from __future__ import annotations

from designer.gui.canvas.commands.declaration import Command

COMMANDS: tuple[Command, ...] = ()
