"""What a run is to be measured against: how well one does who has learned nothing of the features."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from designer.gui.numbers import figure

FEWEST = 2


def yardstick(outcome: Mapping[str, Any], target: Mapping[str, Any], repeated: float | None) -> str:
    """A sentence with the accuracy or the error of answering always the same; empty where that says nothing.

    ``outcome`` is what the results page shows of an output, ``target`` what was learned of its target, ``repeated`` the
    error of repeating the last value of a series.
    """
    if repeated is not None:
        return f"Repeating the last value has an RMSE of {figure(repeated)}."
    if "confusion" in outcome:
        return _always_the_commonest(**outcome["confusion"])
    # several columns have no mean in common
    return "" if "names" in target else _always_the_mean(outcome.get("actual", ()))


def _always_the_commonest(classes: Sequence[Any], counts: Sequence[Sequence[int]]) -> str:
    sizes = [sum(row) for row in counts]
    if sum(sizes) < FEWEST:
        return ""
    place = max(range(len(sizes)), key=sizes.__getitem__)
    return f"Always answering “{classes[place]}” has an accuracy of {figure(sizes[place] / sum(sizes))}."


def _always_the_mean(actual: Sequence[float]) -> str:
    values = [float(value) for value in actual if math.isfinite(value)]
    if len(values) < FEWEST:
        return ""
    mean = math.fsum(values) / len(values)
    error = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
    return f"Always answering the mean has an RMSE of {figure(error)}."
