"""The data page: what the network learns from, large; rows under the cards of their columns, or pictures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from designer.compiler.report import Analysis
from designer.gui.data.adapting import Following
from designer.gui.data.changing import Changing
from designer.gui.data.findings import Findings
from designer.gui.data.notices import Notice
from designer.gui.data.pictures_page import PicturesPage
from designer.gui.data.progress import Progress, ReadingPane
from designer.gui.data.reading import TableReader, looks_of, source_of
from designer.gui.data.seen import TableSeen
from designer.gui.data.series_page import SeriesPage
from designer.gui.data.splitting import chosen_test_file, show_table_split
from designer.gui.data.table_page import TablePage
from designer.gui.data.texts_page import TextsPage
from designer.gui.labels import ElidedLabel, rule
from designer.gui.numbers import plural
from designer.gui.panels.column_edits import label_of, set_columns, set_split, target_name
from designer.gui.panels.data_side import DataSide, format_words
from designer.gui.panels.empty_data import EmptyData
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme
from designer.layers.recipe import RecipeStep, switch_step
from designer.project.errors import EditError
from designer.project.facts import Facts
from designer.project.model import ImageData, Project, Split, TableData
from designer.project.paths import resolve
from designer.training.texts_seen import text_inputs
from designer.workspace.session import Session

READ = "read data"
MOST_CLASSES = 60
HEAD = 44


class DataPage(QWidget):
    """Shows and edits the data settings of the session's project.

    ``file_requested`` and ``folder_requested`` ask for a table and a folder of images, ``open_requested`` for other
    data of either kind; ``again_requested`` says that the data is to be read anew, ``refused`` why an edit was not
    made, ``told`` what was done beside; ``reading`` carries words and the share that is read, no words once it is over.
    """

    open_requested = Signal()
    file_requested = Signal()
    folder_requested = Signal()
    again_requested = Signal()
    refused = Signal(str)
    told = Signal(str)
    reading = Signal(str, float)

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.tasks = Tasks(self)
        self._facts: Facts | None = None
        self._source: object = None
        self._looks: object = None
        self._count, self._progress = 0, Progress()
        self._reader: TableReader | None = None
        self.following = Following(session)
        self.findings = Findings(self.tasks, self._do)
        self.setAccessibleName("Data")
        self.empty, self.side, self.busy = EmptyData(theme), DataSide(theme), ReadingPane()
        self.table, self.pictures = TablePage(theme, self.side), PicturesPage(self.tasks, theme)
        self.series, self.texts = SeriesPage(self.tasks, theme), TextsPage(self.tasks, theme)
        self.changing = Changing(self.tasks, self.table)
        self.bars = self.side.bars
        self.columns, self.rows = self.table.columns, self.table.rows
        self.name, self.size = ElidedLabel("", "heading"), ElidedLabel("", "muted")
        self._build()
        self._connect()
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._read)
        self._refresh()

    def _build(self) -> None:
        head = QWidget()
        head.setFixedHeight(HEAD)
        row = QHBoxLayout(head)
        row.setContentsMargins(16, 0, 8, 0)
        row.setSpacing(12)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addStretch(1)
        names.addWidget(self.name)
        names.addWidget(self.size)
        names.addStretch(1)
        row.addLayout(names, 1)
        for views in (self.table.views, self.pictures.views):
            row.addWidget(views, 0, Qt.AlignmentFlag.AlignBottom)
        self.table.add_view("series", "Series", self.series)
        self.table.add_view("texts", "Texts", self.texts)
        self._kinds = QStackedWidget()
        for kind in (self.busy, self.table, self.pictures):
            self._kinds.addWidget(kind)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(rule())
        column.addWidget(self._kinds, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(whole)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    def _connect(self) -> None:
        self.empty.file.clicked.connect(lambda: self.file_requested.emit())
        self.empty.folder.clicked.connect(lambda: self.folder_requested.emit())
        for offering in (self.side, self.busy):
            offering.other_requested.connect(self.open_requested)
            offering.again_requested.connect(self.read_again)
        self.side.split.changed.connect(self._set_split)
        self.side.split.file_wanted.connect(self._choose_test_file)
        self.table.changed.connect(self._set_columns)
        for view in (self.pictures, self.series, self.texts):
            view.edited.connect(lambda label, edit, merge: self._do(label, edit, merge=merge))
        self.pictures.began.connect(self._await_pictures)
        self.pictures.read_pictures.connect(self._show_pictures)
        self.pictures.failed.connect(self._say_failed)
        self.table.column_seen.connect(lambda _: self._show_change())
        self.table.side_shown.connect(lambda _: self._show_change())
        self.table.recipe.step_shown.connect(lambda _: self._show_change())
        self.table.recipe.switched.connect(self._switch_step)
        for notices in (self.side.notices, self.table.column.notices):
            notices.answered.connect(self.findings.answer)
            notices.dismissed.connect(self.findings.dismiss)
        self.side.dismissed.clicked.connect(self.findings.show_dismissed)
        self.findings.shown.connect(self._show_notices)
        self.busy.cancelled.connect(self.cancel_reading)
        self.busy.told.connect(self.reading)
        self.destroyed.connect(self.session.subscribe(self._project_changed))

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        for part in (self.empty, self.side, self.table, self.pictures, self.series, self.texts):
            part.set_theme(theme)

    def set_facts(self, facts: Facts | None, message: str) -> None:
        """Show what training will find in the data; ``message`` says why it finds nothing."""
        self._facts = facts
        if facts is not None and self.following.follow(facts):
            self.told.emit("The network’s input and output follow the data.")
        self.side.parts.show_rows(facts.rows if facts else {})
        self.side.show_trouble(message)
        self._show_notes()
        self._show_split()

    def read_again(self) -> None:
        """Read the data anew, since it may have changed outside."""
        self._source = self._looks = self._reader = None
        for view in (self.pictures, self.series, self.texts):
            view.forget()
        self._soon.start()
        self.again_requested.emit()

    def cancel_reading(self) -> None:
        """Stop what is being read."""
        if self.tasks.busy(READ) or self.pictures.busy:
            self._progress.stop()
            self.tasks.cancel(READ)
            self.pictures.forget()
            self._end_reading()
            self.side.show_trouble("The reading was cancelled; “Read again” begins anew.")

    def take_keys(self) -> None:
        """Bring the keyboard to what is looked at: the rows, or the button that begins."""
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
        """Read only what somebody looks at."""
        super().showEvent(event)
        self._soon.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """What was about to be read can wait."""
        super().hideEvent(event)
        self._soon.stop()

    def _project_changed(self, old: Project, new: Project) -> None:
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
            self._source = self._looks = self._reader = None
            self._progress.stop()
            self.tasks.cancel(READ)
            self.pictures.forget()
            self._end_reading()
            self._forget()
            return
        path = Path(data.path)
        self.name.setText(path.name or data.path)
        self.side.name.setText(path.name or data.path)
        self.side.folder.setText(str(resolve(data.path, self.session.base / "project").parent))
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
            self.table.offer_views([key for key, fits in suits.items() if fits])
            self.series.show_project(project, base)
            self.texts.show_project(project, base)

    def _read(self) -> None:
        data, base = self.session.project.data, self.session.base
        if isinstance(data, TableData):
            target = target_name(self.session.project)
            source, looks = source_of(data, base), looks_of(data, target)
            if (source, looks) == (self._source, self._looks):
                return
            self._read_table(data, base, target, source != self._source)
            self._source, self._looks = source, looks
        elif isinstance(data, ImageData):
            self.pictures.read(self.session.project, base)

    def _await_pictures(self, name: str) -> None:
        self._progress.stop()
        self._progress = Progress()
        self._forget()
        self.busy.follow(name, self._progress)
        self._kinds.setCurrentWidget(self.busy)

    def _show_pictures(self) -> None:
        self._end_reading()
        self._show_words()
        self._show_split()
        self._find_warnings()

    def _read_table(self, data: TableData, base: Path, target: str, anew: bool) -> None:
        """Read the table, or only look at it again where its cells are known."""
        self._progress.stop()
        self._progress = progress = Progress()
        reader = self._reader
        if anew or reader is None:
            if reader is None or reader.data.path != data.path:
                self.table.begin()
            self._forget()
            self._show_words()
            self._reader = reader = TableReader(data, base)
            self.busy.follow(Path(data.path).name, progress)
            self._kinds.setCurrentWidget(self.busy)
        work = partial(reader.read, data, target, progress)
        self.tasks.run("", work, lambda seen: self._show_table(reader, seen), self._say_failed, READ)

    def _end_reading(self) -> None:
        self.busy.end()
        shown = self._shown
        if shown is self.pictures:
            self.pictures.put_overview(self.side)
        else:
            self.table.put_overview()
        self._kinds.setCurrentWidget(shown)

    def _forget(self) -> None:
        self.table.show_seen(TableSeen())
        self.changing.forget()
        self._find_warnings()
        self._show_notes()

    def _say_failed(self, message: str) -> None:
        self._end_reading()
        self.side.show_trouble(self.side.trouble.text() or message)  # training may have said it in better words
        if self.busy.show_lost(self.session):
            self._kinds.setCurrentWidget(self.busy)

    def _show_table(self, reader: TableReader, seen: TableSeen) -> None:
        if reader is not self._reader:
            return
        self._end_reading()
        self.table.show_seen(seen)
        self._find_warnings()
        self._show_change()
        self.side.split.suggest_columns([name for name, found in seen.seen.items() if found.splits])
        self._show_words()
        self._show_split()
        self._show_notes()

    def set_analysis(self, analysis: Analysis) -> None:
        """Say what of the network does not fit the data any more, with what mends it."""
        self.findings.show_problems(analysis, bool(self.session.project.graph.nodes) and self._facts is not None)

    def _find_warnings(self) -> None:
        profile = self.pictures.profile if self._shown is self.pictures else self.table.seen.profile
        self.findings.find(profile, self.session.project)

    def _show_notices(self, notices: Sequence[Notice], dismissed: int) -> None:
        self.side.show_dismissed(dismissed)
        self.table.show_notices(notices)

    def _switch_step(self, step: RecipeStep, on: bool) -> None:
        what = f" of “{step.column}”" if step.column else ""
        self._do(f"Switch {'on' if on else 'off'}{what}: {step.text}", switch_step, step.column, step.key, on)

    def _show_change(self) -> None:
        self.changing.show(self._reader)

    def _show_words(self) -> None:
        data = self.session.project.data
        if isinstance(data, TableData):
            rows = self.table.seen.rows.count or None
            self.side.words.show_words(format_words(data.format, rows, len(data.columns)))
            counted = f"{plural(rows, 'row')} × " if rows else ""
            self.size.setText(f"{counted}{plural(len(data.columns), 'column')}")
            self.side.bars.show_bars("", ())
        elif data is not None:
            counts = self.pictures.counts()
            self.side.words.show_words(self.pictures.words())
            self.size.setText(self.pictures.summary())
            self.side.bars.show_bars("PICTURES OF EACH CLASS", tuple(counts.items())[:MOST_CLASSES])
            self.side.show_unreadable(self.pictures.unreadable())
        self.table.views.setVisible(isinstance(data, TableData))
        self.pictures.views.setVisible(isinstance(data, ImageData))

    def _show_split(self) -> None:
        data = self.session.project.data
        if data is None:
            return
        if isinstance(data, TableData):
            show_table_split(self.side.split, data, target_name(self.session.project))
            return
        self.side.split.show_split(data.split, *self.pictures.ways())

    def _show_notes(self) -> None:
        self.side.show_notes(self._facts.notes if self._facts else ())

    def _set_columns(self, names: Collection[str], field: str, value: object) -> None:
        data = self.session.project.data
        label = label_of(data.columns if data is not None else (), names, field, value)
        self._do(label, set_columns, names, field, value)

    def _set_split(self, split: Split, label: str, merge: str) -> None:
        self._do(label, set_split, split, merge=merge)

    def _choose_test_file(self) -> None:
        chosen = chosen_test_file(self, self.session)
        if chosen is not None:
            self._set_split(*chosen, "")
        else:
            self._show_split()

    def _do(self, label: str, edit: object, *arguments: object, merge: str = "") -> None:
        try:
            project = edit(self.session.project, *arguments)  # type: ignore[operator]
        except EditError as error:
            self.refused.emit(str(error))
            self._show_split()
            return
        if project is not self.session.project:
            self._count += 1
            merge = merge or f"data edit {self._count}"
            self.session.do(label, project, merge)
            self.following.did(label, project, merge)
