"""All commands of the canvas, in the order in which menus show those of one group."""

from __future__ import annotations

from collections.abc import Iterable

from designer.gui.canvas.commands import (
    adding,
    blocks,
    changing,
    connecting,
    custom,
    editing,
    framing,
    looking,
    searching,
    shaping,
    walking,
)
from designer.gui.canvas.commands.declaration import Command

COMMANDS: tuple[Command, ...] = (
    *adding.COMMANDS,
    *editing.COMMANDS,
    *changing.COMMANDS,
    *custom.COMMANDS,
    *connecting.COMMANDS,
    *shaping.COMMANDS,
    *framing.COMMANDS,
    *blocks.COMMANDS,
    *looking.COMMANDS,
    *searching.COMMANDS,
    *walking.COMMANDS,
)


def in_menu(menu: str) -> list[list[Command]]:
    """The commands of one menu of the window, in groups."""
    return grouped(command for command in COMMANDS if command.menu == menu)


def in_context_menu() -> list[list[Command]]:
    """The commands of the menu under the right mouse button, in groups."""
    order = ("edit", "layer", "block", "arrange", "view")
    chosen = (command for command in COMMANDS if command.context)
    return grouped(sorted(chosen, key=lambda command: order.index(command.menu)))


def grouped(commands: Iterable[Command]) -> list[list[Command]]:
    """Commands of the same menu and group together, groups in their order."""
    groups: dict[tuple[str, int], list[Command]] = {}
    for command in commands:
        groups.setdefault((command.menu, command.group), []).append(command)
    menus = list(dict.fromkeys(menu for menu, _ in groups))
    return [groups[key] for key in sorted(groups, key=lambda key: (menus.index(key[0]), key[1]))]
