"""Turns the columns of a table into what a network takes, as it was learned from the rows to train with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from designer.runtime.errors import DataError


def learn_features(
    frame: pd.DataFrame,
    columns: Mapping[str, Mapping[str, str]],
    learn: Mapping[str, Callable[[pd.Series, Mapping[str, str]], dict[str, Any]]],
) -> dict[str, Any]:
    """Learn from the rows to train with what prepares the features; the result holds nothing but what JSON can hold.

    ``columns`` maps each feature to its ``kind``, ``missing`` (mean, median, most_frequent or drop) and ``scale``
    (standard, minmax or none); ``learn`` says how a column of each kind is learned from.
    """
    return {
        name: {"kind": column["kind"], "missing": column["missing"], **learn[column["kind"]](frame[name], column)}
        for name, column in columns.items()
    }


def learn_numbers(cells: pd.Series, column: Mapping[str, str]) -> dict[str, Any]:
    """Fill and scale of a column of numbers, both learned from the cells that are not missing."""
    known = cells.dropna()
    fill = 0.0
    if len(known) and column["missing"] == "mean":
        fill = float(known.mean())
    elif len(known) and column["missing"] == "median":
        fill = float(known.median())
    elif len(known) and column["missing"] == "most_frequent":
        fill = float(known.mode().iloc[0])
    return {"fill": fill, **learn_scale(known if column["missing"] == "drop" else cells.fillna(fill), column["scale"])}


def learn_categories(cells: pd.Series, column: Mapping[str, str]) -> dict[str, Any]:
    """The categories of a column in order, and the most frequent one to fill gaps with."""
    known = cells.dropna()
    fill = str(known.mode().iloc[0]) if len(known) and column["missing"] != "drop" else ""
    return {"fill": fill, "categories": in_order(known.unique())}


def learn_scale(values: pd.Series, scale: str) -> dict[str, float]:
    """Mean and standard deviation, or minimum and range, that scale a column; a constant column becomes 0."""
    if scale == "none" or not len(values):
        return {}
    low, high = float(values.min()), float(values.max())
    if scale == "minmax":
        return {"minimum": low, "range": high - low if high > low else 1.0}
    return {"mean": float(values.mean()), "std": float(values.std(ddof=0)) if high > low else 1.0}


def learn_number_target(cells: pd.Series, scale: str) -> dict[str, Any]:
    """Name and scale of a target that is a number."""
    return {"name": cells.name, "kind": "number", **learn_scale(cells.dropna(), scale)}


def learn_class_target(cells: pd.Series, kind: str) -> dict[str, Any]:
    """Name and classes of a target; ``kind`` is classes, or binary where one output tells two of them apart."""
    return {"name": cells.name, "kind": kind, "classes": in_order(class_words(cells).dropna().unique())}


def in_order(words: Any) -> list[str]:
    """Words in the order people expect: numbers by size, all else by the alphabet."""
    try:
        return sorted((str(word) for word in words), key=lambda word: (float(word), word))
    except ValueError:
        return sorted(str(word) for word in words)


def class_words(cells: pd.Series) -> pd.Series:
    """The classes of a target as strings, also where they were read as numbers."""
    if pd.api.types.is_numeric_dtype(cells):
        return cells.map("{:.15g}".format, na_action="ignore")
    return cells


def prepare_features(
    frame: pd.DataFrame,
    features: Mapping[str, Mapping[str, Any]],
    encode: Mapping[str, Callable[[pd.Series, Mapping[str, Any], np.ndarray], None]],
) -> np.ndarray:
    """The features as float32 of shape (rows, inputs); ``encode`` says for each kind how a column is written there."""
    widths = [len(learned.get("categories", [name])) for name, learned in features.items()]
    matrix = np.zeros((len(frame), sum(widths)), dtype=np.float32)
    places = np.split(matrix, np.cumsum(widths)[:-1], axis=1)
    for place, (name, learned) in zip(places, features.items(), strict=True):
        encode[learned["kind"]](frame[name], learned, place)
    return matrix


def encode_numbers(cells: pd.Series, learned: Mapping[str, Any], place: np.ndarray) -> None:
    """Write numbers, filled and scaled, to ``place`` of shape (rows, 1)."""
    place[:] = scaled(cells.fillna(learned["fill"]), learned)


def encode_categories(cells: pd.Series, learned: Mapping[str, Any], place: np.ndarray) -> None:
    """Write categories one-hot, gaps filled, to ``place`` of shape (rows, categories), so far 0.

    A category that was not there to learn from stays all zeros.
    """
    words = cells.astype("category")
    found = pd.Index([*words.cat.categories, learned["fill"]])
    codes = pd.Index(learned["categories"]).get_indexer(found)[words.cat.codes]
    rows = np.flatnonzero(codes >= 0)
    place[rows, codes[rows]] = 1.0


def scaled(values: pd.Series, learned: Mapping[str, Any]) -> np.ndarray:
    """Numbers brought to the scale that was learned: float32 of shape (rows, 1)."""
    numbers = values.to_numpy(dtype=np.float64)
    if "range" in learned:
        numbers = (numbers - learned["minimum"]) / learned["range"]
    elif "std" in learned:
        numbers = (numbers - learned["mean"]) / learned["std"]
    return numbers.astype(np.float32)[:, None]


def class_codes(cells: pd.Series, target: Mapping[str, Any]) -> np.ndarray:
    """The place of each row's class among those learned: int64 of shape (rows,)."""
    words = class_words(cells)
    codes: np.ndarray = pd.Index(target["classes"]).get_indexer(words.astype("str")).astype(np.int64)
    if len(codes) and codes.min() < 0:
        row = int(np.argmin(codes))
        line, word = cells.index[row], words.iloc[row]
        raise DataError(f"line {line}, column “{cells.name}”: no row of the training part is of class “{word}”")
    return codes


def binary_codes(cells: pd.Series, target: Mapping[str, Any]) -> np.ndarray:
    """0 or 1 for the first or second class: float32 of shape (rows, 1)."""
    return class_codes(cells, target).astype(np.float32)[:, None]
