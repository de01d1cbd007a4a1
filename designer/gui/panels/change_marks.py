"""Marks on the curves: where settings were changed while the run trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from designer.gui.theme import Theme

LONGEST = 40


class ChangeMarks:
    """Upright lines on one plot, each with words along it."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.shown: list[tuple[float, str]] = []
        self._lines: list[Any] = []

    def show(self, plot: Any, marks: Sequence[tuple[float, str]]) -> None:
        """Show these marks on ``plot`` and no others: epochs, and what was changed there."""
        if list(marks) == self.shown:
            return
        import pyqtgraph

        for line in self._lines:
            plot.removeItem(line)
        self.shown, self._lines = list(marks), []
        for x, words in marks:
            text = words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
            # the label takes its words for a format
            label = text.replace("{", "{{").replace("}", "}}")
            options = {"position": 0.98, "rotateAxis": (1, 0), "anchors": [(1, 0), (1, 0)], "movable": False}
            line = pyqtgraph.InfiniteLine(x, angle=90, label=label, labelOpts=options)
            plot.addItem(line, ignoreBounds=True)
            self._lines.append(line)
        self._dress()

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self._dress()

    def _dress(self) -> None:
        import pyqtgraph

        for line in self._lines:
            line.setPen(pyqtgraph.mkPen(QColor(self.theme.muted), width=1, style=Qt.PenStyle.DashLine))
            line.label.setColor(QColor(self.theme.muted))
