"""The recipe: all that is done to the data, in order; each step can be switched off, changed, and seen at work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from designer.gui.data.changes import Change
from designer.gui.data.column_form import offer
from designer.gui.data.preparing import Preparing
from designer.gui.editors import CalmComboBox
from designer.gui.labels import plain_label, rule
from designer.gui.panels.column_edits import options
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip
from designer.layers.recipe import ROWS, RecipeStep, counted_steps
from designer.project.model import Column

AnyIndex = QModelIndex | QPersistentModelIndex
ROW, HEAD, SIDE = 26, 30, 13.0
ALWAYS = "This step is always done."
LEARNED = "What has to be learned is learned from the training rows alone."
Ways = tuple[Mapping[str, tuple[str, str]], str]


class RecipeModel(QAbstractListModel):
    """Steps under the names of their columns. ``switched`` carries a step and whether it shall be done."""

    switched = Signal(object, bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.rows: list[str | RecipeStep] = []

    def show_steps(self, steps: Sequence[RecipeStep]) -> None:
        """Show these; only rows that differ are drawn anew where the list keeps its form."""
        rows: list[str | RecipeStep] = []
        last: str | None = None
        for step in steps:
            if step.done_to != last:
                last = step.done_to
                rows.append(last)
            rows.append(step)
        if [_form(row) for row in rows] != [_form(row) for row in self.rows]:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return
        for place, (old, new) in enumerate(zip(self.rows, rows, strict=True)):
            if old != new:
                self.rows[place] = new
                self.dataChanged.emit(self.index(place), self.index(place))

    def step(self, index: AnyIndex) -> RecipeStep | None:
        """The step of a row; None for a heading."""
        row = self.rows[index.row()] if index.isValid() and index.row() < len(self.rows) else ""
        return None if isinstance(row, str) else row

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        """Steps and headings."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Steps can be chosen, and switched where they are not fixed."""
        step = self.step(index)
        if step is None:
            return Qt.ItemFlag.ItemIsEnabled
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags if step.fixed else flags | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a step does, and whether it is done."""
        row = self.rows[index.row()]
        if isinstance(row, str):
            return self._heading(row, role)
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(row.text + (f"\n{why_fixed(row)}" if row.fixed else ""))
        if role == Qt.ItemDataRole.CheckStateRole and not row.fixed:
            return Qt.CheckState.Checked if row.on else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DecorationRole and row.fixed:
            return None
        if role == Qt.ItemDataRole.ForegroundRole:
            return QBrush(QColor(self.theme.text if row.on else self.theme.faint))
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(100, ROW)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.done_to}: {row.text}, {'on' if row.on else 'off'}"
        return None

    def _heading(self, name: str, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return " ".join(name.split()) or ROWS
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(100, HEAD)
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setWeight(QFont.Weight.DemiBold)
            return font
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft)
        return None

    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask for a step to be switched; the session decides, and tells."""
        step = self.step(index)
        if role != Qt.ItemDataRole.CheckStateRole or step is None or step.fixed:
            return False
        self.switched.emit(step, Qt.CheckState(value) == Qt.CheckState.Checked)
        return True


def why_fixed(step: RecipeStep) -> str:
    """Why a step has no switch."""
    return f"{ALWAYS} {step.why}".rstrip()


def _form(row: str | RecipeStep) -> object:
    return row if isinstance(row, str) else (row.column, row.key)


