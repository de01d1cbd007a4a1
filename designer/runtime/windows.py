"""Windows over series: what is seen of the steps up to one, and what follows, never across two series."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import torch

from designer.runtime.batches import Part

# windows that need more are cut out of the series batch by batch, instead of once for all
COPIED_BYTES = 256 * 1024 * 1024


def in_series(frame: pd.DataFrame, group: str = "", time: str = "") -> tuple[pd.DataFrame, np.ndarray]:
    """The rows series by series, each in the order of ``time``, and for each row the number of its series.

    A series has the rows with the same word in the column ``group``; without one, all rows are one series. Without
    ``time``, and among rows of the same time, the order stays.
    """
    codes = pd.factorize(frame[group].astype("str"), sort=True)[0] if group else np.zeros(len(frame), dtype=np.int64)
    clock = pd.factorize(frame[time], sort=True)[0] if time else np.arange(len(frame))
    order = np.lexsort((clock, codes))
    return frame.iloc[order], codes[order].astype(np.int64)


def series_starts(series: np.ndarray) -> np.ndarray:
    """For each row the first row of its series, the rows of a series lying together: int64 of shape (rows,)."""
    rows = np.arange(len(series))
    first = np.append(True, series[1:] != series[:-1])[: len(series)]
    return np.maximum.accumulate(np.where(first, rows, 0))


def fill_forward(cells: pd.Series, series: np.ndarray) -> pd.Series:
    """The cells with each gap filled from the last known cell before it in its series; a gap at the start stays."""
    rows = np.arange(len(cells))
    before = np.maximum.accumulate(np.where(cells.notna().to_numpy(), rows, -1))
    source = np.where(before >= series_starts(series), before, rows)
    return pd.Series(cells.array.take(source), index=cells.index, name=cells.name)


def shift_ahead(cells: pd.Series, series: np.ndarray, steps: int) -> pd.Series:
    """What is known at each step of ``steps`` later in its series; missing at the last ones."""
    rows = np.arange(len(cells))
    later = np.minimum(rows + steps, len(cells) - 1)
    there = (rows + steps < len(cells)) & (series[later] == series)
    return pd.Series(cells.array.take(np.where(there, later, -1), allow_fill=True), index=cells.index, name=cells.name)


def fill_series(
    frame: pd.DataFrame, series: np.ndarray, columns: Mapping[str, Mapping[str, Any]], ahead: Sequence[str], steps: int
) -> tuple[pd.DataFrame, np.ndarray]:
    """The rows as windows see them, and for each row whether it can be looked at.

    A gap takes the last known value of its series, unless its column's ``missing`` is constant; a row with a gap in a
    column for which nothing is said cannot be looked at. Columns named ``ahead`` hold what is known ``steps`` later,
    and rows for which that is not known cannot be looked at.
    """
    cells = {name: frame[name] for name in columns}
    for name, column in columns.items():
        if column.get("missing", "constant") != "constant":
            cells[name] = fill_forward(cells[name], series)
        if name in ahead:
            cells[name] = shift_ahead(cells[name], series, steps)
    strict = [name for name, column in columns.items() if "missing" not in column or name in ahead]
    filled = pd.DataFrame(cells, index=frame.index)
    return filled, filled[strict].notna().all(axis=1).to_numpy()


def steps_of_series(series: np.ndarray) -> np.ndarray:
    """The number of each row in its series, counted from 0."""
    steps: np.ndarray = np.arange(len(series)) - series_starts(series)
    return steps


def parts_of_rows(count: int, parts: Sequence[np.ndarray]) -> np.ndarray:
    """For each of ``count`` rows the number of the part that holds it: 0 train, 1 validation, 2 test, -1 none."""
    found = np.full(count, -1, dtype=np.int64)
    for number, rows in enumerate(parts):
        found[rows] = number
    return found


def rows_to_learn(series: np.ndarray, part: np.ndarray, steps: int) -> np.ndarray:
    """For each row whether columns can be learned from it of which it holds what is known ``steps`` later.

    It must lie in the training part, and so must the row that is looked ahead to.
    """
    rows = np.arange(len(part))
    later = np.minimum(rows + steps, len(part) - 1)
    there = (rows + steps < len(part)) & (series[later] == series)
    learned: np.ndarray = (part == 0) & (~there | (part[later] == 0))
    return learned


def find_windows(
    series: np.ndarray,
    part: np.ndarray,
    seen: np.ndarray,
    known: np.ndarray,
    length: int,
    horizon: int,
    stride: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of train, validation and test the windows, each by the row of the last step that it sees.

    A window sees ``length`` steps and predicts the next ``horizon``; the next one of its series begins ``stride``
    steps later. Its part is that of the rows that it predicts, which must all be in one: no row is predicted in two
    parts, but a window may look back into an earlier one. ``seen`` says of each row whether it can be looked at, and
    ``known`` whether it can be predicted: a window with a row that cannot is left out.
    """
    last = complete_windows(series, seen, length)
    last = last[last + horizon < len(series)]
    last = last[(last - series_starts(series)[last] - (length - 1)) % stride == 0]
    last = last[series[last + horizon] == series[last]]
    last = last[counts_between(~known, last + 1, last + horizon) == 0]
    changes = np.append(False, part[1:] != part[:-1])[: len(part)]
    last = last[counts_between(changes, last + 2, last + horizon) == 0]
    owner = part[last + 1]
    return last[owner == 0], last[owner == 1], last[owner == 2]


