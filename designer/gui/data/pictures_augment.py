"""Augmentation: the ways in which pictures are changed by chance while training, each with its fields."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from designer.gui.controls import CheckBox
from designer.gui.data.column_page import scrolled
from designer.gui.form import Burst, FieldForm
from designer.gui.icons import icon
from designer.gui.labels import clear_layout, plain_label
from designer.gui.theme import Theme
from designer.gui.wording import plain_tooltip
from designer.layers.augmentations import AUGMENTATIONS
from designer.layers.data_edits import (
    add_augmentation,
    remove_augmentation,
    set_augmentation_field,
    switch_augmentation,
)
from designer.project.model import Augmentation

LABEL = 88
WHAT_FOR = (
    "While training, each picture is changed a little by chance, so that fewer pictures teach more. Validation and "
    "test pictures stay as they are. All that is on is done in this order."
)


class AugmentationCard(QFrame):
    """One augmentation. ``switched``, ``removed`` and ``field_set`` say what the user wants."""

    switched = Signal(bool)
    removed = Signal()
    field_set = Signal(str, object)

    def __init__(self, theme: Theme, key: str) -> None:
        super().__init__()
        self.key = key
        kind = AUGMENTATIONS.get(key)
        title = kind.title if kind is not None else key
        self.setProperty("role", "card")
        self.on, self.remove, self.form = CheckBox(title), QToolButton(), FieldForm(LABEL)
        self.on.setToolTip(plain_tooltip(kind.summary if kind is not None else ""))
        self.on.clicked.connect(self.switched)
        self.remove.setAutoRaise(True)
        self.remove.setIcon(icon("close", theme.muted, size=10))
        self.remove.setToolTip(plain_tooltip(f"Remove “{title}”"))
        self.remove.setAccessibleName(f"Remove {title}")
        self.remove.clicked.connect(lambda: self.removed.emit())
        self.form.changed.connect(self.field_set)
        said = kind.summary if kind is not None else "This version does not know this way of changing pictures."
        grid = QGridLayout(self)
        grid.setContentsMargins(10, 6, 6, 8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.on, 0, 0)
        grid.addWidget(self.remove, 0, 1)
        grid.addWidget(plain_label(said, "small", wrap=True), 1, 0, 1, 2)
        grid.addWidget(self.form, 2, 0, 1, 2)

    def show_augmentation(self, augmentation: Augmentation) -> None:
        """Show the settings of one of this kind."""
        kind = AUGMENTATIONS.get(augmentation.key)
        self.on.setChecked(not augmentation.off)
        self.on.setEnabled(kind is not None)
        self.form.setVisible(kind is not None)
        if kind is not None:
            self.form.show_fields(kind.fields, kind.values(augmentation.fields), owner=augmentation.key)
            self.form.setEnabled(not augmentation.off)


class AugmentPage(QWidget):
    """All augmentations of a project. ``edited`` carries a label, an edit of the project and a key for merging."""

    edited = Signal(str, object, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.augment: tuple[Augmentation, ...] = ()
        self.cards: list[AugmentationCard] = []
        self._burst = Burst()
        self.add = QPushButton("Add")
        self.menu = QMenu(self.add)
        self.menu.setToolTipsVisible(True)
        self.add.setMenu(self.menu)
        self.add.setToolTip("Add a way of changing the pictures by chance")
        self.add.setAccessibleName("Add an augmentation")
        self.menu.aboutToShow.connect(self._fill_menu)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(8)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 10, 12, 16)
        column.setSpacing(8)
        column.addWidget(plain_label(WHAT_FOR, "small", wrap=True))
        column.addLayout(self._cards)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inside, "Augmentation"))

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        for card in self.cards:
            card.remove.setIcon(icon("close", theme.muted, size=10))

    def show_augment(self, augment: tuple[Augmentation, ...]) -> None:
        """Show these; cards of the same kinds stay, so that the keyboard stays in its field."""
        if [each.key for each in augment] != [card.key for card in self.cards]:
            clear_layout(self._cards)
            self.cards = [self._card(place, each.key) for place, each in enumerate(augment)]
        for card, each in zip(self.cards, augment, strict=True):
            card.show_augmentation(each)
        self.augment = augment

    def _card(self, place: int, key: str) -> AugmentationCard:
        card = AugmentationCard(self.theme, key)
        title = AUGMENTATIONS[key].title if key in AUGMENTATIONS else key
        card.switched.connect(lambda on: self._switch(place, title, on))
        card.removed.connect(lambda: self._remove(place, title))
        card.field_set.connect(lambda name, value: self._set(place, title, name, value))
        self._cards.addWidget(card)
        return card

    def _fill_menu(self) -> None:
        self.menu.clear()
        there = {each.key for each in self.augment}
        for key, kind in AUGMENTATIONS.items():
            if key not in there:
                action = self.menu.addAction(kind.title)
                action.setToolTip(plain_tooltip(kind.summary))
                action.triggered.connect(lambda _, key=key: self._add(key))
        if self.menu.isEmpty():
            self.menu.addAction("All there are is in the list already").setEnabled(False)

    def _add(self, key: str) -> None:
        self.edited.emit(f"Add “{AUGMENTATIONS[key].title}”", partial(add_augmentation, key=key), "")
        card = next((card for card in self.cards if card.key == key), None)
        if card is not None:
            card.on.setFocus(Qt.FocusReason.OtherFocusReason)

    def _switch(self, place: int, title: str, on: bool) -> None:
        self.edited.emit(
            f"Switch “{title}” {'on' if on else 'off'}", partial(switch_augmentation, place=place, on=on), ""
        )

    def _remove(self, place: int, title: str) -> None:
        # where the card goes, the keyboard goes to what stays
        self.add.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit(f"Remove “{title}”", partial(remove_augmentation, place=place), "")

    def _set(self, place: int, title: str, name: str, value: object) -> None:
        edit = partial(set_augmentation_field, place=place, name=name, value=value)
        self.edited.emit(f"Set {name} of “{title}”", edit, self._burst.key((place, name)))
