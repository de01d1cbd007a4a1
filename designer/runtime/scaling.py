"""What is done to a column of numbers: outliers clipped, gaps filled, values brought to a common scale.

A column comes as float64 of shape (rows,), NaN where missing. What is learned of it is numbers under names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

REACH = 1.5
PIECE = 8192


def known_numbers(numbers: np.ndarray) -> np.ndarray:
    """The numbers that are not missing; a single 0 where all are."""
    found = numbers[~np.isnan(numbers)] if has_gaps(numbers) else numbers
    return found if len(found) else np.zeros(1)


def has_gaps(numbers: np.ndarray) -> bool:
    """Whether any number is missing: that passes on to the smallest."""
    return bool(np.isnan(numbers.min(initial=0.0)))


def learn_iqr(numbers: np.ndarray, column: Mapping[str, Any]) -> dict[str, Any]:
    """Bounds 1.5 interquartile ranges beyond the quartiles (Tukey's fences)."""
    first, third = np.percentile(known_numbers(numbers), [25, 75])
    reach = REACH * (third - first)
    return clip_bounds(numbers, first - reach, third + reach)


def learn_percentiles(numbers: np.ndarray, column: Mapping[str, Any]) -> dict[str, Any]:
    """Bounds at the 1st and the 99th percentile."""
    return clip_bounds(numbers, *np.percentile(known_numbers(numbers), [1, 99]))


def clip_bounds(numbers: np.ndarray, low: float, high: float) -> dict[str, Any]:
    """Where numbers are clipped; at the smallest and largest where else all would become one number."""
    if low >= high:
        low, high = known_numbers(numbers).min(), known_numbers(numbers).max()
    return {"low": float(low), "high": float(high)}


def clip_numbers(numbers: np.ndarray, learned: Mapping[str, Any]) -> np.ndarray:
    """Numbers beyond the bounds set to these."""
    inside: np.ndarray = np.clip(numbers, learned["low"], learned["high"])
    return inside


def learn_mean(numbers: np.ndarray, column: Mapping[str, Any]) -> dict[str, Any]:
    """The mean, for gaps."""
    return {"fill": float(known_numbers(numbers).mean())}


def learn_median(numbers: np.ndarray, column: Mapping[str, Any]) -> dict[str, Any]:
    """The median, for gaps."""
    return {"fill": float(np.median(known_numbers(numbers)))}


def learn_mode(numbers: np.ndarray, column: Mapping[str, Any]) -> dict[str, Any]:
    """The number seen most often, for gaps; of several the smallest."""
    values, counts = np.unique(known_numbers(numbers), return_counts=True)
    return {"fill": float(values[np.argmax(counts)])}


def learn_constant(values: Any, column: Mapping[str, Any]) -> dict[str, Any]:
    """What was chosen for gaps."""
    return {"fill": column["fill"]}


def fill_numbers(numbers: np.ndarray, learned: Mapping[str, Any]) -> np.ndarray:
    """Numbers without gaps."""
    return np.where(np.isnan(numbers), learned["fill"], numbers) if has_gaps(numbers) else numbers


def learn_standard(numbers: np.ndarray, column: Mapping[str, Any]) -> dict[str, Any]:
    """Mean and standard deviation; a column of one number becomes 0."""
    values = known_numbers(numbers)
    low, high = float(values.min()), float(values.max())
    if low == high:
        return {"offset": low, "scale": 1.0}
    mean = float(values.mean())
    # by pieces that stay in the processor's cache
    squares = [np.square(values[start : start + PIECE] - mean).sum() for start in range(0, len(values), PIECE)]
    return {"offset": mean, "scale": float(np.sqrt(np.sum(squares) / len(values)))}


def learn_minmax(numbers: np.ndarray, column: Mapping[str, Any]) -> dict[str, Any]:
    """Smallest number and range; a column of one number becomes 0."""
    low, high = float(known_numbers(numbers).min()), float(known_numbers(numbers).max())
    return {"offset": low, "scale": high - low if high > low else 1.0}


def learn_robust(numbers: np.ndarray, column: Mapping[str, Any]) -> dict[str, Any]:
    """Median and interquartile range; where half of the numbers are the same, the standard deviation instead."""
    first, middle, third = (float(value) for value in np.percentile(known_numbers(numbers), [25, 50, 75]))
    reach = third - first if third > first else learn_standard(numbers, column)["scale"]
    return {"offset": middle, "scale": reach}


def scale_numbers(numbers: np.ndarray, learned: Mapping[str, Any]) -> np.ndarray:
    """Numbers less the offset, divided by the scale."""
    scaled: np.ndarray = numbers - learned["offset"]
    scaled /= learned["scale"]
    return scaled


def learn_log(numbers: np.ndarray, column: Mapping[str, Any]) -> dict[str, Any]:
    """Mean and standard deviation of the logarithms."""
    return learn_standard(signed_log(numbers), column)


def scale_logs(numbers: np.ndarray, learned: Mapping[str, Any]) -> np.ndarray:
    """The logarithms less the offset, divided by the scale."""
    return scale_numbers(signed_log(numbers), learned)


def signed_log(numbers: np.ndarray) -> np.ndarray:
    """log(1 + x) for numbers above zero, -log(1 - x) for those below."""
    logarithms: np.ndarray = np.copysign(np.log1p(np.abs(numbers)), numbers)
    return logarithms
