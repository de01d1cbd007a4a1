"""What is done to the columns that a network shall predict, and to the column that says how much each row counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from designer.runtime.errors import DataError
from designer.runtime.words import in_order, places_of


def learn_number_target(cells: pd.Series, learn: Callable[..., dict[str, Any]] | None) -> dict[str, Any]:
    """Name, offset and scale of a target that is a number; ``learn`` learns the last two, None leaves it as it is."""
    scale = learn(cells.to_numpy(np.float64), {}) if learn else {"offset": 0.0, "scale": 1.0}
    return {"name": cells.name, "kind": "number", **scale}


def learn_number_targets(
    cells: pd.DataFrame, learn: Mapping[str, Callable[..., dict[str, Any]] | None]
) -> dict[str, Any]:
    """Names of several targets that are numbers, with offset and scale of each; ``learn`` is as for one, by name."""
    learned = [learn_number_target(cells[name], learn[name]) for name in cells.columns]
    logs = [each.get("log", False) for each in learned]
    return {
        "name": ", ".join(cells.columns),
        "names": list(cells.columns),
        "kind": "number",
        "offset": [each["offset"] for each in learned],
        "scale": [each["scale"] for each in learned],
        **({"log": logs} if any(logs) else {}),
    }


def learn_class_target(cells: pd.Series, kind: str) -> dict[str, Any]:
    """Name and classes of a target; ``kind`` is classes, or binary where one output tells two of them apart."""
    return {"name": cells.name, "kind": kind, "classes": in_order(class_words(cells).dropna().unique())}


def learn_text_target(cells: pd.Series) -> dict[str, Any]:
    """Name of a target that is a text, and as its classes a blank and then the characters that occur in it."""
    characters = sorted({character for text in cells.dropna().unique() for character in str(text)})
    return {"name": cells.name, "kind": "text", "classes": ["", *characters]}


def class_words(cells: pd.Series) -> pd.Series:
    """The classes of a target as strings, also where they were read as numbers."""
    if pd.api.types.is_numeric_dtype(cells):
        return cells.map("{:.15g}".format, na_action="ignore")
    return cells


def number_targets(cells: pd.Series | pd.DataFrame, target: Mapping[str, Any]) -> np.ndarray:
    """One or several targets that are numbers, brought to the scale that was learned: float32 of shape (rows, K)."""
    return scaled_targets(cells.to_numpy(np.float64), target)


def scaled_targets(numbers: np.ndarray, target: Mapping[str, Any]) -> np.ndarray:
    """Numbers less the offsets, divided by the scales that were learned of a target: float32 of shape (rows, K)."""
    scaled: np.ndarray = (numbers - np.array(target["offset"])) / np.array(target["scale"])
    return (scaled if scaled.ndim == 2 else scaled[:, None]).astype(np.float32)


def class_codes(cells: pd.Series, target: Mapping[str, Any]) -> np.ndarray:
    """The place of each row's class among those learned: int64 of shape (rows,)."""
    words = class_words(cells).astype("category").array
    codes: np.ndarray = np.array([*places_of(words.categories, target["classes"]), -1])[words.codes]
    if len(codes) and codes.min() < 0:
        row = int(np.argmin(codes))
        known = ", ".join(str(each) for each in target["classes"][:10]) + (", …" if len(target["classes"]) > 10 else "")
        raise DataError(
            f"{place_of(cells, row)}: no row of the training part is of class “{words[row]}”, so it was not learned; "
            f"the classes are {known}. Take such rows out, or split so that each class is among the training rows"
        )
    return codes.astype(np.int64, copy=False)


def binary_codes(cells: pd.Series, target: Mapping[str, Any]) -> np.ndarray:
    """0 or 1 for the first or second class: float32 of shape (rows, 1)."""
    return class_codes(cells, target).astype(np.float32)[:, None]


def text_codes(cells: pd.Series, target: Mapping[str, Any]) -> np.ndarray:
    """The place of each character among those learned, zeros behind the last: int64 of shape (rows, longest)."""
    texts, places = [str(text) for text in cells], {each: place for place, each in enumerate(target["classes"])}
    codes = np.zeros((len(texts), max(map(len, texts), default=0)), dtype=np.int64)
    for row, text in enumerate(texts):
        for place, character in enumerate(text):
            if character not in places:
                raise DataError(
                    f"{place_of(cells, row)}: no text of the training part has the character “{character}”, so it was "
                    "not learned. Take such rows out, or split so that each character is among the training rows"
                )
            codes[row, place] = places[character]
    return codes


def sample_weights(cells: pd.Series) -> np.ndarray:
    """How much each row counts, zero or more: float32 of shape (rows,)."""
    weights = cells.to_numpy(dtype=np.float32)
    bad = ~(weights >= 0)
    if bad.any():
        row = int(np.argmax(bad))
        found = "missing" if np.isnan(weights[row]) else f"{weights[row]:g}"
        raise DataError(f"{place_of(cells, row)}: a weight is a number of zero or more, this is {found}")
    return weights


def place_of(cells: pd.Series, row: int) -> str:
    """Where a cell stands, for messages; rows of the file with the test part have negative lines."""
    line = cells.index[row]
    tested = isinstance(line, (int, np.integer)) and line < 0
    what = "file" if cells.index.name == "file" else "line"
    return f"{f'{what} {-line} of the test part' if tested else f'{what} {line}'}, column “{cells.name}”"
