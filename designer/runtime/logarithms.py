"""Targets that are learned as their logarithms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from designer.runtime.scaling import learn_log, signed_log
from designer.runtime.targets import scaled_targets


def learn_log_target(numbers: np.ndarray, column: Mapping[str, Any]) -> dict[str, Any]:
    """As ``learn_log``, with a mark that tells the way back."""
    return {**learn_log(numbers, column), "log": True}


def log_targets(cells: pd.Series | pd.DataFrame, target: Mapping[str, Any]) -> np.ndarray:
    """As ``number_targets``, of those that are marked the logarithms."""
    numbers = cells.to_numpy(np.float64)
    return scaled_targets(np.where(np.array(target["log"]), signed_log(numbers), numbers), target)
