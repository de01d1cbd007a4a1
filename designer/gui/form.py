"""A form made from declared fields: labels, editors, help, and what is wrong right beneath the field it is about."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QGridLayout, QLabel, QWidget

from designer.gui.columns_editor import ALL, ColumnsEditor
from designer.gui.editors import Editor, make_editor
from designer.gui.labels import clear_layout, plain_label, say_role
from designer.gui.wording import plain_tooltip
from designer.layers.fields import Choices, ColumnNames, Field, TargetNames
from designer.project.model import FieldValue

BURST_SECONDS = 1.0
Offered = Mapping[str, Mapping[str, tuple[str, str]]]


class FieldForm(QWidget):
    """Shows fields and their values. ``changed`` carries the name of a field and its new, sound value."""

    changed = Signal(str, object)

    def __init__(self, label_width: int = 116) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnMinimumWidth(0, label_width)
        self._grid.setColumnStretch(1, 1)
        self._label_width = label_width
        self._shape: object = None
        self._faults: dict[str, QLabel] = {}
        self._typed: dict[str, str] = {}
        self._found: Mapping[str, str] = {}
        self.editors: dict[str, Editor] = {}
        self.labels: dict[str, QLabel] = {}
        # the fields of which what was found is no error but a warning
        self.mild: Collection[str] = ()
        # what stands at the end of a field's row, made with the row
        self.beside: Callable[[str], QWidget | None] = lambda name: None
        self.beside_widgets: dict[str, QWidget] = {}

    def show_fields(
        self,
        fields: Mapping[str, Field],
        values: Mapping[str, FieldValue],
        faults: Mapping[str, str] | None = None,
        given: Mapping[str, str] | None = None,
        offered: Offered | None = None,
        owner: str = "",
        several: Collection[str] = (),
    ) -> None:
        """Show ``fields`` with ``values``; rows are made anew only where they are others.

        ``faults`` are sentences by field, ``given`` the words for fields that are not the user's to set, ``offered``
        options by field, ``owner`` what the fields belong to. The fields ``several`` have more than one value.
        """
        given, offered = given or {}, offered or {}
        shape = (owner, {name: (field, given.get(name), offered.get(name)) for name, field in fields.items()})
        if shape != self._shape:
            here = self._focused() if isinstance(self._shape, tuple) and self._shape[0] == owner else ""
            if here:
                # not to whatever comes next in the window while the row is gone
                self.setFocus(Qt.FocusReason.OtherFocusReason)
            self._build(fields, given, offered)
            self._shape = shape
            self._focus_again(here)
        self._found = faults or {}
        for name, editor in self.editors.items():
            show = editor.show_several if name in several else editor.show_value
            show(values.get(name, fields[name].initial))
        for name in fields:
            self._show_fault(name)

    def _focused(self) -> str:
        """The field whose row has the keyboard."""
        focused = QApplication.focusWidget()
        if focused is None:
            return ""
        parts = [*self.editors.items(), *self.beside_widgets.items()]
        return next((name for name, part in parts if part is focused or part.isAncestorOf(focused)), "")

    def _focus_again(self, name: str) -> None:
        """The rows were made anew under the keyboard: it stays in its own."""
        editor, beside = self.editors.get(name), self.beside_widgets.get(name)
        part = editor.focusProxy() if editor is not None else beside
        if part is not None:
            part.setFocus(Qt.FocusReason.OtherFocusReason)

    def _build(self, fields: Mapping[str, Field], given: Mapping[str, str], offered: Offered) -> None:
        clear_layout(self._grid)
        self.editors, self.labels, self._faults, self._typed = {}, {}, {}, {}
        self.beside_widgets = {}
        for row, (name, field) in enumerate(fields.items()):
            self._add_row(2 * row, name, field, given.get(name), offered.get(name))

    def _add_row(
        self, row: int, name: str, field: Field, given: str | None, offered: Mapping[str, tuple[str, str]] | None
    ) -> None:
        label = plain_label(words_of(name, field), "muted", wrap=True)
        label.setMinimumWidth(self._label_width)
        label.setMaximumWidth(self._label_width)
        label.setToolTip(plain_tooltip(field.help))
        self.labels[name] = label
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignVCenter)
        beside = self.beside(name)
        room = 2 if beside is None else 1
        if beside is not None:
            self.beside_widgets[name] = beside
            self._grid.addWidget(beside, row, 2)
        if given is not None:
            shown = plain_label(given, wrap=True)
            shown.setToolTip(plain_tooltip(f"{given}\n{field.help}"))
            self._grid.addWidget(shown, row, 1, 1, room)
            return
        editor = _editor_of(field, offered)
        editor.title = words_of(name, field)
        target = editor.focusProxy() or editor
        label.setBuddy(target)
        target.setToolTip(plain_tooltip(field.help))
        target.setAccessibleName(words_of(name, field))
        target.setAccessibleDescription(field.help)
        editor.edited.connect(lambda value, name=name: self.changed.emit(name, value))
        editor.refused.connect(lambda sentence, name=name: self._refused(name, sentence))
        self.editors[name] = editor
        fault = plain_label("", "error", wrap=True)
        fault.hide()
        self._faults[name] = fault
        self._grid.addWidget(editor, row, 1, 1, room)
        self._grid.addWidget(fault, row + 1, 0, 1, 3)

    def _refused(self, name: str, sentence: str) -> None:
        self._typed[name] = sentence
        self._show_fault(name)

    def _show_fault(self, name: str) -> None:
        label = self._faults.get(name)
        if label is None:
            return
        typed = self._typed.get(name, "")
        text = typed[:1].upper() + typed[1:] + "." if typed else self._found.get(name, "")
        label.setText(text)
        say_role(label, "error" if typed else fault_role(name, self.mild))
        label.setVisible(bool(text))


def fault_role(name: str, mild: Collection[str]) -> str:
    """How what is said of a field looks: as a warning where it is among the ``mild``, else as an error."""
    return "warning" if name in mild else "error"


def all_that_suit(offered: Mapping[str, tuple[str, str]]) -> str:
    """What an input takes that names no columns: all of those offered of which nothing else is said."""
    free = [title for title, elsewhere in offered.values() if not elsewhere]
    return f"{ALL}: {', '.join(free)}" if free else ALL


def _editor_of(field: Field, offered: Mapping[str, tuple[str, str]] | None) -> Editor:
    """What edits a field: a list to tick for names of several columns or of several figures."""
    if isinstance(field, ColumnNames):
        return ColumnsEditor(field, offered or {}, all_that_suit(offered or {}))
    if isinstance(field, Choices):
        words = {key: tuple(line.split(". ", 1)) for key, line in field.options.items()}
        return ColumnsEditor(field, {key: (each[0], each[-1]) for key, each in words.items()}, "the usual ones")
    if isinstance(field, TargetNames) and offered is not None and "" not in offered:
        return ColumnsEditor(field, offered, "as marked in the data")
    return make_editor(field, offered)


class Burst:
    """Names a quick succession of changes to one thing alike, so that they become one step of the history."""

    def __init__(self) -> None:
        self._number = 0
        self._last: tuple[object, float] = (None, 0.0)

    def key(self, thing: object) -> str:
        """The merge key for a change of ``thing`` made now."""
        now = time.monotonic()
        if self._last[0] != thing or now - self._last[1] > BURST_SECONDS:
            self._number += 1
        self._last = (thing, now)
        return f"field burst {self._number}"


def words_of(name: str, field: Field) -> str:
    """What a field is called in a form: its label, or its own name with blanks; the first letter is a capital."""
    words = field.label or name.rpartition(".")[2].replace("_", " ")
    return words[:1].upper() + words[1:]
