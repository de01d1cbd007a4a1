"""Where a training stands that waits: after which step, and the losses up to there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from designer.training.events import Held, finite
from designer.training.telling import loss_in_own_units

if TYPE_CHECKING:
    from designer.runtime.events import Epoch, Step


def held_at(place: Step | Epoch | None, measure: Any, kept: Sequence[Any]) -> Held:
    """What is told of a training that waits after ``place``; ``measure`` and ``kept`` are those of its start.

    Only now are the losses fetched from where they were computed: while it runs, nothing waits for them.
    """
    from designer.runtime.distributed import process_count
    from designer.runtime.events import Step
    from designer.runtime.fit import figures_of

    if place is None:
        return Held()
    if not isinstance(place, Step):
        return Held(place.epoch)
    losses = {"loss": loss_in_own_units(measure, place)}
    # of several processes each keeps its own rows alone
    if kept and process_count() == 1:
        losses["so_far"] = figures_of(measure, list(kept)).get("loss", float("nan"))
    return Held(place.epoch, place.step, place.steps, **finite(losses))
