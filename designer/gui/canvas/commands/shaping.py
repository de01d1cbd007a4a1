"""Commands that put the drawn graph in order: tidy up, align, distribute, the grid."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from designer.gui.canvas.arranging import (
    align_selection,
    distribute_selection,
    tidy_all,
    tidy_selection,
    toggle_grid,
)
from designer.gui.canvas.commands.declaration import Command, has_graph, has_several_nodes
from designer.project.aligning import Direction, Edge

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView


def _has_several(view: CanvasView) -> bool:
    return len(view.chosen()) > 1


def _has_many(view: CanvasView) -> bool:
    return len(view.chosen()) > 2


def _can_tidy(view: CanvasView) -> bool:
    return has_several_nodes(view) or bool(view.canvas.selected_things())


def _aligning(edge: Edge) -> Callable[[CanvasView], object]:
    return lambda view: align_selection(view, edge)


def _distributing(direction: Direction) -> Callable[[CanvasView], object]:
    return lambda view: distribute_selection(view, direction)


_ALIGN: tuple[tuple[Edge, str, str], ...] = (
    ("left", "Align &left edges", "Alt+Shift+L"),
    ("centre", "Align &centres", "Alt+Shift+C"),
    ("right", "Align &right edges", "Alt+Shift+R"),
    ("top", "Align to&p edges", "Alt+Shift+T"),
    ("middle", "Align &middles", "Alt+Shift+M"),
    ("bottom", "Align &bottom edges", "Alt+Shift+B"),
)

COMMANDS = (
    Command("tidy", "&Tidy up", tidy_all, "Ctrl+L", "arrange", 10, context=True, anywhere=True, able=has_graph),
    Command(
        "tidy_down",
        "Tidy up, top &down",
        lambda view: tidy_all(view, down=True),
        "Ctrl+Alt+L",
        "arrange",
        10,
        able=has_graph,
    ),
    Command(
        "tidy_selection",
        "Tidy up the &selection",
        tidy_selection,
        "Ctrl+Shift+L",
        "arrange",
        10,
        context=True,
        able=_can_tidy,
        tip="The rest stays where it is.",
    ),
    Command(
        "tidy_selection_down",
        "Tidy up the selection, t&op down",
        lambda view: tidy_selection(view, down=True),
        "Ctrl+Alt+Shift+L",
        "arrange",
        10,
        able=_can_tidy,
    ),
    *(
        Command(f"align_{edge}", words, _aligning(edge), keys, "arrange", 20, able=_has_several)
        for edge, words, keys in _ALIGN
    ),
    Command(
        "distribute_across",
        "Distribute &horizontally",
        _distributing("across"),
        "Alt+Shift+H",
        "arrange",
        30,
        able=_has_many,
    ),
    Command(
        "distribute_down", "Distribute &vertically", _distributing("down"), "Alt+Shift+V", "arrange", 30, able=_has_many
    ),
    Command(
        "coarse_grid",
        "Snap to the &grid of dots",
        toggle_grid,
        "Shift+G",
        "arrange",
        40,
        checked=lambda view: view.coarse_grid,
        tip="On, and again off. Without it things click into line with their neighbours; with Alt held with nothing.",
    ),
)
