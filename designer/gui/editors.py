"""Editors: one small widget for each kind of field, which tells of sound values only and says what is not sound."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPalette, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from designer.gui.theme import SMALL_PIXELS
from designer.layers.catalog import LOSSES, OPTIMIZERS
from designer.layers.fields import Bool, Choice, Field, Int, shown
from designer.project.model import FieldValue

EXPLANATION = Qt.ItemDataRole.UserRole + 1
POPUP_WIDTH = 380
INT_MOST = 2**31 - 1


class Editor(QWidget):
    """Edits one field. ``edited`` carries a sound value, ``refused`` a sentence, empty once all is well again."""

    edited = Signal(object)
    refused = Signal(str)

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def show_value(self, value: FieldValue) -> None:
        """Show the project's value."""
        raise TypeError(f"{type(self).__name__} does not show values")

    def _put(self, widget: QWidget) -> None:
        self._layout.addWidget(widget)
        self.setFocusProxy(widget)


class UndoPasser(QObject):
    """Leaves undo and redo to the window while nothing has been typed into a line that could be undone there."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Refuse the keys before the line claims them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo = event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
            if undo and isinstance(watched, QLineEdit) and not watched.isModified():
                event.ignore()
                return True
        return False


def leave_undo_to_window(line: QLineEdit) -> None:
    """Let Ctrl+Z in this line undo steps of the project, unless something is being typed."""
    line.installEventFilter(UndoPasser(line))


class IntEditor(Editor):
    """A whole number with arrows."""

    def __init__(self, field: Int) -> None:
        super().__init__(field)
        self.box = CalmSpinBox()
        self.box.setRange(max(-INT_MOST, field.minimum), min(INT_MOST, field.maximum))
        self.box.setKeyboardTracking(False)
        self.box.setStepType(QSpinBox.StepType.DefaultStepType)
        self.box.valueChanged.connect(self._changed)
        leave_undo_to_window(self.box.lineEdit())
        self._put(self.box)

    def show_value(self, value: FieldValue) -> None:
        """Show a value; one that is no whole number leaves the box at the nearest it can say."""
        self.box.blockSignals(True)
        if isinstance(value, int) and not isinstance(value, bool):
            if value != self.box.value():
                self.box.setValue(max(self.box.minimum(), min(self.box.maximum(), value)))
        else:
            self.box.setValue(self.box.minimum())
        self.box.blockSignals(False)
        self.refused.emit(self.field.refuse(value) or "")

    def _changed(self, value: int) -> None:
        self.refused.emit("")
        self.edited.emit(value)


class BoolEditor(Editor):
    """Yes or no."""

    def __init__(self, field: Bool) -> None:
        super().__init__(field)
        self.box = QCheckBox()
        self.box.clicked.connect(lambda on: self.edited.emit(on))
        self._put(self.box)

    def show_value(self, value: FieldValue) -> None:
        """Show a value."""
        self.box.setChecked(value is True)
        self.refused.emit(self.field.refuse(value) or "")


class TextEditor(Editor):
    """Anything that is typed: numbers with a point, sizes, lists, texts."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._value: FieldValue = field.initial
        self.line = QLineEdit()
        self.line.editingFinished.connect(self._finished)
        self.line.textEdited.connect(self._typed)
        self.line.installEventFilter(self)
        leave_undo_to_window(self.line)
        self._put(self.line)

    def show_value(self, value: FieldValue) -> None:
        """Show a value, unless somebody is just typing another one."""
        if self.line.hasFocus() and self.line.isModified() and value == self._value:
            return
        self._value = value
        text = _typed_form(value)
        if text != self.line.text():
            self.line.setText(text)
        self._say(self.field.refuse(value) or "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape takes back what was typed."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape and self.line.isModified():
                self.line.setModified(False)
                self.show_value(self._value)
                return True
        return False

    def _typed(self, text: str) -> None:
        try:
            self.field.parse(text)
        except ValueError as error:
            self._say(str(error))
        else:
            self._say("")

    def _finished(self) -> None:
        if not self.line.isModified():
            return
        try:
            value = self.field.parse(self.line.text())
        except ValueError as error:
            self._say(str(error))
            return
        self.line.setModified(False)
        self._say("")
        if value != self._value or type(value) is not type(self._value):
            self.edited.emit(value)
        self.show_value(self._value)

    def _say(self, sentence: str) -> None:
        if self.line.property("bad") != bool(sentence):
            self.line.setProperty("bad", bool(sentence))
            self.line.style().unpolish(self.line)
            self.line.style().polish(self.line)
        self.refused.emit(sentence)


class ChoiceEditor(Editor):
    """One of a few words, each with a line that explains it."""

    def __init__(self, field: Field, options: Mapping[str, tuple[str, str]]) -> None:
        super().__init__(field)
        self.box = CalmComboBox()
        for word, (title, explanation) in options.items():
            self.box.addItem(title, word)
            self.box.setItemData(self.box.count() - 1, explanation, EXPLANATION)
        self.box.activated.connect(lambda index: self.edited.emit(self.box.itemData(index)))
        self._put(self.box)

    def show_value(self, value: FieldValue) -> None:
        """Show a value; one that is not among the options is shown as it is, and refused."""
        index = self.box.findData(value)
        if index < 0:
            self.box.setPlaceholderText(str(value))
        self.box.setCurrentIndex(index)
        known = index >= 0 and not isinstance(self.field, Choice)
        self.refused.emit("" if known else self.field.refuse(value) or "")


class CalmSpinBox(QSpinBox):
    """A spin box that the wheel turns only while it has the focus, so that scrolling past changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(self.sizePolicy().Policy.Expanding, self.sizePolicy().Policy.Fixed)
        self.setMinimumWidth(72)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what scrolls."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class CalmComboBox(QComboBox):
    """A combo box that ignores the wheel and explains its options in the list."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setSizePolicy(self.sizePolicy().Policy.Expanding, self.sizePolicy().Policy.Fixed)
        self.setItemDelegate(ExplainedDelegate(self))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what scrolls."""
        event.ignore()

    def showPopup(self) -> None:
        """Open the list, wide enough for the explanations."""
        explained = any(self.itemData(row, EXPLANATION) for row in range(self.count()))
        if explained:
            self.view().setMinimumWidth(max(self.width(), POPUP_WIDTH))
        super().showPopup()


class ExplainedDelegate(QStyledItemDelegate):
    """Paints an option with its explanation in small letters beneath."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Two lines where there is an explanation."""
        hint = super().sizeHint(option, index)
        lines = self._lines(option, index)
        return QSize(hint.width(), 28 if not lines else 30 + len(lines) * (SMALL_PIXELS + 4))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint title and explanation."""
        painter.save()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.fillRect(option.rect, option.palette.color(QPalette.ColorRole.Midlight if chosen else
                                                           QPalette.ColorRole.Base))  # fmt: skip
        box = option.rect.adjusted(10, 5, -10, -4)
        painter.setFont(option.font)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        title = str(index.data() or "")
        painter.drawText(box, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, title)
        painter.setFont(_small(option.font))
        painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
        for place, line in enumerate(self._lines(option, index)):
            top = box.top() + 19 + place * (SMALL_PIXELS + 4)
            painter.drawText(box.left(), top + SMALL_PIXELS, line)
        painter.restore()

    def _lines(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> list[str]:
        text = str(index.data(EXPLANATION) or "")
        metrics = QFontMetrics(_small(option.font))
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and metrics.horizontalAdvance(longer) <= POPUP_WIDTH - 40:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPixelSize(SMALL_PIXELS)
    return small


def _typed_form(value: FieldValue) -> str:
    """A value as somebody would type it."""
    if isinstance(value, float):
        text = f"{value:.12g}"
        return text
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value)
    return shown(value)


def title_of(word: str) -> str:
    """What an option is called: a loss or an optimizer by its title, others by their word."""
    named = LOSSES.get(word) or OPTIMIZERS.get(word)
    return named.title if named else word.replace("_", " ")


def make_editor(field: Field, offered: Mapping[str, tuple[str, str]] | None = None) -> Editor:
    """The editor for a field; ``offered`` are texts to choose from where the field itself would take any."""
    if offered is not None:
        return ChoiceEditor(field, offered)
    if isinstance(field, Int):
        return IntEditor(field)
    if isinstance(field, Bool):
        return BoolEditor(field)
    if isinstance(field, Choice):
        options = {word: (title_of(word), _explained(word, line)) for word, line in field.options.items()}
        return ChoiceEditor(field, options)
    return TextEditor(field)


def _explained(word: str, line: str) -> str:
    return line.removeprefix(f"{title_of(word)}. ")


