"""The learning rate that each epoch of a training ended with, told with the epoch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from designer.training.assemble import Setup

if TYPE_CHECKING:
    from designer.runtime.events import Epoch, Step


def with_rates(events: Iterator[Step | Epoch], setup: Setup) -> Iterator[Step | Epoch]:
    """The events, epochs with the learning rate of their last step, before schedules change it for the next one."""
    from designer.runtime.events import Epoch
    from designer.runtime.groups import parameter_groups
    from designer.runtime.schedules import rates_of

    factors = [1.0]
    if setup.source.factors:
        factors = [group["lr"] for group in parameter_groups(setup.model, dict(setup.source.factors), 1.0)]
    # of modules with a rate of their own the rate of the training is theirs by their factor
    place = max(range(len(factors)), key=factors.__getitem__, default=0)
    if not factors[place]:
        yield from events
        return
    rate: float | None = None
    for event in events:
        if isinstance(event, Epoch):
            yield event if rate is None else replace(event, rate=rate)
            continue
        if event.step == event.steps:
            # who hears of the step may change the rate for the next one
            rate = rates_of(setup.optimizer)[place] / factors[place]
        yield event
