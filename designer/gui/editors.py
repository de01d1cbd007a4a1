"""Editors: one small widget for each kind of field, which tells of sound values only and says what is not sound."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSpinBox, QWidget

from designer.gui.controls import EXPLANATION, CalmComboBox, CalmSpinBox, CheckBox
from designer.layers.catalog import AVERAGES, LOSSES, MODES, OPTIMIZERS
from designer.layers.fields import Bool, Choice, Field, Int, shown
from designer.project.model import FieldValue

INT_MOST = 2**31 - 1
SEVERAL = "several values"


class Editor(QWidget):
    """Edits one field. ``edited`` carries a sound value, ``refused`` a sentence, empty once all is well again.

    ``title`` is what the field is called where it stands.
    """

    title = ""
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

    def show_several(self, value: FieldValue) -> None:
        """Show that there are several values, ``value`` the first of them; whatever is set then is told."""
        raise TypeError(f"{type(self).__name__} does not show several values")

    def settle(self) -> str:
        """Take over what is typed and not finished; why that cannot be, empty where there is nothing amiss."""
        return ""

    def _put(self, widget: QWidget) -> None:
        self._layout.addWidget(widget)
        self.setFocusProxy(widget)


class UndoPasser(QObject):
    """Leaves undo and redo to the window while nothing has been typed into a line that could be undone there."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Refuse the keys before the line claims them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo = event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
            line = watched.lineEdit() if isinstance(watched, QSpinBox) else watched
            if undo and isinstance(line, QLineEdit) and not line.isModified():
                event.ignore()
                return True
        return False


def leave_undo_to_window(*widgets: QLineEdit | QSpinBox) -> None:
    """Let Ctrl+Z in these undo steps of the project, unless something is being typed."""
    for widget in widgets:
        widget.installEventFilter(UndoPasser(widget))


class IntEditor(Editor):
    """A whole number with arrows."""

    def __init__(self, field: Int) -> None:
        super().__init__(field)
        self.box = SpinBox()
        self._range = max(-INT_MOST, field.minimum), min(INT_MOST, field.maximum)
        self.box.setRange(*self._range)
        if field.zero and field.minimum == 0:
            self.box.say_zero(f"0 ({field.zero})")
        self.box.setKeyboardTracking(False)
        self.box.setStepType(QSpinBox.StepType.DefaultStepType)
        self.box.valueChanged.connect(self._changed)
        leave_undo_to_window(self.box, self.box.lineEdit())
        self._put(self.box)

    def show_value(self, value: FieldValue) -> None:
        """Show a value; one that is no whole number leaves the box at the nearest it can say."""
        self.box.blockSignals(True)
        self.box.leave_several(self._range)
        if isinstance(value, int) and not isinstance(value, bool):
            if value != self.box.value():
                self.box.setValue(max(self.box.minimum(), min(self.box.maximum(), value)))
        else:
            self.box.setValue(self.box.minimum())
        self.box.blockSignals(False)
        self.refused.emit(self.field.refuse(value) or "")

    def show_several(self, value: FieldValue) -> None:
        """Show that there are several numbers; the arrows go on from the first."""
        self.box.blockSignals(True)
        first = value if isinstance(value, int) and not isinstance(value, bool) else self._range[0]
        self.box.show_several(self._range, first)
        self.box.blockSignals(False)
        self.refused.emit("")

    def settle(self) -> str:
        """Take over the number that is typed."""
        self.box.interpretText()
        return ""

    def _changed(self, value: int) -> None:
        if self.box.several and value == self.box.minimum():
            return
        self.box.leave_several(self._range)
        self.refused.emit("")
        self.edited.emit(value)


