"""Guesses which column a network shall predict, and says why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from designer.importing.columns import ID_NAME
from designer.importing.times import TIME_NAME
from designer.project.model import Column

# what people call the column that is to be predicted: the sure names first
SURE = ("target", "label", "labels", "outcome", "y", "response", "answer", "output", "ground_truth", "truth")
USUAL = (
    "survived", "churn", "churned", "exited", "default", "defaulted", "diagnosis", "admit", "admitted", "approved",
    "fraud", "is_fraud", "spam", "sentiment", "income", "salary", "price", "saleprice", "sale_price", "medv", "species",
    "quality", "rating", "score", "result", "winner", "sales", "demand", "value", "class", "category", "type", "kind",
)  # fmt: skip
SURE_ENDING = re.compile(r"[_ .-](target|label|class|outcome|y)$", re.IGNORECASE)
MADE_UP = re.compile(r"column_\d+")
FEW = 20
ROWS_A_CLASS = 5
SHORTEST_STEM = 4


@dataclass(frozen=True)
class Guess:
    """The likeliest target, and why it is so, for a sentence."""

    column: Column
    why: str


def guess_target(columns: Sequence[Column], cells: pd.DataFrame, file: str) -> Guess:
    """The likeliest target of a table: by its name, the name of the file, few classes at an end, or its place.

    Ids, dates, what is the same everywhere and what numbers the rows are not guessed, unless there is nothing else.
    """
    usable = [
        column for column in columns if column.role == "feature" and column.kind in ("number", "category", "boolean")
    ]
    usable = [column for column in usable if not _is_id_or_time(column.name)] or usable
    if not usable:
        usable = [column for column in columns if column.role != "split"] or list(columns)
    named = _by_name(usable) or _by_file(usable, file)
    if named is not None:
        return named
    last, first = usable[-1], usable[0]
    classes = {column.name: _classes(cells[column.name]) for column in (first, last)}
    if classes[last.name]:
        return Guess(last, f"it is the last column and has {classes[last.name]} different values")
    rest = usable[1:]
    if classes[first.name] and rest and all(not _classes(cells[column.name]) for column in rest[:FEW]):
        return Guess(first, f"it is the first column and alone has few different values, {classes[first.name]}")
    return Guess(last, "it is the last column that a network could predict")


def named_target(columns: Sequence[Column], file: str) -> Guess | None:
    """The likeliest target by its name or that of the file; None where no name says so."""
    return (_by_name(columns) or _by_file(columns, file)) if columns else None


def _is_id_or_time(name: str) -> bool:
    return TIME_NAME.match(name) is not None or ID_NAME.search(name) is not None


def _by_name(usable: Sequence[Column]) -> Guess | None:
    by_name = {column.name.strip().lower(): column for column in reversed(usable)}
    if "y" in by_name and by_name["y"] not in (usable[0], usable[-1]):
        # the second of two or three coordinates
        del by_name["y"]
    chosen = next((by_name[name] for name in SURE if name in by_name), None)
    if chosen is None:
        chosen = next((column for column in reversed(usable) if SURE_ENDING.search(column.name)), None)
    if chosen is None:
        chosen = next((by_name[name] for name in USUAL if name in by_name), None)
    return None if chosen is None else Guess(chosen, "its name says so")


def _by_file(usable: Sequence[Column], file: str) -> Guess | None:
    """A column that the file is named after, such as ``price`` in house_prices.csv or ``admit`` in admissions.csv."""
    words = re.split(r"[^a-z]+", file.partition(".")[0].lower())
    for column in reversed(usable):
        name = column.name.strip().lower()
        stem = name[: max(SHORTEST_STEM, len(name) - 2)]
        begun = len(name) >= SHORTEST_STEM and any(word.startswith(stem) for word in words)
        if (begun or (len(name) > 2 and f"{name}s" in words)) and not MADE_UP.fullmatch(name):
            return Guess(column, "the file is named after it")
    return None


def _classes(cells: pd.Series) -> int:
    """How many different values a column has where these are few enough to be classes, else 0."""
    known = cells.dropna()
    count = int(known.nunique())
    if count < 2 or count > FEW or count * ROWS_A_CLASS > len(known):
        return 0
    if pd.api.types.is_float_dtype(known) and not pd.api.types.is_bool_dtype(known) and (known % 1 != 0).any():
        return 0
    return count
