"""The data page in a window of its own, as tests look at it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDoubleSpinBox, QLineEdit, QSpinBox, QTabBar, QWidget

from designer.gui.data.page import DataPage
from designer.gui.data.view_switch import ViewSwitch
from designer.gui.form import FieldForm
from designer.gui.theme import LIGHT
from designer.project.model import Project
from designer.workspace.session import Session
from tests.helpers.window import until


def open_page(qtbot, project: Project, place: Path, width: int = 1200) -> DataPage:
    """The page on a project whose data paths start from the folder of ``place``, following its session."""
    page = DataPage(Session.new(project, place), LIGHT)
    qtbot.addWidget(page)
    page.resize(width, 760)
    page.show()
    qtbot.waitExposed(page)
    until(lambda: page.table.isVisible() or page.pictures.isVisible(), 30, "the data is not read")
    return page


def choose_view(views: ViewSwitch, key: str) -> None:
    """Click on the tab of a view."""
    bar: QTabBar = views
    until(lambda: bar.isVisible() and key in views.keys, 20, f"there is no view {key}")
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(views.keys.index(key)).center())
    assert views.key == key


def type_into(form: FieldForm, name: str, text: str) -> None:
    """Type another value into a field and press Return."""
    editor: QWidget = form.editors[name]
    box = editor.findChild(QSpinBox) or editor.findChild(QDoubleSpinBox)
    line = box.lineEdit() if box is not None else editor.findChild(QLineEdit)
    assert line is not None
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)
