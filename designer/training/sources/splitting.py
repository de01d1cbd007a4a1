"""The split of a table's rows into the parts to train, validate and test with, as its project says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from designer.project.model import Column, Data, Split, TableData
from designer.training.chosen import column_with_role
from designer.training.errors import RunError
from designer.training.file_groups import NO_GROUPS
from designer.training.prepared import PARTS
from designer.training.text_folders import PART

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Rows = tuple[np.ndarray, np.ndarray, np.ndarray]


WORDS_WANTED = "choose the one whose words train, validation and test say which row is for what"


def split_columns(data: Data) -> dict[str, str]:
    """The columns that the split needs, with the kind of which each is read."""
    if data.split.by == "column":
        return {_needed(data.split.column, "a column", f"no column is chosen for that: {WORDS_WANTED}"): "category"}
    if data.split.by == "group":
        return {_needed(column_with_role(data, "group"), "group", NO_GROUPS): "category"}
    if data.split.by == "time":
        column = time_column(data)
        return {column.name: column.kind}
    if data.split.by == "folders" and isinstance(data, TableData):
        return {PART: "category"}
    return {}


def time_column(data: Data) -> Column:
    """The column with the time of each row: dates or numbers."""
    column = next((column for column in data.columns if column.role == "time"), None)
    if column is None:
        raise RunError(
            "The rows are to be split by time, but no column has the role time: choose the one with the dates or times."
        )
    if column.kind not in ("date", "number"):
        raise RunError(f"The time column “{column.name}” holds neither dates nor numbers, so it gives no order.")
    return column


def _needed(name: str, by: str, why: str) -> str:
    if not name:
        raise RunError(f"The rows are to be split by {by}, but {why}.")
    return name


def split_frame(data: Data, frame: pd.DataFrame, labels: str, tested: int = 0) -> Rows:
    """The rows of train, validation and test among those of ``frame``.

    ``labels`` names the column of classes to keep in equal shares, empty where there is none; the last ``tested`` rows
    come from the file with the test part.
    """
    import numpy as np

    from designer.runtime import splits
    from designer.runtime.folders import split_by_folders
    from designer.runtime.words import class_places

    split = data.split
    if split.folds > 1:
        return _fold(data, frame, labels)
    if split.by == "column":
        return splits.split_by_words(frame[split.column])
    if split.by == "group":
        groups = frame[column_with_role(data, "group")].astype("str").to_numpy()
        return splits.split_groups(groups, split.validation, split.test, split.seed)
    if split.by == "time":
        return splits.split_in_time(frame[time_column(data).name].to_numpy(), split.validation, split.test)
    count = len(frame) - tested
    if split.by == "folders":
        classes = frame[labels].astype("str").to_numpy() if labels and split.stratify else None
        return split_by_folders(frame[PART].to_numpy(), split.validation, split.test, split.seed, classes)
    words = class_places(frame[labels].iloc[:count]) if labels and split.stratify else None
    if split.by == "file":
        train, validation, _ = splits.split_rows(count, split.validation, 0.0, split.seed, words)
        return train, validation, np.arange(count, len(frame))
    return splits.split_rows(count, split.validation, split.test, split.seed, words)


def _fold(data: Data, frame: pd.DataFrame, labels: str) -> Rows:
    """The parts where one fold is tested with; the first where all of them are, one after the other."""
    from designer.runtime import splits
    from designer.runtime.words import class_places

    split, fold = data.split, max(1, data.split.fold)
    if split.by == "time":
        times = frame[time_column(data).name].to_numpy()
        return splits.split_fold_in_time(times, split.folds, fold, split.validation)
    if split.by not in ("share", "group"):
        raise RunError(
            "Folds are drawn by chance, by group or by time, but the rows are split by "
            f"{'a file' if split.by == 'file' else split.by}. Choose another split, or no folds."
        )
    grouped = split.by == "group"
    return splits.split_fold(
        len(frame),
        split.folds,
        fold,
        split.validation,
        split.seed,
        class_places(frame[labels]) if labels and split.stratify and not grouped else None,
        frame[column_with_role(data, "group")].astype("str").to_numpy() if grouped else None,
    )


def few_groups(data: Data, frame: pd.DataFrame, rows: Rows) -> list[str]:
    """A note where a part of ``rows``, those of train, validation and test, has none for want of groups."""
    if data.split.by != "group":
        return []
    groups = frame[column_with_role(data, "group")].nunique(dropna=False)
    said = few_groups_words(data.split, dict(zip(PARTS, map(len, rows), strict=True)), groups)
    return [said] if said else []


def few_groups_words(split: Split, counts: Mapping[str, int], groups: int) -> str:
    """Which part has a share but no row, as none of so many whole groups fits into it; empty where each has some.

    ``counts`` are the rows of each part. Where one of several folds is tested with, its share is not asked for.
    """
    shares = {"validation": split.validation} | ({"test": split.test} if split.folds < 2 else {})
    empty = {part: share for part, share in shares.items() if share > 0 and not counts[part]}
    if split.by != "group" or not empty:
        return ""
    parts = " and the ".join(f"{part} part" for part in empty)
    held = " and ".join(f"{100 * share:g} %" for share in dict.fromkeys(empty.values()))
    folds = ", another seed, or folds by group" if split.folds < 2 else " or another seed"
    return (
        f"The {parts} {'has' if len(empty) == 1 else 'have'} no rows: each of the {groups:,} groups goes whole to one "
        f"part, and none fits into {'its' if len(empty) == 1 else 'their'} share of {held}. Choose a larger "
        f"share{folds}."
    )
