"""What a trained network predicts of a series over time, beside the values that came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.project.model import Column, Project, TableData
from designer.training.errors import RunError, in_words
from designer.training.mode import answer_of, prepared_part
from designer.training.points import loss_keys, predictions
from designer.training.results import RunRecord, read_run, trained_model
from designer.training.sources.series import SeriesCut, cut_series, moments
from designer.training.sources.splitting import time_column
from designer.training.targets import shared, targets_of
from designer.training.wanted import refuse_unwanted

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

    from designer.runtime.batches import Part

RESULT_PARTS = ("test", "validation", "train")
# predicted numbers that are kept, of the latest windows where there are more: 80 MB
MOST_VALUES = 20_000_000


@dataclass(frozen=True, eq=False)
class OneOverTime:
    """The rows of a part that belong to one series, in order, and what was predicted of them.

    ``x`` (n,) are moments as seconds since 1970, numbers or row numbers, ``rows`` (n,) the number of each row in its
    series, from 1, ``actual`` (n, K) the targets in their own units, NaN where a cell is empty. ``first`` (w,) says
    which of these rows is the first that a window predicts, ``predicted`` has (w, H, K) for each output by its key.
    """

    name: str
    x: np.ndarray
    rows: np.ndarray
    actual: np.ndarray
    first: np.ndarray
    predicted: Mapping[str, np.ndarray]

    def actual_line(self, target: int) -> tuple[np.ndarray, np.ndarray]:
        """Moments and values of a target, with NaN between rows that do not follow one another."""
        return _broken(self.x, self.actual[:, target], self.rows, 1)

    def predicted_line(self, key: str, step: int, target: int, stride: int) -> tuple[np.ndarray, np.ndarray]:
        """Moments and what was predicted of them ``step`` steps ahead, with NaN where windows are missing.

        Windows that follow one another begin ``stride`` steps apart.
        """
        places = self.first + (step - 1)
        return _broken(self.x[places], self.predicted[key][:, step - 1, target], self.rows[places], stride)


@dataclass(frozen=True, eq=False)
class OverTime:
    """The series of a part with what was predicted of them up to ``horizon`` steps ahead.

    ``targets`` names the columns, ``time`` the column that ``x`` comes from, "" for row numbers; ``dates`` says that it
    counts seconds. Of ``windows`` windows the latest ``shown`` are shown.
    """

    part: str
    series: Sequence[OneOverTime]
    targets: tuple[str, ...]
    time: str
    dates: bool
    horizon: int
    stride: int
    windows: int
    shown: int


def predicts_series(project: Project) -> bool:
    """Whether samples of a project are windows over a series; what follows them may be numbers or classes."""
    return isinstance(project.data, TableData) and project.data.samples == "windows"


def over_time(run: Path, most: int = MOST_VALUES) -> OverTime:
    """What a run's network predicts in its test part, else in that to validate with, else in that to train with."""
    record = read_run(run)
    data = record.project.data
    if not isinstance(data, TableData) or not predicts_series(record.project):
        raise RunError(f"The run {run} has not learned from windows over a series, so that nothing lies along a time.")
    if (kind := record.preparation["target"]["kind"]) != "number":
        raise RunError(f"The run {run} predicts classes (its target is of the kind {kind}): only numbers have a curve.")
    with in_words():
        model = trained_model(record)
        cut = cut_series(record.project, data, record.base, record.preparation)
        windows = dict(zip(("train", "validation", "test"), cut.windows, strict=True))
        part = next(name for name in RESULT_PARTS if len(windows[name]))
        number = list(windows).index(part)
        every = windows[part]
        names, horizon = cut.want.names, data.windows.horizon
        last = every[-max(1, most // (horizon * len(names))) :]
        samples = prepared_part(record.project, shared(record.project, cut.samples(last)), training=False)
        predicted = _predicted(record, model, samples, (len(last), horizon, len(names)))
    time = time_column(data) if cut.want.time else None
    return OverTime(
        part=part,
        series=tuple(_each(cut, number, last, predicted, time)),
        targets=tuple(names),
        time=cut.want.time,
        dates=time is not None and time.kind == "date",
        horizon=horizon,
        stride=data.windows.stride,
        windows=len(every),
        shown=len(last),
    )


def _predicted(
    record: RunRecord, model: nn.Module, samples: Part, shape: tuple[int, int, int]
) -> dict[str, np.ndarray]:
    """What each output predicts in own units, (w, H, K) by its key."""
    import numpy as np

    from designer.runtime.fit import EVALUATION_ROWS, predict_batch, ready_batches
    from designer.runtime.values import by_name

    answer, losses = answer_of(record.project), loss_keys(record.project, record.preparation)
    learned: Mapping[str, Mapping[str, Any]] = targets_of(record.preparation)
    found = {key: np.empty(shape, dtype=np.float32) for key in learned}
    done = 0
    for batch in ready_batches(samples, EVALUATION_ROWS):
        # a long series takes a while, and whoever looks away waits no longer
        refuse_unwanted()
        outputs = by_name(predict_batch(model, batch, answer))
        for key, target in learned.items():
            values = predictions(outputs[key], target, losses[key])
            found[key][done : done + len(batch)] = values.reshape(len(batch), *shape[1:]).float().numpy()
        done += len(batch)
    return found


def _each(
    cut: SeriesCut, number: int, last: np.ndarray, predicted: Mapping[str, np.ndarray], time: Column | None
) -> Iterator[OneOverTime]:
    """The rows of the part series by series, of those with a window."""
    import numpy as np

    from designer.runtime.windows import steps_of_series

    rows = np.flatnonzero(cut.part == number)
    codes = cut.series[rows]
    steps = steps_of_series(cut.series)[rows] + 1
    times = moments(cut.frame, time)
    x = steps.astype(np.float64) if times is None else times[rows]
    actual = cut.frame[cut.want.names].iloc[rows].to_numpy(dtype=np.float64)
    # what a window predicts lies in one part, row after row
    first = np.searchsorted(rows, last + 1)
    starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1])[: len(codes)])
    group = cut.want.group
    names = cut.frame[group].iloc[rows[starts]].astype("str").tolist() if group else [""] * len(starts)
    ends = [*starts[1:].tolist(), len(rows)]
    for name, start, end in zip(names, starts.tolist(), ends, strict=True):
        one, other = np.searchsorted(first, (start, end)).tolist()
        if one < other:
            mine = {key: values[one:other] for key, values in predicted.items()}
            yield OneOverTime(name, x[start:end], steps[start:end], actual[start:end], first[one:other] - start, mine)


def _broken(x: np.ndarray, y: np.ndarray, rows: np.ndarray, apart: int) -> tuple[np.ndarray, np.ndarray]:
    """The points as float64, with NaN between two of rows that are further apart, and for what is not finite."""
    import numpy as np

    values = y.astype(np.float64)
    values[~np.isfinite(values)] = np.nan
    gaps = np.flatnonzero(np.diff(rows) > apart) + 1
    if not len(gaps):
        return x, values
    between = (x[gaps - 1] + x[gaps]) / 2
    return np.insert(x, gaps, between), np.insert(values, gaps, np.nan)
