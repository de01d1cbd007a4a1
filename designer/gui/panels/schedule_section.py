"""The schedules of the learning rate in the training panel: a list to edit, and the rate drawn over the epochs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from designer.gui.form import Burst, fault_role
from designer.gui.labels import ElidedLabel, clear_layout, plain_label, say_role
from designer.gui.panels.closed_section import bring_into_view
from designer.gui.panels.rate_view import RateView
from designer.gui.panels.schedule_card import EPOCHS, ScheduleCard
from designer.gui.run_model import RunModel
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip
from designer.layers import schedule_edits
from designer.layers.catalog import SCHEDULES
from designer.layers.fields import shown
from designer.project.errors import EditError
from designer.project.facts import Facts
from designer.project.model import Project
from designer.workspace.preferences import change_preferences, load_preferences
from designer.workspace.schedule_text import schedules_text

KEY = "schedules"
TITLE = "Learning-rate schedule"
WHAT = "How the learning rate changes over the epochs. Schedules follow one another; each begins at the learning rate."


class Edited(Protocol):
    """What takes edits of its project: a session, or the draft of a dialog."""

    @property
    def project(self) -> Project:
        """The project as it is now."""

    def do(self, label: str, project: Project, merge: str = "") -> None:
        """Make an edit's result the project."""


