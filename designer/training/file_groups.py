"""Groups of files, each one sequence: by their names, their folders, a table of labels or a column inside of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from designer.project.model import Column, TableData, TableFormat
from designer.training.chosen import column_with_role
from designer.training.errors import RunError
from designer.training.prepared import PARTS

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

FOLDER = "folder of the file"
PART_OF_NAME = re.compile(r"part ([1-9]) of the name")
MOST_PARTS = 5
NO_GROUPS = "no column has the role group: choose the one that says what belongs together, such as a person or a place"
# what the files of a folder may be grouped by; of a table of labels it is one of its columns
PATH_WORDS = (FOLDER, *(f"part {place} of the name" for place in range(1, MOST_PARTS + 1)))


def place_in_name(column: str) -> int:
    """Which part of the files' names a column stands for, counted from 1; 0 for any other column."""
    found = PART_OF_NAME.fullmatch(column)
    return int(found[1]) if found else 0


def is_path_word(column: str) -> bool:
    """Whether a column holds words that come from the paths of files, not from what is in them."""
    return column == FOLDER or place_in_name(column) > 0


def path_words(column: str, paths: Sequence[str]) -> np.ndarray:
    """What the paths say in such a column: text of shape (files,)."""
    from designer.runtime.sequences import folder_names, name_parts

    return folder_names(paths) if column == FOLDER else name_parts(paths, place_in_name(column))


def split_group(data: TableData) -> str:
    """The column that says which files belong together, where they are split by that; else empty."""
    if data.split.by != "group":
        return ""
    name = column_with_role(data, "group")
    if not name:
        raise RunError(f"The files are to be split by group, but {NO_GROUPS}.")
    return name


def has_table_of_labels(data: TableData) -> bool:
    """Whether the table ``labels.csv`` in the folder says what each file is: then the data has its column ``file``."""
    return any(column.name == "file" for column in data.columns)


def groupable(data: TableData) -> list[str]:
    """The columns by which whole files can be grouped: of their paths, of the table of labels or inside of them."""
    return [column.name for column in data.columns if is_path_word(column.name) or _may_group(column)]


def _may_group(column: Column) -> bool:
    if column.role in ("target", "time") or column.name == "file":
        return False
    return column.kind == "category" or (column.kind == "number" and column.role in ("ignored", "group"))


def column_inside(data: TableData) -> str:
    """The column inside of the files by which they are split; empty where their paths or their labels say it."""
    name = split_group(data)
    return "" if is_path_word(name) or has_table_of_labels(data) else name


def group_words(
    data: TableData, files: pd.DataFrame, frame: pd.DataFrame | None = None, usable: np.ndarray | None = None
) -> np.ndarray:
    """The group of each file: text of shape (files,).

    ``files`` have a column ``path``, perhaps the group's own too; ``frame`` holds the rows of those that are
    ``usable``, with the number of the file among these as its index, where a column inside of them says it.
    """
    from designer.runtime.sequences import groups_within

    name = split_group(data)
    if is_path_word(name):
        return path_words(name, files["path"].tolist())
    if has_table_of_labels(data):
        return files[name].astype("str").to_numpy()
    assert frame is not None
    assert usable is not None
    return groups_within(frame, files["path"].tolist(), usable, name)


def label_columns(folder: Path, form: TableFormat) -> list[str]:
    """The columns of the table of labels."""
    from designer.runtime.gathering import open_rows
    from designer.runtime.gzipped import unpack
    from designer.runtime.pieces import text_pieces
    from designer.runtime.sequences import LABELS

    pieces = text_pieces(folder / LABELS, form.encoding, form.skip_rows, unpack)
    return list(open_rows(LABELS, pieces, form.delimiter, form.header, form.skip_rows + 1)[0])


def group_notes(name: str, groups: np.ndarray, places: Sequence[np.ndarray]) -> list[str]:
    """How many groups each part has, and how many files are of none; ``places`` are the files of each part."""
    import numpy as np

    # where nothing is said there is a gap, which cannot be put in order with words
    groups = np.asarray(groups, dtype=str)
    counts = [len(np.unique(groups[rows])) for rows in places]
    said = ", ".join(f"{count:,} to {word}" for word, count in zip(PARTS, counts, strict=True))
    notes = [f"All files with the same {name} are in one part: {said}."]
    alone = int(np.isin(groups, ["", "nan"]).sum())
    return notes + ([f"{alone:,} files have no {name}: they count as one group."] if alone > 1 else [])
