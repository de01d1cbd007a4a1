"""Products of a captured step are turned where that is quicker: same bits, and random numbers stay as they were."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.fx import Graph

from designer.runtime import graph_products
from designer.runtime.batches import Part
from designer.runtime.captured import CapturedStep
from designer.runtime.fit import fit
from designer.runtime.graph_passes import made_lean
from designer.runtime.measures import Measure
from designer.runtime.noting import noted
from designer.runtime.updates import aten
from tests.helpers.capturing import at_once  # noqa: F401

# of the sizes at which the kernels for 64 units and 26 features are worth a trial
ROWS, UNITS, FEATURES = 256, 64, 26
GENERATOR = torch.Generator().manual_seed(0)
INPUTS = torch.randn(2 * ROWS, FEATURES, generator=GENERATOR)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """Every product that is asked about, and each is quicker turned."""
    found: list[tuple[int, ...]] = []

    def quicker(*sizes: int) -> bool:
        found.append(sizes)
        return True

    monkeypatch.setattr(graph_products, "_is_quicker_turned", quicker)
    return found


def gradient(rows: int, high: int, wide: int, dtype: torch.dtype = torch.float32) -> Graph:
    """What a layer's weight learns from so many rows, as a captured step has it."""
    left, right = torch.randn(rows, high, dtype=dtype), torch.randn(rows, wide, dtype=dtype)

    def work(first: Tensor, second: Tensor) -> list[Tensor]:
        return [first.relu().t() @ second]

    graph, others = noted(work, [left, right])
    made_lean(graph, others, [left])
    return graph


def copies(graph: Graph) -> int:
    return sum(node.target is aten.copy_.default for node in graph.nodes)


def test_a_weights_gradient_is_turned(asked: list[tuple[int, ...]]) -> None:
    graph = gradient(ROWS, UNITS, FEATURES)
    assert asked == [(ROWS, UNITS, FEATURES, torch.get_num_threads())]
    assert copies(graph) == 1
    [product] = [node for node in graph.nodes if node.target is aten.mm.default]
    assert product.meta["layout"].shape == (FEATURES, UNITS)


@pytest.mark.parametrize(
    ("rows", "high", "wide", "dtype"),
    [(8, UNITS, FEATURES, torch.float32), (1 << 14, 1024, 1024, torch.float32), (ROWS, UNITS, 64, torch.float64)],
)
def test_too_small_too_large_and_other_numbers_are_left_alone(
    asked: list[tuple[int, ...]], rows: int, high: int, wide: int, dtype: torch.dtype
) -> None:
    assert copies(gradient(rows, high, wide, dtype)) == 0
    assert not asked


def test_what_is_no_quicker_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_products, "TURNED_MOST", 0.0)
    graph_products._is_quicker_turned.cache_clear()
    assert copies(gradient(ROWS, UNITS, FEATURES)) == 0
    graph_products._is_quicker_turned.cache_clear()


def test_other_bits_are_not_taken_however_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_products, "TURNED_MOST", float("inf"))
    monkeypatch.setattr(torch, "equal", lambda *_: False)
    graph_products._is_quicker_turned.cache_clear()
    assert copies(gradient(ROWS, UNITS, FEATURES)) == 0
    graph_products._is_quicker_turned.cache_clear()


def test_a_trial_draws_none_of_a_trainings_random_numbers() -> None:
    before = torch.get_rng_state()
    graph_products._is_quicker_turned.cache_clear()
    graph_products._is_quicker_turned(ROWS, UNITS, FEATURES, 1)
    assert torch.equal(torch.get_rng_state(), before)


def learned(step: CapturedStep | None) -> dict[str, Tensor]:
    """The weights after a few epochs, by this step or the plain one."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(FEATURES, UNITS), nn.Tanh(), nn.Dropout(0.3), nn.Linear(UNITS, 1))
    loss, optimizer = nn.MSELoss(), torch.optim.Adam(model.parameters(), fused=True)
    part = Part((INPUTS,), INPUTS[:, :1].sin())
    few = {"epochs": 6, "batch_size": ROWS, "seed": 0}
    chosen = {} if step is None else {"step": step}
    for _ in fit(model, part, None, loss, optimizer, **few, measure=Measure(loss), **chosen):
        pass
    return model.state_dict()


@pytest.mark.usefixtures("at_once")
def test_a_network_whose_products_are_turned_learns_to_the_same_bits(asked: list[tuple[int, ...]]) -> None:
    plain, step = learned(None), CapturedStep()
    found = learned(step)
    # by the kernels of another machine the bits may differ: then there is no graph, and they are the plain ones
    assert asked
    assert all(torch.equal(found[name], plain[name]) for name in plain)
    assert any(step.graphs.values()) or not torch.equal(*_both_ways())


def _both_ways() -> tuple[Tensor, Tensor]:
    left, right = torch.randn(ROWS, UNITS), torch.randn(ROWS, FEATURES)
    return left.t() @ right, (right.t() @ left).t()
