"""Which sheet of a workbook, or table of a database, is read, where the file holds several."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from designer.gui.controls import CalmComboBox
from designer.gui.labels import plain_label
from designer.gui.tasks import Tasks
from designer.training.columns import reader_of

LANE = "names of sheets"
WORDS = {"read_excel_table": "Sheet", "read_sqlite_table": "Table"}


class SheetChoice(QWidget):
    """A list of sheets or tables, hidden where there is none to choose. ``chosen`` carries another name."""

    chosen = Signal(str)

    def __init__(self, label: int) -> None:
        super().__init__()
        self.word, self.box = plain_label("", "muted"), CalmComboBox()
        self.word.setFixedWidth(label)
        self.names: tuple[str, ...] = ()
        self._path, self._sheet = Path(), ""
        self._tasks: Tasks | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.word)
        row.addWidget(self.box, 1)
        self.box.activated.connect(self._choose)
        self.hide()

    def follow(self, path: Path, sheet: str, tasks: Tasks) -> None:
        """Offer what the file at ``path`` holds, of which ``sheet`` is read; looked up where it is not known yet."""
        if path == self._path and self.names:
            self.show_names(self.names, sheet)
            return
        self._path, self._sheet, self._tasks = path, sheet, tasks
        self.show_names((), sheet)
        self.look_again()

    def look_again(self) -> None:
        """Find out anew what the file holds, since it may have changed."""
        path, tasks = self._path, self._tasks
        if tasks is not None:
            work = partial(_names, path) if reader_of(path) in WORDS else tuple
            tasks.run("", work, lambda names: self.show_names(names, self._sheet), lane=LANE)

    def show_names(self, names: Sequence[str], sheet: str, path: Path | None = None) -> None:
        """Offer these, of which ``sheet`` is read; ``path`` is the file that holds them, where another was meant."""
        self._path, self.names, self._sheet = path or self._path, tuple(names), sheet
        word = WORDS.get(reader_of(self._path), "Sheet")
        self.word.setText(word)
        self.box.setAccessibleName(f"{word} that is read")
        self.box.setToolTip(f"The file holds {len(names)} {word.lower()}s, of which one is read")
        self.box.clear()
        for name in self.names:
            self.box.addItem(" ".join(name.split()) or "–", name)
        self.box.setCurrentIndex(self.names.index(sheet) if sheet in self.names else 0)
        self.setVisible(len(self.names) > 1)

    def _choose(self, place: int) -> None:
        name = self.names[place]
        # what is read stands here until the other is
        self.box.setCurrentIndex(self.names.index(self._sheet) if self._sheet in self.names else 0)
        if name != self.box.currentData():
            self.chosen.emit(name)


def _names(path: Path) -> tuple[str, ...]:
    from designer.importing.typed_tables import sheets_of

    return sheets_of(path)
