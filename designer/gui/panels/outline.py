"""The outline: the graph as text, in running order, in step with the canvas."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QRect,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QHelpEvent, QKeyEvent, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from designer.compiler.report import Analysis
from designer.gui.canvas.view import CanvasView
from designer.gui.categories import paint_tile
from designer.gui.icons import paint_icon
from designer.gui.labels import EmptyState
from designer.gui.panels.outline_rows import BELOW, CATEGORY, NAME, PATH, SHAPE, SIGN, WORDS, Index, OutlineRows, Path
from designer.gui.theme import SMALL_PIXELS, TEXT_PIXELS, Theme
from designer.gui.wording import plain_tooltip
from designer.project import edits
from designer.project.blocks import edited_within, graph_at, keys_along
from designer.project.errors import LayerloomError
from designer.project.graph_forms import block_key
from designer.project.model import Project
from designer.workspace.scope import Scope

ROW, TILE = 40, 22
_ONE = Qt.TextFlag.TextSingleLine | Qt.AlignmentFlag.AlignVCenter
_FLAGS = QItemSelectionModel.SelectionFlag


class OutlinePanel(QWidget):
    """Lists the layers. ``node_wanted`` carries the path of one to be shown, ``refused`` why an edit was not made."""

    node_wanted = Signal(tuple)
    refused = Signal(str)

    def __init__(self, scope: Scope, canvas: CanvasView, theme: Theme) -> None:
        super().__init__()
        self.scope, self.canvas, self.theme = scope, canvas, theme
        self._following = False
        # while nobody looks the rows stay as they are, and what they should show is noted here
        self._stale = True
        self._analysis = Analysis()
        self._kept: tuple[list[Path], Path, int] = ([], (), 0)
        self.setAccessibleName("Outline")
        self.filter = QLineEdit(placeholderText="Filter layers", clearButtonEnabled=True)
        self.filter.setAccessibleName("Filter the outline")
        self.filter.textChanged.connect(self._filter)
        self.filter.installEventFilter(self)
        self.rows = OutlineRows()
        self.rows.renamed.connect(self._rename)
        self.found = QSortFilterProxyModel()
        self.found.setSourceModel(self.rows)
        self.found.setRecursiveFilteringEnabled(True)
        self.found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.found.setFilterRole(Qt.ItemDataRole.AccessibleTextRole)
        self.tree = OutlineTree(theme)
        self.tree.setModel(self.found)
        self.tree.selectionModel().selectionChanged.connect(self._row_selected)
        self.tree.wanted.connect(self._want)
        self.tree.deleted.connect(self._delete)
        self.found.modelAboutToBeReset.connect(self._keep_place)
        self.found.modelReset.connect(self._restore_place)
        self._lay_out()
        ends = (scope.session.subscribe(self._project_changed), scope.on_move(self._moved))
        self.canvas.selection_changed.connect(self.follow)
        for end in ends:
            self.destroyed.connect(end)
        self._stack.setCurrentIndex(1 if scope.whole.graph.nodes else 0)

    def _lay_out(self) -> None:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(8)
        top = QVBoxLayout()
        top.setContentsMargins(8, 0, 8, 0)
        top.addWidget(self.filter)
        layout.addLayout(top)
        layout.addWidget(self.tree, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(
            EmptyState("Outline", "The layers of the network stand here as a list, in the order in which they run.")
        )
        self._stack.addWidget(page)
        self.setFocusProxy(self.tree)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.tree.set_theme(theme)

    def set_analysis(self, analysis: Analysis) -> None:
        """Show shapes and problems as an analysis of the whole project has them."""
        self._analysis = analysis
        if self._stale or not self.isVisible():
            self._stale = True
        else:
            self.rows.set_analysis(analysis)

    def follow(self) -> None:
        """Select what is selected on the canvas."""
        if self._following or self._stale:
            return
        if not self.isVisible():
            self._stale = True
            return
        self._following = True
        path = self.scope.path
        found = (self.found.mapFromSource(self.rows.index_at((*path, key))) for key in self.canvas.selected())
        indexes = sorted((index for index in found if index.isValid()), key=lambda index: index.row())
        model = self.tree.selectionModel()
        # comparing many stretches with many takes long: the old ones go first
        model.clearSelection()
        model.select(_stretches_of(indexes), _FLAGS.Select)
        if indexes:
            if not model.isSelected(model.currentIndex()):
                model.setCurrentIndex(indexes[-1], _FLAGS.NoUpdate)
            self.tree.scrollTo(model.currentIndex())
        self._following = False

    def showEvent(self, event: QShowEvent) -> None:
        """What came to pass while nobody looked is shown now."""
        super().showEvent(event)
        if self._stale:
            self._catch_up()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the filter an arrow down goes into the list; Escape takes the filter away."""
        if watched is self.filter and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.tree.setFocus(Qt.FocusReason.TabFocusReason)
                return True
            if event.key() == Qt.Key.Key_Escape and self.filter.text():
                self.filter.clear()
                return True
        return super().eventFilter(watched, event)

    def _project_changed(self, old: Project, new: Project) -> None:
        self._stack.setCurrentIndex(1 if new.graph.nodes else 0)
        if self._stale or not self.isVisible():
            self._stale = True
        else:
            self._show(new)
            self.follow()

    def _catch_up(self) -> None:
        self._stale = False
        self._show(self.scope.whole)
        self.rows.set_analysis(self._analysis)
        self._moved()

    def _show(self, project: Project) -> None:
        # rows that come and go must not change what is selected on the canvas
        self._following = True
        if self.rows.project.graph.nodes.keys() != project.graph.nodes.keys():
            # each row that goes would be looked for among all that are selected
            self.tree.selectionModel().clearSelection()
        self.rows.show_project(project)
        self._following = False
        self.tree.setRootIsDecorated(any(block_key(node.type) for node in project.graph.nodes.values()))

    def _moved(self) -> None:
        if self._stale:
            return
        path = self.scope.path
        for depth in range(1, len(path) + 1):
            self.tree.expand(self.found.mapFromSource(self.rows.index_at(path[:depth])))
        self.follow()

    def _keep_place(self) -> None:
        """Note what a reset makes the tree forget."""
        opened = [path for path in self.rows.looked_into() if self.tree.isExpanded(self._index_of(path))]
        current = self.tree.currentIndex()
        self._kept = (opened, current.data(PATH) or (), self.tree.verticalScrollBar().value())

    def _restore_place(self) -> None:
        opened, current, top = self._kept
        for path in opened:
            self.tree.expand(self._index_of(path))
        self.tree.selectionModel().setCurrentIndex(self._index_of(current), _FLAGS.NoUpdate)
        self.tree.doItemsLayout()
        self.tree.verticalScrollBar().setValue(top)

    def _index_of(self, path: Path) -> QModelIndex:
        return self.found.mapFromSource(self.rows.known_index(path))

    def _row_selected(self) -> None:
        if self._following:
            return
        here = self.scope.path
        paths = [index.data(PATH) for index in self.tree.selectionModel().selectedIndexes()]
        seen = [path[len(here)] for path in paths if path[: len(here)] == here and len(path) > len(here)]
        self._following = True
        self.canvas.select(seen)
        if len(seen) == 1:
            self.canvas.ensureVisible(self.canvas.canvas.nodes_rect(seen))
        self._following = False

    def _want(self, path: Path) -> None:
        self.node_wanted.emit(path)

    def _filter(self, text: str) -> None:
        if text.strip():
            self.rows.fetch_all()
        self._following = True
        self.found.setFilterFixedString(text.strip())
        self._following = False
        if text.strip():
            self.tree.expandAll()
        self.follow()

    def _rename(self, path: Path, name: str) -> None:
        graph = graph_at(self.scope.whole, path[:-1])
        if graph is not None and path[-1] in graph.nodes:
            was = graph.nodes[path[-1]].name
            self._edit(path, f"Rename {was[:40]}", lambda project: edits.rename(project, path[-1], name))

    def _delete(self, paths: Sequence[Path]) -> None:
        """Delete the nodes of these rows that lie in the same graph as the first."""
        outer = paths[0][:-1]
        keys = {path[-1] for path in paths if path[:-1] == outer}
        graph = graph_at(self.scope.whole, outer)
        if graph is None:
            return
        name = graph.nodes[paths[0][-1]].name[:40] if len(keys) == 1 else f"{len(keys)} layers"
        self._edit(paths[0], f"Delete {name}", lambda project: edits.remove(project, keys))

    def _edit(self, path: Path, label: str, edit: Callable[[Project], Project]) -> None:
        whole = self.scope.whole
        keys = keys_along(whole, path[:-1]) or ()
        try:
            self.scope.do_whole(label, lambda project: edited_within(project, keys[-1] if keys else "", edit))
        except LayerloomError as error:
            self.refused.emit(str(error))


