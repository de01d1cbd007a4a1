"""The summary of the network: each layer with its output shape and its share of the parameters."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from designer.compiler.report import Analysis
from designer.gui.labels import plain_label
from designer.gui.numbers import exact, share
from designer.gui.theme import Theme
from designer.gui.wording import count_text, plain_tooltip
from designer.layers.catalog import BUILT_IN, Catalog
from designer.project.model import Graph
from designer.workspace.scope import Scope, scope_of
from designer.workspace.session import Session

HEADS = ("Layer", "Output", "Parameters")
ROW_HEIGHT = 28
Index = QModelIndex | QPersistentModelIndex
SHARE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    node: str
    name: str
    type: str
    shape: str
    parameters: int
    share: float
    frozen: int = 0


class SummaryPage(QWidget):
    """Shows the table. ``node_chosen`` carries the id of the layer whose row was clicked."""

    node_chosen = Signal(str)

    def __init__(self, session: Session | Scope, theme: Theme) -> None:
        super().__init__()
        self.session = session = scope_of(session)
        self.analysis = Analysis()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(8)
        self.total = plain_label("", "heading")
        self.total.setContentsMargins(12, 0, 12, 0)
        self.note = plain_label("", "muted", wrap=True)
        self.note.setContentsMargins(12, 0, 12, 0)
        layout.addWidget(self.total)
        layout.addWidget(self.note)
        self.model = SummaryModel()
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName("Layers with output shape and parameters")
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(2, 92)
        header.setHighlightSections(False)
        self.bars = ShareDelegate(theme, self.table)
        self.table.setItemDelegateForColumn(2, self.bars)
        self.table.clicked.connect(self._choose)
        self.table.activated.connect(self._choose)
        layout.addWidget(self.table, 1)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.bars.theme = theme
        self.table.viewport().update()

    def set_analysis(self, analysis: Analysis) -> None:
        """Take over what an analysis says; ``refresh`` shows it."""
        self.analysis = analysis

    def refresh(self) -> None:
        """Show the graph as it is now."""
        rows = rows_of(self.session.project.graph, self.analysis, self.session.catalog)
        self.model.show_rows(rows)
        parameters = sum(row.parameters for row in rows)
        layers = len(rows)
        kept = sum(row.frozen for row in rows)
        frozen = f" · {count_text(kept)} frozen" if kept else ""
        self.total.setText(f"{layers} layer{'s' if layers != 1 else ''} · {count_text(parameters)} parameters{frozen}")
        self.total.setToolTip(f"{exact(parameters)} parameters" + (f", {exact(kept)} frozen" if kept else ""))
        self.note.setText("Select a layer to see and change its settings.")

    def _choose(self, index: QModelIndex) -> None:
        self.node_chosen.emit(self.model.rows[index.row()].node)


class SummaryModel(QAbstractTableModel):
    """The rows for the table."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []

    def show_rows(self, rows: list[Row]) -> None:
        """Show other rows; where only figures changed the rows stay where they are."""
        if rows == self.rows:
            return
        if [row.node for row in rows] == [row.node for row in self.rows]:
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(HEADS) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """One row a layer."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Layer, output and parameters."""
        return len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The heads of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == 2 else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return HEADS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a cell shows."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (row.name, row.shape or "–", _count(row))[index.column()]
        if role == SHARE:
            return row.share
        if role == Qt.ItemDataRole.ToolTipRole:
            said = f"{row.name}: {row.type}\n{exact(row.parameters)} parameters, {share(row.share)} of all"
            said += f"\n{exact(row.frozen)} frozen" if row.frozen else ""
            return plain_tooltip(said)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 2:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None


def _count(row: Row) -> str:
    kept = f"{count_text(row.frozen)} frozen" if row.frozen else "–"
    return count_text(row.parameters) if row.parameters else kept


class ShareDelegate(QStyledItemDelegate):
    """Paints a number over a bar that shows its share of the whole."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Room for a number."""
        return QSize(88, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint bar and number."""
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(self.theme.soft_accent))
        part = float(index.data(SHARE) or 0.0)
        room = option.rect.adjusted(8, 0, -8, 0)
        if part > 0:
            width = max(2, round(part * room.width()))
            bar = QRect(room.right() - width + 1, room.bottom() - 4, width, 3)
            painter.fillRect(bar, QColor(self.theme.accent))
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room.adjusted(0, 0, 0, -3), side, str(index.data()))


def rows_of(graph: Graph, analysis: Analysis, catalog: Catalog = BUILT_IN) -> list[Row]:
    """A row for each node, in the order in which data flows through them as far as that is known."""
    order = list(dict.fromkeys([*(key for key in analysis.reports if key in graph.nodes), *graph.nodes]))
    counts = {key: analysis.reports[key].parameters if key in analysis.reports else 0 for key in order}
    whole = sum(counts.values())
    rows = []
    for key in order:
        node, report = graph.nodes[key], analysis.reports.get(key)
        layer = catalog.layer(node.type)
        title = layer.title if layer else node.type
        shape = report.shape_text if report is not None else ""
        kept = report.frozen if report is not None else 0
        rows.append(Row(key, node.name, title, shape, counts[key], counts[key] / whole if whole else 0.0, kept))
    return rows
