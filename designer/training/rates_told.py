"""The learning rate that each epoch of a training ended with, told with the epoch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from designer.training.assemble import Setup

if TYPE_CHECKING:
    from designer.runtime.events import Epoch, Step


def with_rates(events: Iterator[Step | Epoch], setup: Setup) -> Iterator[Step | Epoch]:
    """The events, epochs with the learning rate as it stands when their steps are made.

    Schedules that move with each epoch change it only then; those that move with each step have done so already.
    """
    from designer.runtime.events import Epoch
    from designer.runtime.groups import parameter_groups
    from designer.runtime.schedules import rates_of

    factors = [1.0]
    if setup.source.factors:
        factors = [group["lr"] for group in parameter_groups(setup.model, dict(setup.source.factors), 1.0)]
    # of modules with a rate of their own the rate of the training is theirs by their factor
    place = max(range(len(factors)), key=factors.__getitem__, default=0)
    for event in events:
        if isinstance(event, Epoch) and factors[place]:
            yield replace(event, rate=rates_of(setup.optimizer)[place] / factors[place])
        else:
            yield event
