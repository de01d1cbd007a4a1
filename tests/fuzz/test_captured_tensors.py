"""Random networks of PyTorch's operations learn by the captured step to the bits of plain steps, whatever batches hold.

The first batches, on which a graph is tried, are harmless; those that follow hold infinite numbers, zeros and NaN.
LAYERLOOM_TENSORS says how many networks, LAYERLOOM_SEED which.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from designer.runtime import captured
from designer.runtime.batches import Part
from designer.runtime.captured import CapturedStep
from designer.runtime.clipping import clip_norm
from designer.runtime.decay import l1_decay
from designer.runtime.fit import gradient_step, output_of
from designer.runtime.joint import JointLoss
from tests.helpers.capturing import at_once  # noqa: F401
from tests.helpers.random_tensors import RandomTensors

NETWORKS = int(os.environ.get("LAYERLOOM_TENSORS", "30"))
SEED = int(os.environ.get("LAYERLOOM_SEED", "0"))
HARMLESS = 5
ROWS = 6
SHAPES = ((1,), (4,), (17,), (3, 4), (1, 8), (5, 1), (2, 5, 5), (3, 4, 6), (1, 7, 3), (16, 3, 3))
LOSSES: tuple[Callable[[], nn.Module], ...] = (nn.MSELoss, nn.MSELoss, nn.L1Loss, nn.SmoothL1Loss, nn.HuberLoss)
Seen = dict[str, Tensor]


def plain_sgd(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(model.parameters(), lr=0.01)


def fused_sgd(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, fused=True)


def adam(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.AdamW(model.parameters(), lr=0.01, fused=True)


def clipped(model: nn.Module) -> torch.optim.Optimizer:
    optimizer = adam(model)
    clip_norm(optimizer, 0.01)
    return optimizer


def pulled(model: nn.Module) -> torch.optim.Optimizer:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, fused=True)
    l1_decay(optimizer, 0.01)
    return optimizer


OPTIMIZERS = (plain_sgd, plain_sgd, fused_sgd, adam, clipped, pulled)


def batches_for(seed: int, shape: tuple[int, ...], names: list[str]) -> list[Part]:
    """Harmless batches, then others, a smaller one, and a harmless one again."""
    generator = torch.Generator().manual_seed(seed)

    def number(rows: int) -> Tensor:
        return torch.randn(rows, *shape, generator=generator)

    def with_few(value: float) -> Tensor:
        return number(ROWS).masked_fill_(torch.rand(ROWS, *shape, generator=generator) < 0.2, value)

    zeros, ties = torch.zeros(ROWS, *shape), number(ROWS).sign_()
    later = [with_few(-0.0).neg_(), -zeros, zeros, with_few(1e30), with_few(torch.inf), with_few(torch.nan)]
    later += [number(ROWS) * 1e-42, ties, number(ROWS - 1), number(ROWS) - 8, -number(ROWS).abs_(), number(ROWS)]
    inputs = [*[number(ROWS) for _ in range(HARMLESS)], *later]
    return [Part((each,), {name: number(len(each)) for name in names}) for each in inputs]


def kept_of(model: nn.Module, optimizer: torch.optim.Optimizer) -> list[tuple[Tensor, Tensor]]:
    """All that a step changes, each with a copy."""
    states = [each for state in optimizer.state.values() for each in state.values() if isinstance(each, Tensor)]
    return [(each, each.detach().clone()) for each in (*model.parameters(), *model.buffers(), *states)]


class Training:
    """One of two trainings that go side by side."""

    def __init__(self, seed: int, fast: bool) -> None:
        chance = random.Random(seed)
        torch.manual_seed(seed)
        self.shape = chance.choice(SHAPES)
        self.model = RandomTensors(chance, self.shape, chance.randint(3, 14))
        self.names = list(self.model.plan.outputs)
        self.loss = JointLoss({name: chance.choice(LOSSES)() for name in self.names})
        self.make = chance.choice(OPTIMIZERS)
        self.optimizer = self.make(self.model)
        self.step: Any = CapturedStep() if fast else gradient_step
        self.batches = batches_for(seed, self.shape, self.names)
        self.found: list[tuple[str, Tensor, Tensor]] = []

    def goes(self, number: int) -> Seen | str:
        """All that one step gives and leaves, or why it could not; spoilt weights are put right again."""
        batch = self.batches[number]
        self.model.train()
        torch.manual_seed(number)
        if number == HARMLESS + 3:
            self.optimizer.param_groups[0]["lr"] *= 0.5
        before = kept_of(self.model, self.optimizer)
        try:
            value, output = self.step(self.model, batch, self.loss, self.optimizer, output_of)
        except (RuntimeError, ValueError) as error:
            return type(error).__name__
        assert isinstance(output, dict)
        seen = {"chance": torch.get_rng_state(), "loss": value, "input": batch.inputs[0], **output}
        seen |= {f"target {name}": each for name, each in batch.targets.items()}  # type: ignore[union-attr]
        seen |= self.model.state_dict(prefix="state ")
        if self.make in (plain_sgd, clipped, pulled):
            learning = [(name, each) for name, each in self.model.named_parameters() if each.requires_grad]
            seen |= {f"gradient {name}": each.grad for name, each in learning if each.grad is not None}
        seen = {name: each.detach().clone() for name, each in seen.items()}
        self.found += [(f"{name} of step {number}", each, each.clone()) for name, each in output.items()]
        if number >= HARMLESS:
            with torch.no_grad():
                for each, was in before:
                    each.copy_(was)
        self.model.eval()
        with torch.no_grad():
            self.model(batch.inputs[0])
        return seen


def differences(plain: Seen | str, fast: Seen | str) -> list[str]:
    """What is not the same to the last bit; NaN is NaN."""
    if isinstance(plain, str) or isinstance(fast, str):
        return [] if plain is fast or plain == fast else [str(plain)[:60], str(fast)[:60]]
    if plain.keys() != fast.keys():
        return sorted(plain.keys() ^ fast.keys())
    return [name for name, each in plain.items() if not captured.same_bits(each, fast[name])]


def faults_of(seed: int) -> tuple[str, list[str]]:
    """Whether a network became a graph, and what of it was not the same."""
    plain, fast = Training(seed, fast=False), Training(seed, fast=True)
    for number in range(len(plain.batches)):
        seen = plain.goes(number)
        if isinstance(seen, str) and number == 0:
            return "refused", []
        other = fast.goes(number)
        if wrong := differences(seen, other):
            return "wrong", [f"seed {seed}, {fast.make.__name__}, step {number}: {', '.join(wrong)}", fast.model.told()]
    # what was given is kept until the end of an epoch
    changed = [name for name, now, then in fast.found if not captured.same_bits(now, then)]
    made = any(fast.step.graphs.values())
    return "captured" if made else "plain", changed


@pytest.mark.slow
def test_whatever_batches_hold_the_bits_are_the_same() -> None:
    found: Counter[str] = Counter()
    faults: list[str] = []
    for seed in range(SEED, SEED + NETWORKS):
        kind, wrong = faults_of(seed)
        found[kind] += 1
        faults += wrong
    print(found)
    assert not faults, "\n".join(faults)
    assert found["captured"] > 2 * found["plain"], found
