"""The pages of the dialog for a new project: a sign of life while data is read, then what was found and the choices."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from designer.gui.controls import EXPLANATION, CalmComboBox
from designer.gui.data.progress import LOOK_MS, WHOLE, Progress
from designer.gui.data.sheets import SheetChoice
from designer.gui.drafting import Draft
from designer.gui.labels import plain_label
from designer.gui.numbers import exact, plural, share
from designer.gui.panels.bars import ValueBars
from designer.gui.panels.column_edits import KINDS
from designer.gui.panels.data_side import NotesList, WordsGrid, format_words, images_words
from designer.gui.panels.preview import PreviewTable, Thumbnails
from designer.gui.panels.reading import ImagesReport, TableReport
from designer.gui.theme import Theme
from designer.project.model import Column
from designer.workspace.session import SUFFIX

SIDE, SHEET_LABEL = 320, 48
LOOKING = "Finding out what suits…"
# what is predicted of what lies in a folder
FROM_FOLDERS = {
    "pictures": "The class, which is the folder of a picture",
    "masks": "The class of each pixel, which a mask holds",
    "idx": "The class, which the file of labels holds",
    "texts": "The class, which is the folder of a text",
    "files": "What is known of each sequence, its folder or its label",
}


class BusyPage(QWidget):
    """Says what goes on, with a bar that moves."""

    def __init__(self) -> None:
        super().__init__()
        self.words = plain_label("")
        self.words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(240, 6)
        self.left = plain_label(" ", "muted")
        self.left.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._progress: Progress | None = None
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self._show)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(1)
        column.addWidget(self.words)
        column.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.left)
        column.addStretch(1)

    def say(self, words: str, progress: Progress | None = None) -> None:
        """Show what goes on, and of what is read for it how much is done and how long the rest will take."""
        self.words.setText(words)
        self._progress = progress
        self._show()
        self._look.start() if progress is not None else self._look.stop()

    def _show(self) -> None:
        part = self._progress.share if self._progress is not None else 0.0
        self.bar.setRange(0, WHOLE if part > 0 else 0)
        self.bar.setValue(round(part * WHOLE))
        told = [share(part), self._progress.left] if self._progress is not None and part > 0 else []
        self.left.setText(", ".join(word for word in told if word) or " ")
        if not self.isVisible():
            self._look.stop()


class RefusedPage(QWidget):
    """Says why the data cannot be used."""

    def __init__(self) -> None:
        super().__init__()
        title = plain_label("This data cannot be used as it is", "heading")
        self.words = plain_label("", wrap=True, selectable=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 16, 32, 16)
        column.setSpacing(8)
        column.addStretch(1)
        for label in (title, self.words):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setMaximumWidth(620)
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(label, 12)
            row.addStretch(1)
            column.addLayout(row)
        column.addStretch(2)

    def say(self, words: str) -> None:
        """Show the reason."""
        self.words.setText(words)


class FoundPage(QWidget):
    """Choices at the left, the data itself at the right. ``edited``: a choice has changed."""

    edited = Signal()
    browse_requested = Signal()

    def __init__(self, theme: Theme, data: Path) -> None:
        super().__init__()
        self._data, self._images = data, data.is_dir()
        self.sheets = SheetChoice(SHEET_LABEL)
        self._report: TableReport | ImagesReport | None = None
        self.target, self.path = CalmComboBox(), QLineEdit()
        self._draft: Draft | None = None
        self._chosen = ""
        self.template, self.task = plain_label(LOOKING, wrap=True), plain_label("", "small", wrap=True)
        self.predicted = plain_label(FROM_FOLDERS["pictures"], wrap=True)
        self.target_words = plain_label("", "small", wrap=True)
        self.words, self.notes = WordsGrid(), NotesList()
        self.preview, self.thumbnails, self.bars = PreviewTable(theme), Thumbnails(theme), ValueBars(theme)
        self.browse = QPushButton("Browse…")
        self.browse.setAutoDefault(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._side())
        row.addWidget(self._view(), 1)
        self.target.currentIndexChanged.connect(self._target_chosen)
        self.path.textEdited.connect(lambda _: self.edited.emit())
        self.browse.clicked.connect(lambda: self.browse_requested.emit())

    def show_report(self, report: TableReport | ImagesReport) -> None:
        """Show what was found."""
        self._report = report
        self._stack.setCurrentIndex(1 if isinstance(report, ImagesReport) else 0)
        self.predicted.setText(FROM_FOLDERS.get(report.form, ""))
        if isinstance(report, ImagesReport):
            self.words.show_words(images_words(report))
            self.notes.show_notes([f"left out: {line}" for line in report.unreadable])
            self.bars.show_bars("PICTURES OF EACH CLASS", report.bars)
            self.bars.setVisible(bool(report.bars))
            return
        if report.form != "rows":
            self.words.show_words({"Files": exact(report.rows)})
            self.preview.show_rows([column.name for column in report.columns], report.preview)
            return
        self.words.show_words(format_words(report.format, report.rows, len(report.columns), str(self._data)))
        self.sheets.show_names(report.sheets, report.sheet, self._data)
        self.notes.show_notes(report.notes)
        self.preview.show_rows([column.name for column in report.columns], report.preview)
        self.target.blockSignals(True)
        self.target.clear()
        for column in report.columns:
            self.target.addItem(" ".join(column.name.split()), column.name)
            self.target.setItemData(self.target.count() - 1, KINDS[column.kind][0], EXPLANATION)
        self.target.blockSignals(False)
        self.target.setCurrentIndex(max(0, self.target.findData(report.guess)))
        # one long text is gone on with: there is nothing to choose
        self.target.setEnabled(bool(report.guess))
        self._target_chosen()

    def set_path(self, path: Path) -> None:
        """Show where the project will be saved."""
        self.path.setText(str(path))
        self.path.setCursorPosition(len(str(path)))
        self.path.setToolTip("")

    def chosen_path(self) -> Path | None:
        """Where to save, always with the suffix of projects; None while nothing is typed."""
        text = self.path.text().strip()
        if not text or text.endswith(("/", "\\")):
            return None
        path = Path(text).expanduser()
        return path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)

    def chosen_target(self) -> str | None:
        """The column to predict; None for pictures."""
        return None if self._images or not self.target.isEnabled() else self.target.currentData()

    def show_template(self, title: str) -> None:
        """Say what kind of network the project begins with; empty for what is usual."""
        self._chosen = title
        self._say_draft()

    def show_draft(self, draft: Draft | None, trouble: str = "") -> None:
        """Show what would be made of the data; None while nobody knows, or where ``trouble`` is in the way."""
        self._draft = draft
        self._say_draft("–" if trouble else LOOKING)
        report = self._report
        if report is None:
            return
        notes = (
            [f"left out: {line}" for line in report.unreadable] if isinstance(report, ImagesReport) else report.notes
        )
        if draft is not None:
            known = set(draft.made.notes)
            notes = [*draft.made.notes, *(note for note in notes if note not in known and not self._overruled(note))]
            columns = getattr(draft.made.project.data, "columns", ())
            if not self._images and columns:
                self._say_target(columns)
                self.preview.show_columns(columns, str(self.target.currentData()))
        self.notes.show_notes(notes)

    def _overruled(self, note: str) -> bool:
        """Whether a first look said that a column is ignored which is of use all the same."""
        assert self._draft is not None
        columns = getattr(self._draft.made.project.data, "columns", ())
        used = [column.name for column in columns if column.role != "ignored"]
        return note.endswith("ignored") and any(note.startswith(f"“{name}”") for name in used)

    def _say_draft(self, unknown: str = LOOKING) -> None:
        self.template.setText(self._chosen or (self._draft.title if self._draft is not None else unknown))
        self.task.setText(self._draft.task if self._draft is not None else "")

    def _side(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(20, 12, 20, 12)
        column.setSpacing(4)
        if self._images:
            column.addWidget(plain_label("PREDICT", "section"))
            column.addWidget(self.predicted)
        else:
            self.sheets.setContentsMargins(0, 0, 0, 6)
            column.addWidget(self.sheets)
            self._labelled(column, "PREDICT", self.target, "Column to predict")
            column.addWidget(self.target_words)
        column.addSpacing(8)
        column.addWidget(plain_label("BEGIN WITH", "section"))
        column.addWidget(self.template)
        column.addWidget(self.task)
        column.addSpacing(8)
        self._labelled(column, "SAVE AS", self.path, "File of the project")
        column.addWidget(self.browse, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(12)
        column.addWidget(plain_label("FOUND", "section"))
        column.addWidget(self.words)
        column.addSpacing(4)
        column.addWidget(self.notes)
        column.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFixedWidth(SIDE)
        area.setWidget(inside)
        return area

    def _labelled(self, column: QVBoxLayout, word: str, editor: QWidget, name: str) -> None:
        column.addWidget(plain_label(word, "section"))
        column.addWidget(editor)
        editor.setAccessibleName(name)

    def _view(self) -> QWidget:
        view = QWidget()
        pictures = QWidget()
        row = QHBoxLayout(pictures)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.thumbnails, 1)
        self.bars.setFixedWidth(200)
        row.addWidget(self.bars)
        self._stack = stack = QStackedLayout(view)
        stack.addWidget(self.preview)
        stack.addWidget(pictures)
        stack.setCurrentIndex(1 if self._images else 0)
        view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        return view

    def _target_chosen(self) -> None:
        report = self._report
        if not isinstance(report, TableReport):
            return
        name = str(self.target.currentData())
        self._say_target(report.columns)
        self.preview.show_columns(report.columns, name)
        self.preview.reveal(name)
        self.edited.emit()

    def _say_target(self, columns: Sequence[Column]) -> None:
        """Say what the column to predict holds; ``columns`` say what it is taken for."""
        report, name = self._report, str(self.target.currentData())
        assert isinstance(report, TableReport)
        found = report.reports.get(name)
        column = next((column for column in columns if column.name == name), None)
        if found is None or column is None:
            self.target_words.setText("")
        else:
            empty = f", {plural(found.missing, 'empty cell')}" if found.missing else ""
            self.target_words.setText(f"{KINDS[column.kind][0]}: {found.words}{empty}")
