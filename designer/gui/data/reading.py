"""Reading a table for the screen, and looking at it again when its columns change. Always off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from designer.gui.data.from_profile import seen_of
from designer.gui.data.progress import Progress, Stopped
from designer.gui.data.rows import FrameRows, Rows
from designer.gui.data.seen import TableSeen
from designer.layers.recipe import fills_forward
from designer.project.model import TableData
from designer.project.paths import resolve
from designer.training.text_folders import part_kind
from designer.workspace.turns import one_reading

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from designer.gui.data.changes import Change
    from designer.importing.profiles import TableProfile
    from designer.project.model import Column

# how much of the time the reading itself takes, the rest being the looking through
READING = 0.5


def source_of(data: TableData, base: Path) -> Hashable:
    """What the cells depend on: while it is the same, nothing has to be read anew."""
    names = (*(column.name for column in data.columns), *part_kind(data))
    return (str(base), data.path, data.sheet, data.samples, data.format, names)


def looks_of(data: TableData, target: str) -> Hashable:
    """What the profile depends on beside the cells."""
    return (tuple((column.kind, column.role, column.day_first) for column in data.columns), data.split, target)


def watched(progress: Progress) -> Callable[[Path], Iterator[bytes]]:
    """Reads the bytes of a file, gzipped or not, telling how much of it has been read."""
    from designer.runtime.gzipped import unpack

    def read(path: Path) -> Iterator[bytes]:
        whole, done = max(1, path.stat().st_size), 0
        for piece in unpack(path):
            done += len(piece)
            progress(READING * min(1.0, done / whole))
            yield piece

    return read


def in_order(
    frame: pd.DataFrame, data: TableData | None, column: Column, steps: Sequence[int] = ()
) -> tuple[pd.DataFrame, np.ndarray | None]:
    """The rows in the order of time and the series of each, where gaps of ``column`` are filled in that order.

    ``steps`` are how many rows each file has, one file after the other, where each is a series.
    """
    import numpy as np

    from designer.gui.data.changes import dates_of
    from designer.runtime.windows import in_series

    if data is None or not fills_forward(column, data.samples):
        return frame, None
    if steps:
        return frame, np.repeat(np.arange(len(steps)), steps)
    named = {each.role: each for each in data.columns if each.role in ("group", "time")}
    # a table with all its columns takes long to sort
    wanted = dict.fromkeys([column.name, *(each.name for each in named.values())])
    frame = frame[[name for name in wanted if name in frame]]
    timed = {each.name: dates_of(frame[each.name], each) for each in named.values() if each.kind == "date"}
    group, time = (named[role].name if role in named else "" for role in ("group", "time"))
    return in_series(frame.assign(**timed) if timed else frame, group, time)


class TableReader:
    """Reads a table once and keeps its cells, so that it can be profiled again."""

    def __init__(self, data: TableData, base: Path) -> None:
        self.data, self.base = data, base
        self.rows: Rows | None = None
        self._frame: pd.DataFrame | None = None
        self._steps: Sequence[int] = ()
        self._tests: tuple[str, pd.DataFrame | None] = ("", None)

    def read(self, data: TableData, target: str, progress: Progress) -> TableSeen:
        """The table with the profile for these settings; a DataError says why it cannot be read."""
        with one_reading(lambda: progress(0.0)):
            return self._seen(data, target, progress)

    def _seen(self, data: TableData, target: str, progress: Progress) -> TableSeen:
        if self._frame is None:
            self._frame = self._read(target, progress)
            # the part of a text is no column of its own
            self.rows = FrameRows(self._frame.drop(columns=list(part_kind(self.data))))
        progress(READING)
        assert self.rows is not None
        profile = self._profile(data, target, self._frame, progress)
        return TableSeen(data.format, data.columns, self.rows, seen_of(profile), profile=profile)

    def change(self, column: Column, key: str, data: TableData | None = None) -> Change:
        """What a step of the recipe, or all of them, make of a column; ``data`` has the settings of all columns."""
        from designer.gui.data.changes import change_of
        from designer.runtime.errors import DataError

        if self._frame is None or column.name not in self._frame.columns:
            raise DataError("the table is not read yet")
        frame, series = in_order(self._frame, data, column, self._steps)
        return change_of(frame, column, key, series)

    def row_change(self, data: TableData, target: str, key: str) -> Change | None:
        """What a step of the recipe leaves out of all rows."""
        from designer.gui.data.row_changes import row_change_of

        return row_change_of(self._frame, data, target, key) if self._frame is not None else None

    def _read(self, target: str, progress: Progress) -> pd.DataFrame:
        from designer.importing.profile_reading import STEPS, read_frame
        from designer.runtime.errors import DataError
        from designer.training.columns import read_columns

        path = resolve(self.data.path, self.base / "project")
        if self.data.samples == "files":
            progress(0.0)
            frame = read_frame(path, self.data, target)
            # with it each look at a few rows would copy a number for each file
            self._steps = frame.attrs.pop(STEPS)
            return frame
        plain = {"number": "number", "boolean": "boolean"}
        kinds = {column.name: plain.get(column.kind, "category") for column in self.data.columns}
        kinds |= part_kind(self.data)
        progress(0.0)
        try:
            return read_columns(path, kinds, self.data.format, self.data.sheet, watched(progress))
        except Stopped:
            raise
        except DataError:
            # a cell that is no number is shown as it is written
            return read_columns(path, dict.fromkeys(kinds, "category"), self.data.format, self.data.sheet)

    def _profile(self, data: TableData, target: str, frame: pd.DataFrame, progress: Progress) -> TableProfile:
        from designer.importing.profile import of_steps, profile_frame

        path, whole = resolve(data.path, self.base / "project"), data.samples != "files"
        found = profile_frame(
            frame,
            data.columns,
            target,
            split=data.split if whole else None,
            decimal=data.format.decimal,
            thousands=data.format.thousands,
            size=path.stat().st_size if path.is_file() else 0,
            progress=lambda share: progress(READING + (1 - READING) * share),
            tests=self._tests_of(data, frame, progress),
        )
        return found if whole else of_steps(found)

    def _tests_of(self, data: TableData, frame: pd.DataFrame, progress: Progress) -> pd.DataFrame | None:
        """The rows of the file with the test part, read once; None where none is given or none can be read."""
        from designer.importing.given_tests import read_tests

        if data.split.by != "file":
            return None
        if self._tests[0] != data.split.file or self._tests[1] is None:
            found = read_tests(data, self.base, frame, watched(lambda _: progress(0.0)))
            progress(0.0)
            self._tests = (data.split.file, found)
        return self._tests[1]
