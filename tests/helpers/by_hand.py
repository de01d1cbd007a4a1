"""Training loops written by hand in plain PyTorch, to which trainings of the app are compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from designer.project.model import Project
from designer.training.assemble import Setup, assemble
from designer.training.checkpoint import read_weights
from tests.helpers.training import trained, with_training


@dataclass
class Hand:
    """What a loop leaves: the model, the figures that ``judge`` gave after each epoch, the batches it went through."""

    setup: Setup
    model: nn.Module
    judged: list[Any] = field(default_factory=list)


def nothing(*_: Any) -> None:
    """Does nothing."""


def plain_gradient(hand: Hand, inputs: tuple[Tensor, ...], answers: tuple[Any, ...]) -> None:
    """The gradient of the whole batch."""
    hand.setup.loss(hand.model(*inputs), *answers).backward()


def shuffled(rows: int) -> Tensor:
    """The order of an epoch."""
    return torch.randperm(rows)


def hand_loop(
    project: Project,
    base: Path,
    *,
    gradient: Callable[[Hand, tuple[Tensor, ...], tuple[Any, ...]], None] = plain_gradient,
    before_step: Callable[[list[Tensor]], None] = nothing,
    after_step: Callable[[Hand, int], None] = nothing,
    after_epoch: Callable[[Hand, int], Any] = nothing,
    order: Callable[[int], Tensor] = shuffled,
    wrapped: Callable[[Any], Any] = lambda optimizer: optimizer,
) -> Hand:
    """Train as the tutorial does, with the data, model, loss and optimizer of the project and nothing else of the app.

    Settings that change a step are left out: what they do is for the caller to write by hand. ``wrapped`` makes of the
    optimizer what is stepped with.
    """
    bare = with_training(project, l1=0.0, clip_norm=0.0, clip_value=0.0, accumulate=1, average="none",
                         average_fields={}, sampling="shuffled", precision="float32", threads=1)  # fmt: skip
    setup = assemble(bare, base)
    hand, training, part = Hand(setup, setup.model), project.training, setup.parts["train"]
    rows = len(part)
    size = training.batch_size or rows
    starts = list(range(0, rows, size))
    if size > 1 and len(starts) > 1 and rows - starts[-1] == 1:
        starts.pop()
    optimizer = wrapped(setup.optimizer)
    weights = [each for group in setup.optimizer.param_groups for each in group["params"]]
    for epoch in range(1, training.epochs + 1):
        torch.manual_seed(training.seed + epoch)
        setup.model.train()
        places = order(rows) if len(starts) > 1 or order is not shuffled else torch.arange(rows)
        for start, end in zip(starts, [*starts[1:], rows], strict=True):
            batch = part.rows(places[start:end])
            optimizer.zero_grad()
            gradient(hand, batch.inputs, batch.answers)
            before_step(weights)
            optimizer.step()
            after_step(hand, epoch)
        hand.judged.append(after_epoch(hand, epoch))
    return hand


def assert_trained_as(project: Project, base: Path, hand: Hand, model: nn.Module | None = None) -> None:
    """The app's training of the project ends in the very weights of the loop."""
    trained(with_training(project, threads=1), base, base / "app")
    found = read_weights(base / "app")
    wanted = (model or hand.model).state_dict()
    assert found.keys() == wanted.keys()
    for name, tensor in wanted.items():
        assert torch.equal(found[name], tensor), name
