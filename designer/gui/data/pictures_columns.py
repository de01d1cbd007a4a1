"""The columns of a table that names pictures: all of them in a list, and at the side the one that is looked at."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from designer.gui.data.column_page import ColumnPage
from designer.gui.data.progress import Progress
from designer.gui.data.reading import TableReader, looks_of, source_of
from designer.gui.data.seen import TableSeen
from designer.gui.panels.columns import ColumnsView
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme
from designer.layers.recipe import steps_of
from designer.project.model import Column, ImageData, TableData
from designer.project.picture_tables import as_table

READ, CHANGE = "read columns of pictures", "prepare column of pictures"


class PictureColumns(QWidget):
    """Shows and changes columns; ``detail`` stands at the side.

    ``changed`` carries names of columns, a field and its new value, ``failed`` why the table cannot be read.
    """

    changed = Signal(object, str, object)
    failed = Signal(str)

    def __init__(self, tasks: Tasks, theme: Theme) -> None:
        super().__init__()
        self.tasks = tasks
        self.list, self.detail = ColumnsView(theme), ColumnPage(theme)
        self.detail.form.pictures = True
        self.seen = TableSeen()
        self._table = TableData("")
        self._base = Path()
        self._target = self._chosen = ""
        self._reader: TableReader | None = None
        self._source: object = None
        self._looks: object = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        self.list.column_shown.connect(self.look_at)
        self.list.columns_model.chosen.connect(lambda *chosen: self.changed.emit(*chosen))
        self.detail.changed.connect(lambda name, field, value: self.changed.emit((name,), field, value))
        self.detail.stepped.connect(self._step)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        for part in (self.list, self.detail):
            part.set_theme(theme)

    def take_keys(self) -> None:
        """Bring the keyboard to the list."""
        self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_columns(self, data: ImageData, target: str, base: Path) -> None:
        """Show the columns as they are set; what they hold is read once somebody looks."""
        self._table, self._target, self._base = as_table(data), target, base
        self.list.columns_model.show_columns(data.columns, target)
        self._show_detail()
        if self.isVisible():
            self._read()

    def forget(self) -> None:
        """What was read is read anew."""
        self._source = self._looks = self._reader = None
        for lane in (READ, CHANGE):
            self.tasks.cancel(lane)

    def look_at(self, name: str) -> None:
        """Show a column in detail."""
        self._chosen = name
        self._show_detail()

    def showEvent(self, event: QShowEvent) -> None:
        """Read only what somebody looks at."""
        super().showEvent(event)
        self._read()

    def _read(self) -> None:
        if not self._table.path:
            return
        source, looks = source_of(self._table, self._base), looks_of(self._table, self._target)
        if (source, looks) == (self._source, self._looks):
            return
        if source != self._source or self._reader is None:
            self._reader = TableReader(self._table, self._base)
        self._source, self._looks = source, looks
        work = partial(self._reader.read, self._table, self._target, Progress())
        self.tasks.run("", work, self._show_seen, self._say_failed, READ)

    def _show_seen(self, seen: TableSeen) -> None:
        self.seen = seen
        self.list.columns_model.show_reports(seen.seen)
        self._show_detail()

    def _say_failed(self, message: str) -> None:
        self._source = None
        self.failed.emit(message)

    def _column(self) -> Column | None:
        return next((column for column in self._table.columns if column.name == self._chosen), None)

    def _show_detail(self) -> None:
        column, reader = self._column(), self._reader
        if column is None:
            self.detail.clear()
            return
        self.detail.show_column(column, self._target, self.seen.seen.get(column.name), ())
        show = self.detail.preparing.show_change
        if reader is None or not self.seen.seen or not steps_of(column):
            show(None)
            return
        self.tasks.run("", partial(reader.change, column, ""), show, lambda _: show(None), CHANGE)

    def _step(self, by: int) -> None:
        names = [column.name for column in self._table.columns]
        if self._chosen in names:
            self.list.selectRow((names.index(self._chosen) + by) % len(names))