class OutlineTree(QTreeView):
    """The list itself. ``wanted`` carries the path of a row that was activated, ``deleted`` the paths to delete."""

    wanted = Signal(tuple)
    deleted = Signal(list)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setAccessibleName("Layers in running order")
        self.setUniformRowHeights(True)
        self.setIndentation(16)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setExpandsOnDoubleClick(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.doubleClicked.connect(lambda index: self.wanted.emit(index.data(PATH)))
        self._rows = OutlineDelegate(theme, self)
        self.setItemDelegate(self._rows)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self._rows.theme = theme
        self.setStyleSheet("QTreeView { background: transparent; } QTreeView::item { padding: 0; }")
        self.viewport().update()

    def event(self, event: QEvent) -> bool:
        """F2 and Delete are meant for the row here, not for the canvas."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_F2, Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not event.modifiers():
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter shows the row on the canvas, Delete deletes what the selected rows stand for."""
        chosen = [index.data(PATH) for index in self.selectionModel().selectedIndexes()]
        current = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current.isValid():
            if self.state() != QAbstractItemView.State.EditingState:
                self.wanted.emit(current.data(PATH))
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and chosen:
            self.deleted.emit(chosen)
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)


class OutlineDelegate(QStyledItemDelegate):
    """Paints a row in two lines: name and problem, then type with fields and output shape."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are of one height."""
        return QSize(120, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        ground = QStyleOptionViewItem(option)
        self.initStyleOption(ground, index)
        ground.text = ""
        widget = option.widget
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, ground, painter, widget)
        theme, box = self.theme, option.rect.adjusted(4, 0, -8, 0)
        painter.save()
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(theme.accent))
            painter.drawRect(option.rect.adjusted(0, 0, -1, -1))
        paint_tile(painter, QRectF(box.left(), box.top() + (ROW - TILE) / 2, TILE, TILE), theme, index.data(CATEGORY))
        lines = box.adjusted(TILE + 8, 3, 0, -3)
        upper = QRect(lines.left(), lines.top(), lines.width(), lines.height() // 2)
        lower = upper.translated(0, upper.height())
        if sign := index.data(SIGN):
            colour = theme.error if sign == "error" else theme.warning
            paint_icon(
                painter, QRectF(upper.right() - 15, upper.top() + (upper.height() - 14) / 2, 14, 14), sign, colour
            )
            upper.setRight(upper.right() - 20)
        _write(painter, upper, index.data(NAME), theme.text, TEXT_PIXELS, bold=True)
        shape = index.data(SHAPE)
        taken = _write(painter, lower, shape, theme.text, SMALL_PIXELS, right=True) if shape else 0
        _write(painter, lower.adjusted(0, 0, -taken, 0), index.data(BELOW), theme.muted, SMALL_PIXELS)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A line for the name."""
        line = QLineEdit(parent)
        line.setAccessibleName("Name of the layer")
        return line

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """The problems of a row, or all that it says."""
        if event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), plain_tooltip(index.data(WORDS) or ""), view.viewport())
            return True
        return super().helpEvent(event, view, option, index)


def _stretches_of(indexes: Sequence[QModelIndex]) -> QItemSelection:
    """A selection of these rows, which lie beneath the same one in rising order, in as few parts as can be."""
    chosen = QItemSelection()
    first = last = QModelIndex()
    for index in indexes:
        if not last.isValid() or index.row() != last.row() + 1:
            if last.isValid():
                chosen.select(first, last)
            first = index
        last = index
    if last.isValid():
        chosen.select(first, last)
    return chosen


def _write(
    painter: QPainter, box: QRect, text: str, colour: str, pixels: int, bold: bool = False, right: bool = False
) -> int:
    """Write one line, cut where there is no room; the room that it takes with a gap."""
    font = QFont(painter.font())
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    painter.setFont(font)
    painter.setPen(QColor(colour))
    metrics = painter.fontMetrics()
    line = metrics.elidedText(" ".join(text[:200].split()), Qt.TextElideMode.ElideRight, box.width())
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(box, side | _ONE, line)
    return metrics.horizontalAdvance(line) + 8