def complete_windows(series: np.ndarray, seen: np.ndarray, length: int) -> np.ndarray:
    """The rows before which, themselves included, there are ``length`` rows of their series that can be looked at."""
    last = np.arange(len(series))[length - 1 :]
    last = last[last - (length - 1) >= series_starts(series)[last]]
    complete: np.ndarray = last[counts_between(~seen, last - (length - 1), last) == 0]
    return complete


def counts_between(flags: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """How many flags are set from each ``first`` to each ``last`` row, both included; none where last is before it."""
    total = np.append(0, np.cumsum(flags))
    counts: np.ndarray = np.where(last >= first, total[last + 1] - total[np.minimum(first, last + 1)], 0)
    return counts


def known_targets(
    cells: pd.Series | pd.DataFrame, target: Mapping[str, Any], encode: Callable[[Any, Mapping[str, Any]], np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """The prepared targets of all rows, 0 where a cell is missing, and for each row whether it is known."""
    known = np.asarray(cells.notna().to_numpy().reshape(len(cells), -1).all(axis=1))
    places = np.flatnonzero(known)
    found = encode(cells.iloc[places], target)
    answers = np.zeros((len(cells), *found.shape[1:]), dtype=found.dtype)
    answers[places] = found
    return answers, known


def window_inputs(values: np.ndarray, last: np.ndarray, length: int) -> np.ndarray:
    """Of ``values`` (rows, features) the ``length`` rows up to each of ``last``: shape (windows, length, features)."""
    if not len(last):
        return np.zeros((0, length, values.shape[1]), dtype=values.dtype)
    views = np.lib.stride_tricks.sliding_window_view(values, length, axis=0)
    return np.ascontiguousarray(views[last - (length - 1)].transpose(0, 2, 1))


def window_targets(targets: np.ndarray, last: np.ndarray, horizon: int) -> np.ndarray:
    """What follows each of ``last``: numbers (rows, K) as (windows, horizon · K), step by step; classes as they are."""
    steps = last[:, None] + np.arange(1, horizon + 1)
    following: np.ndarray = targets[steps]
    return following[:, -1] if targets.ndim == 1 else following.reshape(len(last), horizon * targets.shape[1])


def window_part(
    values: Sequence[np.ndarray],
    targets: np.ndarray,
    last: np.ndarray,
    length: int,
    horizon: int,
    weights: np.ndarray | None = None,
) -> Part:
    """Windows as samples: for each of ``values`` (rows, features) an input (windows, length, features), float32.

    Of ``weights``, one a row, a window has that of the first step that it predicts.
    """
    answers = torch.from_numpy(window_targets(targets, last, horizon))
    counts = None if weights is None else torch.from_numpy(weights[last + 1])
    if len(last) * length * sum(each.itemsize * each.shape[1] for each in values) <= COPIED_BYTES:
        inputs = tuple([torch.from_numpy(window_inputs(each, last, length)) for each in values])
        return Part(inputs, answers, counts)
    places = torch.from_numpy(last)
    return Part(tuple([places for _ in values]), answers, counts, finish=CutWindows(values, length))


class CutWindows:
    """Finishes batches that name windows by the row of their last step: it cuts these out of the series."""

    def __init__(self, values: Sequence[np.ndarray], length: int) -> None:
        self.values = [torch.from_numpy(each) for each in values]
        self.length = length

    def __call__(self, batch: Part) -> Part:
        """The batch with its windows (windows, length, features) instead of their places."""
        self.values = [each.to(batch.inputs[0].device) for each in self.values]
        steps = torch.arange(1 - self.length, 1, device=batch.inputs[0].device)
        places = zip(self.values, batch.inputs, strict=True)
        return replace(batch, inputs=tuple([each[last[:, None] + steps] for each, last in places]))


def repeat_last_error(values: np.ndarray, last: np.ndarray, horizon: int) -> float:
    """Root of the mean squared error of repeating the last seen row of ``values`` (rows, K) for ``horizon`` steps.

    Where that row is missing nothing is measured; 0 where all are.
    """
    steps = last[:, None] + np.arange(1, horizon + 1)
    errors = values[steps] - values[last][:, None]
    known = errors[~np.isnan(errors)]
    return float(np.sqrt(np.mean(known**2))) if len(known) else 0.0
