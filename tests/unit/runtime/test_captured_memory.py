"""A captured step writes over nothing that others hold, and its gradients lie each in memory of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from designer.runtime import captured
from designer.runtime.batches import Part
from designer.runtime.captured import CapturedStep, same_bits
from designer.runtime.clipping import clip_norm
from designer.runtime.decay import l1_decay
from designer.runtime.fit import gradient_step, output_of
from tests.helpers.capturing import at_once  # noqa: F401

HARMLESS = 6


class Together(nn.Module):
    """Two parameters are added, so that the gradient of one is that of the other."""

    def __init__(self) -> None:
        super().__init__()
        self.linear, self.first, self.second = nn.Linear(4, 4), *(nn.Parameter(torch.randn(4)) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) * (self.first + self.second)


class Joined(nn.Module):
    """The gradients of two parameters are parts of that of a third."""

    def __init__(self) -> None:
        super().__init__()
        self.linear, self.first, self.rest = nn.Linear(4, 4), *(nn.Parameter(torch.randn(n, 4)) for n in (1, 3))
        self.places = nn.Parameter(torch.randn(4, 4))

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) @ (torch.cat([self.first, self.rest]) + self.places)


class Rowed(nn.Module):
    """Of a batch of one row the gradients of both parameters are that of the output."""

    def __init__(self) -> None:
        super().__init__()
        self.linear, self.first, self.second = nn.Linear(4, 4), *(nn.Parameter(torch.randn(1, 4)) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) + self.first + self.second


class Lone(nn.Module):
    """The gradient of a parameter is that of the loss itself, 1."""

    def __init__(self) -> None:
        super().__init__()
        self.linear, self.offset = nn.Linear(4, 4), nn.Parameter(torch.randn(()))

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x).square().mean() + self.offset


class Halved(nn.Module):
    """Parts of the batch itself, of which PyTorch does not say that they lie there."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        first, second = x.unsafe_chunk(2, -1)
        return self.linear(torch.cat([torch.sigmoid(first), second], -1))


class Pointed(nn.Module):
    """Where the largest number of a window lies, which without a ReLU before lies elsewhere once all are negative."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(2, 4)

    def forward(self, x: Tensor) -> Tensor:
        largest, places = F.max_pool2d(F.relu((x + 9).view(-1, 1, 2, 2)), 2, return_indices=True)
        return self.linear(torch.cat([largest.flatten(1), places.flatten(1) * 0.1], 1))


class Cut(nn.Module):
    """What a ReLU was computed of is changed before its answer is pooled."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(4, 4), nn.Linear(1, 4)

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.first(x).view(-1, 1, 2, 2) * 2.0
        active = F.relu(hidden)
        hidden.detach().clamp_(max=20.0)
        return self.last(F.max_pool2d(active, 2).flatten(1))


def batches(rows: int) -> list[Part]:
    """Harmless batches, then larger numbers."""
    generator = torch.Generator().manual_seed(0)
    scales = [*[1.0] * HARMLESS, 100.0, -100.0, 1.0]
    parts = [(torch.randn(rows, 4, generator=generator), torch.randn(rows, 4, generator=generator)) for _ in scales]
    return [Part((each * scale,), target) for scale, (each, target) in zip(scales, parts, strict=True)]


def learned(
    make: Callable[[], nn.Module], more: Callable[[torch.optim.Optimizer], None], rows: int, step: Callable[..., object]
) -> list[Tensor]:
    """Losses, outputs, batches and weights of all steps."""
    torch.manual_seed(1)
    model = make()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, fused=True)
    more(optimizer)
    loss = (lambda output, target: output) if make is Lone else nn.MSELoss()
    found: list[Tensor] = []
    for batch in batches(rows):
        value, output = step(model, batch, loss, optimizer, output_of)  # type: ignore[misc]
        found += [each.clone() for each in (value, output, batch.inputs[0], *model.state_dict().values())]
    return found


def nothing(optimizer: torch.optim.Optimizer) -> None:
    """Leave the gradients as they are."""


def clipped(optimizer: torch.optim.Optimizer) -> None:
    clip_norm(optimizer, 0.05)


def pulled(optimizer: torch.optim.Optimizer) -> None:
    l1_decay(optimizer, 0.1)


@pytest.mark.parametrize("more", [nothing, clipped, pulled])
@pytest.mark.parametrize(
    ("make", "rows"),
    [(Together, 6), (Joined, 6), (Rowed, 1), (Lone, 6), (Halved, 6), (Pointed, 6), (Cut, 6)],
)  # fmt: skip
def test_no_memory_is_written_that_others_read(
    make: Callable[[], nn.Module], rows: int, more: Callable[[torch.optim.Optimizer], None]
) -> None:
    step = CapturedStep()
    plain, fast = (learned(make, more, rows, each) for each in (gradient_step, step))
    assert all(same_bits(one, other) for one, other in zip(plain, fast, strict=True))
    assert all(graph is not None and graph.checks == captured.CHECKS for graph in step.graphs.values())


class Doubled(nn.Module):
    """It writes over the batch itself."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        x *= 2
        return self.linear(x)


def test_a_batch_that_the_network_writes_over_is_written_over_once_a_step() -> None:
    step = CapturedStep()
    plain, fast = (learned(Doubled, nothing, 6, each) for each in (gradient_step, step))
    assert all(same_bits(one, other) for one, other in zip(plain, fast, strict=True))
    assert list(step.graphs.values()) == [None]
