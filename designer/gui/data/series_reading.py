"""Series for the screen: the values of each in the order of time, the parts, gaps. Always read off the GUI thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from designer.project.model import Column, Project, TableData
from designer.project.paths import resolve

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from designer.training.sources.series import Wanted

MOST_LINES = 40
PARTLESS = -1


@dataclass(frozen=True, eq=False)
class OneSeries:
    """One series: ``x`` (n,) seconds since 1970, numbers or steps, ``parts`` (n,) 0 train, 1 validation, 2 test, -1.

    ``values`` holds (n,) numbers for each column, NaN where a cell is empty.
    """

    name: str
    x: np.ndarray
    parts: np.ndarray
    values: Mapping[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, eq=False)
class SeriesSeen:
    """All series of some data. ``dates``: x counts seconds; ``time`` names its column; ``notes`` tell gaps and more.

    ``trouble`` says why the rows could not be divided; the series are seen all the same.
    """

    series: Sequence[OneSeries] = ()
    columns: tuple[str, ...] = ()
    target: str = ""
    time: str = ""
    dates: bool = False
    notes: tuple[str, ...] = ()
    trouble: str = ""
    whole: int = field(default=0)


def shown_columns(project: Project, data: TableData) -> list[Column]:
    """The columns that can be drawn, the target first: those of numbers that are fed or predicted."""
    from designer.gui.panels.column_edits import target_name

    target = target_name(project)
    wanted = [column for column in data.columns if column.kind in ("number", "boolean")]
    wanted = [column for column in wanted if column.role in ("feature", "ahead", "target") or column.name == target]
    return sorted(wanted, key=lambda column: column.name != target and column.role != "target")[:MOST_LINES]


def read_series(project: Project, data: TableData, base: Path) -> SeriesSeen:
    """The series of the data; a DataError or RunError says why they cannot be read."""
    from designer.training.chosen import column_with_role
    from designer.training.sources.series import Wanted
    from designer.training.sources.series_notes import gap_notes
    from designer.training.sources.splitting import time_column

    lines = shown_columns(project, data)
    time = time_column(data) if column_with_role(data, "time") else None
    want = Wanted(data, [], lines, column_with_role(data, "group"), time.name if time is not None else "")
    names = tuple(column.name for column in lines)
    if data.samples == "files":
        return _of_files(project, want, base, names)
    frame, codes, parts, notes, trouble = _divided(want, base)
    gaps = gap_notes(frame, {}, names)
    found = _cut(frame, codes, parts, names, time, [_name(frame, want.group, start) for start in _starts(codes)])
    target = names[0] if names else ""
    dates = time is not None and time.kind == "date"
    gaps = [note.replace("the target ", "").replace(": windows that would predict one left out", "") for note in gaps]
    return SeriesSeen(found, names, target, want.time, dates, (*notes, *gaps), trouble, len(frame))


def _divided(want: Wanted, base: Path) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, list[str], str]:
    """Rows in order, their series and parts, and notes; without parts where the split cannot be done, and why."""
    import numpy as np

    from designer.runtime.errors import DataError
    from designer.training.columns import day_order
    from designer.training.errors import RunError
    from designer.training.sources.series import rows_in_order, rows_in_parts
    from designer.training.sources.tables import column_kinds

    try:
        return *rows_in_parts(want, base), ""
    except RunError as error:
        trouble = str(error)
    kinds = column_kinds(want.data, {}, want.targets)
    kinds |= {want.group: "category"} if want.group else {}
    kinds |= {column.name: column.kind for column in want.data.columns if column.name == want.time}
    path = resolve(want.data.path, base / "project")
    if not path.exists():
        raise DataError(f"There is no file {path}")
    frame, codes, notes = rows_in_order(want, path, kinds, day_order(want.data.columns))
    return frame, codes, np.full(len(frame), PARTLESS), notes, trouble


def _of_files(project: Project, want: Wanted, base: Path, names: tuple[str, ...]) -> SeriesSeen:
    """A series for each file of a folder."""
    import numpy as np

    from designer.runtime.errors import DataError
    from designer.runtime.sequences import read_sequences
    from designer.runtime.windows import parts_of_rows
    from designer.training.chosen import target_columns
    from designer.training.columns import day_order, read_columns
    from designer.training.errors import RunError
    from designer.training.file_groups import column_inside, split_group
    from designer.training.sources.gathered import left_out
    from designer.training.sources.sequences import file_parts, labelled_files
    from designer.training.sources.series import Wanted
    from designer.training.targets import label_of

    data, targets = want.data, target_columns(project, want.data)
    own = [name for name in names if name not in {target.name for target in targets}]
    try:
        group, inside = split_group(data), column_inside(data)
    except RunError:
        # the split says so and why
        group = inside = ""
    asked = Wanted(data, [], targets, group, want.time)
    folder = resolve(data.path, base / "project")
    files = labelled_files(asked, folder)
    order = day_order(data.columns) or None
    kinds = dict.fromkeys(own, "number") | {each.name: each.kind for each in data.columns if each.name == want.time}
    kinds |= {inside: "category"} if inside else {}
    frame, usable, refused = read_sequences(
        files["path"].tolist(),
        lambda path: read_columns(path, kinds, data.format, data.sheet, day_first=order),
        want.time,
    )
    trouble = ""
    parts = np.full(len(files), PARTLESS)
    try:
        parts = parts_of_rows(len(files), file_parts(data, files, label_of(targets), frame, usable))
    except (RunError, DataError) as error:
        trouble = str(error)
    files, parts = files[usable], parts[usable]
    numbers = frame.index.to_numpy()
    answers = files[targets[0].name].astype("str").tolist()
    titles = [f"{Path(path).name} ({answer})" for path, answer in zip(files["path"], answers, strict=True)]
    time = next((each for each in data.columns if each.name == want.time), None)
    found = _cut(frame, numbers, parts[numbers], own, time, [titles[number] for number in numbers[_starts(numbers)]])
    dates = time is not None and time.kind == "date"
    notes = tuple(left_out(refused, folder))
    return SeriesSeen(found, tuple(own), own[0] if own else "", want.time, dates, notes, trouble, len(frame))


def _starts(codes: np.ndarray) -> np.ndarray:
    """The first row of each series, the rows of a series lying together."""
    import numpy as np

    return np.flatnonzero(np.append(True, codes[1:] != codes[:-1])[: len(codes)])


def _name(frame: pd.DataFrame, group: str, row: int) -> str:
    return str(frame[group].iloc[row]) if group else ""


def _cut(
    frame: pd.DataFrame,
    codes: np.ndarray,
    parts: np.ndarray,
    names: Sequence[str],
    time: Column | None,
    titles: Sequence[str],
) -> list[OneSeries]:
    """The rows of each series for themselves."""
    import numpy as np

    from designer.training.sources.series import moments

    starts = _starts(codes)
    times = moments(frame, time)
    values = {name: frame[name].to_numpy(dtype=np.float64) for name in names}
    found = []
    for title, start, end in zip(titles, starts, [*starts[1:], len(codes)], strict=True):
        x = np.arange(end - start, dtype=np.float64) if times is None else times[start:end]
        found.append(OneSeries(title, x, parts[start:end], {name: each[start:end] for name, each in values.items()}))
    return found
