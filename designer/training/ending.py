"""How a training ended beside its figures: the epoch whose weights are kept, and a loss that grew enormously."""

from __future__ import annotations

import math
from statistics import fmean
from typing import TYPE_CHECKING, Any

from designer.training.mode import answer_of
from designer.training.outcome import spread

if TYPE_CHECKING:
    from designer.training.assemble import Setup
    from designer.training.record import Record

# a loss that is so many times what it was has not been learned with
ENORMOUS = 1e3
GUESS, FIRST = "guess", "first"


def ending_of(setup: Setup, record: Record) -> dict[str, Any]:
    """What is to be told: ``kept_epoch``, where the best weights are kept; ``loss_rose``, see ``risen``."""
    kept = {"kept_epoch": record.kept_epoch} if record.kept_epoch else {}
    rose = risen(record.first_loss, record.last_loss, plainest_loss(setup))
    return kept | ({"loss_rose": rose} if rose else {})


def risen(first: float, last: float, guess: float) -> dict[str, Any] | None:
    """``{"from", "to", "of"}`` where the training loss grew enormously, None where it did not.

    From that of the ``first`` epoch, or from that of the plainest guess, NaN where that is not known, if this is less:
    with a rate far too large it has risen before the first epoch ends. One below the guess has not run away.
    """
    known = [(value, of) for value, of in ((first, FIRST), (guess, GUESS)) if math.isfinite(value) and value > 0]
    if not known or not math.isfinite(last) or last <= guess:
        return None
    least, of = min(known)
    return {"from": least, "to": last, "of": of} if last > ENORMOUS * least else None


def plainest_loss(setup: Setup) -> float:
    """The loss of zeros for outputs: of a scaled target its middle, of logits all classes alike.

    Of samples from all over the training part, as many as are measured at once; NaN where there is no such guess.
    """
    import torch

    from designer.runtime.fit import EVALUATION_ROWS, predict_batch, ready_batches
    from designer.runtime.measures import Measure

    measure, part = setup.measure, setup.parts["train"]
    if type(measure) is not Measure or not len(part):
        return math.nan
    losses, counts = [], []
    for batch in ready_batches(spread(part, EVALUATION_ROWS), EVALUATION_ROWS):
        output = predict_batch(setup.judged, batch, answer_of(setup.project))
        if isinstance(output, dict) or isinstance(batch.targets, dict):
            return math.nan
        weights = () if batch.weights is None else (batch.weights,)
        losses.append(float(measure.loss_of(torch.zeros_like(output), batch.targets, *weights)))
        counts.append(len(batch))
    return fmean(losses, counts)
