"""The data panel: what the network learns from, column by column or class by class, and how it is divided."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedLayout, QWidget

from designer.gui.panels.bars import ValueBars
from designer.gui.panels.column_edits import ALL_WORDS, TITLES, set_columns, set_split, target_name
from designer.gui.panels.columns import ColumnsView
from designer.gui.panels.data_side import WIDTH, DataSide, format_words, images_words
from designer.gui.panels.empty_data import EmptyData
from designer.gui.panels.preview import PreviewTable, Thumbnails
from designer.gui.panels.reading import (
    ImagesReport,
    Picture,
    TableReport,
    read_images_report,
    read_pictures,
    read_table_report,
)
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme
from designer.project.errors import EditError
from designer.project.facts import Facts
from designer.project.model import Project, Split, TableData
from designer.project.paths import resolve
from designer.workspace.session import Session

TALL = 560
READ, PICTURES = "read data", "read pictures"
BARS_WIDTH = 216
COLUMNS_WIDTH = 640
COLUMNS_SHARE = 0.66


class DataPanel(QWidget):
    """Shows and edits the data settings of the session's project.

    ``file_requested`` and ``folder_requested`` ask for a CSV file and a folder of images, ``open_requested`` for other
    data of either kind; ``again_requested`` says that the data is to be read anew, ``refused`` why an edit
    was not made.
    """

    open_requested = Signal()
    file_requested = Signal()
    folder_requested = Signal()
    again_requested = Signal()
    refused = Signal(str)

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.tasks = Tasks(self)
        self._facts: Facts | None = None
        self._table: TableReport | None = None
        self._images: ImagesReport | None = None
        self._source: object = None
        self._looked_at = ""
        self.setAccessibleName("Data")
        self.empty, self.side = EmptyData(theme), DataSide(theme)
        self.columns, self.preview = ColumnsView(theme), PreviewTable(theme)
        self.thumbnails, self.bars = Thumbnails(theme), ValueBars(theme)
        self._build()
        self.empty.file.clicked.connect(lambda: self.file_requested.emit())
        self.empty.folder.clicked.connect(lambda: self.folder_requested.emit())
        self.side.other_requested.connect(self.open_requested)
        self.side.again_requested.connect(self.read_again)
        self.side.split.changed.connect(self._set_split)
        self.columns.columns_model.chosen.connect(self._set_columns)
        self.columns.column_shown.connect(self._look_at)
        self.destroyed.connect(session.subscribe(self._project_changed))
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._read)
        self._refresh()

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        for part in (self.empty, self.side, self.columns, self.preview, self.thumbnails, self.bars):
            part.set_theme(theme)

    def set_facts(self, facts: Facts | None, message: str) -> None:
        """Show what training will find in the data; ``message`` says why it finds nothing."""
        self._facts = facts
        self.side.parts.show_rows(facts.rows if facts else {})
        self.side.show_trouble(message)
        self._show_notes()
        self._show_split()

    def read_again(self) -> None:
        """Read the data anew, since it may have changed outside."""
        self._source = None
        self._soon.start()
        self.again_requested.emit()

    def sizeHint(self) -> QSize:
        """Room for some rows."""
        return QSize(960, 320)

    def showEvent(self, event: QShowEvent) -> None:
        """Read only what somebody looks at."""
        super().showEvent(event)
        self._soon.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """What was about to be read can wait."""
        super().hideEvent(event)
        self._soon.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The preview stands beneath the columns where the panel is tall, else beside them."""
        super().resizeEvent(event)
        wanted = Qt.Orientation.Vertical if self.height() >= TALL else Qt.Orientation.Horizontal
        if self._tables.orientation() != wanted:
            self._tables.setOrientation(wanted)
            self._moved = False
        self._share_room()

    def _share_room(self) -> None:
        """Give the columns what they need and the preview the rest, until the user decides otherwise."""
        if self._moved:
            return
        if self._tables.orientation() == Qt.Orientation.Vertical:
            room, needed = self._tables.height(), self.columns.full_height()
            needed = min(needed, room * 3 // 5)
        else:
            room, needed = self._tables.width(), COLUMNS_WIDTH
            needed = min(needed, int(room * COLUMNS_SHARE))
        self._tables.setSizes([needed, max(0, room - needed)])

    def _build(self) -> None:
        self._tables = QSplitter(Qt.Orientation.Horizontal)
        self._tables.addWidget(self.columns)
        self._tables.addWidget(self.preview)
        self._moved = False
        self._tables.splitterMoved.connect(self._move)
        middle = QWidget()
        self._kinds = QStackedLayout(middle)
        self._kinds.addWidget(self._tables)
        self._kinds.addWidget(self.thumbnails)
        whole = QSplitter(Qt.Orientation.Horizontal)
        for place, part in enumerate((self.side, middle, self.bars)):
            whole.addWidget(part)
            whole.setCollapsible(place, place == 2)
            whole.setStretchFactor(place, int(place == 1))
        for splitter in (whole, self._tables):
            splitter.setHandleWidth(1)
        self._tables.setChildrenCollapsible(False)
        self.bars.setMinimumWidth(160)
        whole.setSizes([WIDTH, 720, BARS_WIDTH])
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(whole)

    def _move(self) -> None:
        self._moved = True

    def _project_changed(self, old: Project, new: Project) -> None:
        if old.data is not new.data or target_name(old) != target_name(new):
            self._refresh()

    def _refresh(self) -> None:
        project = self.session.project
        data = project.data
        self._pages.setCurrentIndex(0 if data is None else 1)
        if data is None:
            self._source = None
            self.tasks.cancel(READ)
            self.tasks.cancel(PICTURES)
            self._forget()
            return
        path = Path(data.path)
        self.side.name.setText(path.name or data.path)
        self.side.folder.setText(str(resolve(data.path, self.session.base / "project").parent))
        is_table = isinstance(data, TableData)
        self._kinds.setCurrentIndex(0 if is_table else 1)
        if isinstance(data, TableData):
            self.columns.columns_model.show_columns(data.columns, target_name(project))
            self.preview.show_columns(data.columns, target_name(project))
            self._share_room()
        self._show_words()
        self._show_split()
        self._show_bars()
        if self.isVisible():
            self._soon.start()

    def _read(self) -> None:
        data = self.session.project.data
        if data is None:
            return
        path = resolve(data.path, self.session.base / "project")
        source = (path, type(data))
        if source == self._source:
            return
        self._source = source
        self._forget()
        if isinstance(data, TableData):
            self.tasks.run("", lambda: read_table_report(path), self._show_table, self._say_failed, READ)
            return
        self.tasks.run("", lambda: read_pictures(path), self._show_pictures, self._say_failed, PICTURES)
        self.tasks.run("", lambda: read_images_report(path), self._show_images, self._say_failed, READ)

    def _forget(self) -> None:
        self._table = self._images = None
        self.preview.show_rows((), ())
        self.columns.columns_model.show_reports({})
        self.thumbnails.show_pictures(())
        self._show_notes()
        self._show_bars()

    def _say_failed(self, message: str) -> None:
        # the reading for training says it too, perhaps in better words
        if not self.side.trouble.text():
            self.side.show_trouble(message)

    def _show_table(self, report: TableReport) -> None:
        self._table = report
        self.preview.show_rows([column.name for column in report.columns], report.preview)
        self.columns.columns_model.show_reports(report.reports)
        self.side.split.suggest_columns([name for name, found in report.reports.items() if found.splits])
        self._refresh()
        self._show_notes()

    def _show_images(self, report: ImagesReport) -> None:
        self._images = report
        self._refresh()

    def _show_pictures(self, pictures: list[Picture]) -> None:
        self.thumbnails.show_pictures(pictures)

    def _show_words(self) -> None:
        data = self.session.project.data
        if isinstance(data, TableData):
            rows = self._table.rows if self._table else None
            self.side.words.show_words(format_words(data.format, rows, len(data.columns)))
        else:
            self.side.words.show_words(images_words(self._images) if self._images else {"Pictures": "…"})

    def _show_split(self) -> None:
        data = self.session.project.data
        if data is None:
            return
        target = target_name(self.session.project)
        if isinstance(data, TableData):
            names = [column.name for column in data.columns if column.name != target and column.kind != "number"]
            is_number = any(column.name == target and column.kind == "number" for column in data.columns)
            self.side.split.show_split(data.split, ("share", "column"), names, not is_number)
            return
        has_parts = self._images is not None and bool(self._images.parts)
        self.side.split.show_split(data.split, ("share", "folders") if has_parts else ("share",), (), True)

    def _show_notes(self) -> None:
        read = self._table.notes if self._table else ()
        done = self._facts.notes if self._facts else ()
        self.side.show_notes((*done, *read))

    def _show_bars(self) -> None:
        if self._images is not None:
            self.bars.show_bars("PICTURES OF EACH CLASS", self._images.bars)
            return
        name = self._looked_at or target_name(self.session.project)
        report = self._table.reports.get(name) if self._table else None
        if report is None:
            self.bars.show_bars("", ())
        else:
            self.bars.show_bars(f"ROWS BY {name}", report.bars, report.more)

    def _look_at(self, name: str) -> None:
        self._looked_at = name
        self.preview.reveal(name)
        self._show_bars()

    def _set_columns(self, names: Collection[str], field: str, value: str) -> None:
        word = ALL_WORDS[field][value][0]
        what = f"“{next(iter(names))}”" if len(names) == 1 else f"{len(names)} columns"
        self._do(f"{TITLES[field]} of {what}: {word}", set_columns, names, field, value)

    def _set_split(self, split: Split, label: str, merge: str) -> None:
        self._do(label, set_split, split, merge=merge)

    def _do(self, label: str, edit: object, *arguments: object, merge: str = "") -> None:
        try:
            project = edit(self.session.project, *arguments)  # type: ignore[operator]
        except EditError as error:
            self.refused.emit(str(error))
            self._show_split()
            return
        if project is not self.session.project:
            self.session.do(label, project, merge)
