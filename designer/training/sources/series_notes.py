"""What is said aloud of a series: its gaps, its steps, and how well it is predicted by repeating what was last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from designer.training.prepared import PARTS

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

# a step of time is uneven where it is longer than the usual one by more than this: months have 28 to 31 days
UNEVEN = 1.2


def time_notes(whole: pd.DataFrame, frame: pd.DataFrame, series: np.ndarray, time: str) -> list[str]:
    """Notes on rows without a time, rows of the same time, and steps longer than usual.

    ``frame`` holds the rows of ``whole`` that have a time, in order, ``series`` the series of each.
    """
    import numpy as np

    if not time:
        return []
    notes = []
    if len(whole) > len(frame):
        notes.append(f"{_count(len(whole) - len(frame), 'row')} without {time} left out.")
    if not whole.index.equals(frame.index) and not whole[time].dropna().is_monotonic_increasing:
        notes.append(f"The rows are not in the order of {time}: they are put in order.")
    gaps = np.diff(frame[time].to_numpy()).astype("float64")
    inside = np.diff(series) == 0
    same = inside & (gaps == 0)
    if same.any():
        line = frame.index[int(np.argmax(same)) + 1]
        notes.append(
            f"{_count(int(same.sum()), 'row')} with the same {time} as the row before, first in line {line}: if they "
            "belong to several series, mark the column that tells these apart as group."
        )
    steps = gaps[inside & (gaps > 0)]
    usual = float(np.median(steps)) if len(steps) else 0.0
    long = inside & (gaps > UNEVEN * usual)
    if usual and long.any():
        line = frame.index[int(np.argmax(long)) + 1]
        notes.append(
            f"{_count(int(long.sum()), 'step')} of {time} longer than the usual one, first at line {line}: windows go "
            "over them as if no time were missing."
        )
    return notes


def group_notes(series: np.ndarray, part: np.ndarray, group: str) -> list[str]:
    """How many series each part has where each lies whole in one: ``series`` and ``part`` hold numbers, one a row."""
    import numpy as np

    counts = [len(np.unique(series[part == number])) for number in range(len(PARTS))]
    said = ", ".join(f"{count:,} to {word}" for word, count in zip(PARTS, counts, strict=True))
    return [f"Each {group} is wholly in one part: {said}."]


def gap_notes(whole: pd.DataFrame, features: Mapping[str, Mapping[str, Any]], targets: Sequence[str]) -> list[str]:
    """Notes on missing cells and what becomes of them."""
    notes = []
    for name, column in features.items():
        gaps = int(whole[name].isna().sum())
        if gaps and "missing" not in column:
            notes.append(f"{_count(gaps, 'missing cell')} of {name}: windows with one are left out.")
        elif gaps and column["missing"] == "constant":
            notes.append(f"{_count(gaps, 'missing cell')} of {name} filled with {column['fill']}.")
        elif gaps:
            notes.append(f"{_count(gaps, 'missing cell')} of {name} filled with the last known value before.")
    for name in targets:
        gaps = int(whole[name].isna().sum())
        if gaps:
            notes.append(
                f"{_count(gaps, 'missing cell')} of the target {name}: windows that would predict one left out."
            )
    return notes


def baseline_errors(values: np.ndarray, windows: Sequence[np.ndarray], horizon: int) -> dict[str, float]:
    """How well each part is predicted by repeating the last value, which a network should do better.

    Root mean squared errors, in the target's own units, of the parts that there are.
    """
    from designer.runtime.windows import repeat_last_error

    parts = zip(PARTS, windows, strict=True)
    return {part: repeat_last_error(values, last, horizon) for part, last in parts if len(last)}


def baseline_notes(errors: Mapping[str, float]) -> list[str]:
    """What repeating the last value does on the parts that are not trained with."""
    said = [f"{error:.4g} on the {part} part" for part, error in errors.items() if part != "train"]
    return [f"Repeating the last value has an RMSE of {' and '.join(said)}."] if said else []


def _count(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number:,} {what}s"
