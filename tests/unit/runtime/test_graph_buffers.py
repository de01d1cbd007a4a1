"""What a captured step computes on the way lies in the same memory each time; what it answers does not."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.fx import Graph, Node

from designer.runtime.batches import Part
from designer.runtime.captured import CHECKS, CapturedStep
from designer.runtime.events import Step
from designer.runtime.fit import fit
from designer.runtime.graph_buffers import buffered
from designer.runtime.measures import Measure
from designer.runtime.noting import noted
from tests.helpers.capturing import at_once  # noqa: F401

GENERATOR = torch.Generator().manual_seed(0)
PART = Part((torch.randn(96, 12, generator=GENERATOR),), torch.randn(96, 1, generator=GENERATOR))


def rooms(graph: Graph) -> list[Node]:
    return [node for node in graph.nodes if node.op == "placeholder" and node.name.startswith("room")]


def written(graph: Graph) -> dict[str, Node]:
    """Where each operation that is told where to write writes to."""
    return {node.name: node.kwargs["out"] for node in graph.nodes if "out" in node.kwargs}


def test_what_is_never_needed_at_once_shares_a_place() -> None:
    def chain(x: Tensor) -> tuple[Tensor, ...]:
        a = x @ x
        b = a @ x
        c = b @ x
        return (c @ x,)

    graph, _ = noted(chain, [torch.ones(4, 4)])
    made = buffered(graph, 1, 1)
    # a is read while b is written; c goes where a was; the answer has memory of its own
    assert len(made) == len(rooms(graph)) == 2
    first, second, third = written(graph).values()
    assert first is third is not second


def test_what_is_read_later_keeps_its_place() -> None:
    def twice(x: Tensor) -> tuple[Tensor, ...]:
        a = x @ x
        turned = a.t()
        b = a @ x
        c = b @ x
        return (c @ turned,)

    graph, _ = noted(twice, [torch.ones(4, 4)])
    # the view of a is read last, so that nothing may be written there before; it is the same view each time
    *_, view = made = buffered(graph, 1, 1)
    assert len(rooms(graph)) == 3 and len(made) == 4
    assert view.data_ptr() == made[0].data_ptr() and view.stride() == (1, 4)
    assert len(set(written(graph).values())) == 3


def test_gradients_stay_until_the_parameters_are_moved() -> None:
    def two(x: Tensor) -> tuple[Tensor, ...]:
        return x @ x, x @ x.t(), x.t() @ x

    graph, _ = noted(two, [torch.ones(4, 4)])
    assert len(buffered(graph, 1, 1)) == 2
    last: Any = graph.output_node()
    assert "out" not in last.args[0][0].kwargs
    assert last.args[0][1].kwargs["out"] is not last.args[0][2].kwargs["out"]


@pytest.mark.usefixtures("at_once")
def test_losses_and_outputs_of_past_steps_are_not_written_over() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(12, 16), nn.ReLU(), nn.Linear(16, 1))
    loss, step = nn.MSELoss(), CapturedStep()
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    kept: list[tuple[Tensor, Tensor, Tensor, Tensor]] = []
    few = {"epochs": 3, "batch_size": 8, "seed": 0}
    for event in fit(model, PART, None, loss, optimizer, **few, measure=Measure(loss), step=step):
        if isinstance(event, Step):
            kept.append((event.loss, event.loss.clone(), event.output, event.output.clone()))
    [graph] = step.graphs.values()
    assert graph is not None and graph.checks >= CHECKS
    for value, then, output, once in kept:
        assert torch.equal(value, then)
        assert torch.equal(output, once)


def test_a_mean_of_squares_has_no_room() -> None:
    """PyTorch would write the squares there first, and say that it had to make it larger."""

    def mean(x: Tensor) -> tuple[Tensor, ...]:
        return x @ x, nn.functional.mse_loss(x, x.t())

    graph, _ = noted(mean, [torch.ones(4, 4)])
    assert buffered(graph, 1, 1) == []
    assert not written(graph)
