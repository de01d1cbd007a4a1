"""Training as a stream of events, and the passes that measure and predict."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from designer.runtime.batches import Part, batch_slices, shuffled_batches
from designer.runtime.events import Epoch, Step
from designer.runtime.values import joined, on_each

EVALUATION_ROWS = 1024
EVALUATION_NUMBERS = 1 << 22


def output_of(model: nn.Module, batch: Part) -> Tensor | dict[str, Tensor]:
    """What the model makes of a batch: a tensor, or several by the names of its outputs."""
    output: Tensor | dict[str, Tensor] = model(*batch.inputs)
    return output


def gradient_step(
    model: nn.Module,
    batch: Part,
    loss: Callable[..., Tensor],
    optimizer: torch.optim.Optimizer,
    answer: Callable[[nn.Module, Part], Tensor | dict[str, Tensor]],
) -> tuple[Tensor, Tensor | dict[str, Tensor]]:
    """One step down the gradient of the loss of a batch: its value, and the output that it was computed of."""
    found = gradient_of(model, batch, loss, optimizer, answer)
    optimizer.step()
    return found


def gradient_of(
    model: nn.Module,
    batch: Part,
    loss: Callable[..., Tensor],
    optimizer: torch.optim.Optimizer,
    answer: Callable[[nn.Module, Part], Tensor | dict[str, Tensor]],
) -> tuple[Tensor, Tensor | dict[str, Tensor]]:
    """Put the gradient of the loss of a batch beside the parameters: the loss, and the output it was computed of."""
    optimizer.zero_grad(set_to_none=True)
    output = answer(model, batch)
    value = loss(output, *batch.answers)
    value.backward()
    return value.detach(), on_each(output, Tensor.detach)


def closure_step(
    model: nn.Module,
    batch: Part,
    loss: Callable[..., Tensor],
    optimizer: torch.optim.Optimizer,
    answer: Callable[[nn.Module, Part], Tensor | dict[str, Tensor]],
) -> tuple[Tensor, Tensor | dict[str, Tensor]]:
    """As ``gradient_step``, with an optimizer such as LBFGS that computes the loss several times to make one step."""
    before: list[tuple[Tensor, Tensor | dict[str, Tensor]]] = []

    def closure() -> float:
        found = gradient_of(model, batch, loss, optimizer, answer)
        if not before:
            before.append(found)
        return float(found[0])

    optimizer.step(closure)
    return before[0]


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
    done: int = 0,
    kept: list[Any] | None = None,
    then: Callable[[], None] | None = None,
    judged: nn.Module | None = None,
    answer: Callable[[nn.Module, Part], Tensor | dict[str, Tensor]] = output_of,
    step: Callable[..., tuple[Tensor, Tensor | dict[str, Tensor]]] = gradient_step,
) -> Iterator[Step | Epoch]:
    """Train ``model`` from epoch ``start`` + 1 to ``epochs``; a Step comes after each step, an Epoch after each epoch.

    Chance in an epoch, its order of rows and its dropout, depends on ``seed`` and the epoch's number alone, so that
    training goes on after any epoch as if it had never stopped. ``batch_size`` 0 is the full batch, 1 stochastic.
    ``loss`` takes the output, the targets and, where the samples have them, their weights. ``step`` trains on one
    batch; ``answer`` makes of the model and a batch what is compared with the targets. ``judged`` is the model that the
    validation part judges where that is another one, such as the average of past weights.

    Training that stopped within an epoch goes on after its first ``done`` steps, of whose batches ``kept`` holds what
    ``kept_of`` gave; ``then`` is called before the next one, to set the random state.
    """
    steps, kept = len(batch_slices(len(train), batch_size)), [] if kept is None else kept
    piece = getattr(measure, "piece", None)
    for epoch in range(start + 1, epochs + 1):
        began = time.perf_counter()
        seed_chance(seed + epoch, train.device)
        model.train()
        for number, batch in enumerate(shuffled_batches(train, batch_size, done, then), start=done + 1):
            value, output = step(model, batch, loss, optimizer, answer)
            kept.append((output, *batch.answers) if piece is None else piece(output, *batch.answers))
            yield Step(epoch, number, steps, value, output, batch.targets)
        figures = figures_of(measure, kept)
        done, then = 0, None
        kept.clear()
        found = evaluate(judged or model, validation, measure, answer=answer) if validation is not None else {}
        yield Epoch(epoch, epochs, figures, found, time.perf_counter() - began)


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
    answer: Callable[[nn.Module, Part], Tensor | dict[str, Tensor]] = output_of,
) -> dict[str, float]:
    """The measures of ``model`` on all samples of ``part``, in evaluation mode; nothing for a part without samples."""
    if len(part) == 0:
        return {}
    batches = ready_batches(part, min(batch_size, getattr(measure, "rows", batch_size)))
    return figures_of(measure, [kept_of(measure, predict_batch(model, batch, answer), batch) for batch in batches])


def kept_of(measure: Callable[..., dict[str, float]], output: Tensor | dict[str, Tensor], batch: Part) -> Any:
    """What is kept of a batch until all are measured: outputs and targets, or what ``measure`` makes of a piece."""
    piece = getattr(measure, "piece", None)
    return piece(output, *batch.answers) if piece is not None else (output, *batch.answers)


def figures_of(measure: Callable[..., dict[str, float]], kept: Sequence[Any]) -> dict[str, float]:
    """The figures of all batches of what ``kept_of`` kept of each."""
    together: Callable[[Sequence[Any]], dict[str, float]] | None = getattr(measure, "together", None)
    return together(kept) if together is not None else measure(*map(joined, zip(*kept, strict=True)))


def predict_outputs(
    model: nn.Module,
    part: Part,
    batch_size: int = EVALUATION_ROWS,
    answer: Callable[[nn.Module, Part], Tensor | dict[str, Tensor]] = output_of,
) -> Tensor | dict[str, Tensor]:
    """The outputs of ``model`` for all samples of ``part``, in evaluation mode and without gradients."""
    return joined([predict_batch(model, batch, answer) for batch in ready_batches(part, batch_size)])


def ready_batches(part: Part, batch_size: int) -> Iterator[Part]:
    """The samples of ``part`` in order, as the model takes them: fewer at once than ``batch_size`` of large ones."""
    size = batch_size
    if len(part) > 1:
        sample = sum(each.numel() for each in part.rows(slice(0, 1)).ready().inputs)
        size = min(batch_size, max(1, EVALUATION_NUMBERS // max(1, sample)))
    for start in range(0, max(len(part), 1), size):
        yield part.rows(slice(start, start + size)).ready()


def predict_batch(
    model: nn.Module, batch: Part, answer: Callable[[nn.Module, Part], Tensor | dict[str, Tensor]] = output_of
) -> Tensor | dict[str, Tensor]:
    """The output of ``model`` for one batch, in evaluation mode and without gradients."""
    model.eval()
    with torch.no_grad():
        return answer(model, batch)
