"""The menu under the right mouse button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from designer.gui.canvas.commands.catalog import in_context_menu
from designer.gui.canvas.framing import add_colour_menu

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView


def show_context_menu(view: CanvasView, place: QPoint, at: QPoint) -> None:
    """Open the menu of ``place`` (of the view) at ``at`` (of the screen)."""
    view.cursor_at = place
    menu = context_menu(view)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.popup(at)


def show_menu_by_key(view: CanvasView) -> None:
    """Open the menu for the keyboard: beside what is selected as far as that is seen, its first entry highlighted."""
    items = view.canvas.selectedItems()
    box = items[0].sceneBoundingRect() if items else view.visible_rect()
    place = view.mapFromScene(box.intersected(view.visible_rect()).center())
    menu = context_menu(view)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setActiveAction(next((action for action in menu.actions() if action.isEnabled()), menu.actions()[0]))
    menu.popup(view.viewport().mapToGlobal(place))


def context_menu(view: CanvasView) -> QMenu:
    """What can be done with the selection and the graph. Keys are shown, not claimed: the window's menus own them."""
    menu = QMenu(view)
    menu.setAccessibleName("What can be done")
    menu.setToolTipsVisible(True)
    for group in in_context_menu():
        if menu.actions():
            menu.addSeparator()
        for command in group:
            able = command.able(view)
            if command.menu == "block" and not able:
                continue
            keys = QKeySequence(command.keys.split("; ")[0]).toString(QKeySequence.SequenceFormat.NativeText)
            action = menu.addAction(f"{command.words}\t{keys}" if keys else command.words)
            action.setToolTip(command.tip)
            action.triggered.connect(lambda _=False, command=command: command.run(view))
            action.setEnabled(able)
            if command.checked is not None:
                action.setCheckable(True)
                action.setChecked(command.checked(view))
    add_colour_menu(menu, view)
    return menu
