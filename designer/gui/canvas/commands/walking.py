"""Commands with which the keyboard alone moves through the window; arrows and Tab are the canvas's own keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.gui.areas import step_area
from designer.gui.canvas.commands.declaration import Command

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView


def open_menu(view: CanvasView) -> None:
    """Open the menu of what is selected, as the key for it does where keyboards have one."""
    from designer.gui.canvas.context_menu import show_menu_by_key

    view.cancel_gesture()
    show_menu_by_key(view)


COMMANDS = (
    Command(
        "open_menu",
        "Men&u of what is selected",
        open_menu,
        "Shift+F10",
        "view",
        90,
        tip="Also by the menu key and the right mouse button.",
    ),
    Command(
        "next_area",
        "Ne&xt part of the window",
        lambda view: step_area(view, 1),
        "Ctrl+F6; Ctrl+Tab",
        "view",
        90,
        anywhere=True,
        tip="Brings the keyboard from the canvas to the panels, one after the other, and back.",
    ),
    Command(
        "previous_area",
        "Pre&vious part of the window",
        lambda view: step_area(view, -1),
        "Ctrl+Shift+F6; Ctrl+Shift+Tab",
        "view",
        90,
        anywhere=True,
    ),
)
