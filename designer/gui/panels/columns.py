"""Columns: the table of a table's columns, where role, type, fill and scaling are changed in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush, QColor, QFont, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QTableView,
    QWidget,
)

from designer.gui.data.column_menu import SERIES_ROLES, fill_fields
from designer.gui.data.seen import ColumnSeen
from designer.gui.numbers import exact
from designer.gui.panels.choice_delegate import VALUE, ChoiceDelegate
from designer.gui.panels.column_edits import options, words_for
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip
from designer.project.model import Column

AnyIndex = QModelIndex | QPersistentModelIndex
HEADS = ("Column", "Role", "Type", "Empty", "Fill with", "Scaling", "Values")
FIELDS = {1: "role", 2: "kind", 4: "missing", 5: "scale"}
EMPTY, VALUES = 3, 6
WIDTHS = (140, 88, 96, 64, 124, 116, 120)
ROW_HEIGHT = 26
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ColumnsModel(QAbstractTableModel):
    """One row a column of the data. ``chosen`` carries the names of columns, a field and its new value."""

    chosen = Signal(object, str, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.columns: tuple[Column, ...] = ()
        self.reports: Mapping[str, ColumnSeen] = {}
        self.target = ""
        self.series = False

    def show_columns(self, columns: tuple[Column, ...], target: str) -> None:
        """Show these columns, only the rows that differ being drawn anew."""
        old, old_target = self.columns, self.target
        if [column.name for column in old] != [column.name for column in columns]:
            self.beginResetModel()
            self.columns, self.target = columns, target
            self.endResetModel()
            return
        self.columns, self.target = columns, target
        for row, (before, after) in enumerate(zip(old, columns, strict=True)):
            if before != after or after.name in (target, old_target):
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(HEADS) - 1))

    def show_reports(self, reports: Mapping[str, ColumnSeen]) -> None:
        """Show what the cells hold."""
        self.reports = reports
        if self.columns:
            self.dataChanged.emit(self.index(0, EMPTY), self.index(len(self.columns) - 1, VALUES))

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """Columns of the data."""
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def columnCount(self, parent: AnyIndex | None = None) -> int:
        """What is said of each."""
        return 0 if parent is not None and parent.isValid() else len(HEADS)

    def choices(self, index: AnyIndex) -> Mapping[str, tuple[str, str]]:
        """What a cell may be changed to, by value; empty where it may not."""
        field = FIELDS.get(index.column())
        found = options(self.columns[index.row()], field) if field else {}
        unused = () if self.series else SERIES_ROLES
        return {value: words for value, words in found.items() if value not in unused} if field == "role" else found

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Cells with a choice can be edited."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if self.choices(index) else flags

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What is said of a column, and how it looks."""
        column, place = self.columns[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(column, place)
        if role == VALUE and place in FIELDS:
            return getattr(column, FIELDS[place])
        if role == Qt.ItemDataRole.ToolTipRole and place in (0, VALUES):
            return plain_tooltip(self._words(column, place))
        if role == Qt.ItemDataRole.TextAlignmentRole and place == EMPTY:
            return int(_RIGHT)
        is_target = column.name == self.target
        if role == Qt.ItemDataRole.FontRole and is_target and place <= 1:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.BackgroundRole and is_target:
            return QBrush(QColor(self.theme.soft_accent))
        if role == Qt.ItemDataRole.ForegroundRole:
            quiet = (column.role == "ignored" and not is_target) or (place in FIELDS and not self.choices(index))
            secondary = place in (EMPTY, VALUES)
            theme = self.theme
            return QBrush(QColor(theme.faint if quiet and place else theme.muted if quiet or secondary else theme.text))
        return None

    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask for a change; the session decides, and tells."""
        column, field = self.columns[index.row()], FIELDS.get(index.column(), "")
        if role != Qt.ItemDataRole.EditRole or not field or value == getattr(column, field):
            return False
        self.chosen.emit((column.name,), field, value)
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The heads."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            return int(_RIGHT if section == EMPTY else left)
        return None

    def _words(self, column: Column, place: int) -> str:
        if place == 0:
            return " ".join(column.name.split())
        if place in FIELDS:
            is_output_s = FIELDS[place] == "role" and column.name == self.target
            return "Target" if is_output_s else words_for(column, FIELDS[place])
        report = self.reports.get(column.name)
        if report is None:
            return ""
        return (exact(report.missing) if report.missing else "–") if place == EMPTY else report.words


class ColumnsView(QTableView):
    """The columns. A click on a cell opens its choice; several rows are changed together from their menu.

    ``column_shown`` carries the name of the column that the user looks at.
    """

    column_shown = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns_model = ColumnsModel(theme)
        self._delegate = ChoiceDelegate(theme, self)
        self.setModel(self.columns_model)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName("Columns")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        heads = self.horizontalHeader()
        heads.setHighlightSections(False)
        heads.setStretchLastSection(True)
        for place, width in enumerate(WIDTHS):
            self.setColumnWidth(place, width)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        self.selectionModel().currentRowChanged.connect(self._tell)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.columns_model.theme = self._delegate.theme = theme
        self.setStyleSheet("QAbstractScrollArea::corner { background: transparent; border: none; }")
        self.horizontalHeader().setStyleSheet(f"QHeaderView {{ background: {theme.window}; border: none; }}")
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A plain click on a cell with a choice opens it."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
        if plain and index.isValid() and index == self.currentIndex() and self.columns_model.choices(index):
            self.edit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and the space bar open the choice under the cursor."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            index = self.currentIndex()
            if index.isValid() and self.columns_model.choices(index):
                self.edit(index)
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Nothing lies open in a panel that is disabled."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self.clearSelection()

    def full_height(self) -> int:
        """The height at which no row has to be scrolled to."""
        return self.horizontalHeader().sizeHint().height() + ROW_HEIGHT * self.columns_model.rowCount() + 16

    def selected_names(self) -> tuple[str, ...]:
        """The columns of the selected rows, from the top."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return tuple(self.columns_model.columns[row].name for row in rows)

    def menu(self) -> QMenu:
        """All that can be set for the selected rows at once."""
        menu = QMenu(self)
        names = self.selected_names()
        chosen = [column for column in self.columns_model.columns if column.name in names]
        fill_fields(menu, chosen, self.columns_model.chosen.emit, self.columns_model.series)
        return menu

    def _open_menu(self, at: QPoint) -> None:
        if not self.selected_names():
            return
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.viewport().mapToGlobal(at))

    def _tell(self, current: QModelIndex) -> None:
        if current.isValid():
            self.column_shown.emit(self.columns_model.columns[current.row()].name)
