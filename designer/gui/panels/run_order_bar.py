"""The head of the list of runs: by what they are sorted, and what the figure is that stands at their right."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from designer.gui.wording import plain_tooltip

HEIGHT = 24
FIGURE = "Figure"
UP, DOWN = "↑", "↓"
# order: what comes first, and what does the other way round
FIRST = {
    "date": ("the newest first", "the oldest first"),
    "name": ("from A to Z", "from Z to A"),
    "figure": ("the best first", "the worst first"),
}


class RunOrderBar(QWidget):
    """``chosen`` carries the order that was clicked: ``date``, ``name`` or ``figure``."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Order of the runs")
        self.setFixedHeight(HEIGHT)
        self.buttons: dict[str, QPushButton] = {}
        self._shown: tuple[str, bool, str, bool] | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(28, 0, 12, 0)
        row.setSpacing(0)
        for order in FIRST:
            button = QPushButton()
            button.setProperty("head", True)
            button.clicked.connect(lambda _=False, order=order: self.chosen.emit(order))
            self.buttons[order] = button
            row.addWidget(button)
            if order == "name":
                row.addStretch(1)

    def show_order(self, by: str, turned: bool, figure: str, higher: bool) -> None:
        """Say by what the runs are sorted; ``figure`` is what stands at their right, ``higher`` values the better."""
        if (by, turned, figure, higher) == self._shown:
            return
        self._shown = (by, turned, figure, higher)
        titles = {"date": "Date", "name": "Name", "figure": f"{figure[:1].upper()}{figure[1:]}" or FIGURE}
        for order, button in self.buttons.items():
            first, other = FIRST[order]
            chosen = order == by
            down = (order == "date" or (order == "figure" and higher)) != turned
            button.setText(f"{titles[order]} {DOWN if down else UP}" if chosen else titles[order])
            button.setProperty("chosen", chosen)
            button.style().unpolish(button)
            button.style().polish(button)
            what = titles[order].lower() if order != "figure" else figure or "the figure that each run is judged by"
            if not chosen:
                words = f"Sort by {what}, {first}"
            else:
                words = f"Sorted by {what}, {other if turned else first}; once more for {first if turned else other}"
            button.setToolTip(plain_tooltip(words))
            button.setAccessibleName(words)
