"""Cells with a choice: a small arrow says that there is one, and a list of words opens at once."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemDelegate, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from shiboken6 import isValid

from designer.gui.editors import EXPLANATION, CalmComboBox
from designer.gui.theme import Theme

AnyIndex = QModelIndex | QPersistentModelIndex
ARROW = 14
VALUE = Qt.ItemDataRole.UserRole


class ChoiceDelegate(QStyledItemDelegate):
    """Edits a cell by the ``choices`` of its model, which hold a word and an explanation for each value."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """The word, and a small arrow where there is a choice."""
        super().paint(painter, option, index)
        if not index.flags() & Qt.ItemFlag.ItemIsEditable:
            return
        box: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.theme.faint), 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        x, y = box.right() - ARROW, box.center().y()
        painter.drawPolyline([QPoint(x, y - 1), QPoint(x + 3, y + 2), QPoint(x + 6, y - 1)])
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: AnyIndex) -> QWidget:
        """A list of the words."""
        combo = CalmComboBox()
        combo.setParent(parent)
        combo.view().setStyleSheet(f"QAbstractItemView {{ border: 1px solid {self.theme.strong_line}; }}")
        combo.setAccessibleName(str(index.model().headerData(index.column(), Qt.Orientation.Horizontal)))
        for value, (word, explanation) in index.model().choices(index).items():
            combo.addItem(word, value)
            combo.setItemData(combo.count() - 1, explanation, EXPLANATION)
        combo.activated.connect(lambda _: self._choose(combo))
        QTimer.singleShot(0, combo, lambda: combo.showPopup() if isValid(combo) and combo.isVisible() else None)
        return combo

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """As wide as the cell, and as the longest word where the cell is narrower than that."""
        box: QRect = option.rect
        editor.setGeometry(QRect(box.topLeft(), QSize(max(box.width(), editor.sizeHint().width()), box.height())))

    def setEditorData(self, editor: QWidget, index: AnyIndex) -> None:
        """Show the word that is chosen now."""
        combo: CalmComboBox = editor  # type: ignore[assignment]
        combo.setCurrentIndex(combo.findData(index.data(VALUE)))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: AnyIndex) -> None:
        """Hand over what was chosen; a list that was only looked at changes nothing."""
        combo: CalmComboBox = editor  # type: ignore[assignment]
        if combo.property("taken"):
            model.setData(index, combo.currentData())

    def _choose(self, combo: CalmComboBox) -> None:
        combo.setProperty("taken", True)
        self.commitData.emit(combo)
        self.closeEditor.emit(combo, QAbstractItemDelegate.EndEditHint.NoHint)
