"""The learning-rate finder: a short training on a copy whose rate grows with each step (Smith 2017, the range test)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

from designer.layers.catalog import mode_of
from designer.project.model import Project
from designer.training.abilities import training_step
from designer.training.assemble import Setup, assemble
from designer.training.errors import RunError, in_words
from designer.training.mode import answer_of
from designer.training.schedules import steps_of

Heard: TypeAlias = Callable[[float, float, float], object]

LOWEST, HIGHEST = 1e-7, 10.0
STEPS = 120
KEPT = 0.9
DIVERGED = 4.0
LEAST = 10
REACH = 5
# rates up to this one teach a network next to nothing: what the loss does there is chance
FLAT = 1e-5
# a fall counts once it is so many times what the smoothed loss varies by chance, and this part of the loss
SURE, PART = 4.0, 1e-4
# a rate this many times below the one with the lowest loss still leaves room before the loss rises again
ROOM = 10.0


NOT_FALLING = "The loss falls at no rate: the network does not learn from this data as it is."
UNCLEAR = (
    "The loss shows no clear descent: it falls by no more than it varies from batch to batch, so that no rate can be"
    " advised. A larger batch varies less."
)


@dataclass(frozen=True)
class Found:
    """The losses of a range test: of each rate the loss of its batch, and the smoothed one.

    ``steepest`` is the rate at which the smoothed loss falls most steeply, ``lowest`` the one at which it is lowest,
    and ``suggestion`` the one to train with; all are 0 where it does not clearly fall. ``note`` says it in words.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    smoothed: tuple[float, ...]
    suggestion: float = 0.0
    steepest: float = 0.0
    lowest: float = 0.0
    note: str = ""

    def record(self) -> dict[str, Any]:
        """What is found as JSON has it."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def find_rate(
    project: Project,
    base: Path,
    steps: int = STEPS,
    heard: Heard = lambda share, rate, loss: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Found:
    """Train a fresh copy of the network for so many steps, at rates that grow from 1e-7 to 10, and look at its losses.

    ``heard`` is told of each step: which share of all is done, the rate and the loss. It ends early once the loss has
    become four times the lowest, is no number any more, or ``cancelled`` says so. No run is touched and nothing is
    written. LayerloomError where the project cannot be trained, or has no such loss.
    """
    if mode_of(project).rivals:
        raise RunError(
            "The learning-rate finder follows a loss that falls as a network learns. Two networks that compete have no"
            " such loss; begin with 0.0002, which is usual for them."
        )
    with in_words():
        alone = replace(project, training=replace(project.training, schedules=()))
        return found_in(range_test(assemble(alone, base), steps, heard, cancelled))


def range_test(setup: Setup, steps: int, heard: Heard, cancelled: Callable[[], bool]) -> list[tuple[float, float]]:
    """The rates and the losses of the batches of a range test; the model of ``setup`` is spoiled by it."""
    from designer.runtime.events import Step
    from designer.runtime.fit import fit

    training, train = setup.project.training, setup.parts["train"]
    groups = setup.optimizer.param_groups
    factors = [group["lr"] / training.learning_rate for group in groups]
    rates = [LOWEST * (HIGHEST / LOWEST) ** (step / (steps - 1)) for step in range(steps)]
    events = fit(
        setup.model,
        train,
        None,
        setup.loss,
        setup.optimizer,
        epochs=math.ceil(steps / steps_of(train, training.batch_size)),
        batch_size=training.batch_size,
        seed=training.seed,
        measure=Unmeasured(),
        answer=answer_of(setup.project),
        step=training_step(setup),
    )
    found: list[tuple[float, float]] = []
    with closing(events):  # type: ignore[type-var]
        set_rates(groups, factors, rates[0])
        for event in events:
            if not isinstance(event, Step):
                continue
            found.append((rates[len(found)], event.loss.item()))
            heard(len(found) / steps, *found[-1])
            if len(found) == steps or cancelled() or diverged(found):
                break
            set_rates(groups, factors, rates[len(found)])
    return found


def set_rates(groups: Sequence[dict[str, Any]], factors: Sequence[float], rate: float) -> None:
    """Let each group of parameters learn at its factor of ``rate``."""
    for group, factor in zip(groups, factors, strict=True):
        group["lr"] = factor * rate


def diverged(found: Sequence[tuple[float, float]]) -> bool:
    """Whether the last loss is no number, or the smoothed one far above the lowest."""
    if not math.isfinite(found[-1][1]):
        return True
    # of a loss that may fall below 0 no multiple says anything, so its own fall is the measure
    curve = smoothed([loss for _, loss in found])
    first, low = curve[0], min(curve)
    return len(curve) > LEAST and curve[-1] > max(low * DIVERGED if low > 0 else -math.inf, first + (first - low))


def smoothed(losses: Sequence[float], kept: float = KEPT) -> list[float]:
    """The exponential moving average of the losses, free of its start at 0."""
    average, curve = 0.0, []
    for number, loss in enumerate(losses, start=1):
        average = kept * average + (1 - kept) * loss
        curve.append(average / (1 - kept**number))
    return curve


def found_in(tested: Sequence[tuple[float, float]]) -> Found:
    """What the losses of a range test say: where they fall most steeply, and which rate to train with."""
    sound = [(rate, loss) for rate, loss in tested if math.isfinite(loss)]
    rates, losses = tuple(rate for rate, _ in sound), tuple(loss for _, loss in sound)
    curve = tuple(smoothed(losses))
    made = Found(rates, losses, curve)
    if len(sound) <= LEAST:
        return replace(made, note="The loss was no number at once, or there were too few steps to say anything.")
    flat = max(LEAST, sum(rate <= FLAT for rate in rates))
    # the mean of the first few losses is still up and down by chance
    bottom = min(range(LEAST, len(curve)), key=curve.__getitem__)
    start = math.fsum(losses[:flat]) / flat
    floor = start - SURE * spread(losses[:flat]) - PART * abs(start)
    if curve[bottom] >= floor:
        fallen = curve[bottom] < start - PART * abs(start)
        return replace(made, note=UNCLEAR if fallen else NOT_FALLING)
    # where the fall has not come out of the noise yet, a slope is that of a few lucky batches
    onset = max(place for place in range(bottom) if curve[place] >= floor or place < LEAST)
    around = {place: curve[place - REACH : min(place + REACH, bottom) + 1] for place in range(onset + 1, bottom + 1)}
    steepest = min(around, key=lambda place: slope(around[place]))
    return told(replace(made, steepest=rounded(rates[steepest]), lowest=rounded(rates[bottom])))


def spread(losses: Sequence[float]) -> float:
    """By how much the smoothed curve of these losses varies by chance; that they rise or fall together is no chance."""
    steps = [(after - before) ** 2 / 2 for before, after in pairwise(losses)]
    return math.sqrt(math.fsum(steps) / len(steps) * (1 - KEPT) / (1 + KEPT))


def slope(values: Sequence[float]) -> float:
    """How a line through the values rises from each to the next; the rates of all grow by the same factor."""
    middle = (len(values) - 1) / 2
    spans = [place - middle for place in range(len(values))]
    rise = math.fsum(span * value for span, value in zip(spans, values, strict=True))
    return rise / math.fsum(span * span for span in spans)


def told(found: Found) -> Found:
    """With the rate to train with: where the loss falls most steeply, but well below where it is lowest."""
    words = f"The loss falls most steeply at {found.steepest:g} and is lowest at {found.lowest:g}."
    room = rounded(found.lowest / ROOM)
    if found.steepest <= room:
        return replace(found, suggestion=found.steepest, note=words)
    words += f" Advised is {room:g}, a tenth of that, since close to its lowest point the loss soon rises again."
    return replace(found, suggestion=room, note=words)


def rounded(rate: float) -> float:
    """A rate with two digits, as people write it."""
    return float(f"{rate:.1e}")


class Unmeasured:
    """Measures nothing and keeps no outputs."""

    def piece(self, output: Any, *answers: Any) -> None:
        """Keep nothing of a batch."""

    def together(self, kept: Sequence[None]) -> dict[str, float]:
        """No figures."""
        return {}

    def __call__(self, output: Any, *answers: Any) -> dict[str, float]:
        """No figures."""
        return {}
