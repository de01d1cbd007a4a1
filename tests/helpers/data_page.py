"""The data page in a window of its own, as tests look at it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QLineEdit, QMenu, QSpinBox, QTabBar, QWidget

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


def roles_on_card(page: DataPage, name: str) -> QMenu:
    """The menu that a click on the role of a column's card opens."""
    cards, model = page.rows.cards, page.rows.rows_model
    place = model.names.index(name)
    page.rows.scrollTo(model.index(0, place))
    box = cards.box_of(place)
    spots = [x for x in range(box.left(), box.right(), 3) if cards.part_at(QPoint(x, 34)) == (place, "role")]
    QTest.mouseClick(cards.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(spots[len(spots) // 2], 34))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose_role(page: DataPage, name: str, word: str) -> None:
    """Click on the role of a column's card, then on a word of the menu that opens."""
    menu = roles_on_card(page, name)
    action = next(action for action in menu.actions() if action.text() == word)
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


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
