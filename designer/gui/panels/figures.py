"""A small table of measured figures: a row for each metric, a column for each part."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from designer.gui.labels import ElidedLabel, SteadyLabel, clear_layout, plain_label
from designer.gui.numbers import figure
from designer.gui.turns import OneByOne
from designer.gui.wording import plain_tooltip
from designer.layers.catalog import METRICS

PARTS = ("train", "validation", "test")
TITLES = {"train": "Train", "validation": "Validation", "test": "Test"}
Figures = Mapping[str, Mapping[str, float | None]]


class FigureTable(QWidget):
    """Shows figures by part and metric; ``large`` sets the column that counts most in large letters."""

    def __init__(self, large: str = "") -> None:
        super().__init__()
        self._large = large
        self._shape: object = None
        self._told: dict[tuple[str, str], float | None] = {}
        # the places of figures that are not shown yet
        self._left: list[tuple[str, str]] = []
        self.cells: dict[tuple[str, str], QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16 if large else 8)
        self._grid.setVerticalSpacing(4 if large else 2)

    def show_figures(self, figures: Figures, turns: OneByOne | None = None) -> None:
        """Show figures; a table of the same form only gets other numbers, each in one of the ``turns`` if there are."""
        parts = [part for part in PARTS if figures.get(part)]
        metrics = list(dict.fromkeys(name for part in parts for name in figures[part]))
        order = ["loss", *METRICS]
        outputs = list(dict.fromkeys(name.rpartition(".")[0] for name in metrics))

        def place(name: str) -> tuple[int, int]:
            output, _, figure = name.rpartition(".")
            return outputs.index(output), order.index(figure) if figure in order else len(order)

        metrics.sort(key=place)
        if (parts, metrics) != self._shape:
            self._shape = (parts, metrics)
            self._build(parts, metrics)
        self._told = {(part, metric): figures[part].get(metric) for part, metric in self.cells}
        self._left = list(self.cells)
        if turns is not None:
            turns.ask(partial(self._show_next, turns, self._left))
        while turns is None and self._left:
            self._show_figure(self._left.pop(0))

    def _show_next(self, turns: OneByOne, left: list[tuple[str, str]]) -> None:
        """Show the first of the figures that are left and are other ones now; what was told later has other turns."""
        while left is self._left and left:
            if self._show_figure(left.pop(0)):
                turns.ask(partial(self._show_next, turns, left))
                return

    def _show_figure(self, place: tuple[str, str]) -> bool:
        """Show a figure; answers whether it is another one."""
        cell, value = self.cells[place], self._told[place]
        text = figure(value)
        if cell.text() == text:
            return False
        cell.setText(text)
        cell.setToolTip(f"{value:.10g}" if value is not None and math.isfinite(value) else "")
        return True

    def _build(self, parts: list[str], metrics: list[str]) -> None:
        clear_layout(self._grid)
        self.cells = {}
        for column in range(self._grid.columnCount()):
            # a part that is shown no longer leaves no gap
            self._grid.setColumnMinimumWidth(column, 0)
        level = Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | level
        for column, part in enumerate(parts):
            self._grid.addWidget(plain_label(TITLES[part], "muted"), 0, column + 1, right)
            self._grid.setColumnMinimumWidth(column + 1, 96 if part == self._large else 52)
        for row, metric in enumerate(metrics):
            title = title_of_figure(metric)
            name = ElidedLabel(title, "muted") if "." in metric else plain_label(title, "muted")
            known = METRICS.get(metric.rpartition(".")[2])
            help = f"{known.summary} {known.formula}".strip() if known else "What training makes small."
            name.setToolTip(plain_tooltip(f"{title}. {help}" if "." in metric else help))
            self._grid.addWidget(name, row + 1, 0, level)
            for column, part in enumerate(parts):
                cell = SteadyLabel("figure" if part == self._large else "")
                self.cells[part, metric] = cell
                self._grid.addWidget(cell, row + 1, column + 1, right)
        self._grid.setColumnStretch(0, 1)


def title_of_figure(name: str) -> str:
    """What a figure is called: ``Accuracy``, or of one of several outputs ``class: Accuracy``."""
    output, _, figure_key = name.rpartition(".")
    known = METRICS.get(figure_key)
    title = known.title if known else figure_key.replace("_", " ").capitalize()
    return f"{output}: {title}" if output else title
