"""A new project from a text table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from designer.importing.brief import Brief
from designer.importing.from_series import find_pace, series_of
from designer.importing.from_text import find_text
from designer.importing.sniff import Sniffed, sniff_table
from designer.importing.targets import Target, describe_target, find_column, without_repeats
from designer.project.model import Column, Split, TableData
from designer.runtime.errors import DataError
from designer.runtime.splits import split_by_words
from designer.training.columns import read_columns

FEWEST_TO_SPLIT = 20
# the share of the time that finding out takes, the rest being the reading for the network
SNIFFING = 0.6
FILLS = {"mean": "mean", "median": "median", "most_frequent": "most frequent value"}


def table_of_rows(
    data: Path,
    where: str,
    wanted: str | None,
    progress: Callable[[float], None] = lambda share: None,
    sheet: str = "",
) -> tuple[TableData, Brief, tuple[str, ...]]:
    """The settings for the table ``data`` (its ``sheet``), called ``where``, what a network is to do, and notes."""
    sniffed = sniff_table(data, lambda share: progress(SNIFFING * share), sheet=sheet)
    return table_as_sniffed(data, where, wanted, sniffed)


def table_as_sniffed(
    data: Path, where: str, wanted: str | None, sniffed: Sniffed
) -> tuple[TableData, Brief, tuple[str, ...]]:
    """The same for a table that was found to be written and to hold what ``sniffed`` says."""
    pace = find_pace(data, sniffed)
    if pace is not None:
        series = series_of(data, where, wanted, sniffed, pace)
        if series is not None:
            return series
    column, chosen = find_column(sniffed, data.name, wanted)
    features = {other.name: other for other in sniffed.columns if other.role == "feature" and other is not column}
    target, frame, lost = _read(data, sniffed, column, features)
    features, repeated = without_repeats(features, frame, target)
    text = find_text(data, sniffed, column)
    if not features and not text:
        why = "; ".join(note for note in sniffed.notes if note.endswith(": ignored")) or "there is no other column"
        raise DataError(f"{data.name}: no column is left to predict “{column.name}” from: {why}")
    columns = tuple(_with_role(other, target, features) for other in sniffed.columns)
    split, rows, held = _split(data, sniffed, columns, frame)
    validated = bool(split.validation if split.by == "share" else held)
    brief = _brief(features, frame, target, rows, validated)
    if text is not None:
        columns = tuple(text[0] if other.name == text[0].name else other for other in columns)
        chosen = [text[1], *chosen]
        brief = replace(brief, form="texts", categories={})
    notes = [
        *relevant_notes(sniffed, column, text[0] if text else column),
        *chosen,
        *target.notes,
        *lost,
        *repeated,
        *_said_of(split, rows),
    ]
    table = TableData(where, sniffed.format, columns, split, sniffed.sheet)
    return table, brief, (*notes, *gap_notes(frame, features))


def _brief(features: Mapping[str, Column], frame: pd.DataFrame, target: Target, rows: int, validated: bool) -> Brief:
    """What a network is to do with these columns; each category becomes a column of its own."""
    categories = categories_of(features, frame)
    answers = 1 if target.kind == "number" else len(target.classes)
    return Brief("rows", target.kind, answers, rows, validated, width_of(features, categories), categories)


def categories_of(features: Mapping[str, Column], frame: pd.DataFrame) -> dict[str, int]:
    """How many words each column of categories holds."""
    return {name: int(frame[name].nunique()) for name, each in features.items() if each.kind == "category"}


def width_of(features: Mapping[str, Column], categories: Mapping[str, int]) -> int:
    """How many columns of numbers features become, each word of a category one of its own."""
    return sum(categories.values()) + len(features) - len(categories)


def _read(
    data: Path, sniffed: Sniffed, column: Column, features: Mapping[str, Column]
) -> tuple[Target, pd.DataFrame, list[str]]:
    """The target, the rows that have one, and a note on those that do not."""
    kinds = {name: other.kind for name, other in features.items()} | {column.name: "category"}
    frame = read_columns(data, kinds, sniffed.format, sniffed.sheet)
    words, numbers = frame[column.name], None
    if column.kind == "number":
        numbers = read_columns(data, {column.name: "number"}, sniffed.format, sniffed.sheet)[column.name]
        words = words.where(numbers.notna())
    target = describe_target(column, words, numbers, data.name)
    if numbers is not None and target.kind == "number":
        frame[column.name] = numbers
    lost = int(words.isna().sum())
    rows = "1 row" if lost == 1 else f"{lost} rows"
    if not lost:
        return target, frame, []
    return target, frame[words.notna()], [f"left out: {rows} without “{column.name}”"]


def _with_role(column: Column, target: Target, features: Mapping[str, Column]) -> Column:
    if column.name == target.column.name:
        return target.column
    return replace(column, role="ignored") if column.role == "feature" and column.name not in features else column


def _split(data: Path, sniffed: Sniffed, columns: tuple[Column, ...], frame: pd.DataFrame) -> tuple[Split, int, int]:
    """How rows are split, and how many are there to train and, by a column, to validate with."""
    by = next((column.name for column in columns if column.role == "split"), "")
    if by:
        words = read_columns(data, {by: "category"}, sniffed.format, sniffed.sheet)[by].loc[frame.index]
        trained, validated, _ = split_by_words(words)
        return Split(by="column", column=by), len(trained), len(validated)
    if len(frame) < FEWEST_TO_SPLIT:
        return Split(validation=0.0, test=0.0), len(frame), 0
    split = Split()
    return split, round(len(frame) * (1 - split.validation - split.test)), 0


def _said_of(split: Split, rows: int) -> list[str]:
    if split.by == "share" and not split.test:
        return [f"{rows} rows are too few to hold some back: all are trained with, none validate or test"]
    return []


def relevant_notes(sniffed: Sniffed, *used: Column) -> list[str]:
    """The notes without those that columns are ignored which are used after all."""
    names = tuple(f"“{column.name}” " for column in used)
    return [note for note in sniffed.notes if not (note.startswith(names) and note.endswith(": ignored"))]


def gap_notes(frame: pd.DataFrame, features: Mapping[str, Column]) -> list[str]:
    """How many empty cells of each feature will be filled, and with what."""
    notes = []
    for name, column in features.items():
        gaps = int(frame[name].isna().sum())
        if gaps:
            cells = "1 empty cell" if gaps == 1 else f"{gaps} empty cells"
            notes.append(f"{cells} of “{name}” will be filled with the {FILLS[column.missing]}")
    return notes
