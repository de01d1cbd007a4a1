"""The data page: what the network learns from, large; rows under the cards of their columns, or pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from designer.compiler.report import Analysis
from designer.gui.data.body import DataBody
from designer.gui.data.changing import Changing
from designer.gui.data.column_page import ColumnPage
from designer.gui.data.editing import Editing
from designer.gui.data.findings import Findings
from designer.gui.data.notices import Notice
from designer.gui.data.pictures_page import PicturesPage
from designer.gui.data.progress import Progress, ReadingPane
from designer.gui.data.recipe_page import RecipePage
from designer.gui.data.rereading import Rereading
from designer.gui.data.seen import TableSeen
from designer.gui.data.series_page import SeriesPage
from designer.gui.data.splitting import show_table_split
from designer.gui.data.table_page import TablePage
from designer.gui.data.table_reading import TableReading
from designer.gui.data.texts_page import TextsPage
from designer.gui.panels.column_edits import target_name
from designer.gui.panels.data_side import DataSide
from designer.gui.panels.empty_data import EmptyData
from designer.gui.panels.split import SplitForm
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme
from designer.gui.turns import InTurns
from designer.project.facts import Facts
from designer.project.model import ImageData, Project, TableData
from designer.project.paths import resolve
from designer.training.texts_seen import text_inputs
from designer.workspace.session import Session


class DataPage(QWidget):
    """Shows and edits the data settings of the session's project; each part is made when it is first looked at.

    ``file_requested`` and ``folder_requested`` ask for a table and a folder of images, ``open_requested`` for other
    data of either kind, ``sheet_requested`` for another sheet of the file; ``again_requested`` says that the data is
    to be read anew, ``refused`` why an edit was not made, ``told`` what was done beside; ``reading`` carries words and
    the share that is read, no words once it is over.
    """

    open_requested = Signal()
    sheet_requested = Signal(str)
    file_requested = Signal()
    folder_requested = Signal()
    again_requested = Signal()
    refused = Signal(str)
    told = Signal(str)
    reading = Signal(str, float)

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session, self.theme = session, theme
        self.tasks = Tasks(self)
        self.furnished = False
        self._facts: Facts | None = None
        self._trouble = ""
        self._expected = False
        self._making = InTurns(self._make(), self)
        self._tables = TableReading(self.tasks)
        self.editing = Editing(self, session)
        self.findings = Findings(self.tasks, self.editing.do)
        self.setAccessibleName("Data")
        self._pages = QStackedWidget()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._read)
        self.destroyed.connect(self.session.subscribe(self._project_changed))

    def prepare(self, with_table: bool) -> None:
        """Make the page out of sight, a part in each turn of the event loop, since somebody is about to look at it."""
        self._expected = self._expected or with_table
        self._making.begin()

    def furnish(self) -> None:
        """Put in what is seen, the first time that somebody looks, as the project is by then."""
        if self.furnished:
            return
        self.furnished = True
        self._making.finish()
        self._connect()
        self._refresh()
        self._show_facts()
        self._find_warnings()

    def _make(self) -> Iterator[None]:
        """The parts that are there whatever the data is, and the page of a table where one is expected."""
        self.empty = EmptyData(self.theme)
        yield
        split = SplitForm()
        yield
        self.side = DataSide(self.theme, split)
        self.bars = self.side.bars
        yield
        self.busy = ReadingPane()
        self.body = DataBody(self.busy)
        self.name, self.size = self.body.name, self.body.size
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.body)
        for part in ("about_column", "recipe", "table") if self._expected else ():
            yield
            getattr(self, part)

    def _connect(self) -> None:
        self.empty.file.clicked.connect(lambda: self.file_requested.emit())
        self.empty.folder.clicked.connect(lambda: self.folder_requested.emit())
        for offering in (self.side, self.busy):
            offering.other_requested.connect(self.open_requested)
            offering.again_requested.connect(self.read_again)
        self.side.sheets.chosen.connect(self.sheet_requested)
        Rereading(self.side.written, self.session, self.tasks, self.editing)
        self.side.split.changed.connect(self.editing.set_split)
        self.side.split.file_wanted.connect(self.editing.choose_test_file)
        self.editing.refused.connect(self._say_refused)
        self.findings.serve(self.side.notices)
        self.side.dismissed.clicked.connect(self.findings.show_dismissed)
        self.findings.format_wanted.connect(self.side.reveal_format)
        self.findings.shown.connect(self._show_notices)
        self.busy.cancelled.connect(self.cancel_reading)
        self.busy.told.connect(self.reading)
        self._tables.begun.connect(self._await_table)
        self._tables.seen.connect(self._show_table)
        self._tables.failed.connect(self._say_failed)

    @cached_property
    def about_column(self) -> ColumnPage:
        """The part of a table's page that takes longest to be made."""
        return ColumnPage(self.theme)

    @cached_property
    def recipe(self) -> RecipePage:
        """The steps that prepare a table."""
        return RecipePage(self.theme, lambda name: self.table.column_of(name))

    @cached_property
    def table(self) -> TablePage:
        """The page of a table."""
        table = TablePage(self.theme, self.side, self.body, self.about_column, self.recipe)
        table.changed.connect(self.editing.set_columns)
        for seen in (table.column_seen, table.side_shown, self.recipe.step_shown):
            seen.connect(lambda _: self._show_change())
        self.recipe.switched.connect(self.editing.switch_step)
        self.findings.serve(table.column.notices)
        self.changing = Changing(self.tasks, table)
        self.columns, self.rows = table.columns, table.rows
        return table

    @cached_property
    def pictures(self) -> PicturesPage:
        """The page of pictures."""
        pictures = PicturesPage(self.tasks, self.theme)
        pictures.edited.connect(self.editing.do_merged)
        pictures.began.connect(self._await_pictures)
        pictures.read_pictures.connect(self._show_pictures)
        pictures.failed.connect(self._say_failed)
        self.body.add_page(pictures, pictures.views)
        return pictures

    @cached_property
    def series(self) -> SeriesPage:
        """The view of a table as values over time."""
        series = SeriesPage(self.tasks, self.theme)
        series.edited.connect(self.editing.do_merged)
        self.table.add_view("series", series)
        return series

    @cached_property
    def texts(self) -> TextsPage:
        """The view of the texts in a table."""
        texts = TextsPage(self.tasks, self.theme)
        texts.edited.connect(self.editing.do_merged)
        self.table.add_view("texts", texts)
        return texts

    def _made(self, *parts: str) -> list[Any]:
        """Those of some parts that are there already: to ask for one would make it."""
        return [vars(self)[part] for part in parts if part in vars(self)]

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        for part in self._made("empty", "side", "about_column", "recipe", "table", "pictures", "series", "texts"):
            part.set_theme(theme)

    def set_facts(self, facts: Facts | None, message: str) -> None:
        """Show what training will find in the data; ``message`` says why it finds nothing."""
        self._facts, self._trouble = facts, message
        if facts is not None and self.editing.following.follow(facts):
            self.told.emit("The network’s input and output follow the data.")
        if self.furnished:
            self._show_facts()

    def _show_facts(self) -> None:
        self.side.parts.show_rows(self._facts.rows if self._facts else {})
        self.side.show_trouble(self._trouble)
        self.side.show_notes(self._facts.notes if self._facts else ())
        self._show_split()

    def read_again(self) -> None:
        """Read the data anew, since it may have changed outside."""
        self._tables.forget()
        for view in self._made("pictures", "series", "texts"):
            view.forget()
        if self.furnished:
            self._soon.start()
        self.again_requested.emit()

    def cancel_reading(self) -> None:
        """Stop what is being read."""
        if self._tables.busy or any(pictures.busy for pictures in self._made("pictures")):
            self._stop_reading()
            self._end_reading()
            self.side.show_trouble("The reading was cancelled; “Read again” begins anew.")

    def _stop_reading(self) -> None:
        self._tables.stop()
        for pictures in self._made("pictures"):
            pictures.forget()

    def take_keys(self) -> None:
        """Bring the keyboard to what is looked at: the rows, or the button that begins."""
        self.furnish()
        if self.session.project.data is None:
            self.empty.file.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self._shown.take_keys()

    @property
    def _shown(self) -> TablePage | PicturesPage:
        """The page that suits the data."""
        return self.pictures if isinstance(self.session.project.data, ImageData) else self.table

    def sizeHint(self) -> QSize:
        """Room for some rows."""
        return QSize(960, 600)

    def showEvent(self, event: QShowEvent) -> None:
        """Furnish and read only what somebody looks at."""
        super().showEvent(event)
        self.furnish()
        self._soon.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """What was about to be read can wait."""
        super().hideEvent(event)
        self._soon.stop()

    def _project_changed(self, old: Project, new: Project) -> None:
        if not self.furnished:
            return
        if old.data is not new.data or target_name(old) != target_name(new):
            self._refresh()
            self._find_warnings()
            self._show_change()
        elif old.training is not new.training:
            self._find_warnings()
        if new.data is not None and old.data is new.data and old.graph is not new.graph:
            self._show_views()

    def _refresh(self) -> None:
        project = self.session.project
        data = project.data
        self._pages.setCurrentIndex(0 if data is None else 1)
        if data is None:
            self._tables.forget()
            self._stop_reading()
            self.busy.end()
            self._forget()
            return
        self._tables.leave(data, self.session.base)
        path = Path(data.path)
        self.name.setText(path.name or data.path)
        sheet = data.sheet if isinstance(data, TableData) else ""
        self.side.show_file(resolve(data.path, self.session.base / "project"), sheet, self.tasks)
        if isinstance(data, TableData):
            self.table.show_data(data, target_name(project))
        self._show_views()
        self._show_words()
        self._show_split()
        if self.isVisible():
            self._soon.start()

    def _show_views(self) -> None:
        """Show what depends on the network too: how pictures, series and texts enter it."""
        project, base = self.session.project, self.session.base
        if isinstance(project.data, ImageData):
            self.pictures.show_project(project)
        elif isinstance(project.data, TableData):
            suits = {"series": project.data.samples in ("windows", "files"), "texts": bool(text_inputs(project))}
            for view in (view for view, fits in suits.items() if fits or self._made(view)):
                getattr(self, view).show_project(project, base)
            self.table.offer_views([view for view, fits in suits.items() if fits])

    def _read(self) -> None:
        data, base = self.session.project.data, self.session.base
        if isinstance(data, TableData):
            self._tables.read(data, base, target_name(self.session.project))
        elif isinstance(data, ImageData):
            self.pictures.read(self.session.project, base)

    def _await_pictures(self, name: str) -> None:
        self._tables.stop()
        self._forget()
        self.busy.follow(name, Progress())
        self.body.show_page(self.busy)

    def _show_pictures(self) -> None:
        self._end_reading()
        self._show_words()
        self._show_split()
        self._find_warnings()

    def _await_table(self, progress: Progress, other: bool) -> None:
        if other:
            self.table.begin()
        self._forget()
        self._show_words()
        self.busy.follow(self.name.text(), progress)
        self.body.show_page(self.busy)

    def _end_reading(self) -> None:
        self.busy.end()
        if self.session.project.data is not None:
            self._shown.put_overview(self.side)
            self.body.show_page(self._shown)

    def _forget(self) -> None:
        if self._made("table"):
            self.table.show_seen(TableSeen())
            self.changing.forget()
        self._find_warnings()

    def _say_failed(self, message: str) -> None:
        self._end_reading()
        self.side.show_trouble(self.side.trouble.text() or message)  # training may have said it in better words
        if self.busy.show_lost(self.session):
            self.body.show_page(self.busy)

    def _show_table(self, seen: TableSeen) -> None:
        self._end_reading()
        self.table.show_seen(seen)
        self._find_warnings()
        self._show_change()
        self.side.split.suggest_columns([name for name, found in seen.seen.items() if found.splits])
        self._show_words()
        self._show_split()

    def set_analysis(self, analysis: Analysis) -> None:
        """Say what of the network does not fit the data any more, with what mends it."""
        self.findings.show_problems(analysis, bool(self.session.project.graph.nodes) and self._facts is not None)

    def _find_warnings(self) -> None:
        project = self.session.project
        self.findings.find(self._shown.profile if project.data is not None else None, project)

    def _show_notices(self, notices: Sequence[Notice], dismissed: int) -> None:
        self.side.show_dismissed(dismissed)
        self.side.notices.show_notices(notices)
        self.side.notices.setVisible(bool(notices))
        for table in self._made("table"):
            table.show_notices(notices)

    def _say_refused(self, why: str) -> None:
        if why:
            self.refused.emit(why)
        self._show_split()

    def _show_change(self) -> None:
        if self._made("table"):
            self.changing.show(self._tables.reader)

    def _show_words(self) -> None:
        data = self.session.project.data
        if isinstance(data, TableData):
            self.body.describe_table(self.side, data, self.table.seen.rows.count)
        elif data is not None:
            self.body.describe_pictures(self.side, self.pictures)
        self.body.show_views(self._shown if data is not None else None)

    def _show_split(self) -> None:
        data = self.session.project.data
        if isinstance(data, TableData):
            show_table_split(self.side.split, data, target_name(self.session.project))
        elif data is not None:
            self.side.split.show_split(data.split, *self.pictures.ways())
