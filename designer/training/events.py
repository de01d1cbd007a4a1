"""What a run says beside the steps and epochs of its training, and the form of it all on a line."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, Union

from designer.project.facts import Facts

if TYPE_CHECKING:
    from designer.runtime.events import Epoch, Step
    from designer.runtime.measures import Measure


# what the learning rate of an epoch is called on its line
RATE = "learning_rate"


@dataclass(frozen=True)
class Started:
    """All is read and built; training goes on after epoch ``done``, 0 unless resumed. ``measure`` knows the units.

    ``kept`` holds at any moment what is known of the steps of the epoch that is on, as ``measure`` takes it.
    ``changes`` are those of settings that the history tells of by then.
    """

    epochs: int
    rows: Mapping[str, int]
    device: str
    facts: Facts
    done: int
    measure: Measure
    kept: Sequence[Any] = ()
    changes: Sequence[Changed] = ()


@dataclass(frozen=True)
class Finished:
    """The run is over and written down; ``metrics`` is the content of its ``metrics.json``.

    ``ending`` is what ``ending_of`` tells of it.
    """

    run: str
    metrics: Mapping[str, Any]
    stopped: bool
    ending: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Held:
    """The training waits until it may go on; said again and again while it does.

    It waits after ``step`` of ``steps`` of the epoch, 0 where that has ended. ``loss`` is that of the step, ``so_far``
    that of all steps of the epoch up to there, both None between epochs or where they are no numbers.
    """

    epoch: int = 0
    step: int = 0
    steps: int = 0
    loss: float | None = None
    so_far: float | None = None


@dataclass(frozen=True)
class GoneOn:
    """The training goes on after ``seconds`` of waiting."""

    seconds: float


@dataclass(frozen=True)
class Changed:
    """After ``step`` of epoch ``epoch``, step 0 where that has ended, the training goes on with other ``settings``."""

    epoch: int
    step: int
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Refused:
    """A change that was asked for cannot be made; the sentence says why."""

    message: str


@dataclass(frozen=True)
class Unsaved:
    """The run could not be saved since epoch ``epoch``, 0 where it never was; ``message`` says why, and what to do.

    It is tried again by itself. ``waiting`` says that the training is over and waits for that; said again and again
    while it does.
    """

    epoch: int
    message: str
    waiting: bool = False


@dataclass(frozen=True)
class Saved:
    """The run is saved again, up to epoch ``epoch``."""

    epoch: int


@dataclass(frozen=True)
class Warned:
    """Something that does not hinder the training, but has to be known; the sentence says it."""

    message: str


RunEvent: TypeAlias = Union[Started, "Step", "Epoch", Finished, Unsaved, Saved, Warned]
SteeredEvent: TypeAlias = Union[RunEvent, Held, GoneOn, Changed, Refused]


def epoch_line(event: Epoch) -> dict[str, Any]:
    """An epoch as a line of the protocol and of ``history.jsonl``."""
    line = {
        "event": "epoch",
        "epoch": event.epoch,
        "epochs": event.epochs,
        "train": finite(event.train),
        "validation": finite(event.validation),
        "seconds": event.seconds,
    }
    return line if event.rate is None else {**line, RATE: event.rate}


def epoch_from_line(line: Mapping[str, Any]) -> Epoch:
    """The epoch that ``epoch_line`` wrote down; figures that were no numbers are NaN again."""
    from designer.runtime.events import Epoch

    def figures(part: str) -> dict[str, float]:
        return {name: math.nan if value is None else float(value) for name, value in line[part].items()}

    # histories of before have no rates
    rate = None if line.get(RATE) is None else float(line[RATE])
    parts = figures("train"), figures("validation")
    return Epoch(int(line["epoch"]), int(line["epochs"]), *parts, float(line["seconds"]), rate)


def started_line(event: Started) -> dict[str, Any]:
    """The start of a run as a line of the protocol."""
    return {
        "event": "started",
        "epochs": event.epochs,
        "done": event.done,
        "rows": dict(event.rows),
        "device": event.device,
        "facts": asdict(event.facts),
        "changes": [changed_line(change) for change in event.changes],
    }


def held_line(event: Held) -> dict[str, Any]:
    """That the run waits, and where, as a line of the protocol."""
    return {"event": "paused", **asdict(event)}


def changed_line(event: Changed) -> dict[str, Any]:
    """Other settings as a line of the protocol and of ``history.jsonl``."""
    return {"event": "changed", "epoch": event.epoch, "step": event.step, "settings": dict(event.settings)}


def unsaved_line(event: Unsaved) -> dict[str, Any]:
    """That the run cannot be saved, as a line of the protocol."""
    return {"event": "unsaved", **asdict(event)}


def finished_line(event: Finished) -> dict[str, Any]:
    """The end of a run as a line of the protocol."""
    said = {"metrics": dict(event.metrics), "stopped": event.stopped, "ending": dict(event.ending)}
    return {"event": "finished", "run": event.run, **said}


def finite(figures: Mapping[str, float]) -> dict[str, float | None]:
    """Figures for JSON, which knows neither NaN nor infinity: None in their place."""
    return {name: value if math.isfinite(value) else None for name, value in figures.items()}


def by_output(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Figures of several outputs, ``kind.accuracy``, as a map for each output; other figures as they are."""
    found: dict[str, Any] = {}
    for name, value in figures.items():
        output, dot, figure = name.rpartition(".")
        if dot:
            found.setdefault(output, {})[figure] = value
        else:
            found[name] = by_output(value) if isinstance(value, Mapping) else value
    return found