class ScheduleSection(QWidget):
    """``refused`` carries why something could not be done, ``added`` the card of a schedule that has just come."""

    refused = Signal(str)
    added = Signal(QWidget)

    def __init__(self, session: Edited, run: RunModel | None, theme: Theme) -> None:
        super().__init__()
        self.session, self.run, self.theme = session, run, theme
        self.cards: list[ScheduleCard] = []
        self._burst = Burst()
        self._build()
        self.open = False
        self.set_open(KEY in load_preferences().open_sections)

    def _build(self) -> None:
        self.head = QToolButton()
        self.head.setText(TITLE)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setAutoRaise(True)
        self.head.setStyleSheet("QToolButton { padding: 3px 4px 3px 0; }")
        self.head.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.head.setToolTip(plain_tooltip(WHAT))
        self.head.clicked.connect(self._toggle)
        self.said = ElidedLabel("", "small")
        self.said.setContentsMargins(22, 0, 0, 0)
        self.rates = RateView(self.session, self.run, self.theme)
        self.fault = plain_label("", "error", wrap=True)
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self.add = QPushButton("Add a schedule")
        # in a dialog Enter is for what the dialog does
        self.add.setAutoDefault(False)
        self.menu = QMenu(self.add)
        self.menu.setToolTipsVisible(True)
        self.add.setMenu(self.menu)
        for key, kind in SCHEDULES.items():
            action = self.menu.addAction(f"{kind.title}\t{kind.brief}")
            action.setData(key)
            action.setToolTip(plain_tooltip(kind.summary))
            action.triggered.connect(lambda _, key=key: self._add(key))
        self.body = QWidget()
        inside = QVBoxLayout(self.body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        for part in (self.rates, self.fault):
            inside.addWidget(part)
        inside.addLayout(self._list)
        inside.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.head, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.said)
        layout.addWidget(self.body)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self.rates.set_theme(theme)
        for card in self.cards:
            card.set_theme(theme)

    def set_open(self, open_: bool) -> None:
        """Open or close the section."""
        self.open = open_
        self.head.setArrowType(Qt.ArrowType.DownArrow if open_ else Qt.ArrowType.RightArrow)
        self.head.setAccessibleName(f"{TITLE}, {'open' if open_ else 'closed'}")
        self.body.setVisible(open_)
        self._say()

    def refresh(self, faults: Mapping[str, str], facts: Facts | None, mild: Collection[str] = ()) -> None:
        """Show the schedules as they are now; ``faults`` are sentences by path, the ``mild`` ones warnings."""
        schedules = self.session.project.training.schedules
        if [each.key for each in schedules] != [card.key for card in self.cards]:
            clear_layout(self._list)
            self.cards = [self._card(place, each.key) for place, each in enumerate(schedules)]
        for place, (card, each) in enumerate(zip(self.cards, schedules, strict=True)):
            own = {"": faults.get(f"{KEY}.{place}", "")}
            head = f"{KEY}.{place}."
            own |= {path.removeprefix(head): words for path, words in faults.items() if path.startswith(head)}
            warned = {path.removeprefix(head.rstrip(".")).removeprefix(".") for path in mild if _is_of(path, head)}
            card.show_schedule(each, (place == 0, place == len(schedules) - 1), own, warned)
        self.fault.setText(faults.get(KEY, ""))
        say_role(self.fault, fault_role(KEY, mild))
        self.fault.setVisible(bool(faults.get(KEY)))
        self.rates.refresh(facts)
        self._say()

    def reveal(self, path: str) -> QWidget:
        """Open the section and let the keyboard go on at the schedule, or the field of it, that a path names."""
        self.set_open(True)
        _, _, rest = path.partition(".")
        place, _, name = rest.partition(".")
        card = self.cards[int(place)] if place.isdigit() and int(place) < len(self.cards) else None
        editor = card.form.editors.get(name or EPOCHS) if card is not None else None
        target = (editor.focusProxy() or editor) if editor is not None else self.add
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        return target

    def _toggle(self) -> None:
        self.set_open(not self.open)
        others = [each for each in load_preferences().open_sections if each != KEY]
        change_preferences(open_sections=(*others, *([KEY] if self.open else [])))
        if self.open:
            bring_into_view(self, self.head)

    def _say(self) -> None:
        schedules = self.session.project.training.schedules
        self.said.setText(schedules_text(schedules) if schedules else "")
        self.said.setVisible(not self.open and bool(schedules))

    def _card(self, place: int, key: str) -> ScheduleCard:
        card = ScheduleCard(self.theme, key)
        card.moved.connect(lambda by: self._move(place, by))
        card.removed.connect(lambda: self._remove(place))
        card.field_set.connect(lambda name, value: self._set(place, name, value))
        self._list.addWidget(card)
        return card

    def _add(self, key: str) -> None:
        before = [card.key for card in self.cards]
        self._do(f"Add schedule {SCHEDULES[key].title}", partial(schedule_edits.add_schedule, key=key))
        if len(self.cards) > len(before):
            place = next((place for place, old in enumerate(before) if self.cards[place].key != old), len(before))
            self.reveal(f"{KEY}.{place}")
            self.added.emit(self.cards[place])

    def _remove(self, place: int) -> None:
        # where the card goes, the keyboard goes to what stays
        self.add.setFocus(Qt.FocusReason.OtherFocusReason)
        edit = partial(schedule_edits.remove_schedule, place=place)
        self._do(f"Remove schedule {self.cards[place].title}", edit)

    def _move(self, place: int, by: int) -> None:
        title = self.cards[place].title
        edit = partial(schedule_edits.move_schedule, place=place, to=place + by)
        self._do(f"Move schedule {title} {'up' if by < 0 else 'down'}", edit)
        sign = "up" if by < 0 else "down"
        if 0 <= place + by < len(self.cards):
            self.cards[place + by].buttons[sign].setFocus(Qt.FocusReason.OtherFocusReason)

    def _set(self, place: int, name: str, value: object) -> None:
        if name == EPOCHS:
            edit = partial(schedule_edits.set_schedule_epochs, place=place, epochs=int(str(value)))
        else:
            edit = partial(schedule_edits.set_schedule_field, place=place, name=name, value=value)  # type: ignore[arg-type]
        words = name.replace("_", " ")
        label = f"Set {words} of {self.cards[place].title} to {shown(value)}"  # type: ignore[arg-type]
        self._do(label, edit, self._burst.key((place, name)))

    def _do(self, label: str, edit: Callable[[Project], Project], merge: str = "") -> None:
        try:
            self.session.do(label, edit(self.session.project), merge)
        except EditError as error:
            self.refused.emit(str(error))


def _is_of(path: str, head: str) -> bool:
    """Whether the path of a setting is that of a schedule, ``head`` with a dot at its end, or of a field of it."""
    return f"{path}.".startswith(head)
