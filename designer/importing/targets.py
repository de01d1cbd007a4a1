"""Tells which column a network shall predict, of what kind it is, and which columns would give its answer away."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from designer.importing.guess import guess_target
from designer.importing.sniff import Sniffed
from designer.project.facts import TargetKind
from designer.project.model import Column, ColumnKind
from designer.runtime.errors import DataError
from designer.runtime.words import in_order, word_counts

MOST_NUMBERED_CLASSES = 20
MOST_CLASSES = 1000
FEW_ROWS = 10


@dataclass(frozen=True)
class Target:
    """The target column as it shall be read, what kind of answer it asks for, and its classes in order."""

    column: Column
    kind: TargetKind
    classes: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def find_column(sniffed: Sniffed, file: str, wanted: str | None) -> tuple[Column, list[str]]:
    """The column called ``wanted``, also in other capitals; without a name the likeliest one, said in the notes."""
    columns = {column.name: column for column in sniffed.columns}
    if wanted is None:
        guess = guess_target(sniffed.columns, sniffed.cells, file)
        return guess.column, [f"“{guess.column.name}” is taken as the target: {guess.why}"]
    if wanted in columns:
        return columns[wanted], []
    alike = [name for name in columns if name.strip().lower() == wanted.strip().lower()]
    if len(alike) == 1:
        return columns[alike[0]], []
    near = difflib.get_close_matches(wanted, columns, n=1)
    meant = f" Did you mean “{near[0]}”?" if near else ""
    names = ", ".join(list(columns)[:20]) + (" …" if len(columns) > 20 else "")
    raise DataError(f"{file} has no column “{wanted}”.{meant} Its columns are {names}.")


def describe_target(column: Column, words: pd.Series, numbers: pd.Series | None, file: str) -> Target:
    """Whether a target is a number or classes. ``words`` are its cells as text, ``numbers`` as numbers if they are."""
    # of a column of words alone what differs is looked at: nothing else could run while a million cells are
    often = _often(words)
    known = int(often.sum())
    if column.kind == "date":
        raise DataError(f"{file}: the target “{column.name}” holds dates, which a network cannot predict as they are")
    if len(often) < 2:
        raise DataError(f"{file}: there is nothing to learn: the target “{column.name}” is the same in every row")
    if numbers is not None and not _numbers_name_classes(numbers.dropna()):
        return Target(replace(column, kind="number", role="target", missing="mean", scale="standard"), "number")
    kind: ColumnKind = "category"
    notes = []
    if column.kind == "boolean" and len({word.lower() for word in often.index}) < len(often):
        kind, numbers = "boolean", None
        notes.append(f"“{column.name}” is read as yes and no, whatever the capitals: 1 is yes")
    elif numbers is not None:
        notes.append(f"the numbers of “{column.name}” are taken as {len(often)} classes")
    classes = ["0", "1"] if kind == "boolean" else in_order(often.index)
    if len(classes) > MOST_CLASSES or (known >= FEW_ROWS and len(classes) * 2 > known):
        raise DataError(
            f"{file}: the target “{column.name}” holds {len(classes)} different texts in {known} rows; "
            "a network needs several rows of each class"
        )
    notes += _class_notes(column.name, often)
    target = replace(column, kind=kind, role="target", missing="most_frequent", scale="none")
    return Target(target, "binary" if len(classes) == 2 else "classes", classes, notes)


def _often(words: pd.Series) -> pd.Series:
    """How often each word of a column occurs, those that occur most first."""
    written = pd.Categorical(words)
    counts = pd.Series(word_counts(written), index=[str(word) for word in written.categories])
    return counts[counts > 0].sort_values(ascending=False, kind="stable")


def _numbers_name_classes(numbers: pd.Series) -> bool:
    """Whether numbers are names: two of them, or few whole ones that count up from 0 or 1, each in several rows."""
    different = np.unique(numbers.to_numpy())
    if len(different) == 2:
        return True
    counted = different[0] in (0, 1) and bool((np.diff(different) == 1).all())
    return counted and len(different) <= MOST_NUMBERED_CLASSES and len(numbers) >= 5 * len(different)


def _class_notes(name: str, often: pd.Series) -> list[str]:
    rare = [str(word) for word in often.index[often < 3]]
    if rare and often.sum() >= FEW_ROWS:
        shown = ", ".join(f"“{word}”" for word in rare[:5]) + (" …" if len(rare) > 5 else "")
        return [f"“{name}” has too few rows of {shown} to learn and test it"]
    return []


def without_repeats(
    columns: Mapping[str, Column], frame: pd.DataFrame, target: Target
) -> tuple[dict[str, Column], list[str]]:
    """The features without those that say the same as the target in other words, and notes on these."""
    answers = frame[target.column.name]
    kept = {name: column for name, column in columns.items() if not _repeats(frame[name], answers, target.kind)}
    if len(frame) < FEW_ROWS or not kept:
        return dict(columns), []
    said = [f"“{name}” repeats the target “{target.column.name}”: ignored" for name in columns if name not in kept]
    return kept, said


def _repeats(cells: pd.Series, answers: pd.Series, kind: TargetKind) -> bool:
    if kind == "number":
        return bool(pd.api.types.is_numeric_dtype(cells)) and np.array_equal(cells.to_numpy(), answers.to_numpy())
    count = answers.nunique()
    if cells.nunique() != count or cells.notna().sum() < 0.9 * len(cells):
        return False
    known = cells.notna()
    pairs = pd.factorize(cells[known])[0] * count + pd.factorize(answers[known])[0]
    return len(np.unique(pairs)) == count
