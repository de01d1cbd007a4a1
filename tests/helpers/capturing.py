"""Captured steps beside plain ones: capturing at once, and what both make of the same training."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor, nn
from torch.fx import Graph

from designer.runtime import captured
from designer.runtime.batches import Part
from designer.runtime.captured import CapturedStep
from designer.runtime.events import Epoch
from designer.runtime.fit import fit, gradient_step
from designer.runtime.measures import Measure

GENERATOR = torch.Generator().manual_seed(0)
TABLE = Part((torch.randn(90, 12, generator=GENERATOR),), torch.randn(90, 1, generator=GENERATOR))
Make = Callable[[], nn.Module]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Capture after the first step of each shape, and keep every graph that gives the same bits."""
    monkeypatch.setattr(captured, "SECONDS_BEFORE", 0.0)
    monkeypatch.setattr(captured, "SECONDS_EACH", 0.0)
    monkeypatch.setattr(captured, "LEVEL", float("inf"))
    monkeypatch.setattr(captured, "LONGEST_STEP", float("inf"))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def text_of(graph: Graph) -> str:
    """What a graph does: a line for each operation, with its arguments."""
    lines = []
    for node in graph.nodes:
        if node.op == "call_function":
            schema = getattr(node.target, "_schema", None)
            name = schema.name.replace("::", ".") if schema is not None else "getitem"
            words = [*map(str, node.args), *(f"{key}={each}" for key, each in node.kwargs.items())]
            lines.append(f"{node.name} = {name}({', '.join(words)})")
    return "\n".join(lines)


def mlp() -> nn.Module:
    """Linear layers with a normalization between them."""
    return nn.Sequential(
        nn.Linear(12, 16), nn.ReLU(), nn.BatchNorm1d(16), nn.Linear(16, 16), nn.GELU(), nn.Linear(16, 1)
    )


def trained(
    make: Make,
    part: Part,
    loss: Callable[..., Tensor],
    step: Callable[..., tuple[Tensor, Tensor | dict[str, Tensor]]],
    optimizer: Callable[[nn.Module], torch.optim.Optimizer],
    batch_size: int = 16,
) -> tuple[dict[str, Tensor], list[dict[str, float]]]:
    """The weights and the figures of each epoch."""
    torch.manual_seed(1)
    model = make()
    events = fit(
        model,
        part,
        part,
        loss,
        optimizer(model),
        epochs=4,
        batch_size=batch_size,
        seed=3,
        measure=Measure(loss),
        step=step,
    )
    figures = [{**event.train, **event.validation} for event in events if isinstance(event, Epoch)]
    return model.state_dict(), figures


def adam(model: nn.Module) -> torch.optim.Optimizer:
    """Adam for what learns."""
    return torch.optim.Adam([each for each in model.parameters() if each.requires_grad], lr=0.01, fused=True)


def assert_same(step: CapturedStep, *arguments: object, captures: bool = True) -> None:
    """Both steps make the same, and the captured one has graphs, or none where it ``captures`` nothing."""
    make, part, loss, optimizer, *rest = arguments
    plain = trained(make, part, loss, gradient_step, optimizer, *rest)  # type: ignore[arg-type]
    fast = trained(make, part, loss, step, optimizer, *rest)  # type: ignore[arg-type]
    assert plain[1] == fast[1]
    assert all(torch.equal(plain[0][name], fast[0][name]) for name in plain[0])
    assert [graph is not None for graph in step.graphs.values()] == [captures] * len(step.graphs)
    assert step.graphs
