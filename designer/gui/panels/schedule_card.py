"""One schedule of the learning rate in the training panel: its title, its place among the others and its fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QToolButton

from designer.gui.form import FieldForm, fault_role
from designer.gui.icons import icon
from designer.gui.labels import ElidedLabel, plain_label, say_role
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip
from designer.layers.catalog import SCHEDULES
from designer.layers.fields import Field, Int
from designer.project.model import Schedule

LABEL = 104
EPOCHS = "epochs"
EPOCHS_FIELD = Int(
    0,
    minimum=0,
    maximum=1_000_000_000,
    zero="the rest",
    label="its epochs",
    help="How many epochs of the training this schedule has; 0: all that the other schedules leave.",
)
BUTTONS = {"up": "Earlier", "down": "Later", "close": "Remove"}


class ScheduleCard(QFrame):
    """``moved`` carries by how many places, ``field_set`` a name and its value; ``epochs`` is among the names."""

    moved = Signal(int)
    removed = Signal()
    field_set = Signal(str, object)

    def __init__(self, theme: Theme, key: str) -> None:
        super().__init__()
        self.key = key
        kind = SCHEDULES.get(key)
        self.title = kind.title if kind is not None else key
        self.setProperty("role", "card")
        self.setAccessibleName(self.title)
        name = ElidedLabel(self.title)
        name.setToolTip(plain_tooltip(f"{self.title}: {kind.brief}" if kind is not None else self.title))
        self.buttons = {sign: QToolButton() for sign in BUTTONS}
        grid = QGridLayout(self)
        grid.setContentsMargins(10, 4, 6, 8)
        grid.setVerticalSpacing(4)
        grid.setHorizontalSpacing(0)
        grid.setColumnStretch(0, 1)
        grid.addWidget(name, 0, 0)
        for place, (sign, words) in enumerate(BUTTONS.items(), start=1):
            button = self.buttons[sign]
            button.setAutoRaise(True)
            button.setToolTip(plain_tooltip(f"{words} “{self.title}”" if sign == "close" else words))
            button.setAccessibleName(f"{words}: {self.title}")
            grid.addWidget(button, 0, place)
        self.buttons["up"].clicked.connect(lambda: self.moved.emit(-1))
        self.buttons["down"].clicked.connect(lambda: self.moved.emit(1))
        self.buttons["close"].clicked.connect(lambda: self.removed.emit())
        said = kind.summary if kind is not None else "This version does not know this schedule."
        grid.addWidget(plain_label(said, "small", wrap=True), 1, 0, 1, 4)
        self.form = FieldForm(LABEL)
        self.form.changed.connect(self.field_set)
        self.fault = plain_label("", "error", wrap=True)
        self.fault.hide()
        grid.addWidget(self.form, 2, 0, 1, 4)
        grid.addWidget(self.fault, 3, 0, 1, 4)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        for sign, button in self.buttons.items():
            button.setIcon(icon(sign, theme.muted, theme.faint, size=10))

    def show_schedule(
        self, schedule: Schedule, ends: tuple[bool, bool], faults: Mapping[str, str], mild: Collection[str] = ()
    ) -> None:
        """Show the settings of one of this kind; ``ends`` are whether it is the first one and the last.

        ``faults`` are sentences by field, "" for the whole of it, the ``mild`` ones of them warnings.
        """
        first, last = ends
        kind = SCHEDULES.get(schedule.key)
        fields: dict[str, Field] = {EPOCHS: EPOCHS_FIELD, **(kind.fields if kind is not None else {})}
        values = {EPOCHS: schedule.epochs, **schedule.fields}
        self.form.mild = mild
        self.form.show_fields(fields, values, faults, owner=schedule.key)
        self.buttons["up"].setEnabled(not first)
        self.buttons["down"].setEnabled(not last)
        self.fault.setText(faults.get("", ""))
        say_role(self.fault, fault_role("", mild))
        self.fault.setVisible(bool(faults.get("")))
