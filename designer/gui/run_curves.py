"""How far a run is and what has been measured of it: the figures that the training panel shows and draws."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress
from typing import Any

from designer.gui.panels.series import Series
from designer.training.events import RATE

PARTS = ("train", "validation")


@dataclass
class Progress:
    """How far the run is: ``done`` of 1, seconds spent training, where it stands, and the bytes that it holds.

    ``loss`` is that of the step at which it waits, ``so_far`` that of all steps of the epoch up to there, ``rate`` the
    learning rate that the last epoch ended with; NaN where they are not known.
    """

    epoch: int = 0
    epochs: int = 0
    step: int = 0
    steps: int = 0
    done: float = 0.0
    seconds: float = 0.0
    left: float = math.nan
    memory: int = 0
    loss: float = math.nan
    so_far: float = math.nan
    rate: float = math.nan

    def note_losses(self, event: Mapping[str, Any]) -> None:
        """Take over the losses that a step, or a run which waits, is told with."""
        self.loss, self.so_far = (_number(event.get(name)) for name in ("loss", "so_far"))


@dataclass
class Curves:
    """What has been measured: a series for each part and metric, and the loss within epochs.

    The learning rates stand among the metrics of the training part: it is what they are of. ``kept`` is the epoch
    whose weights are kept as the best, known in the end; 0 for none.
    """

    parts: dict[str, dict[str, Series]] = field(default_factory=lambda: {part: {} for part in PARTS})
    steps: Series = field(default_factory=Series)
    count: int = 0
    last: int = 0
    kept: int = 0
    marks: list[tuple[float, str]] = field(default_factory=list)

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
