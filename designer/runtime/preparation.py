"""Turns the columns of a table into what a network takes, as it was learned from the rows to train with.

Each column goes through steps, one after the other: outliers are clipped, gaps filled, words and dates turned into
numbers, and numbers scaled. Of each step a column names the one way in which it is done; ``steps`` has for each kind
of column and each way the function that learns what it needs and the one that does it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

Learn = Callable[[Any, Mapping[str, Any]], dict[str, Any]]
Apply = Callable[[Any, Mapping[str, Any]], Any]
Steps = Mapping[str, Mapping[str, tuple[Learn, Apply]]]
Write = Callable[[slice, np.ndarray], None]

STEPS = ("clip", "missing", "encode", "scale")
# so many rows at a time stay in the processor's cache while their columns are written
BLOCK = 8192


def learn_features(frame: pd.DataFrame, features: Mapping[str, Mapping[str, Any]], steps: Steps) -> dict[str, Any]:
    """Learn from the rows to train with what prepares the features; the result holds nothing but what JSON can hold.

    ``features`` maps each column to its kind and the ways in which it is prepared.
    """
    return {name: learn_column(cells_of(frame[name]), column, steps) for name, column in features.items()}


def learn_column(values: Any, column: Mapping[str, Any], steps: Steps) -> dict[str, Any]:
    """What prepares one column, with the ways that were chosen; each step is learned from what those before it make."""
    ways = [column[step] for step in STEPS if step in column]
    learned = {"kind": column["kind"], "steps": ways}
    learned |= {"indicator": True} if "indicator" in column else {}
    before: Apply | None = None
    values = in_double(values)
    for way in ways:
        values = before(values, learned) if before else values
        learn, before = steps[column["kind"]][way]
        learned |= learn(values, column)
    return learned


def prepare_column(values: Any, learned: Mapping[str, Any], steps: Steps) -> np.ndarray:
    """The cells of one column as a network takes them: of shape (rows, columns)."""
    gaps = pd.isna(values) if "indicator" in learned else None
    values = in_double(values)
    for way in learned["steps"]:
        values = steps[learned["kind"]][way][1](values, learned)
    prepared: np.ndarray = values if values.ndim == 2 else values[:, None]
    return prepared if gaps is None else np.column_stack([prepared, gaps])


def cells_of(cells: pd.Series) -> Any:
    """The cells of a column: numbers and dates as an array, words as a Categorical."""
    worded = cells.dtype.kind == "O" and not isinstance(cells.dtype, pd.CategoricalDtype)
    return (cells.astype("category") if worded else cells).values


def in_double(values: Any) -> Any:
    """Numbers of any kind as float64; words and dates as they are."""
    return values.astype(np.float64, copy=False) if values.dtype.kind in "biuf" else values


def prepare_features(frame: pd.DataFrame, features: Mapping[str, Mapping[str, Any]], steps: Steps) -> np.ndarray:
    """The features as float32 of shape (rows, inputs)."""
    writers = [column_writer(cells_of(frame[name]), learned, steps) for name, learned in features.items()]
    ends = np.cumsum([0, *(width for width, _ in writers)]).tolist()
    # of memory that is asked for empty the system gives large pages, which are sooner there
    matrix = np.empty((len(frame), ends[-1]), dtype=np.float32)
    for start in range(0, len(frame), BLOCK):
        rows = slice(start, start + BLOCK)
        matrix[rows] = 0
        for (_, write), begin, end in zip(writers, ends, ends[1:], strict=False):
            write(rows, matrix[rows, begin:end])
    return matrix


def prepare_codes(frame: pd.DataFrame, features: Mapping[str, Mapping[str, Any]], steps: Steps) -> np.ndarray:
    """The features as codes, numbered on from column to column: int64 of shape (rows, columns)."""
    matrix = np.empty((len(frame), len(features)), dtype=np.int64)
    first = 0
    for place, (name, learned) in enumerate(features.items()):
        words = cells_of(frame[name])
        matrix[:, place] = word_table(words, learned, steps)[:, 0].take(words.codes, mode="wrap") + first
        first += learned["codes"]
    return matrix


def prepare_tokens(frame: pd.DataFrame, features: Mapping[str, Mapping[str, Any]], steps: Steps) -> np.ndarray:
    """The codes of the one column of text among ``features``: int64 of shape (rows, length)."""
    ((name, learned),) = features.items()
    return prepare_column(cells_of(frame[name]), learned, steps)


def column_writer(values: Any, learned: Mapping[str, Any], steps: Steps) -> tuple[int, Write]:
    """How many columns a column becomes, and the function that writes some of its rows to a place that is 0 so far."""
    if not isinstance(values, pd.Categorical):
        width = prepare_column(values[:0], learned, steps).shape[1]
        return width, partial(write_values, values, learned, steps)
    table = word_table(values, learned, steps)
    width = table.shape[1]
    if width > 1 and np.isin(table, (0, 1)).all() and (table.sum(axis=1) <= 1).all():
        return width, partial(write_ones, values.codes, np.where(table.any(axis=1), table.argmax(axis=1), -1))
    return width, partial(write_words, values.codes, table)


def word_table(words: pd.Categorical, learned: Mapping[str, Any], steps: Steps) -> np.ndarray:
    """Each different word as a network takes it, in the order of their codes; the last row is for a gap."""
    every = pd.Categorical.from_codes([*range(len(words.categories)), -1], dtype=words.dtype)
    return prepare_column(every, learned, steps)


def write_values(values: Any, learned: Mapping[str, Any], steps: Steps, rows: slice, place: np.ndarray) -> None:
    """Write some rows of numbers or dates."""
    place[:] = prepare_column(values[rows], learned, steps)


def write_words(codes: np.ndarray, table: np.ndarray, rows: slice, place: np.ndarray) -> None:
    """Write some rows of words, each looked up by its code, -1 for a gap."""
    place[:] = table.take(codes[rows], axis=0, mode="wrap")


def write_ones(codes: np.ndarray, columns: np.ndarray, rows: slice, place: np.ndarray) -> None:
    """Write some rows of words that have a single 1 each; ``columns`` says for each code where, -1 for nowhere."""
    found = columns.take(codes[rows], mode="wrap")
    known = np.arange(len(found))
    if found.min(initial=0) < 0:
        known = np.flatnonzero(found >= 0)
        found = found[known]
    place[known, found] = 1.0
