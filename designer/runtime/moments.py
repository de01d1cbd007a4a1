"""What is done to a column of dates: gaps filled, and dates turned into numbers such as year, month and weekday.

A column comes as NumPy's datetime64 of shape (rows,), NaT where missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from designer.runtime.scaling import learn_standard, scale_numbers

# a part counts units since the last beginning of a larger one, and is divided by the most there can be;
# what has no larger one counts on and on, and is scaled by the mean and standard deviation that were learned
DATE_PARTS: Mapping[str, tuple[str, str, float]] = {
    "year": ("Y", "", 1),
    "month": ("M", "Y", 11),
    "day": ("D", "M", 30),
    "weekday": ("D", "W", 6),
    "hour": ("h", "D", 23),
    "minute": ("m", "h", 59),
    "yearday": ("D", "Y", 365),
    "elapsed": ("s", "", 86_400),
}
# weeks begin on a Monday here, and on a Thursday in NumPy, which counts them from 1970-01-01
MONDAY = np.timedelta64(3, "D")


def learn_middle_date(moments: np.ndarray, column: Mapping[str, Any]) -> dict[str, Any]:
    """The date in the middle of those known, for gaps."""
    found = np.sort(known_dates(moments))
    return {"fill": str(found[(len(found) - 1) // 2])}


def learn_common_date(moments: np.ndarray, column: Mapping[str, Any]) -> dict[str, Any]:
    """The date seen most often, for gaps; of several the earliest."""
    values, counts = np.unique(known_dates(moments), return_counts=True)
    return {"fill": str(values[np.argmax(counts)])}


def known_dates(moments: np.ndarray) -> np.ndarray:
    """The dates that are not missing, to the second; the first day of 1970 where all are."""
    found = moments[~np.isnat(moments)].astype("datetime64[s]")
    return found if len(found) else np.zeros(1, dtype="datetime64[s]")


def fill_dates(moments: np.ndarray, learned: Mapping[str, Any]) -> np.ndarray:
    """Dates without gaps, to the second."""
    return np.where(np.isnat(moments), np.datetime64(learned["fill"], "s"), moments.astype("datetime64[s]"))


def learn_parts(moments: np.ndarray, column: Mapping[str, Any]) -> dict[str, Any]:
    """Mean and standard deviation of those parts of dates that count on and on."""
    endless = [part for part in column["parts"] if not DATE_PARTS[part][1]]
    scales = {part: learn_standard(date_part(moments, part), column) for part in endless}
    return {"parts": column["parts"], "scales": scales}


def date_parts(moments: np.ndarray, learned: Mapping[str, Any]) -> np.ndarray:
    """The parts of dates that were chosen, scaled: float64 of shape (rows, parts)."""
    scales = learned["scales"]
    parts = {part: date_part(moments, part) for part in learned["parts"]}
    scaled = [scale_numbers(numbers, scales[part]) if part in scales else numbers for part, numbers in parts.items()]
    return np.column_stack(scaled)


def date_part(moments: np.ndarray, part: str) -> np.ndarray:
    """One part of each date: from 0 to 1, or without end for years and days elapsed; float64 of shape (rows,)."""
    unit, larger, most = DATE_PARTS[part]
    shifted = moments + MONDAY if part == "weekday" else moments
    counted = shifted.astype(f"datetime64[{unit}]")
    start = shifted.astype(f"datetime64[{larger}]").astype(counted.dtype) if larger else np.zeros(1, counted.dtype)
    share: np.ndarray = (counted - start).astype(np.float64) / most
    return share
