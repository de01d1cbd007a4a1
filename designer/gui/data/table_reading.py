"""The reading of the table that the data page shows: begun, given up when it is not wanted any more, looked at anew."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from designer.gui.data.progress import Progress
from designer.gui.data.reading import TableReader, looks_of, source_of
from designer.gui.data.seen import TableSeen
from designer.gui.tasks import Tasks
from designer.project.model import Data, TableData

READ = "read data"


class TableReading(QObject):
    """Reads a table, and only looks at it again where its cells are known.

    ``begun`` carries the progress of a reading from the start, and whether it is of other data than the one before;
    ``seen`` carries a TableSeen, ``failed`` the reason why there is none.
    """

    begun = Signal(object, bool)
    seen = Signal(object)
    failed = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__(tasks)
        self.reader: TableReader | None = None
        self._tasks = tasks
        self._source: object = None
        self._looks: object = None
        self._progress = Progress()

    @property
    def busy(self) -> bool:
        """Whether somebody waits for a table."""
        return self._tasks.busy(READ)

    def read(self, data: TableData, base: Path, target: str) -> None:
        """Read the table unless that is done already; ``target`` is the column that the others are compared with."""
        source, looks, reader = source_of(data, base), looks_of(data, target), self.reader
        if (source, looks) == (self._source, self._looks):
            return
        self._progress.stop()
        self._progress = progress = Progress()
        if reader is None or source != self._source:
            other = reader is None or (reader.data.path, reader.data.sheet) != (data.path, data.sheet)
            self.reader = reader = TableReader(data, base)
            self.begun.emit(progress, other)
        self._source, self._looks = source, looks
        work = partial(reader.read, data, target, progress)
        self._tasks.run("", work, partial(self._came, reader), self.failed.emit, READ)

    def stop(self) -> None:
        """Let go what is being read."""
        self._progress.stop()
        self._tasks.cancel(READ)

    def leave(self, data: Data | None, base: Path) -> None:
        """Let go what is being read unless it is this."""
        if self.busy and (not isinstance(data, TableData) or source_of(data, base) != self._source):
            self.stop()
            self._source = self._looks = None

    def forget(self) -> None:
        """What was read is not known any more."""
        self._source = self._looks = self.reader = None

    def _came(self, reader: TableReader, seen: TableSeen) -> None:
        if reader is self.reader:
            self.seen.emit(seen)
