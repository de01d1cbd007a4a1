"""The menu under the right mouse button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from designer.gui.canvas.view import CanvasView

Keys = QKeySequence.StandardKey


def show_context_menu(view: CanvasView, place: QPoint, at: QPoint) -> None:
    """Open the menu of ``place`` (of the view) at ``at`` (of the screen)."""
    menu = context_menu(view, place)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.popup(at)


def context_menu(view: CanvasView, place: QPoint) -> QMenu:
    """What can be done with the selection and the graph. Keys are shown, not claimed: the window's menus own them."""
    menu = QMenu(view)
    nodes = bool(view.selected())
    anything = nodes or bool(view.canvas.selected_links())
    filled = bool(view.canvas.nodes)
    rows = (
        ("Cut", Keys.Cut, view.cut, nodes),
        ("Copy", Keys.Copy, view.copy, nodes),
        ("Paste", Keys.Paste, lambda: view.paste_at(place), True),
        ("Duplicate", "Ctrl+D", view.duplicate, nodes),
        ("Delete", Keys.Delete, view.delete_selection, anything),
        None,
        ("Select all", Keys.SelectAll, view.select_all, filled),
        ("Tidy up", "", view.tidy_up, filled),
        None,
        ("Zoom to fit", "F", view.zoom_to_fit, filled),
        ("Zoom to 100 %", "Ctrl+0", view.zoom_to_actual_size, True),
    )
    for row in rows:
        if row is None:
            menu.addSeparator()
            continue
        title, keys, do, enabled = row
        shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
        action = menu.addAction(f"{title}\t{shown}" if shown else title)
        action.triggered.connect(do)
        action.setEnabled(enabled)
    return menu
