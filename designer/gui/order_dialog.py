"""The small form that asks what the run in hand shall do otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from designer.gui.form import FieldForm
from designer.gui.labels import plain_label
from designer.layers.fields import Field
from designer.project.model import FieldValue

WIDTH = 420


class OrderDialog(QDialog):
    """``chosen`` carries the fields whose values are to be others, or all of those without a value so far.

    ``words`` are the title, what stands above the form, and what stands on the button.
    """

    chosen = Signal(dict)

    def __init__(
        self,
        words: tuple[str, str, str],
        fields: Mapping[str, Field],
        values: Mapping[str, FieldValue],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title, sentence, does = words
        self._fields, self._before = fields, dict(values)
        self._now: dict[str, Any] = {name: values.get(name, field.initial) for name, field in fields.items()}
        self.setWindowTitle(title)
        self.form = FieldForm(150)
        self.form.changed.connect(self._set)
        self.do = QPushButton(does)
        self.buttons = QDialogButtonBox()
        self.buttons.addButton(self.do, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self._choose)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(plain_label(sentence, "muted", wrap=True))
        layout.addWidget(self.form)
        # what a dialog has to say of the values goes in here
        self.room = QVBoxLayout()
        self.room.setSpacing(8)
        layout.addLayout(self.room)
        layout.addWidget(self.buttons)
        # only a button that is in the dialog by then takes Return from the others
        self.do.setDefault(True)
        self.form.show_fields(fields, self._now)
        self._wrong: dict[str, str] = {}
        for name, editor in self.form.editors.items():
            editor.refused.connect(lambda sentence, name=name: self._wrong.update({name: sentence}))
        self.setMinimumWidth(WIDTH)
        first = next(iter(self.form.editors.values()))
        (first.focusProxy() or first).setFocus(Qt.FocusReason.OtherFocusReason)

    def _set(self, name: str, value: FieldValue) -> None:
        self._now[name] = value
        self.form.show_fields(self._fields, self._now)

    def _others(self) -> dict[str, Any]:
        return {name: value for name, value in self._now.items() if self._before.get(name) != value}

    def _choose(self) -> None:
        # what is wrong stands beneath its field
        if any(self._wrong.values()):
            return
        if others := self._others():
            self.chosen.emit(others)
        self.accept()
