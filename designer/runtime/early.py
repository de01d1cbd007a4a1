"""Abilities around the stream of training events: stopping early, keeping the best weights, stopping at nonsense."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import torch
from torch import Tensor, nn

from designer.runtime.events import Epoch, Step
from designer.runtime.failure import TrainingError
from designer.runtime.weights import copy_weights, weights_are_finite

STEPS_UNCHECKED = 20


def cost_of(event: Epoch, monitor: str = "loss", higher: bool = False) -> float:
    """What tells the best epoch, which has the lowest: a figure of the validation part, its negative where ``higher``
    ones are better; infinite where there is none or it is no number.
    """
    value = event.validation.get(monitor, math.nan)
    return math.inf if math.isnan(value) else -value if higher else value


def stop_early(
    events: Iterable[Step | Epoch], patience: int, monitor: str = "loss", higher: bool = False
) -> Iterator[Step | Epoch]:
    """Pass events on until ``patience`` epochs in a row brought no better ``monitor`` on the validation part."""
    lowest, waited = math.inf, 0
    for event in events:
        yield event
        if isinstance(event, Epoch) and monitor in event.validation:
            cost = cost_of(event, monitor, higher)
            lowest, waited = (cost, 0) if cost < lowest else (lowest, waited + 1)
            if waited >= patience:
                return


def keep_best(
    events: Iterable[Step | Epoch],
    model: nn.Module,
    best: dict[str, Tensor] | None = None,
    monitor: str = "loss",
    higher: bool = False,
    lowest: float = math.inf,
) -> Iterator[Step | Epoch]:
    """Pass events on, and leave ``model`` with the weights of the epoch with the best ``monitor`` in the end.

    ``best`` is filled with a copy of these weights; one that holds some already has them with the cost ``lowest``.
    Without a validation part the last weights stay.
    """
    best = {} if best is None else best
    try:
        for event in events:
            if isinstance(event, Epoch) and (cost := cost_of(event, monitor, higher)) < lowest:
                lowest = cost
                copy_weights(model, best)
            yield event
    finally:
        if best:
            model.load_state_dict(best)


def stop_if_not_finite(events: Iterable[Step | Epoch], model: nn.Module) -> Iterator[Step | Epoch]:
    """Pass events on; TrainingError at the first step or epoch whose loss is no finite number, or with such weights.

    Losses on the processor are looked at each step, those on a GPU a few steps at a time, so that it never waits. An
    epoch's loss is in the target's own units, where numbers end sooner; of epochs without steps, which are told once
    more when training goes on, only the weights are looked at.
    """
    waiting: list[Step] = []
    stepped = False
    for event in events:
        if isinstance(event, Step):
            stepped, loss = True, event.loss
            if loss.is_cpu:
                _check_loss(event, loss.item())
            else:
                waiting.append(event)
            if len(waiting) >= STEPS_UNCHECKED:
                _check_losses(waiting)
                waiting.clear()
        else:
            _check_losses(waiting)
            waiting.clear()
            check_weights(model, event.epoch)
            if stepped:
                _check_figure(event)
            stepped = False
        yield event


def check_weights(model: nn.Module, epoch: int) -> None:
    """TrainingError where a weight is no finite number in ``epoch``."""
    if not weights_are_finite(model):
        raise TrainingError(_explanation(epoch, "the weights became infinite or NaN (not a number)"))


def _check_losses(steps: list[Step]) -> None:
    losses = torch.stack([step.loss for step in steps]).tolist() if steps else []
    for step, value in zip(steps, losses, strict=True):
        _check_loss(step, value)


def _check_loss(step: Step, value: float) -> None:
    if not math.isfinite(value):
        raise TrainingError(_explanation(step.epoch, f"step {step.step} of {step.steps}, {_became(value)}"))


def _check_figure(epoch: Epoch) -> None:
    # of the training part alone: other figures, and those of few samples, have their reasons to be undefined
    value = epoch.train.get("loss", 0.0)
    if not math.isfinite(value):
        raise TrainingError(_explanation(epoch.epoch, _became(value)))


def _became(value: float) -> str:
    return f"the loss became {'infinite' if math.isinf(value) else 'NaN (not a number)'}"


def _explanation(epoch: int, what: str) -> str:
    return (
        f"Training stopped: in epoch {epoch}, {what}. Most often the learning rate is too large: try a tenth of it."
        " Other causes are features or targets that are not scaled, or a division by zero or its logarithm."
    )
