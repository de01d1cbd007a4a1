"""The buttons beside the heading of the list of runs: what is asked most of the chosen run, and all the rest."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from designer.gui.panels.run_list import RunList
from designer.gui.wording import plain_tooltip

FORK = "Go on from an epoch of the chosen run with other settings, as a run of its own (F)"
MORE = "All that can be done with the chosen runs: results, predict, go on, rename, delete, show their curves"


class RunTools(QWidget):
    """``fork`` asks how the chosen run shall be forked, ``more`` opens the menu of the chosen runs."""

    def __init__(self, runs: RunList) -> None:
        super().__init__()
        self.runs = runs
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 12, 2)
        row.setSpacing(4)
        self.fork = QPushButton("Fork…")
        self.fork.setToolTip(plain_tooltip(FORK))
        self.fork.clicked.connect(lambda: runs.ask("fork"))
        self.more = QPushButton("More")
        self.more.setAccessibleName("More for the chosen runs")
        self.more.setToolTip(plain_tooltip(MORE))
        self.more.clicked.connect(self._open)
        for button in (self.fork, self.more):
            button.setProperty("narrow", True)
            row.addWidget(button)
        runs.list.selectionModel().selectionChanged.connect(self.refresh)
        runs.shown_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Offer what makes sense for the chosen runs."""
        self.fork.setEnabled(self.runs.able("fork"))
        self.more.setEnabled(bool(self.runs.chosen()))

    def _open(self) -> None:
        menu = self.runs.menu()
        menu.exec(self.more.mapToGlobal(self.more.rect().bottomLeft()))
        menu.deleteLater()
        # the keys of the list mean the runs that were meant
        self.runs.list.setFocus(Qt.FocusReason.PopupFocusReason)
