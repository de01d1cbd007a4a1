"""Texts as a network reads them beside what they are, those read wrong first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

HEADS = ("What it is", "As read")
LONGEST_SHOWN = 1_000


class ReadTexts(QTableWidget):
    """A table of two columns: each text, and what the network reads."""

    def __init__(self) -> None:
        super().__init__(0, len(HEADS))
        self.setAccessibleName("Texts")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalHeaderLabels(HEADS)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.setTabKeyNavigation(False)

    def show_texts(self, actual: Sequence[str], read: Sequence[str]) -> None:
        """Show texts beside what was read of each; those that differ come first, and are bold."""
        pairs = sorted(zip(actual, read, strict=False), key=lambda pair: pair[0] == pair[1])
        self.setRowCount(len(pairs))
        for row, pair in enumerate(pairs):
            for column, text in enumerate(pair):
                cell = QTableWidgetItem(str(text)[:LONGEST_SHOWN])
                font = cell.font()
                font.setBold(column == 1 and pair[0] != pair[1])
                cell.setFont(font)
                self.setItem(row, column, cell)
        self.scrollToTop()
