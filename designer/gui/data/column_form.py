"""The form of a column's preparation: role, type, outliers, gaps, scale, encoding, order and parts of a date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFormLayout, QGridLayout, QLineEdit, QListWidget, QVBoxLayout, QWidget

from designer.gui.controls import CheckBox
from designer.gui.data.column_menu import SERIES_ROLES
from designer.gui.editors import EXPLANATION, CalmComboBox
from designer.gui.labels import plain_label
from designer.gui.panels.column_edits import FED, FIELD_TITLES, options
from designer.gui.wording import plain_tooltip
from designer.layers.preparations import USUAL_PARTS, choices
from designer.project.model import Column

CHOICES = ("role", "kind", "day_first", "clip", "missing", "scale", "encode", "place")
LABEL = 84
MOST_ORDERED = 200
LIST_ROWS = 6


class OrderList(QListWidget):
    """Words in their order, moved by dragging or with Alt and the arrows. ``ordered`` carries the new order."""

    ordered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setDragDropMode(QListWidget.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setAccessibleName("Order of the words")
        self.setToolTip("Drag, or press Alt with the arrows, to bring the words into their order, the least first.")
        self.model().rowsMoved.connect(lambda *_: self.ordered.emit(self.words()))

    def words(self) -> tuple[str, ...]:
        """The words from the top."""
        return tuple(self.item(row).text() for row in range(self.count()))

    def show_words(self, words: Sequence[str]) -> None:
        """Show these, the cursor staying on its word."""
        if tuple(words) == self.words():
            return
        here = self.currentItem().text() if self.currentItem() is not None else ""
        self.clear()
        self.addItems(list(words))
        self.setCurrentRow(list(words).index(here) if here in words else 0)
        self.setFixedHeight(min(len(words), LIST_ROWS) * max(20, self.sizeHintForRow(0)) + 6)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt and an arrow move a word."""
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(event.key(), 0)
        row = self.currentRow()
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and by and 0 <= row + by < self.count():
            words = list(self.words())
            words.insert(row + by, words.pop(row))
            self.show_words(words)
            self.ordered.emit(tuple(words))
            return
        super().keyPressEvent(event)


class ColumnForm(QWidget):
    """Shows and edits one column. ``changed`` carries a field of the column and its new value."""

    changed = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self.column: Column | None = None
        self._words: tuple[str, ...] = ()
        self.series = self.pictures = False
        self.boxes = {field: CalmComboBox() for field in CHOICES}
        self.fill, self.order = QLineEdit(), OrderList()
        self.fill.setPlaceholderText("the value for empty cells")
        self.fill.setMaxLength(200)
        self.indicator = CheckBox("Note the gaps in an input of its own")
        self.indicator.setToolTip("One more input is 1 where the cell was empty: that it is empty may tell something.")
        self.parts = {part: CheckBox(each.title) for part, each in choices("part", "date").items()}
        for part, each in choices("part", "date").items():
            self.parts[part].setToolTip(each.summary)
        self._parts_grid = QWidget()
        grid = QGridLayout(self._parts_grid)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(2)
        for place, box in enumerate(self.parts.values()):
            grid.addWidget(box, place // 2, place % 2)
            box.clicked.connect(lambda _: self._parts_chosen())
        self._order_box = QWidget()
        inside = QVBoxLayout(self._order_box)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(4)
        inside.addWidget(plain_label("The least first. Drag to change.", "small"))
        inside.addWidget(self.order)
        self._build()

    def _build(self) -> None:
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(8)
        self._form.setVerticalSpacing(6)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for field, box in self.boxes.items():
            self._add(FIELD_TITLES[field], box)
            box.activated.connect(lambda _, field=field, box=box: self.changed.emit(field, box.currentData()))
            if field == "missing":
                self._add("Value", self.fill)
                self._form.addRow(self.indicator)
        self._add("Order", self._order_box)
        self._add("Parts", self._parts_grid)
        self.fill.editingFinished.connect(self._fill_typed)
        self.indicator.clicked.connect(lambda on: self.changed.emit("indicator", on))
        self.order.ordered.connect(lambda words: self.changed.emit("order", words))

    def _add(self, word: str, editor: QWidget) -> None:
        label = plain_label(word, "muted")
        label.setMinimumWidth(LABEL)
        label.setBuddy(editor)
        editor.setAccessibleName(word)
        self._form.addRow(label, editor)

    def show_column(self, column: Column, target: str, words: Sequence[str]) -> None:
        """Show how a column is prepared; ``words`` are its values, to be brought into an order."""
        self.column, self._words = column, tuple(words)
        for field, box in self.boxes.items():
            unused = SERIES_ROLES if field == "role" and not self.series else ()
            found = {key: said for key, said in options(column, field).items() if key not in unused}
            found = found if self.pictures or field != "place" else {}
            value = getattr(column, field)
            if field == "role" and column.name == target:
                value = "target"
            if found and value not in found:
                value = next(iter(found))
            offer(box, found, value)
            self._form.setRowVisible(box, bool(found))
        fed, gaps = column.role in FED, bool(options(column, "missing"))
        self._form.setRowVisible(self.fill, gaps and column.missing == "constant")
        self._form.setRowVisible(self.indicator, gaps and column.kind != "date")
        ordered = fed and column.kind == "category" and column.encode == "ordinal" and 0 < len(words) <= MOST_ORDERED
        self._form.setRowVisible(self._order_box, ordered)
        self._form.setRowVisible(self._parts_grid, fed and column.kind == "date")
        if not self.fill.hasFocus() or not self.fill.isModified():
            self.fill.setText(column.fill)
        blocker = QSignalBlocker(self.indicator)
        self.indicator.setChecked(column.indicator)
        del blocker
        for part, box in self.parts.items():
            box.setChecked(part in (column.parts or USUAL_PARTS))
        if ordered:
            named = [word for word in column.order if word in words]
            self.order.show_words([*named, *(word for word in words if word not in named)])

    def _fill_typed(self) -> None:
        if self.column is not None and self.fill.text() != self.column.fill:
            self.fill.setModified(False)
            self.changed.emit("fill", self.fill.text())

    def _parts_chosen(self) -> None:
        self.changed.emit("parts", tuple(part for part, box in self.parts.items() if box.isChecked()))


def offer(box: CalmComboBox, words: Mapping[str, tuple[str, str]], chosen: str) -> None:
    """Put these choices into a box, unless they are in it already."""
    if [box.itemData(row) for row in range(box.count())] != list(words):
        box.clear()
        for value, (word, explanation) in words.items():
            box.addItem(word, value)
            box.setItemData(box.count() - 1, explanation, EXPLANATION)
    box.setCurrentIndex(box.findData(chosen))
    box.setToolTip(plain_tooltip(words[chosen][1]) if chosen in words else "")
