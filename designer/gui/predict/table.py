"""The table of predictions: answers stand out, and a click on a heading puts the rows in the order of its column."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor, QFont

from designer.gui.panels.preview import PreviewModel, PreviewTable
from designer.gui.predict.answers import AnswerRows
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip

if TYPE_CHECKING:
    import numpy as np

AnyIndex = QModelIndex | QPersistentModelIndex
LANE = "sort predictions"
RISING, FALLING, AS_GIVEN = range(3)
MOST_ROWS = 20_000_000


class AnswersModel(PreviewModel):
    """Answers and cells; what is predicted has a ground of its own."""

    rows: AnswerRows | tuple[()]

    def show_answers(self, rows: AnswerRows) -> None:
        """Show these."""
        self.show_rows([column.name for column in rows.columns], rows)
        self.show_columns(rows.columns, "")

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """All rows, as far as a list on a screen can go."""
        return min(super().rowCount(parent), MOST_ROWS)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell; an answer in full as its tool tip."""
        if isinstance(self.rows, AnswerRows):
            if role == Qt.ItemDataRole.BackgroundRole:
                predicted = index.column() in self.rows.predicted
                return QBrush(QColor(self.theme.soft_accent)) if predicted else None
            if role == Qt.ItemDataRole.ToolTipRole and (said := self.rows.exactly(index.row(), index.column())):
                return plain_tooltip(said)
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _side(self.rows.columns[index.column()].kind == "number")
        return super().data(index, role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The names of the columns; rows are counted in the order of the data."""
        if isinstance(self.rows, AnswerRows):
            if orientation == Qt.Orientation.Vertical:
                return f"{self.rows.number(section)}" if role == Qt.ItemDataRole.DisplayRole else None
            if role == Qt.ItemDataRole.ToolTipRole:
                what = "predicted" if section in self.rows.answers else "as it is in the data"
                return plain_tooltip(f"{self.names[section]}\n{what}; click to sort")
            if role == Qt.ItemDataRole.FontRole and section in self.rows.predicted:
                font = QFont()
                font.setBold(True)
                return font
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _side(self.rows.columns[section].kind == "number")
        return super().headerData(section, orientation, role)


def _side(right: bool) -> int:
    across = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    return int(across | Qt.AlignmentFlag.AlignVCenter)


class AnswersTable(PreviewTable):
    """Shows predictions; sorting goes on off the GUI thread."""

    rows_model: AnswersModel

    def __init__(self, theme: Theme, tasks: Tasks) -> None:
        super().__init__(theme, model=AnswersModel(theme))
        self._tasks = tasks
        self._sorted = (-1, AS_GIVEN)
        self.setAccessibleName("Predictions")
        head = self.horizontalHeader()
        head.setSectionsClickable(True)
        head.sectionClicked.connect(self.sort_by)

    def show_answers(self, rows: AnswerRows) -> None:
        """Show these in the order of the data, the columns as wide as what they hold."""
        self.rows_model.show_answers(rows)
        self.show_rows(self.rows_model.names, rows)
        self._show_sorted(-1, AS_GIVEN)

    def sort_by(self, column: int) -> None:
        """Put the rows in the order of a column: rising, then falling, then as they are in the data again."""
        rows, before = self.rows_model.rows, self._sorted
        if not isinstance(rows, AnswerRows):
            return
        way = (before[1] + 1) % 3 if before[0] == column else RISING
        self._show_sorted(column, way)
        done = partial(self._sort, rows)
        work = partial(rows.sorted_by, column, way == FALLING) if way != AS_GIVEN else lambda: None
        self._tasks.run("", work, done, lane=LANE)

    def _sort(self, rows: AnswerRows, order: np.ndarray | None) -> None:
        if rows is not self.rows_model.rows:
            return
        self.rows_model.layoutAboutToBeChanged.emit()
        rows.show_order(order)
        self.rows_model.layoutChanged.emit()
        self.rows_model.headerDataChanged.emit(Qt.Orientation.Vertical, 0, max(0, len(rows) - 1))
        self.scrollToTop()

    def _show_sorted(self, column: int, way: int) -> None:
        self._sorted = (column, way)
        head = self.horizontalHeader()
        head.setSortIndicatorShown(way != AS_GIVEN)
        falling = Qt.SortOrder.DescendingOrder if way == FALLING else Qt.SortOrder.AscendingOrder
        head.setSortIndicator(column if way != AS_GIVEN else -1, falling)
