"""Commands that find something in the graph and go there."""

from __future__ import annotations

from designer.gui.canvas.commands.declaration import Command, has_graph

COMMANDS: tuple[Command, ...] = (
    Command(
        "find_in_graph",
        "&Find in the graph…",
        lambda view: view.lookout.finder.open(),
        "Ctrl+F",
        "edit",
        30,
        anywhere=True,
        able=has_graph,
        tip="By name, type, PyTorch name, field value and problem, in blocks too.",
    ),
    Command(
        "find_next",
        "Find &next",
        lambda view: view.lookout.finder.step(1),
        "F3",
        "edit",
        30,
        anywhere=True,
        able=has_graph,
    ),
    Command(
        "find_previous",
        "Find pre&vious",
        lambda view: view.lookout.finder.step(-1),
        "Shift+F3",
        "edit",
        30,
        anywhere=True,
        able=has_graph,
    ),
)
