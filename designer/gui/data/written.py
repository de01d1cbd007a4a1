"""How a text table is written, to be changed where it was read wrongly: boxes that a link opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from designer.gui.controls import EXPLANATION, CalmComboBox, CalmSpinBox
from designer.gui.labels import plain_label
from designer.project.model import TableData, TableFormat
from designer.training.columns import reader_of

MOST_LINES = 1000
DELIMITERS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Vertical bar"}
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with mark",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "utf-16": "UTF-16",
    "shift_jis": "Shift JIS",
    "gb18030": "GB 18030",
}
LETTERS = {
    "utf-8": "Usual today",
    "cp1252": "Western Europe, from Windows",
    "latin-1": "Western Europe",
    "cp1250": "Central Europe",
    "cp1251": "Cyrillic",
    "utf-16": "“Unicode text” of Windows",
    "shift_jis": "Japanese",
    "gb18030": "Chinese",
}
SIGNS = {".": "Point", ",": "Comma", "'": "Apostrophe", " ": "Blank", "": "None"}
NUMBERS = ((".", ""), (",", ""), (".", ","), (",", "."), (".", " "), (",", " "), (".", "'"))
TIPS = {
    "Separator": "The sign between two cells of a row",
    "Numbers": "The sign before decimals, and the sign between thousands if there is one",
    "Header": "Whether the first row that is read names the columns",
    "Lines above": "How many lines at the top of the file are left out",
    "Encoding": "Which bytes stand for which letters",
}


class FormatChoice(QWidget):
    """A link and the boxes that it opens. ``chosen`` carries another TableFormat and what is changed, in words.

    ``opened`` says whether the boxes are seen.
    """

    chosen = Signal(object, str)
    opened = Signal(bool)

    def __init__(self, label: int) -> None:
        super().__init__()
        self.link = QPushButton()
        self.link.setProperty("link", True)
        self.link.setToolTip("Read the file with other separators, numbers, header or encoding")
        self.separator, self.numbers, self.header = CalmComboBox(), CalmComboBox(), CalmComboBox()
        self.lines, self.encoding = CalmSpinBox(), CalmComboBox()
        self.lines.setRange(0, MOST_LINES)
        self.lines.setKeyboardTracking(False)
        self.busy, self.message = plain_label("", "muted"), plain_label("", "error", wrap=True, selectable=True)
        self._form, self._path = TableFormat(), Path()
        self._folder = False
        self._boxes = QWidget()
        grid = QGridLayout(self._boxes)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, label)
        grid.setColumnStretch(1, 1)
        boxes = (self.separator, self.numbers, self.header, self.lines, self.encoding)
        for row, ((name, tip), box) in enumerate(zip(TIPS.items(), boxes, strict=True)):
            word = plain_label(name, "muted")
            word.setToolTip(tip)
            box.setToolTip(tip)
            box.setAccessibleName(f"{name} of the file" if name != "Lines above" else "Lines above that are left out")
            grid.addWidget(word, row, 0)
            grid.addWidget(box, row, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(self.link)
        head.addStretch(1)
        head.addWidget(self.busy)
        column.addLayout(head)
        column.addWidget(self._boxes)
        column.addWidget(self.message)
        self.link.clicked.connect(lambda: self._open(not self.is_open))
        self.separator.activated.connect(lambda: self._ask("another separator"))
        self.numbers.activated.connect(lambda: self._ask("other numbers"))
        self.header.activated.connect(lambda: self._ask("another header"))
        self.lines.valueChanged.connect(lambda: self._ask("other lines left out"))
        self.encoding.activated.connect(lambda: self._ask("another encoding"))
        self._open(False)
        self.show_format(self._form)
        self.hide()

    def show_data(self, path: Path, data: TableData) -> None:
        """Show how the table at ``path`` is read; nothing of what is no text table of rows."""
        if path != self._path:
            self._path, self._folder = path, path.is_dir()
            self.show_format(data.format)
        elif data.format != self._form:
            self.show_format(data.format)
        plain = reader_of(path) == "read_table" and data.samples in ("rows", "windows")
        self.setVisible(plain and not self._folder)

    def show_format(self, form: TableFormat) -> None:
        """Show that the file is read so."""
        self._form = form
        self.busy.clear()
        self._say("")
        _fill(self.separator, DELIMITERS, form.delimiter, f"“{form.delimiter}”")
        ways = dict.fromkeys((*NUMBERS, (form.decimal, form.thousands)))
        _fill(self.numbers, {way: f"1{way[1]}234{way[0]}5" for way in ways}, (form.decimal, form.thousands))
        for place, (decimal, thousands) in enumerate(ways):
            between = f", {SIGNS.get(thousands, thousands).lower()} between thousands" if thousands else ""
            self.numbers.setItemData(place, f"Decimal {SIGNS.get(decimal, decimal).lower()}{between}", EXPLANATION)
        _fill(self.header, {True: "First row", False: "None"}, form.header)
        _fill(self.encoding, ENCODINGS, form.encoding.lower(), form.encoding.upper())
        for place in range(self.encoding.count()):
            self.encoding.setItemData(place, LETTERS.get(self.encoding.itemData(place)), EXPLANATION)
        self.lines.blockSignals(True)
        self.lines.setMaximum(max(MOST_LINES, form.skip_rows))
        self.lines.setValue(form.skip_rows)
        self.lines.blockSignals(False)

    def refuse(self, form: TableFormat, why: str) -> None:
        """Say why the file cannot be read as was chosen; it is read in ``form`` as before."""
        self.show_format(form)
        self._say(f"Not changed: {why}{'' if why.endswith('.') else '.'}")

    @property
    def is_open(self) -> bool:
        """Whether the boxes are seen."""
        return not self._boxes.isHidden()

    def unfold(self) -> None:
        """Show the boxes, and bring the keyboard to the one for numbers."""
        self._open(True)
        self.numbers.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open(self, opened: bool) -> None:
        self._boxes.setVisible(opened)
        self.link.setText("Done" if opened else "Change…")
        self.link.setAccessibleName("Done with how the file is read" if opened else "Change how the file is read")
        self.opened.emit(opened)
        if opened:
            self.separator.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._say("")

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))

    def _ask(self, what: str) -> None:
        """Ask for what the boxes say by now, since what was chosen before may still be on its way."""
        decimal, thousands = self.numbers.currentData()
        encoding = self.encoding.currentData()
        form = replace(
            self._form,
            delimiter=self.separator.currentData(),
            decimal=decimal,
            thousands=thousands,
            header=self.header.currentData(),
            skip_rows=self.lines.value(),
            encoding=self._form.encoding if encoding == self._form.encoding.lower() else encoding,
        )
        if form != self._form or self.busy.text():
            self._say("")
            self.busy.setText("Reading…")
            self.chosen.emit(form, f"Read with {what}")


def _fill(box: CalmComboBox, words: Mapping[Any, str], chosen: object, other: str = "") -> None:
    """Offer keys, each in its words, of which one is chosen; one that is not among them is called ``other``."""
    keys = list(words) if chosen in words else [*words, chosen]
    box.clear()
    for key in keys:
        box.addItem(words.get(key, other), key)
    box.setCurrentIndex(keys.index(chosen))
