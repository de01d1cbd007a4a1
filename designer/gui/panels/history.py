"""The history panel: all steps by name, a picture of each with what it changed, and the way to any of them."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from designer.gui.icons import paint_icon
from designer.gui.labels import plain_label, rule
from designer.gui.numbers import exact
from designer.gui.panels.history_picture import StepPicture
from designer.gui.theme import Theme
from designer.project.change_words import changes_in_words
from designer.project.history import MOST_STEPS, History, Step
from designer.project.model import Project
from designer.workspace.scope import Scope

ROW = 28
_NOWHERE = QModelIndex()
WORDS_HEIGHT = 76
Index = QModelIndex | QPersistentModelIndex
UNDONE = Qt.ItemDataRole.UserRole
SHOWN = Qt.ItemDataRole.UserRole + 1


class HistoryPanel(QWidget):
    """Lists the steps, the newest last."""

    def __init__(self, scope: Scope, theme: Theme) -> None:
        super().__init__()
        self.session = scope.session
        self.setAccessibleName("History")
        self.steps = Steps()
        self.list = QListView()
        self.list.setModel(self.steps)
        self.list.setAccessibleName("Steps, the newest last")
        self.list.setToolTip(f"A click goes to a step. The last {exact(MOST_STEPS)} steps are kept.")
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setStyleSheet("QListView { background: transparent; } QListView::item { padding: 0; }")
        self.list.clicked.connect(lambda index: self.session.go(index.row()))
        self.list.entered.connect(lambda index: self.preview(index.row()))
        self.list.selectionModel().currentChanged.connect(lambda index, _: self.preview(index.row()))
        self.list.installEventFilter(self)
        self.list.viewport().installEventFilter(self)
        self._rows = StepDelegate(theme, self.list)
        self.list.setItemDelegate(self._rows)
        self.picture = StepPicture(theme)
        self.title = plain_label("", "heading")
        self.words = plain_label("", "muted", wrap=True)
        self._lay_out()
        for end in (self.session.subscribe(self._changed), self.session.subscribe_to_file(self.refresh)):
            self.destroyed.connect(end)
        self.refresh()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.list, 1)
        layout.addWidget(rule())
        layout.addWidget(self.picture)
        about = QWidget()
        # the list must not jump while the words are longer or shorter
        about.setFixedHeight(WORDS_HEIGHT)
        lines = QVBoxLayout(about)
        lines.setContentsMargins(12, 8, 12, 8)
        lines.setSpacing(4)
        lines.addWidget(self.title)
        lines.addWidget(self.words, 1)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.words.setMinimumHeight(0)
        layout.addWidget(about)
        for label in (self.title, self.words):
            # a long name must not make the panel, and all that is docked with it, wider
            label.setSizePolicy(QSizePolicy.Policy.Ignored, label.sizePolicy().verticalPolicy())
        self.setFocusProxy(self.list)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self._rows.theme = theme
        self.picture.set_theme(theme)
        self.list.viewport().update()

    def refresh(self) -> None:
        """Show the session's history as it is now."""
        history = self.session.history
        fresh = self.steps.show_history(history, self._start_words(history))
        if fresh:
            self.picture.forget()
        index = self.steps.index(history.index)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)
        self.preview(history.index)

    def preview(self, row: int) -> None:
        """Show the picture of a step and what it changed."""
        steps = self.steps.history.steps
        if not 0 <= row < len(steps) or not self.isVisible():
            return
        before, after = steps[max(0, row - 1)].project, steps[row].project
        self.picture.show_step(before, after)
        self.title.setText(self.steps.words(row))
        lines = changes_in_words(before, after) if row else [_size(after)]
        self.words.setText("\n".join(lines))
        self.words.setToolTip("")

    def showEvent(self, event: QEvent) -> None:
        """What was not drawn while nobody looked is drawn now."""
        super().showEvent(event)  # type: ignore[arg-type]
        self.preview(self.steps.history.index)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter goes to the step; once the mouse has left, the chosen step is shown again."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self.list:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
                self.session.go(self.list.currentIndex().row())
                return True
        if event.type() == QEvent.Type.Leave:
            self.preview(self.list.currentIndex().row())
        return super().eventFilter(watched, event)

    def _start_words(self, history: History) -> str:
        """What the first row says of where it all began; kept while it is the same beginning."""
        if history.steps[0].label:
            return history.steps[0].label
        # a new beginning has one step alone
        known = len(history.steps) > 1 or self.steps.history.steps[0] is history.steps[0]
        if known and self.steps.start_words:
            return self.steps.start_words
        return f"Opened {self.session.path.name}" if self.session.path and self.session.saved else "New project"

    def _changed(self, old: Project, new: Project) -> None:
        self.refresh()


