"""Commands for layers of the user's own."""

from __future__ import annotations

from designer.gui.canvas.commands.declaration import Command
from designer.gui.custom import making

COMMANDS = (
    Command(
        "new_custom",
        "&New custom layer…",
        making.new_layer,
        "Ctrl+Alt+N",
        "layer",
        90,
        tip="Write a layer in Python: its ports and fields are read from what you write.",
    ),
    Command(
        "edit_custom",
        "Edit the co&de…",
        making.edit_selected,
        "Ctrl+Alt+E",
        "layer",
        90,
        context=True,
        able=making.has_custom,
        tip="Also by a double-click on a layer of your own.",
    ),
)