class SpinBox(CalmSpinBox):
    """A spin box that can also say that there are several numbers: then it stands beneath the least of them."""

    several = False
    _first = 0
    _zero = ""

    def say_zero(self, words: str) -> None:
        """Say these words where the least number stands."""
        self._zero = words
        self.setSpecialValueText(words)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Words that stand for a number are typed over as a whole: within them nothing could be typed."""
        super().focusInEvent(event)
        if self.specialValueText() and self.value() == self.minimum():
            QTimer.singleShot(0, self, self.selectAll)

    def show_several(self, room: tuple[int, int], first: int) -> None:
        """Stand for several numbers, of which ``first`` is the one that the arrows go on from."""
        self.several, self._first = True, first
        self.setRange(room[0] - 1, room[1])
        self.setSpecialValueText(SEVERAL)
        self.setValue(room[0] - 1)

    def leave_several(self, room: tuple[int, int]) -> None:
        """Stand for one number again."""
        if self.several:
            self.several = False
            self.setSpecialValueText(self._zero)
            self.setRange(*room)

    def stepBy(self, steps: int) -> None:
        """Step from the first of several numbers."""
        if self.several and self.value() == self.minimum():
            self.setValue(self._first + steps)
        else:
            super().stepBy(steps)

    def stepEnabled(self) -> QSpinBox.StepEnabledFlag:
        """From several numbers one can step either way."""
        if self.several:
            return QSpinBox.StepEnabledFlag.StepUpEnabled | QSpinBox.StepEnabledFlag.StepDownEnabled
        return super().stepEnabled()


class BoolEditor(Editor):
    """Yes or no."""

    def __init__(self, field: Bool) -> None:
        super().__init__(field)
        self.box = CheckBox()
        self.box.clicked.connect(lambda on: self.edited.emit(on))
        self._put(self.box)

    def show_value(self, value: FieldValue) -> None:
        """Show a value."""
        self.box.setTristate(False)
        self.box.setText("")
        self.box.setChecked(value is True)
        self.refused.emit(self.field.refuse(value) or "")

    def show_several(self, value: FieldValue) -> None:
        """Show that it is yes for some and no for others."""
        self.box.setTristate(True)
        self.box.setText(SEVERAL)
        self.box.setCheckState(Qt.CheckState.PartiallyChecked)
        self.refused.emit("")


class TextEditor(Editor):
    """Anything that is typed: numbers with a point, sizes, lists, texts."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._value: FieldValue = field.initial
        self._several = False
        self.line = QLineEdit()
        self.line.editingFinished.connect(self._finished)
        self.line.textEdited.connect(self._typed)
        self.line.installEventFilter(self)
        leave_undo_to_window(self.line)
        self._put(self.line)

    def show_value(self, value: FieldValue) -> None:
        """Show a value, unless somebody is typing another one or has left off with one that cannot be."""
        if self.line.isModified() and value == self._value:
            return
        self._value, self._several = value, False
        self.line.setPlaceholderText("")
        text = _typed_form(value)
        if text != self.line.text():
            self.line.setText(text)
        self._say(self.field.refuse(value) or "")

    def show_several(self, value: FieldValue) -> None:
        """Show that there are several values, unless somebody is just typing one for all."""
        if self.line.hasFocus() and self.line.isModified() and self._several:
            return
        self._value, self._several = value, True
        self.line.setPlaceholderText(SEVERAL)
        self.line.clear()
        self._say("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape takes back what was typed."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape and self.line.isModified():
                self.line.setModified(False)
                self._show_again()
                return True
        return False

    def _typed(self, text: str) -> None:
        try:
            self.field.parse(text)
        except ValueError as error:
            self._say(str(error))
        else:
            self._say("")

    def settle(self) -> str:
        """Take over what is typed, unless it is not sound."""
        return self._finished()

    def _finished(self) -> str:
        """Take over what was typed; why that cannot be, empty where it is sound."""
        if not self.line.isModified():
            return ""
        try:
            value = self.field.parse(self.line.text())
        except ValueError as error:
            self._say(str(error))
            return str(error)
        self.line.setModified(False)
        self._say("")
        if self._several or value != self._value or type(value) is not type(self._value):
            self.edited.emit(value)
        self._show_again()
        return ""

    def _show_again(self) -> None:
        show = self.show_several if self._several else self.show_value
        show(self._value)

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

    def show_several(self, value: FieldValue) -> None:
        """Show that several are chosen."""
        self.box.setPlaceholderText(SEVERAL)
        self.box.setCurrentIndex(-1)
        self.refused.emit("")


def _typed_form(value: FieldValue) -> str:
    """A value as somebody would type it."""
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value)
    return shown(value)


def title_of(word: str) -> str:
    """What an option is called: what is declared, such as a loss or optimizer, by its title, others by their word."""
    named = LOSSES.get(word) or OPTIMIZERS.get(word) or MODES.get(word) or AVERAGES.get(word)
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
