"""A hand on the dialogs that ask what a run in hand shall do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from designer.gui.order_dialog import OrderDialog
from designer.gui.window import MainWindow
from tests.helpers.window import click, until


def shown_dialog(window: MainWindow) -> OrderDialog:
    """The one that has opened."""
    until(lambda: any(each.isVisible() for each in window.findChildren(OrderDialog)), what="no dialog came")
    [dialog] = [each for each in window.findChildren(OrderDialog) if each.isVisible()]
    return dialog


def fill(dialog: OrderDialog, name: str, text: str) -> None:
    """Type a value into a field of the dialog."""
    dialog.windowHandle().requestActivate()
    until(dialog.isActiveWindow)
    editor = dialog.form.editors[name]
    target = editor.focusProxy() or editor
    target.setFocus()
    target.selectAll()  # type: ignore[attr-defined]
    QTest.keyClicks(target, text)
    QTest.keyClick(target, Qt.Key.Key_Tab)


def choose(dialog: OrderDialog, name: str, text: str) -> None:
    """Type a value, and take it."""
    fill(dialog, name, text)
    click(dialog.do)