class StepDelegate(QStyledItemDelegate):
    """Paints check boxes like all others of the app, seen on dark ground as well."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The box, and beside it what the step does."""
        checked = index.data(Qt.ItemDataRole.CheckStateRole)
        super().paint(painter, option, index)
        if checked is None:
            return
        self.initStyleOption(option, index)
        style, part = option.widget.style(), QStyle.SubElement.SE_ItemViewItemCheckIndicator
        around = QRectF(style.subElementRect(part, option, option.widget))
        box = QRectF(around.center().x() - SIDE / 2, around.center().y() - SIDE / 2, SIDE, SIDE)
        on, palette, role = Qt.CheckState(checked) == Qt.CheckState.Checked, option.palette, QPalette.ColorRole
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(box.adjusted(-1, -1, 1, 1), palette.color(role.Base))
        painter.setPen(QPen(palette.color(role.Highlight if on else role.Dark), 1))
        painter.setBrush(palette.color(role.Highlight if on else role.Base))
        painter.drawRoundedRect(box, 3, 3)
        if on:
            painter.setPen(
                QPen(palette.color(role.HighlightedText), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            )
            tick = [box.topLeft() + QPointF(x, y) for x, y in ((3.2, 6.8), (5.6, 9.2), (10.2, 4.0))]
            painter.drawPolyline(tick)
        painter.restore()


class RecipePage(QWidget):
    """The list of steps and, beneath, the chosen one at work.

    ``switched`` carries a step and whether it shall be done; ``changed`` a column's name, a field and its new value;
    ``column_wanted`` a column to be seen in detail; ``step_shown`` a step whose before and after is to be shown.
    """

    switched = Signal(object, bool)
    changed = Signal(str, str, object)
    column_wanted = Signal(str)
    step_shown = Signal(object)

    def __init__(
        self,
        theme: Theme,
        column_of: Callable[[str], Column | None],
        ways_of: Callable[[RecipeStep], Ways] | None = None,
        learned: str = LEARNED,
    ) -> None:
        super().__init__()
        self._column_of, self._ways_of, self._learned = column_of, ways_of, learned
        self.model = RecipeModel(theme)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(StepDelegate(self.list))
        self.list.setAccessibleName("Steps of the recipe")
        self.list.setUniformItemSizes(False)
        self.list.setFrameShape(QListView.Shape.NoFrame)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.summary = plain_label("", "small", wrap=True)
        self.title, self.way = plain_label("", "", wrap=True), CalmComboBox()
        self.way.setAccessibleName("How this step is done")
        self.details = QPushButton("All of this column")
        self.details.setProperty("link", True)
        self.why = plain_label("", "small", wrap=True)
        self.preparing = Preparing(theme)
        self._build()
        self.model.switched.connect(self.switched)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._show_step())
        self.way.activated.connect(self._way_chosen)
        self.details.clicked.connect(lambda: self._tell_column())
        self.set_theme(theme)
        self._show_step()

    def _build(self) -> None:
        self._detail = QWidget()
        self._inside = inside = QVBoxLayout(self._detail)
        inside.setContentsMargins(12, 8, 12, 12)
        inside.setSpacing(6)
        row = QHBoxLayout()
        row.addWidget(self.title, 1)
        row.addWidget(self.details, 0, Qt.AlignmentFlag.AlignTop)
        inside.addLayout(row)
        inside.addWidget(self.why)
        inside.addWidget(self.way)
        inside.addWidget(self.preparing)
        head = QVBoxLayout()
        head.setContentsMargins(12, 8, 12, 4)
        head.addWidget(self.summary)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(self.list, 1)
        whole.addWidget(rule())
        whole.addWidget(self._detail)

    def add_preview(self, preview: QWidget) -> None:
        """Show this beneath the chosen step too."""
        self._inside.addWidget(preview)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.model.theme = theme
        self.list.setStyleSheet(f"QListView {{ background: {theme.surface}; border: none; padding: 0 2px 0 5px; }}")
        self.preparing.set_theme(theme)
        self.list.viewport().update()

    @property
    def step(self) -> RecipeStep | None:
        """The step that is chosen."""
        return self.model.step(self.list.currentIndex())

    def show_steps(self, steps: Sequence[RecipeStep]) -> None:
        """Show the recipe."""
        self.summary.setText(f"{counted_steps(steps)}. {self._learned}")
        here = self.step
        self.model.show_steps(steps)
        if self.step is None and here is not None:
            self.choose(here.column, here.key)
        self._show_step()

    def choose(self, column: str, key: str = "") -> None:
        """Choose the first step of a column, or one of it."""
        for place, row in enumerate(self.model.rows):
            if not isinstance(row, str) and row.column == column and key in ("", row.key):
                self.list.setCurrentIndex(self.model.index(place))
                return

    def show_change(self, change: Change | None) -> None:
        """Show the chosen step at work."""
        step = self.step
        fits = step is not None and change is not None and (step.column, step.key) == (change.column, change.key)
        self.preparing.show_change(change if fits else None)

    def _show_step(self) -> None:
        step = self.step
        column = self._column_of(step.column) if step is not None and step.column else None
        self._detail.setVisible(step is not None)
        if step is None:
            return
        self.title.setText(f"{step.column}: {step.text}" if step.column else step.text)
        self.details.setVisible(column is not None)
        self.why.setText(why_fixed(step) if step.why else "")
        self.why.setVisible(bool(step.why))
        ways, chosen = self._ways(step, column)
        self.way.setVisible(bool(ways))
        if ways:
            offer(self.way, ways, chosen if chosen in ways else next(iter(ways)))
        # the list has become lower
        QTimer.singleShot(0, self.list, lambda: self.list.scrollTo(self.list.currentIndex()))
        self.step_shown.emit(step)

    def _ways(self, step: RecipeStep, column: Column | None) -> Ways:
        """In which ways a step can be done, with words for each, and the one that is chosen."""
        if column is not None:
            ways = options(column, step.key)
            return ways, getattr(column, step.key) if ways else ""
        return self._ways_of(step) if self._ways_of is not None else ({}, "")

    def _way_chosen(self, place: int) -> None:
        step = self.step
        if step is not None:
            self.changed.emit(step.column, step.key, self.way.itemData(place))

    def _tell_column(self) -> None:
        step = self.step
        if step is not None and step.column:
            self.column_wanted.emit(step.column)
