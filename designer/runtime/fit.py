"""Training as a stream of events, and the passes that measure and predict."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from designer.runtime.batches import Part, batch_slices, shuffled_batches
from designer.runtime.events import Epoch, Step

EVALUATION_ROWS = 1024
EVALUATION_NUMBERS = 1 << 22


def fit(
    model: nn.Module,
    train: Part,
    validation: Part | None,
    loss: Callable[..., Tensor],
    optimizer: torch.optim.Optimizer,
    *,
    epochs: int,
    batch_size: int,
    seed: int,
    measure: Callable[..., dict[str, float]],
    start: int = 0,
) -> Iterator[Step | Epoch]:
    """Train ``model`` from epoch ``start`` + 1 to ``epochs``; a Step comes after each step, an Epoch after each epoch.

    Chance in an epoch, its order of rows and its dropout, depends on ``seed`` and the epoch's number alone, so that
    training goes on after any epoch as if it had never stopped. ``batch_size`` 0 is the full batch, 1 stochastic.
    ``loss`` takes the output, the targets and, where the samples have them, their weights.
    """
    steps = len(batch_slices(len(train), batch_size))
    for epoch in range(start + 1, epochs + 1):
        began = time.perf_counter()
        seed_chance(seed + epoch, train.device)
        model.train()
        outputs, answers = [], []
        for step, batch in enumerate(shuffled_batches(train, batch_size), start=1):
            optimizer.zero_grad(set_to_none=True)
            output = model(*batch.inputs)
            value = loss(output, *batch.answers)
            value.backward()
            optimizer.step()
            outputs.append(output.detach())
            answers.append(batch.answers)
            yield Step(epoch, step, steps, value.detach(), outputs[-1], batch.targets)
        figures = measure(torch.cat(outputs), *map(torch.cat, zip(*answers, strict=True)))
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
    measure: Callable[..., dict[str, float]],
    batch_size: int = EVALUATION_ROWS,
) -> dict[str, float]:
    """The measures of ``model`` on all samples of ``part``, in evaluation mode; nothing for a part without samples."""
    if len(part) == 0:
        return {}
    outputs, answers = [], []
    for batch in ready_batches(part, batch_size):
        outputs.append(predict_batch(model, batch))
        answers.append(batch.answers)
    return measure(torch.cat(outputs), *map(torch.cat, zip(*answers, strict=True)))


def predict_outputs(model: nn.Module, part: Part, batch_size: int = EVALUATION_ROWS) -> Tensor:
    """The outputs of ``model`` for all samples of ``part``, in evaluation mode and without gradients."""
    return torch.cat([predict_batch(model, batch) for batch in ready_batches(part, batch_size)])


def ready_batches(part: Part, batch_size: int) -> Iterator[Part]:
    """The samples of ``part`` in order, as the model takes them: fewer at once than ``batch_size`` of large ones."""
    size = batch_size
    if len(part) > 1:
        sample = sum(each.numel() for each in part.rows(slice(0, 1)).ready().inputs)
        size = min(batch_size, max(1, EVALUATION_NUMBERS // max(1, sample)))
    for start in range(0, max(len(part), 1), size):
        yield part.rows(slice(start, start + size)).ready()


def predict_batch(model: nn.Module, batch: Part) -> Tensor:
    """The output of ``model`` for one batch, in evaluation mode and without gradients."""
    model.eval()
    with torch.no_grad():
        output: Tensor = model(*batch.inputs)
        return output
