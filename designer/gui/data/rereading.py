"""Reading a table anew in the format that is chosen for it, as one step that the network follows."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from designer.gui.data.editing import Editing
from designer.gui.data.written import FormatChoice
from designer.gui.tasks import Tasks
from designer.project.edits import set_data
from designer.project.model import Project, TableData, TableFormat
from designer.project.paths import resolve
from designer.workspace.session import Session

if TYPE_CHECKING:
    from designer.importing.rereading import Reread

LANE = "format of the table"


class Rereading(QObject):
    """Finds out in the background what a table holds in the format of ``choice``, and sets the project up for that."""

    def __init__(self, choice: FormatChoice, session: Session, tasks: Tasks, editing: Editing) -> None:
        super().__init__(choice)
        self._choice, self._session, self._tasks, self._editing = choice, session, tasks, editing
        choice.chosen.connect(self._read)

    def _read(self, form: TableFormat, label: str) -> None:
        data = self._session.project.data
        if not isinstance(data, TableData):
            return
        if form == data.format:
            self._tasks.cancel(LANE)
            self._choice.show_format(form)
            return
        path = self._path_of(data)
        asked = (path, data.format)
        work = partial(_reread, path, data, form)
        done = partial(self._take, asked, label)
        self._tasks.run("", work, done, partial(self._refuse, asked), LANE, reading=True)

    def _take(self, asked: tuple[Path, TableFormat], label: str, found: Reread) -> None:
        if self._is_current(asked):
            self._editing.do(label, _with_reading, found)
        if self._is_current(asked):
            # the edit was refused
            self._choice.show_format(asked[1])

    def _refuse(self, asked: tuple[Path, TableFormat], why: str) -> None:
        if self._is_current(asked):
            self._choice.refuse(asked[1], why)

    def _is_current(self, asked: tuple[Path, TableFormat]) -> bool:
        """Whether the project still reads what was asked for in the way that was to be changed."""
        data = self._session.project.data
        return isinstance(data, TableData) and (self._path_of(data), data.format) == asked

    def _path_of(self, data: TableData) -> Path:
        return resolve(data.path, self._session.base / "project")


def _reread(path: Path, data: TableData, form: TableFormat) -> Reread:
    from designer.importing.rereading import reread_table

    return reread_table(path, data, form)


def _with_reading(project: Project, found: Reread) -> Project:
    from designer.importing.rereading import read_as

    data = project.data
    return set_data(project, read_as(data, found)) if isinstance(data, TableData) else project
