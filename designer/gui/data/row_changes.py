"""What a step of the recipe leaves out of all rows: the target before and after it, and the first rows that go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from designer.gui.data.changes import EXAMPLES, LEFT_OUT, Change, dates_of, seen_of_cells
from designer.gui.data.rows import cell_text
from designer.gui.numbers import exact, plural
from designer.layers.preparations import settings_of
from designer.layers.recipe import recipe_of
from designer.project.model import TableData
from designer.training.columns import reader_of
from designer.training.text_folders import PART, is_text_folder

if TYPE_CHECKING:
    import pandas as pd

CELLS = 5
READ = ("feature", "target", "weight")


def row_change_of(frame: pd.DataFrame, data: TableData, target: str, key: str) -> Change | None:
    """What the step ``key`` does to the rows of a table, as in training; None of one that leaves none out.

    A step that is switched off changes nothing, but says what it would do.
    """
    step = next((each for each in recipe_of(data) if (each.column, each.key) == ("", key)), None)
    column = next((each for each in data.columns if each.name == target), None)
    if step is None or column is None or target not in frame or key not in ("target", "duplicates"):
        return None
    targets = [each.name for each in data.columns if each.role == "target"]
    known = frame[targets].notna().all(axis=1).to_numpy()
    met = known if key == "duplicates" else np.ones(len(frame), dtype=bool)
    gone = met & (_repeated(frame, data, known) if key == "duplicates" else ~known)
    kept = met & ~gone if step.on else met
    lost = np.flatnonzero(gone)
    told = f"{exact(len(lost))} of {plural(int(met.sum()), 'row')} {'are' if step.on else 'would be'} left out."
    cells = frame[target]
    return Change(
        "",
        key,
        seen_of_cells(cells[met], column),
        seen_of_cells(cells[kept], column),
        tuple((_row_text(frame, place, data), LEFT_OUT) for place in lost[:EXAMPLES].tolist()),
        said=told,
    )


def _repeated(frame: pd.DataFrame, data: TableData, known: np.ndarray) -> np.ndarray:
    """Which of the ``known`` rows say the same as an earlier one in all that training reads of them."""
    from designer.training.sources.tables import repeating

    strict = [
        column.name
        for column in data.columns
        if column.role == "feature" and column.kind != "text" and "missing" not in settings_of(column)
    ]
    usable = known & frame[strict].notna().all(axis=1).to_numpy()
    split = data.split
    names = [
        each.name
        for each in data.columns
        if each.role in (*READ, split.by) or (split.by == "column" and each.name == split.column)
    ]
    read = frame[[*names, *([PART] if PART in frame else [])]]
    read = read if usable.all() else read[usable]
    dated = [each for each in data.columns if each.kind == "date" and each.name in names]
    dates = {each.name: dates_of(read[each.name], each) for each in dated}
    gone = np.zeros(len(frame), dtype=bool)
    gone[usable] = repeating(data, read.assign(**dates) if dates else read).to_numpy()
    return gone


def _row_text(rows: pd.DataFrame, place: int, data: TableData) -> str:
    """Where a row stands, in a text its line, and its first cells."""
    word = "line" if reader_of(data.path) == "read_table" and not is_text_folder(data) else "row"
    number = int(rows.index[place]) if word == "line" else place + 1
    cells = rows.iloc[place, :CELLS]
    told = ", ".join("–" if gap else cell_text(cell) for cell, gap in zip(cells, cells.isna(), strict=True))
    return f"{word} {exact(number)}: {told}"
