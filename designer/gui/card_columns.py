"""Cards in columns: by group beneath its title, as many beside one another as there is room for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from designer.gui.card_button import CardButton
from designer.gui.labels import clear_layout, plain_label


class CardColumns(QWidget):
    """Lays cards out with ``gap`` between them, none narrower than ``least``."""

    def __init__(self, gap: int, least: int) -> None:
        super().__init__()
        self._gap, self._least = gap, least
        self._groups: list[tuple[QLabel, Sequence[CardButton]]] = []
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(gap)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop)

    def show_groups(self, groups: Mapping[str, Sequence[CardButton]]) -> None:
        """Show these cards by the titles of their groups, in place of all others; a group without a title has none."""
        clear_layout(self._grid)
        self._groups = [(plain_label(title.upper(), "section"), cards) for title, cards in groups.items()]
        self._columns = 0
        self._arrange()

    def card_rows(self) -> list[Sequence[CardButton]]:
        """The cards as they lie: those beside one another, from above."""
        step = self._columns
        return [cards[start : start + step] for _, cards in self._groups for start in range(0, len(cards), step)]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit as many columns as there is room for."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        columns = max(1, (self.width() + self._gap) // (self._least + self._gap))
        if columns == self._columns:
            return
        for place in range(max(self._columns, columns)):
            self._grid.setColumnStretch(place, 1 if place < columns else 0)
        row = 0
        for title, cards in self._groups:
            if title.text():
                self._grid.addWidget(title, row, 0, 1, columns)
                row += 1
            for place, card in enumerate(cards):
                self._grid.addWidget(card, row + place // columns, place % columns)
            row += -(-len(cards) // columns)
        self._columns = columns
