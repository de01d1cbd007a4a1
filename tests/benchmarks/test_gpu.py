"""Steps on a GPU side by side, as one graph, in 16 bits, with channels last: pytest -s tests/benchmarks/test_gpu.py"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import pytest
import torch
from torch import Tensor, nn

from designer.runtime import cuda_graphs
from designer.runtime.batches import Part
from designer.runtime.cuda_graphs import GraphedStep, cuda_graph, wait_for
from designer.runtime.fit import gradient_step, output_of
from designer.runtime.memory_format import use_channels_last
from designer.runtime.mixed_precision import mixed_step
from designer.runtime.updates import Update

Record: TypeAlias = Callable[[str, object], None]
Stepping: TypeAlias = Callable[..., Any]
ROUNDS, STEPS, SETTLED = 5, 100, 400
GPU = torch.device("cuda")

pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here"),
]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Record after the first step, so that both make as many steps."""
    monkeypatch.setattr(cuda_graphs, "PLAIN_SECONDS", 0.0)


def table(rows: int) -> Part:
    inputs = torch.randn(rows, 26, device=GPU)
    return Part((inputs,), inputs[:, :1] * 2 + inputs[:, 1:2].sin(), device=GPU)


def pictures(rows: int, size: int) -> Part:
    shown = torch.rand(rows, 3, size, size, device=GPU)
    return Part((shown,), torch.randint(0, 10, (rows,), device=GPU), device=GPU)


def mlp() -> nn.Module:
    """The network of all figures: 26-64-64-1."""
    return nn.Sequential(nn.Linear(26, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))


def wide() -> nn.Module:
    """Nearly nothing but matrix products."""
    return nn.Sequential(nn.Linear(26, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1))


def cnn(width: int = 16) -> nn.Module:
    first = (nn.Conv2d(3, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(2))
    second = (nn.Conv2d(width, 2 * width, 3, padding=1), nn.BatchNorm2d(2 * width), nn.ReLU())
    return nn.Sequential(*first, *second, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2 * width, 10))


class Trained:
    """A network that is trained on one batch again and again by a step of its own."""

    def __init__(
        self, make: Callable[[], nn.Module], part: Part, loss: Any, step: Stepping, last: bool = False
    ) -> None:
        torch.manual_seed(0)
        self.model = make().to(GPU)
        if last:
            use_channels_last(self.model)
        self.part, self.loss, self.step = part, loss, step
        self.optimizer = torch.optim.Adam(self.model.parameters(), fused=True)
        self.seconds(SETTLED)

    def seconds(self, steps: int = STEPS) -> float:
        """How long so many more steps take."""
        wait_for(GPU)
        began = time.perf_counter()
        for _ in range(steps):
            self.step(self.model, self.part, self.loss, self.optimizer, output_of)
        wait_for(GPU)
        return time.perf_counter() - began

    def weights(self) -> list[Tensor]:
        return [each.detach() for each in self.model.parameters()]


def times(slow: Trained, quick: Trained) -> float:
    """How many times as quick, both at their best of a few rounds in turns."""
    rounds = [(slow.seconds(), quick.seconds()) for _ in range(ROUNDS)]
    return min(first for first, _ in rounds) / min(second for _, second in rounds)


def hold(found: float, least: float, what: str, record: Record) -> None:
    """Print and record how many times as quick it was, which is to be that much at the least."""
    print(f"{what} on {torch.cuda.get_device_name()}: {found:.2f} times")
    record("times", found)
    assert found >= least


@pytest.mark.parametrize(
    ("make", "part", "loss", "least"),
    [
        (mlp, partial(table, 32), nn.MSELoss(), 2.0),
        (mlp, partial(table, 256), nn.MSELoss(), 2.0),
        (mlp, partial(table, 1024), nn.MSELoss(), 2.0),
        (cnn, partial(pictures, 32, 28), nn.CrossEntropyLoss(), 1.5),
    ],
    ids=["mlp 32", "mlp 256", "mlp 1024", "cnn 32"],
)
def test_a_graph_against_plain_steps(
    make: Callable[[], nn.Module], part: Callable[[], Part], loss: Any, least: float, record_property: Record
) -> None:
    """Both have made as many steps in the end, and nearly the same weights of them."""
    data, graphed = part(), GraphedStep(cuda_graph, Update)
    plain, quick = Trained(make, data, loss, gradient_step), Trained(make, data, loss, graphed)
    assert graphed.graph is not None, "the graph was given up"
    found = times(plain, quick)
    for one, other in zip(plain.weights(), quick.weights(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-2, atol=1e-3)
    hold(found, least, f"{make.__name__} as one graph, batches of {len(data)}", record_property)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_mixed_precision_of_large_matrices(dtype: torch.dtype, record_property: Record) -> None:
    if torch.cuda.get_device_capability() < (8, 0):
        pytest.skip("this GPU has no units for it")
    scaler = torch.amp.GradScaler("cuda") if dtype is torch.float16 else None
    lowered = partial(mixed_step, step=gradient_step, dtype=dtype, scaler=scaler)
    data = table(8192)
    plain, quick = Trained(wide, data, nn.MSELoss(), gradient_step), Trained(wide, data, nn.MSELoss(), lowered)
    hold(times(plain, quick), 1.5, f"{dtype} with matrices of 4096 × 4096", record_property)


def test_mixed_precision_as_one_graph(record_property: Record) -> None:
    graphed, data = GraphedStep(cuda_graph, Update), table(256)
    lowered, quick = (partial(mixed_step, step=step, dtype=torch.bfloat16) for step in (gradient_step, graphed))
    found = times(Trained(mlp, data, nn.MSELoss(), lowered), Trained(mlp, data, nn.MSELoss(), quick))
    assert graphed.graph is not None, "the graph was given up"
    hold(found, 2.0, "bfloat16 as one graph", record_property)


def test_channels_last_of_large_pictures(record_property: Record) -> None:
    """In 16 bits, where GPUs have units for convolutions of pictures that lie so; which is quicker a trial finds."""
    if torch.cuda.get_device_capability() < (8, 0):
        pytest.skip("this GPU has no units for it")
    data, make = pictures(64, 112), partial(cnn, 64)
    lowered = partial(mixed_step, step=gradient_step, dtype=torch.bfloat16)
    plain = Trained(make, data, nn.CrossEntropyLoss(), lowered)
    quick = Trained(make, data, nn.CrossEntropyLoss(), lowered, last=True)
    hold(times(plain, quick), 1.0, "channels last of pictures of 112 × 112", record_property)
