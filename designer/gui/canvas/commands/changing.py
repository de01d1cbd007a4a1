"""Commands that change what is drawn: heal, swap, bypass, rename."""

from __future__ import annotations

from designer.gui.canvas.commands.declaration import Command

COMMANDS: tuple[Command, ...] = ()
