"""When a step is captured: after plain ones, by a short trial that nobody waits for, and where it is worth it."""

from __future__ import annotations

import math
import time

import pytest
from torch import Tensor, nn
from torch.utils._python_dispatch import is_in_torch_dispatch_mode

from designer.runtime import captured
from designer.runtime.batches import Part
from designer.runtime.captured import CapturedStep
from designer.runtime.fit import output_of
from tests.helpers.capturing import TABLE, adam, assert_same, at_once, mlp, trained  # noqa: F401


def test_short_trainings_do_not_wait_for_a_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captured, "SECONDS_BEFORE", 1e9)
    step = CapturedStep()
    trained(mlp, TABLE, nn.MSELoss(), step, adam)
    assert not step.graphs


def test_a_deep_network_trains_as_long_as_its_graph_takes_before_it_is_captured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def deep(layers: int) -> nn.Module:
        return nn.Sequential(*[nn.Linear(12, 12) for _ in range(layers)], nn.Linear(12, 1))

    def price(layers: int) -> float:
        model = deep(layers)
        task = captured.Task(model, nn.MSELoss(), adam(model), output_of)
        return captured.price_of(task, TABLE)

    monkeypatch.setattr(captured, "SECONDS_EACH", 0.005)
    assert price(60) > 5 * price(3) > 0
    assert price(90) <= price(250) == captured.SECONDS_MOST
    monkeypatch.setattr(captured, "MOST_OPERATIONS", 180)
    assert price(20) < price(40) == math.inf
    monkeypatch.setattr(captured, "SECONDS_EACH", 1e6)
    monkeypatch.setattr(captured, "SECONDS_MOST", 1e9)
    step = CapturedStep()
    trained(lambda: deep(3), TABLE, nn.MSELoss(), step, adam)
    assert not step.graphs


def test_a_graph_that_is_slower_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    # no graph takes no time at all
    monkeypatch.setattr(captured, "LEVEL", 0.0)
    assert_same(CapturedStep(), mlp, TABLE, nn.MSELoss(), adam, captures=False)


def test_a_network_of_too_many_operations_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captured, "MOST_OPERATIONS", 3)
    assert_same(CapturedStep(), mlp, TABLE, nn.MSELoss(), adam, captures=False)


def work_for(seconds: float) -> None:
    """Use the processor for so long."""
    ends = time.thread_time() + seconds
    while time.thread_time() < ends:
        pass


class Slow(nn.Module):
    """Takes long only while it is noted, or ever."""

    def __init__(self, ever: bool) -> None:
        super().__init__()
        self.linear, self.ever, self.noted = nn.Linear(12, 1), ever, 0

    def forward(self, x: Tensor) -> Tensor:
        self.noted += is_in_torch_dispatch_mode()
        if self.ever or is_in_torch_dispatch_mode():
            work_for(0.05)
        return self.linear(x)


@pytest.mark.parametrize("ever", [False, True])
def test_a_step_that_takes_long_is_left_as_it_is_unless_noting_took_so_long(
    ever: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(captured, "LONGEST_STEP", 0.04)
    made: list[Slow] = []

    def make() -> nn.Module:
        made.append(Slow(ever))
        return made[-1]

    assert_same(CapturedStep(), make, TABLE, nn.MSELoss(), adam, captures=not ever)
    assert any(each.noted for each in made) is not ever, "nobody waits for a trial of what takes long anyway"


def test_each_shape_of_batches_is_judged_by_its_own_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last batch is a quick one here, the others take long."""
    monkeypatch.setattr(captured, "LONGEST_STEP", 0.04)

    class Longer(nn.Linear):
        def forward(self, x: Tensor) -> Tensor:
            work_for(0.05 * (len(x) == 16))
            return super().forward(x)

    step = CapturedStep()
    trained(lambda: Longer(12, 1), TABLE, nn.MSELoss(), step, adam)
    assert {key[0][0]: graph is not None for key, graph in step.graphs.items()} == {16: False, 10: True}


def test_a_graph_that_is_not_level_is_not_tried_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever wants to stop or pause waits for the trial of a long step: it is timed once or twice, not five times."""
    monkeypatch.setattr(captured, "LEVEL", 1.3)
    monkeypatch.setattr(captured, "SECONDS_OF_TIMES", 0.08)

    class Runs:
        count, names = 0, None

        def gradients(self, tensors: list[Tensor]) -> None:
            self.count += 1
            time.sleep(0.05)

    assert not captured._is_level(long := Runs(), TABLE, 0.001)  # type: ignore[arg-type]
    assert 1 <= long.count <= 2
    monkeypatch.setattr(captured, "SECONDS_OF_TIMES", 9.0)
    assert not captured._is_level(short := Runs(), TABLE, 0.001)  # type: ignore[arg-type]
    assert short.count == captured.TIMES
    assert captured._is_level(Runs(), TABLE, 9.0)  # type: ignore[arg-type]


def test_of_many_shapes_a_few_have_graphs() -> None:
    step, model, loss = CapturedStep(), mlp(), nn.MSELoss()
    optimizer = adam(model)
    for rows in (*range(4, 14), *range(4, 14)):
        batch = Part((TABLE.inputs[0][:rows],), TABLE.target[:rows])
        step(model, batch, loss, optimizer, lambda network, some: network(*some.inputs))
    assert len(step.graphs) == captured.MOST_SHAPES
