"""The menu of one column or of several: role, type and the steps of preparation, each as one step of the history."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QMenu, QWidget

from designer.gui.panels.column_edits import ANOTHER, SINGLE, TITLES, options
from designer.project.model import Column

Choose = Callable[[tuple[str, ...], str, str], object]
# roles that only some data has a use for
SERIES_ROLES = ("ahead",)


def fill_fields(menu: QMenu, columns: Sequence[Column], choose: Choose, series: bool = False) -> None:
    """A submenu for each field; ``choose`` gets the names of the columns, the field and its new value."""
    for field in TITLES:
        inner = menu.addMenu(TITLES[field])
        fill_field(inner, columns, field, choose, series)
        inner.setEnabled(not inner.isEmpty())


def fill_field(menu: QMenu, columns: Sequence[Column], field: str, choose: Choose, series: bool = False) -> None:
    """An entry for each value that ``field`` of ``columns`` may have."""
    names = tuple(column.name for column in columns)
    menu.setToolTipsVisible(True)
    known = {value: words for column in columns for value, words in options(column, field).items()}
    for value, (word, explanation) in known.items():
        single = field == "role" and value in ("target", ANOTHER, *SINGLE) and len(names) > 1
        unused = field == "role" and value in SERIES_ROLES and not series
        if single or unused:
            continue
        action = menu.addAction(word)
        action.setToolTip(explanation)
        action.setCheckable(True)
        action.setChecked(all(getattr(column, field) == value for column in columns))
        action.triggered.connect(lambda _, value=value: choose(names, field, value))


def role_menu(parent: QWidget, column: Column, choose: Choose, series: bool = False) -> QMenu:
    """The menu that opens beneath a card's role."""
    menu = QMenu(parent)
    fill_field(menu, [column], "role", choose, series)
    return menu


def column_menu(parent: QWidget, column: Column, choose: Choose, series: bool = False) -> QMenu:
    """The menu of one column with all its fields."""
    menu = QMenu(parent)
    fill_fields(menu, [column], choose, series)
    return menu
