"""A command of the canvas: its words, its keys, where it is offered and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView

Menu: TypeAlias = Literal["edit", "view", "layer", "arrange", "block"]


def always(view: CanvasView) -> bool:
    """Able at any time."""
    return True


def has_nodes(view: CanvasView) -> bool:
    """Able while a node is selected."""
    return bool(view.selected())


def has_one_node(view: CanvasView) -> bool:
    """Able while one node alone is selected."""
    return len(view.selected()) == 1


def has_several_nodes(view: CanvasView) -> bool:
    """Able while two nodes or more are selected."""
    return len(view.selected()) > 1


def has_graph(view: CanvasView) -> bool:
    """Able while there is anything drawn."""
    return bool(view.canvas.nodes)


@dataclass(frozen=True)
class Command:
    """One thing that can be done on the canvas.

    ``words`` are the menu entry's, with its ``&``; ``keys`` are written as Qt reads them, several apart by "; ".
    ``menu`` is where the window offers it, ``group`` which entries stand together there, in this order.
    ``context`` is whether the menu under the right mouse button has it too. With ``anywhere`` the keys work while
    another part of the window has the focus. ``able`` says whether it would do anything now; it decides what menus
    show as possible, while the keys always reach ``run``, which may refuse and say why. ``checked`` is whether what
    the command turns on and off is on now; menus then show a tick.
    """

    name: str
    words: str
    run: Callable[[CanvasView], object]
    keys: str = ""
    menu: Menu = "edit"
    group: int = 0
    context: bool = False
    anywhere: bool = False
    able: Callable[[CanvasView], bool] = always
    tip: str = ""
    checked: Callable[[CanvasView], bool] | None = None
