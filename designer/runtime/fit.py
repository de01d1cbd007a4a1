"""Training as a stream of events, and the passes that measure and predict."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from designer.runtime.batches import Part, batch_slices, shuffled_batches
from designer.runtime.events import Epoch, Step

EVALUATION_ROWS = 1024


def fit(
    model: nn.Module,
    train: Part,
    validation: Part | None,
    loss: Callable[[Tensor, Tensor], Tensor],
    optimizer: torch.optim.Optimizer,
    *,
    epochs: int,
    batch_size: int,
    seed: int,
    measure: Callable[[Tensor, Tensor], dict[str, float]],
    start: int = 0,
) -> Iterator[Step | Epoch]:
    """Train ``model`` from epoch ``start`` + 1 to ``epochs``; a Step comes after each step, an Epoch after each epoch.

    Chance in an epoch, its order of rows and its dropout, depends on ``seed`` and the epoch's number alone, so that
    training goes on after any epoch as if it had never stopped. ``batch_size`` 0 is the full batch, 1 stochastic.
    """
    steps = len(batch_slices(len(train), batch_size))
    for epoch in range(start + 1, epochs + 1):
        began = time.perf_counter()
        seed_chance(seed + epoch, train.inputs.device)
        model.train()
        outputs, targets = [], []
        for step, batch in enumerate(shuffled_batches(train, batch_size), start=1):
            optimizer.zero_grad(set_to_none=True)
            output = model(batch.inputs)
            value = loss(output, batch.targets)
            value.backward()
            optimizer.step()
            outputs.append(output.detach())
            targets.append(batch.targets)
            yield Step(epoch, step, steps, value.detach(), outputs[-1], batch.targets)
        figures = measure(torch.cat(outputs), torch.cat(targets))
        judged = evaluate(model, validation, measure) if validation is not None else {}
        yield Epoch(epoch, epochs, figures, judged, time.perf_counter() - began)


def seed_chance(seed: int, device: torch.device) -> None:
    """As ``torch.manual_seed``, for the processor and ``device`` alone: it takes half a millisecond for all others."""
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        torch.cuda.manual_seed(seed)
    elif device.type == "mps":
        torch.mps.manual_seed(seed)


def evaluate(
    model: nn.Module,
    part: Part,
    measure: Callable[[Tensor, Tensor], dict[str, float]],
    batch_size: int = EVALUATION_ROWS,
) -> dict[str, float]:
    """The measures of ``model`` on all samples of ``part``, in evaluation mode; nothing for a part without samples."""
    if len(part) == 0:
        return {}
    return measure(predict_outputs(model, part.inputs, batch_size), part.targets)


def predict_outputs(model: nn.Module, inputs: Tensor, batch_size: int = EVALUATION_ROWS) -> Tensor:
    """The outputs of ``model`` for all rows of ``inputs``, in evaluation mode and without gradients."""
    model.eval()
    with torch.no_grad():
        return torch.cat([model(rows) for rows in torch.split(inputs, batch_size)])
