"""The side of the data panel: which file it is, how it is written, its parts and what was done to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from designer.gui.controls import CheckBox
from designer.gui.data.notices import NoticeList
from designer.gui.data.sheets import SheetChoice
from designer.gui.data.written import DELIMITERS, ENCODINGS, SIGNS, FormatChoice
from designer.gui.labels import ElidedLabel, clear_layout, plain_label, rule
from designer.gui.numbers import exact, plural
from designer.gui.panels.bars import BarRows
from designer.gui.panels.reading import Bars, ImagesReport
from designer.gui.panels.split import PARTS, PartsView, SplitForm
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme
from designer.project.model import TableData, TableFormat
from designer.training.columns import reader_of

WIDTH = 264
LABEL = 76
NARROW_LABEL = 60
MOST_NOTES = 40
SIZES = ("Rows", "Columns")


def format_words(
    form: TableFormat, rows: int | None = None, columns: int | None = None, path: str = ""
) -> dict[str, str]:
    """How the table at ``path`` is written, in words; of what is no text there are no separators to tell."""
    words = {} if rows is None else {"Rows": exact(rows)}
    if columns is not None:
        words["Columns"] = exact(columns)
    header = "None" if not form.header else "First row" if not form.skip_rows else f"In line {form.skip_rows + 1}"
    reader = reader_of(path)
    if path and Path(path).is_dir():
        # texts in files of their own
        return words
    if reader != "read_table":
        return words | ({"Header": header} if reader == "read_excel_table" else {})
    words |= {
        "Separator": DELIMITERS.get(form.delimiter, f"“{form.delimiter}”"),
        "Decimals": SIGNS.get(form.decimal, form.decimal),
        "Header": header,
        "Encoding": ENCODINGS.get(form.encoding.lower(), form.encoding.upper()),
    }
    if form.thousands:
        words["Thousands"] = SIGNS.get(form.thousands, form.thousands)
    return words


def images_words(report: ImagesReport) -> dict[str, str]:
    """What a folder of pictures holds, in words."""
    beside = {"Masks": exact(report.total)} if report.form == "masks" else {"Classes": exact(len(report.classes))}
    return {
        "Pictures": exact(report.total),
        **beside,
        "Size": report.sizes,
        "Colours": "Colour" if report.colour else "Grey",
        "Folders": ", ".join(part for part in PARTS if part in report.parts)
        or ("Pictures and masks" if report.form == "masks" else "One for each class"),
    }


class WordsGrid(QWidget):
    """Names and values in two columns, or in as many ``pairs`` of them side by side."""

    def __init__(self, pairs: int = 1) -> None:
        super().__init__()
        self.words: dict[str, str] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._pairs = pairs
        for pair in range(pairs):
            self._grid.setColumnMinimumWidth(2 * pair, LABEL if pairs == 1 else NARROW_LABEL)
            self._grid.setColumnStretch(2 * pair + 1, 1)

    def show_words(self, words: Mapping[str, str]) -> None:
        """Show these."""
        if dict(words) == self.words:
            return
        self.words = dict(words)
        clear_layout(self._grid)
        rows = -(-len(words) // self._pairs)
        for place, (name, value) in enumerate(words.items()):
            pair, row = divmod(place, rows)
            self._grid.addWidget(plain_label(name, "muted"), row, 2 * pair)
            self._grid.addWidget(ElidedLabel(value), row, 2 * pair + 1)


class NotesList(QWidget):
    """Sentences, one beneath another."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: tuple[str, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)

    def show_notes(self, notes: Sequence[str]) -> None:
        """Show these."""
        if tuple(notes) == self.notes:
            return
        self.notes = tuple(notes)
        clear_layout(self._column)
        shown = [sentence(note) for note in notes[:MOST_NOTES]]
        if len(notes) > MOST_NOTES:
            shown.append(f"And {len(notes) - MOST_NOTES} more.")
        for note in shown:
            self._column.addWidget(plain_label(note, "muted", wrap=True))


def sentence(note: str) -> str:
    """A note as a sentence: begun with a capital, unless with a file's name, and ended with a full stop."""
    note = note.strip()
    if not note:
        return ""
    if note.split()[0].rstrip(":,").isalpha():
        note = note[0].upper() + note[1:]
    return note if note[-1] in ".!?…" else f"{note}."


