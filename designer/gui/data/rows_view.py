"""The rows of a table under the cards of its columns; only what is on the screen is made into text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush, QColor, QContextMenuEvent, QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from designer.gui.data.card_paint import Card
from designer.gui.data.cards import NARROWEST, CardsHeader
from designer.gui.data.rows import NoRows, Rows
from designer.gui.data.seen import ColumnSeen
from designer.gui.data.words import spoken_card
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip
from designer.project.model import Column

AnyIndex = QModelIndex | QPersistentModelIndex
ROW_HEIGHT = 24
WIDEST = 240
MEASURED_ROWS = 12
MEASURED_LETTERS = 200
MEASURED_COLUMNS = 200
MOST_ROWS = 20_000_000
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class RowsModel(QAbstractTableModel):
    """Rows of cells, and the cards of their columns."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.rows: Rows = NoRows()
        self.columns: Mapping[str, Column] = {}
        self.seen: Mapping[str, ColumnSeen] = {}
        self.warned: Mapping[str, int] = {}
        self.target = ""
        self.chosen = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, from the left."""
        return self.rows.names

    def show_rows(self, rows: Rows) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def show_columns(self, columns: Sequence[Column], target: str) -> None:
        """Show which column is for what."""
        self.columns, self.target = {column.name: column for column in columns}, target
        self._redraw()

    def show_seen(self, seen: Mapping[str, ColumnSeen], warned: Mapping[str, int]) -> None:
        """Show what the columns hold, and how many warnings there are on each."""
        self.seen, self.warned = seen, warned
        self._redraw()

    def show_chosen(self, name: str) -> None:
        """Mark the cells of a column."""
        if name != self.chosen:
            self.chosen = name
            self._redraw()

    def card(self, section: int) -> Card | None:
        """What the card of a column shows."""
        if not 0 <= section < len(self.names):
            return None
        name = self.names[section]
        column = self.columns.get(name) or Column(name)
        return Card(column, self.target, self.seen.get(name), self.warned.get(name, 0))

    def _redraw(self) -> None:
        if self.names:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.names) - 1)
            if self.rows.count:
                self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(self.names) - 1))

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """All rows, as far as a list on a screen can go."""
        return 0 if parent is not None and parent.isValid() else min(self.rows.count, MOST_ROWS)

    def columnCount(self, parent: AnyIndex | None = None) -> int:
        """Columns of the table."""
        return 0 if parent is not None and parent.isValid() else len(self.names)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell as it is written."""
        place = index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.ForegroundRole):
            row = self.rows.row(index.row())
            cell = row[place] if place < len(row) else ""
            if role == Qt.ItemDataRole.DisplayRole:
                return " ".join(cell.split()) if cell else "–"
            if role == Qt.ItemDataRole.ToolTipRole:
                return plain_tooltip(cell) if len(cell) > 16 else None
            card = self.card(place)
            quiet = not cell or (card is not None and card.quiet)
            return QBrush(QColor(self.theme.faint if not cell else self.theme.muted if quiet else self.theme.text))
        name = self.names[place]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            column = self.columns.get(name)
            return int(_RIGHT if column is not None and column.kind == "number" else _LEFT)
        if role == Qt.ItemDataRole.BackgroundRole and name == self.chosen:
            return QBrush(QColor(self.theme.soft_accent))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The names of the columns; rows are counted from 1."""
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1) if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return " ".join(self.names[section].split())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            card = self.card(section)
            return spoken_card(card.column, self.target, card.seen, card.warnings) if card is not None else ""
        return None


class RowsView(QTableView):
    """The rows. ``column_shown`` carries the column that the user looks at, ``column_opened`` one to be worked on,
    ``menu_wanted`` one whose menu is to open at a place on the screen.
    """

    column_shown = Signal(str)
    column_opened = Signal(str)
    menu_wanted = Signal(str, QPoint)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows_model = RowsModel(theme)
        # what each column with cut cells needs and has, by place
        self._cut: dict[int, tuple[int, int]] = {}
        self.cards = CardsHeader(theme, self)
        self.setHorizontalHeader(self.cards)
        self.setModel(self.rows_model)
        self.setAccessibleName("Rows of the data")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = self.verticalHeader()
        rows.setMinimumSectionSize(ROW_HEIGHT)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultAlignment(_RIGHT)
        rows.setHighlightSections(False)
        self.cards.card_chosen.connect(self.show_chosen)
        self.cards.card_chosen.connect(self.column_shown)
        self.cards.card_chosen.connect(self._go_to)
        self.cards.menu_wanted.connect(self.menu_wanted)
        self.selectionModel().currentColumnChanged.connect(self._tell)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.rows_model.theme = self.cards.theme = theme
        self.setStyleSheet(
            f"QAbstractScrollArea::corner, QTableCornerButton::section {{ background: {theme.surface}; border: none;"
            f" border-bottom: 1px solid {theme.line}; border-right: 1px solid {theme.line}; }}"
        )
        self.cards.setStyleSheet(f"QHeaderView {{ background: {theme.surface}; border: none;"
                                 f" border-bottom: 1px solid {theme.line}; }}")  # fmt: skip
        self.verticalHeader().setStyleSheet(
            f"QHeaderView {{ background: {theme.surface}; border: none; }}"
            f"QHeaderView::section {{ background: {theme.surface}; color: {theme.faint};"
            f" border: none; border-right: 1px solid {theme.line}; padding: 0 8px; }}"
        )
        self.viewport().update()

    def show_rows(self, rows: Rows) -> None:
        """Show these rows, the columns as wide as what they hold; what is longer gets the room that is left."""
        self.rows_model.show_rows(rows)
        metrics = self.fontMetrics()
        seen = [rows.row(number) for number in range(min(MEASURED_ROWS, rows.count))]
        self._cut.clear()
        for place, name in enumerate(rows.names[:MEASURED_COLUMNS]):
            cells = [metrics.horizontalAdvance(row[place][:MEASURED_LETTERS]) for row in seen if place < len(row)]
            needed = max([metrics.horizontalAdvance(name) + 24, *cells]) + 24
            self.setColumnWidth(place, max(NARROWEST + 12, min(WIDEST, needed)))
            if needed > WIDEST:
                self._cut[place] = needed, WIDEST
        self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Long cells take what room there is now."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        """Widen the columns whose cells are cut into the room at the right, but none that the user has sized."""
        self._cut = {place: each for place, each in self._cut.items() if self.columnWidth(place) == each[1]}
        widened = sum(wide - WIDEST for _, wide in self._cut.values())
        room = max(0, self.viewport().width() - self.cards.length() + widened)
        for left, (place, (needed, _)) in zip(range(len(self._cut), 0, -1), list(self._cut.items()), strict=True):
            wide = min(needed, WIDEST + room // left)
            room -= wide - WIDEST
            self._cut[place] = needed, wide
            self.setColumnWidth(place, wide)

    def show_chosen(self, name: str) -> None:
        """Mark a column."""
        self.cards.show_chosen(name)
        self.rows_model.show_chosen(name)

    def reveal(self, name: str) -> None:
        """Scroll to a column and mark it."""
        self.show_chosen(name)
        names = self.rows_model.names
        if name in names and self.rows_model.rowCount():
            row = max(0, self.rowAt(0))
            self.scrollTo(self.rows_model.index(row, names.index(name)))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Coming here chooses no column; Qt would go to the first cell."""
        model, known = self.selectionModel(), self.currentIndex().isValid()
        model.blockSignals(True)
        super().focusInEvent(event)
        if not known:
            model.clearCurrentIndex()
        model.blockSignals(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the column under the cursor."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.column_opened.emit(self.rows_model.names[index.column()])
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the column, by the right button or the menu key."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        place = self.currentIndex().column() if by_key else self.columnAt(event.pos().x())
        if 0 <= place < len(self.rows_model.names):
            at = self.cards.below_role(place) if by_key else event.globalPos()
            self.menu_wanted.emit(self.rows_model.names[place], at)

    def _go_to(self, name: str) -> None:
        """Let the keys go on from a column whose card was clicked; without this they would go to the first."""
        names, row = self.rows_model.names, max(0, self.rowAt(0))
        if name in names and self.rows_model.rowCount():
            index = self.rows_model.index(row, names.index(name))
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)

    def _tell(self, current: QModelIndex) -> None:
        if current.isValid():
            name = self.rows_model.names[current.column()]
            self.show_chosen(name)
            self.column_shown.emit(name)
