"""How far a run is and what has been measured of it: the figures that the training panel shows and draws."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress
from pathlib import Path
from typing import Any

from designer.gui.panels.series import Series
from designer.training.events import RATE
from designer.workspace.told_epochs import PARTS, Judged


@dataclass
class Progress:
    """How far the run is: epochs ``reached``, seconds spent training, where it stands, and the bytes that it holds.

    ``loss`` is that of the step at which it waits, ``so_far`` that of all steps of the epoch up to there, ``rate`` the
    learning rate that the last epoch ended with; NaN where they are not known.
    """

    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    reached: float = 0.0
    seconds: float = 0.0
    left: float = math.nan
    memory: int = 0
    loss: float = math.nan
    so_far: float = math.nan
    rate: float = math.nan

    @property
    def done(self) -> float:
        """How much is done, of 1."""
        return min(1.0, self.reached / max(1, self.epochs))

    def note_losses(self, event: Mapping[str, Any]) -> None:
        """Take over the losses that a step, or a run which waits, is told with."""
        self.loss, self.so_far = (_number(event.get(name)) for name in ("loss", "so_far"))


@dataclass(frozen=True)
class Standing:
    """Where the run in hand stands, as a list has it: epochs that have ended, and the figure that it is judged by."""

    folder: Path
    epochs: int
    part: str
    judged: str
    best: float
    best_epoch: int


@dataclass
class Curves:
    """What has been measured: a series for each part and metric, and the loss within epochs.

    The learning rates stand among the metrics of the training part: it is what they are of. ``kept`` is the epoch
    whose weights are kept as the best, known in the end; 0 for none. ``planned`` is how many epochs it shall have,
    0 where that is not known. ``marks`` tell after which epoch settings were changed, within one a part of it later
    than the one before. ``judged`` follows what the run is judged by.
    """

    parts: dict[str, dict[str, Series]] = field(default_factory=lambda: {part: {} for part in PARTS})
    steps: Series = field(default_factory=Series)
    count: int = 0
    last: int = 0
    kept: int = 0
    planned: int = 0
    marks: list[tuple[float, str]] = field(default_factory=list)
    judged: Judged = field(default_factory=lambda: Judged("loss"))

    def metrics(self) -> list[str]:
        """Names of all that is measured, the loss first."""
        names = list(dict.fromkeys(name for part in self.parts.values() for name in part))
        return sorted(names, key=lambda name: name != "loss")

    def add(self, *events: Mapping[str, Any]) -> None:
        """Add the figures of epochs; one that is told again is there already."""
        fresh = []
        for event in events:
            if event["epoch"] > self.last:
                self.last = int(event["epoch"])
                fresh.append(event)
        self.count += len(fresh)
        x = [event["epoch"] for event in fresh]
        for part in PARTS:
            _extend(self.parts[part], x, [event.get(part, {}) for event in fresh])
        _extend(self.parts["train"], x, [{RATE: event[RATE]} if RATE in event else {} for event in fresh])
        judging = {
            part: {
                name: [_number(each.get(part, {}).get(name)) for each in fresh]
                for name in self.judged.names
                if name in self.parts[part]
            }
            for part in PARTS
        }
        self.judged.extend(x, judging)

    def mark(self, changes: Iterable[Mapping[str, Any]], steps: int = 0) -> None:
        """Mark changes of settings as the history tells them; ``steps`` is how many an epoch has, 0 where unknown."""
        from designer.workspace.run_words import change_words

        for line in changes:
            at, step = float(line["epoch"]), int(line["step"])
            if step:
                at += step / max(step, steps) - 1 if steps else -0.5
            mark = (at, change_words(line["settings"]))
            if mark not in self.marks:
                self.marks.append(mark)


def _extend(known: dict[str, Series], x: Sequence[float], figures: Sequence[Mapping[str, Any]]) -> None:
    """Add the figures at each of ``x`` to the series of their names."""
    for name in dict.fromkeys(chain.from_iterable(figures)):
        told = [name in each for each in figures]
        values = [_number(each[name]) for each in compress(figures, told)]
        (known.get(name) or known.setdefault(name, Series())).extend(list(compress(x, told)), values)


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)


def epochs_done(event: Mapping[str, Any]) -> float:
    """How many epochs are done after a step, or at the end of an epoch."""
    if event["event"] == "epoch":
        return float(event["epoch"])
    return float(event["epoch"] - 1 + event["step"] / max(1, event["steps"]))