class ClassBars(QWidget):
    """How many pictures there are of each class, under a heading."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.heading, self.rows = plain_label("", "section"), BarRows(theme)
        self.rows.margin = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(4)
        column.addWidget(self.heading)
        column.addWidget(self.rows)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.rows.theme = theme
        self.rows.update()

    def show_bars(self, heading: str, bars: Bars) -> None:
        """Show these counts; nothing where there are none."""
        self.heading.setText(heading)
        self.rows.show_bars(bars)
        self.setVisible(bool(bars))


def _scrolled(inside: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setAccessibleName("How the data is divided")
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inside)
    return area


class DataSide(QWidget):
    """What is known of the data as a whole, and its split. ``other_requested``, ``again_requested``: buttons."""

    other_requested = Signal()
    again_requested = Signal()

    def __init__(self, theme: Theme, split: SplitForm) -> None:
        super().__init__()
        self.setMinimumWidth(WIDTH)
        self.name, self.folder = ElidedLabel("", "heading"), ElidedLabel("", "small", middle=True)
        self.words, self.parts, self.split, self.notes = WordsGrid(), PartsView(theme), split, NotesList()
        self.notices, self.dismissed = NoticeList(theme), QPushButton()
        self.dismissed.setProperty("link", True)
        self.copies = CheckBox("Leave copies of pictures out")
        self.copies.setToolTip("Of pictures with the same bytes, only the first is trained and tested with")
        # where it has no parent yet, showing it would open a window of its own
        self.copies.hide()
        self.bars, self.sheets, self.written = ClassBars(theme), SheetChoice(LABEL), FormatChoice(LABEL)
        self.trouble = plain_label("", "error", wrap=True, selectable=True)
        self.other, self.again = QPushButton("Other data…"), QPushButton("Read again")
        self.other.clicked.connect(lambda: self.other_requested.emit())
        self.again.clicked.connect(lambda: self.again_requested.emit())
        self.again.clicked.connect(lambda: self.sheets.look_again())
        self.again.setToolTip("Read the file again, since it may have changed")
        self._path, self._table = Path(), dict[str, str]()
        self.written.opened.connect(lambda _: self._show_table_words())
        self._told: tuple[str, ...] = ()
        self._unreadable: tuple[str, ...] = ()
        self._notes_head = plain_label("NOTES", "section")
        self.area = _scrolled(self._lay_out())
        self.area.verticalScrollBar().rangeChanged.connect(lambda *_: self._keep_in_sight())
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.area)
        self.show_trouble("")
        self.show_dismissed(0)
        self.show_notes(())

    def _lay_out(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(6)
        column.addWidget(self.trouble)
        column.addWidget(self.notices)
        column.addWidget(self.dismissed, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.bars)
        column.addWidget(plain_label("SPLIT", "section"))
        column.addWidget(self.parts)
        column.addWidget(self.split)
        column.addWidget(self.copies)
        column.addSpacing(2)
        column.addWidget(rule())
        column.addWidget(plain_label("FILE", "section"))
        column.addWidget(self.name)
        column.addWidget(self.folder)
        column.addWidget(self.sheets)
        column.addWidget(self.words)
        column.addWidget(self.written)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.other)
        buttons.addWidget(self.again)
        buttons.addStretch(1)
        column.addLayout(buttons)
        column.addSpacing(2)
        column.addWidget(self._notes_head)
        column.addWidget(self.notes)
        column.addStretch(1)
        return inside

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.parts.set_theme(theme)
        self.notices.set_theme(theme)
        self.bars.set_theme(theme)

    def reveal_notice(self, column: str) -> None:
        """Scroll to the first warning on a column."""
        for card in self.notices.cards:
            if column in card.notice.columns:
                self.area.ensureWidgetVisible(card)
                if card.buttons:
                    card.buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def reveal_format(self) -> None:
        """Bring the keyboard to how numbers are written in the file."""
        self.written.unfold()
        self.area.ensureWidgetVisible(self.written, 0, 12)

    def show_unreadable(self, left: Sequence[tuple[str, str]]) -> None:
        """Say which pictures cannot be read, and why."""
        self._unreadable = tuple(f"{path}: {why}" for path, why in left)
        self.show_notes(self._told)

    def show_dismissed(self, count: int) -> None:
        """Offer to show again what was dismissed."""
        self.dismissed.setText(f"Show {plural(count, 'dismissed warning')}")
        self.dismissed.setVisible(bool(count))

    def show_file(self, path: Path, sheet: str, tasks: Tasks) -> None:
        """Say which file it is, and what else it holds."""
        self.name.setText(path.name)
        self.folder.setText(str(path.parent))
        self._path = path
        self.sheets.follow(path, sheet, tasks)

    def show_table(self, data: TableData, rows: int | None) -> None:
        """Say how large a table is and how it is written."""
        self._table = format_words(data.format, rows, len(data.columns), str(self._path))
        self.written.show_data(self._path, data)
        self._show_table_words()

    def _show_table_words(self) -> None:
        """Say of a table what the boxes do not say already."""
        said = SIZES if self.written.is_open else tuple(self._table)
        self.words.show_words({name: value for name, value in self._table.items() if name in said})

    def _keep_in_sight(self) -> None:
        """Keep the boxes in sight that somebody is at, whatever comes and goes above and below them."""
        focus = QApplication.focusWidget()
        if focus is not None and self.written.is_open and self.written.isAncestorOf(focus):
            self.area.ensureWidgetVisible(self.written, 0, 12)

    def show_copies(self, left_out: bool | None) -> None:
        """Show whether copies of pictures are left out; None where there are no pictures."""
        self.copies.setVisible(left_out is not None)
        self.copies.setChecked(bool(left_out))

    def show_trouble(self, message: str) -> None:
        """Say why the data cannot be used; empty: it can."""
        self.trouble.setText(sentence(message))
        self.trouble.setVisible(bool(message))

    def show_notes(self, notes: Sequence[str]) -> None:
        """Say what was done to rows and cells."""
        self._told = tuple(notes)
        notes = (*notes, *(note for note in self._unreadable if note not in notes))
        self.notes.show_notes(notes)
        self._notes_head.setVisible(bool(notes))
        self.notes.setVisible(bool(notes))
