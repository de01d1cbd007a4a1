"""Steps whose batch goes through the network in pieces, so that less of it lies in memory at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from designer.runtime.batches import Part, batch_slices
from designer.runtime.joint import JointLoss
from designer.runtime.values import joined, on_each
from designer.runtime.weighting import Weighted


def accumulated_step(
    model: nn.Module,
    batch: Part,
    loss: Callable[..., Tensor],
    optimizer: torch.optim.Optimizer,
    answer: Callable[[nn.Module, Part], Tensor | dict[str, Tensor]],
    rows: int,
) -> tuple[Tensor, Tensor | dict[str, Tensor]]:
    """As ``gradient_step``, with ``rows`` samples of the batch at a time, whose gradients add up to that of the batch.

    The step is that of the whole batch wherever samples do not see one another, as in batch normalization they do.
    """
    optimizer.zero_grad(set_to_none=True)
    whole = counted(loss, *batch.answers)
    values, outputs = [], []
    for place in batch_slices(len(batch), rows):
        piece = batch.rows(place)
        output = answer(model, piece)
        value = shared_loss(loss, output, piece.answers, whole)
        value.backward()
        values.append(value.detach())
        outputs.append(on_each(output, Tensor.detach))
    optimizer.step()
    return torch.stack(values).sum(), joined(outputs)


def piece_rows(samples: int, pieces: int) -> int:
    """How many samples a piece has where so many ``samples`` are divided into ``pieces``, the last perhaps fewer."""
    return -(-samples // pieces)


def shared_loss(loss: Callable[..., Tensor], output: Any, answers: tuple[Any, ...], whole: Any) -> Tensor:
    """What a piece adds to the loss of its batch: its own mean times its share of what is ``counted`` in the whole."""
    own = counted(loss, *answers)
    if not isinstance(loss, JointLoss):
        value: Tensor = loss(output, *answers) * (own / max(whole, 1e-12))
        return value
    factors = {
        name: loss.factors.get(name, 1.0) * own[name] / max(whole[name], 1e-12)
        for name in loss.losses
    }  # fmt: skip
    return JointLoss(loss.losses, factors)(output, *answers)


def counted(loss: Callable[..., Tensor], target: Any, *weights: Any) -> Any:
    """What the mean in a loss divides by: the sum of the samples' weights, or those of classes, or how many there are.

    Of several outputs, for each of them by name.
    """
    if isinstance(loss, JointLoss):
        return {name: counted(each, target[name], *weights) for name, each in loss.losses.items()}
    if isinstance(loss, Weighted):
        return float(weights[0].sum()) if weights else len(target)
    classes = loss.keywords.get("weight") if isinstance(loss, partial) else getattr(loss, "weight", None)
    shares = isinstance(loss, nn.CrossEntropyLoss) and target.is_floating_point()
    if classes is None or shares:
        return len(target)
    return float(classes[target.long()].sum())
