"""Preview: the first rows of a table as they are written, or some pictures with their classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QIcon, QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QListWidget, QListWidgetItem, QTableView, QWidget

from designer.gui.icons import picture as icon_picture
from designer.gui.panels.reading import Picture
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip
from designer.project.model import Column

AnyIndex = QModelIndex | QPersistentModelIndex
ROW_HEIGHT = 22
WIDEST_COLUMN = 180
MEASURED_COLUMNS = 100
THUMBNAIL = 84
TILE = QSize(108, 116)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class PreviewModel(QAbstractTableModel):
    """Rows of cells; the columns' roles show as colour, numbers stand at the right."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.names: tuple[str, ...] = ()
        self.rows: Sequence[Sequence[str]] = ()
        self.columns: Mapping[str, Column] = {}
        self.target = ""

    def show_rows(self, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.names, self.rows = tuple(names), rows
        self.endResetModel()

    def show_columns(self, columns: Sequence[Column], target: str) -> None:
        """Show which column is for what."""
        self.columns = {column.name: column for column in columns}
        self.target = target
        if self.names:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.names) - 1)
            if self.rows:
                last = self.index(len(self.rows) - 1, len(self.names) - 1)
                self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """Previewed rows."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex | None = None) -> int:
        """Columns of the table."""
        return 0 if parent is not None and parent.isValid() else len(self.names)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell as it is written."""
        row = self.rows[index.row()]
        cell = row[index.column()] if index.column() < len(row) else ""
        if role == Qt.ItemDataRole.DisplayRole:
            return " ".join(cell.split()) if cell else "–"
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(cell) if len(cell) > 20 else None
        name = self.names[index.column()]
        column = self.columns.get(name)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_RIGHT if column is not None and column.kind == "number" else _LEFT)
        if role == Qt.ItemDataRole.ForegroundRole:
            quiet = not cell or (column is not None and column.role == "ignored" and name != self.target)
            return QBrush(QColor(self.theme.faint if quiet else self.theme.text))
        if role == Qt.ItemDataRole.BackgroundRole and name == self.target:
            return QBrush(QColor(self.theme.soft_accent))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The names of the columns; rows are counted from 1."""
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1) if role == Qt.ItemDataRole.DisplayRole else None
        name = self.names[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return " ".join(name.split())
        if role == Qt.ItemDataRole.ToolTipRole:
            column = self.columns.get(name)
            said = f" – {'target' if name == self.target else column.role}" if column is not None else ""
            return plain_tooltip(f"{name}{said}")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            column = self.columns.get(name)
            return int(_RIGHT if column is not None and column.kind == "number" else _LEFT)
        if role == Qt.ItemDataRole.FontRole and name == self.target:
            font = QFont()
            font.setBold(True)
            return font
        return None


class PreviewTable(QTableView):
    """The first rows of a table, or those that another model has."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, model: PreviewModel | None = None) -> None:
        super().__init__(parent)
        self.rows_model = model or PreviewModel(theme)
        # the columns that are not as wide as what they hold, and how wide that is
        self._cut: dict[int, int] = {}
        self.setModel(self.rows_model)
        self.setAccessibleName("First rows of the data")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultAlignment(_RIGHT)
        self.horizontalHeader().setHighlightSections(False)
        self.verticalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(_LEFT)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.rows_model.theme = theme
        self.setStyleSheet("QAbstractScrollArea::corner { background: transparent; border: none; }")
        self.horizontalHeader().setStyleSheet(f"QHeaderView {{ background: {theme.window}; border: none; }}")
        self.verticalHeader().setStyleSheet(
            f"QHeaderView {{ background: {theme.surface}; border: none; }}"
            f"QHeaderView::section {{ background: {theme.surface}; color: {theme.faint};"
            " border: none; padding: 0 8px; }"
        )
        self.viewport().update()

    def show_rows(self, names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show these rows, the columns as wide as what they hold."""
        self.rows_model.show_rows(names, rows)
        self._cut = {}
        self.horizontalHeader().setResizeContentsPrecision(30)
        for place in range(min(len(names), MEASURED_COLUMNS)):
            self.resizeColumnToContents(place)
            wide = self.columnWidth(place) + 8
            self.setColumnWidth(place, max(48, min(WIDEST_COLUMN, wide)))
            if wide > WIDEST_COLUMN:
                self._cut[place] = wide
        self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns that are cut have what room there is now."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        """Give columns that are cut the room that the others leave."""
        if self._cut:
            others = (place for place in range(len(self.rows_model.names)) if place not in self._cut)
            room = (self.viewport().width() - sum(map(self.columnWidth, others))) // len(self._cut)
            for place, wide in self._cut.items():
                self.setColumnWidth(place, max(WIDEST_COLUMN, min(wide, room)))

    def show_columns(self, columns: Sequence[Column], target: str) -> None:
        """Show which column is for what."""
        self.rows_model.show_columns(columns, target)

    def reveal(self, name: str) -> None:
        """Scroll to a column."""
        if name in self.rows_model.names and self.rows_model.rows:
            self.scrollTo(self.rows_model.index(0, self.rows_model.names.index(name)))


class Thumbnails(QListWidget):
    """Pictures with the class of each beneath."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pictures: Sequence[Picture] = ()
        self.setAccessibleName("Some of the pictures")
        self.setViewMode(QListWidget.ViewMode.IconMode)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setMovement(QListWidget.Movement.Static)
        self.setUniformItemSizes(True)
        self.setIconSize(QSize(THUMBNAIL, THUMBNAIL))
        self.setGridSize(TILE)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setViewportMargins(8, 8, 0, 0)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self._theme = theme
        self.setStyleSheet(f"QListWidget {{ background: {theme.surface}; }}")
        self.show_pictures(self._pictures)

    def show_pictures(self, pictures: Sequence[Picture]) -> None:
        """Show these pictures; one that cannot be read shows a cross and says why."""
        self._pictures = pictures
        self.clear()
        for each in pictures:
            item = QListWidgetItem(QIcon(self._drawn(each)), " ".join(each.label.split()))
            item.setSizeHint(TILE)
            name = Path(each.path).name
            said = each.trouble or f"{each.size[0]}×{each.size[1]} pixels"
            item.setToolTip(plain_tooltip(f"{name}\n{said}"))
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, f"{name}, {said}")
            self.addItem(item)

    def _drawn(self, each: Picture) -> QPixmap:
        if each.trouble:
            return icon_picture("error", self._theme.error, THUMBNAIL)
        image = QImage(each.pixels, each.width, each.height, 3 * each.width, QImage.Format.Format_RGB888).copy()
        grown = max(1, THUMBNAIL // max(1, each.width, each.height))
        if grown > 1:
            image = image.scaled(each.width * grown, each.height * grown)
        elif max(each.width, each.height) > THUMBNAIL:
            image = image.scaled(
                THUMBNAIL,
                THUMBNAIL,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        return QPixmap.fromImage(image)
