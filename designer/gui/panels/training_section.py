"""The section of a page on how layers start and learn: closed until it is wanted, and then as it was left."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from designer.gui.form import FieldForm
from designer.gui.labels import ElidedLabel
from designer.layers.fields import Field, shown
from designer.layers.training_fields import FROZEN
from designer.project.model import FieldValue
from designer.workspace.preferences import change_preferences, load_preferences


class TrainingSection(QWidget):
    """``changed`` carries the name of a field and its new, sound value; ``toggled`` whether the section is open now."""

    changed = Signal(str, object)
    toggled = Signal(bool)

    def __init__(self, title: str, label_width: int) -> None:
        super().__init__()
        self.title = title
        self.head = QToolButton()
        self.head.setText(title)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setAutoRaise(True)
        self.head.setStyleSheet("QToolButton { padding: 3px 4px 3px 0; }")
        self.head.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.head.setToolTip("How the weights start, and whether and how fast they learn")
        self.head.clicked.connect(self._toggle)
        self.said = ElidedLabel("", "small")
        self.said.setContentsMargins(22, 0, 0, 0)
        self.form = FieldForm(label_width)
        self.form.changed.connect(self.changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.head, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.said)
        layout.addWidget(self.form)
        self.open = False
        self.set_open(load_preferences().training_open)

    def set_open(self, open_: bool) -> None:
        """Open or close the section."""
        self.open = open_
        self.head.setArrowType(Qt.ArrowType.DownArrow if open_ else Qt.ArrowType.RightArrow)
        self.head.setAccessibleName(f"{self.title}, {'open' if open_ else 'closed'}")
        self.form.setVisible(open_)
        self._show_said()

    def show_fields(
        self,
        fields: Mapping[str, Field],
        values: Mapping[str, FieldValue],
        faults: Mapping[str, str] | None = None,
        given: Mapping[str, str] | None = None,
        owner: str = "",
        several: Collection[str] = (),
    ) -> None:
        """Show the training fields, as ``FieldForm`` does; without any there is no section."""
        self.setVisible(bool(fields))
        self.form.show_fields(fields, values, faults, given, None, owner, several)
        words = [_said(name, field, values[name]) for name, field in fields.items() if name not in several]
        words += ["several values"] if several else []
        self.said.setText(" · ".join(word for word in words if word))
        self._show_said()

    def _toggle(self) -> None:
        self.set_open(not self.open)
        change_preferences(training_open=self.open)
        self.toggled.emit(self.open)

    def _show_said(self) -> None:
        """What is set otherwise than by default is said while the fields themselves cannot be seen."""
        self.said.setVisible(not self.open and bool(self.said.text()))


def _said(name: str, field: Field, value: FieldValue) -> str:
    if value == field.initial:
        return ""
    return "frozen" if name == FROZEN else f"{field.label} {shown(value)}".replace("_", " ")
