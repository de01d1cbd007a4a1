"""A section of a form that is closed until it is wanted, and says then what in it is not as usual."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QToolButton, QVBoxLayout, QWidget

from designer.gui.editors import title_of
from designer.gui.form import FieldForm, Offered, words_of
from designer.gui.labels import plain_label
from designer.layers.fields import Bool, Choice, Field, shown
from designer.project.model import FieldValue


class ClosedSection(QWidget):
    """``changed`` carries the name of a field and its new, sound value; ``toggled`` whether a person has opened it."""

    changed = Signal(str, object)
    toggled = Signal(bool)

    def __init__(self, title: str, tip: str, label_width: int, opened: bool = False) -> None:
        super().__init__()
        self.title = title
        self.head = QToolButton()
        self.head.setText(title)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setAutoRaise(True)
        self.head.setStyleSheet("QToolButton { padding: 3px 4px 3px 0; }")
        self.head.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.head.setToolTip(tip)
        self.head.clicked.connect(self._toggle)
        self.said = plain_label("", "small", wrap=True)
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
        self._faulty: set[str] = set()
        self.set_open(opened)

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
        offered: Offered | None = None,
    ) -> None:
        """Show the fields, as ``FieldForm`` does; without any there is no section. One with a new fault opens."""
        self.setVisible(bool(fields))
        self.form.show_fields(fields, values, faults, given, offered, owner, several)
        faulty = {name for name in fields if faults and faults.get(name)}
        if faulty - self._faulty:
            self.set_open(True)
        self._faulty = faulty
        words = [said(name, field, values[name]) for name, field in fields.items() if name not in several]
        words += ["several values"] if several else []
        self.said.setText(" · ".join(word for word in words if word))
        self._show_said()

    def _toggle(self) -> None:
        self.set_open(not self.open)
        self.toggled.emit(self.open)
        if self.open:
            bring_into_view(self, self.head)

    def _show_said(self) -> None:
        """What is set otherwise than by default is said while the fields themselves cannot be seen."""
        self.said.setVisible(not self.open and bool(self.said.text()))


def bring_into_view(section: QWidget, head: QWidget) -> None:
    """Scroll to all of a section that was opened, or to its head and what follows where there is not room for all."""
    area = section.parentWidget()
    while area is not None and not isinstance(area, QScrollArea):
        area = area.parentWidget()
    if not isinstance(area, QScrollArea):
        return

    def show() -> None:
        area.ensureWidgetVisible(section, 0, 4)
        area.ensureWidgetVisible(head, 0, 4)

    # the section has its room only later
    QTimer.singleShot(0, section, show)


def said(name: str, field: Field, value: FieldValue) -> str:
    """A field and its value in a few words; empty where that is the default."""
    if value == field.initial:
        return ""
    words = words_of(name, field)
    words = words if words[:2].isupper() else words[:1].lower() + words[1:]
    if isinstance(field, Bool):
        return words if value is True else f"{words}: no"
    told = title_of(str(value)) if isinstance(field, Choice) else shown(value)
    return f"{words} {told}".replace("_", " ")