class Steps(QAbstractListModel):
    """The rows of the list."""

    def __init__(self) -> None:
        super().__init__()
        self.history = History.start(Project())
        self.start_words = ""

    def show_history(self, history: History, start_words: str) -> bool:
        """Show another history; whether it is an altogether different one."""
        self.start_words = start_words
        if len(self.history.steps) > 1 and self.history.steps[1] is history.steps[0]:
            # the oldest step has gone to make room
            self.beginRemoveRows(QModelIndex(), 0, 0)
            self.history = History(self.history.steps[1:], max(0, self.history.index - 1))
            self.endRemoveRows()
        before = self.history
        kept = _shared(before.steps, history.steps)
        if not kept:
            self.beginResetModel()
            self.history = history
            self.endResetModel()
            return True
        if kept < len(before.steps):
            self.beginRemoveRows(QModelIndex(), kept, len(before.steps) - 1)
            self.history = History(before.steps[:kept], min(before.index, kept - 1))
            self.endRemoveRows()
        if kept < len(history.steps):
            self.beginInsertRows(QModelIndex(), kept, len(history.steps) - 1)
            self.history = history
            self.endInsertRows()
        self.history = history
        self.dataChanged.emit(self.index(0), self.index(len(history.steps) - 1))
        return False

    def words(self, row: int) -> str:
        """What a step is called."""
        return self.history.steps[row].label if row and self.history.steps[row].label else self.start_words

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """How many steps there are, the start among them."""
        return 0 if parent.isValid() else len(self.history.steps)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A step's name, and whether it is undone or shown."""
        row = index.row()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.words(row)
        if role == UNDONE:
            return row > self.history.index
        if role == SHOWN:
            return row == self.history.index
        if role == Qt.ItemDataRole.AccessibleTextRole:
            how = ", shown now" if row == self.history.index else ", undone" if row > self.history.index else ""
            return f"{self.words(row)}{how}"
        return None


class StepDelegate(QStyledItemDelegate):
    """Paints a step: a mark where one is, its name, muted where it is undone."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are of one height."""
        return QSize(100, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        theme, box, widget = self.theme, option.rect, option.widget
        ground = QStyleOptionViewItem(option)
        self.initStyleOption(ground, index)
        ground.text = ""
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, ground, painter, widget)
        painter.save()
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(theme.accent))
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        shown, undone = index.data(SHOWN), index.data(UNDONE)
        mark = QRectF(box.left() + 8, box.center().y() - 6.5, 14, 14)
        if shown:
            paint_icon(painter, mark, "play", theme.accent)
        elif undone:
            paint_icon(painter, mark, "redo", theme.muted)
        font = painter.font()
        font.setBold(bool(shown))
        font.setItalic(bool(undone))
        painter.setFont(font)
        painter.setPen(QColor(theme.muted if undone else theme.text))
        room = QRect(box.left() + 30, box.top(), box.width() - 38, box.height())
        line = painter.fontMetrics().elidedText(
            " ".join(index.data().split()), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, line)
        painter.restore()


def _shared(before: tuple[Step, ...], after: tuple[Step, ...]) -> int:
    """How many steps from the start the two have in common."""
    if before is after:
        return len(after)
    kept = 0
    for one, other in zip(before, after, strict=False):
        if one is not other:
            break
        kept += 1
    return kept


def _size(project: Project) -> str:
    layers, links = len(project.graph.nodes), len(project.graph.links)
    return f"{layers} layer{'s' if layers != 1 else ''}, {links} link{'s' if links != 1 else ''}" if layers else "Empty"
