"""The menu under the right mouse button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from designer.gui.canvas.commands.catalog import in_context_menu

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView


def show_context_menu(view: CanvasView, place: QPoint, at: QPoint) -> None:
    """Open the menu of ``place`` (of the view) at ``at`` (of the screen)."""
    view.cursor_at = place
    menu = context_menu(view)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.popup(at)


def context_menu(view: CanvasView) -> QMenu:
    """What can be done with the selection and the graph. Keys are shown, not claimed: the window's menus own them."""
    menu = QMenu(view)
    menu.setToolTipsVisible(True)
    for group in in_context_menu():
        if menu.actions():
            menu.addSeparator()
        for command in group:
            keys = QKeySequence(command.keys.split("; ")[0]).toString(QKeySequence.SequenceFormat.NativeText)
            action = menu.addAction(f"{command.words}\t{keys}" if keys else command.words)
            action.setToolTip(command.tip)
            action.triggered.connect(lambda _=False, command=command: command.run(view))
            action.setEnabled(command.able(view))
    return menu
