"""The step that a GPU repeats as one graph, with something that repeats calls in the place of the GPU."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from designer.runtime import cuda_graphs
from designer.runtime.batches import Part
from designer.runtime.clipping import clip_norm
from designer.runtime.cuda_graphs import GraphedStep, alike, cuda_graph, graphed_step, tensors_in, usual_update
from designer.runtime.decay import l1_decay
from designer.runtime.events import Epoch, Step
from designer.runtime.fit import fit, gradient_step, output_of
from designer.runtime.joint import JointLoss
from designer.runtime.measures import Measure
from designer.runtime.mixed_precision import mixed_step
from designer.runtime.muon import MuonAdamW
from designer.runtime.updates import Update
from designer.runtime.weighting import Weighted
from tests.helpers.fake_cuda import FakeCuda
from tests.helpers.repeating import Repeater, poured

GENERATOR = torch.Generator().manual_seed(0)
TABLE = Part((torch.randn(90, 12, generator=GENERATOR),), torch.randn(90, 1, generator=GENERATOR))
CLASSES = Part((torch.randn(90, 12, generator=GENERATOR),), torch.randint(0, 4, (90,), generator=GENERATOR))
BOTH = Part(TABLE.inputs, {"first": TABLE.target, "second": TABLE.target * 2})
COUNTED = Part(TABLE.inputs, TABLE.target, torch.rand(90, generator=GENERATOR))
Optimizer = Callable[[nn.Module], torch.optim.Optimizer]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Record after the first step of a shape, and keep whatever makes the same."""
    monkeypatch.setattr(cuda_graphs, "PLAIN_SECONDS", 0.0)
    monkeypatch.setattr(cuda_graphs, "QUICKER", float("inf"))


class Two(nn.Module):
    """Two outputs of one trunk with a frozen layer, and a layer that nothing hangs on."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk, self.first, self.second = nn.Linear(12, 8), nn.Linear(8, 1), nn.Linear(8, 1)
        self.idle = nn.Linear(3, 3)
        self.trunk.requires_grad_(False)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        hidden = torch.tanh(self.trunk(x))
        return {"first": self.first(hidden), "second": self.second(hidden)}


def mlp(outputs: int = 1) -> nn.Module:
    return nn.Sequential(
        nn.Linear(12, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 16), nn.GELU(),
        nn.Linear(16, outputs),
    )  # fmt: skip


def adam(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.Adam([each for each in model.parameters() if each.requires_grad], lr=0.01, fused=True)


OPTIMIZERS: dict[str, Optimizer] = {
    "adam": adam,
    "adam, not fused": lambda model: torch.optim.Adam(model.parameters(), lr=0.01),
    "sgd with momentum": lambda model: torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, fused=True),
    "rmsprop": lambda model: torch.optim.RMSprop(model.parameters(), lr=0.01),
    "muon": lambda model: MuonAdamW(model.parameters(), lr=0.01),
}


def trained(
    make: Callable[[], nn.Module],
    part: Part,
    loss: Callable[..., Tensor],
    step: Callable[..., Any],
    optimizer: Optimizer = adam,
    after: Callable[[torch.optim.Optimizer, Step | Epoch], None] = lambda optimizer, event: None,
) -> tuple[dict[str, Tensor], list[dict[str, float]], list[Tensor]]:
    """The weights, the figures of each epoch and the losses of all steps, looked at when all is over."""
    torch.manual_seed(1)
    model = make()
    moving = optimizer(model)
    figures, losses = [], []
    measure = Measure(loss) if not isinstance(part.targets, dict) else partial(only_loss, loss)
    for event in fit(
        model, part, None, loss, moving, epochs=4, batch_size=16, seed=3, measure=measure, step=step
    ):  # fmt: skip
        after(moving, event)
        if isinstance(event, Epoch):
            figures.append(event.train)
        else:
            losses.append(event.loss)
    return model.state_dict(), figures, losses


def only_loss(loss: Callable[..., Tensor], output: Any, *answers: Any) -> dict[str, float]:
    return {"loss": float(loss(output, *answers))}


def assert_same(plain: Any, fast: Any) -> None:
    assert plain[1] == fast[1]
    assert all(torch.equal(plain[0][name], fast[0][name]) for name in plain[0])
    assert torch.equal(torch.stack(plain[2]), torch.stack(fast[2]))


@pytest.mark.parametrize("updates", [usual_update, Update])
@pytest.mark.parametrize(
    ("make", "part", "loss"),
    [
        (mlp, TABLE, nn.MSELoss()),
        (partial(mlp, 4), CLASSES, nn.CrossEntropyLoss()),
        (mlp, COUNTED, Weighted(nn.MSELoss(reduction="none"))),
        (Two, BOTH, JointLoss({"first": nn.MSELoss(), "second": nn.HuberLoss()}, {"second": 0.5})),
    ],
    ids=["numbers", "classes", "weights", "two outputs"],
)
def test_it_makes_what_the_plain_step_makes(make: Any, part: Part, loss: Any, updates: Any) -> None:
    """Buffers, dropout and the smaller last batch of 10 rows, which goes the plain way, among it."""
    repeater = Repeater()
    step = GraphedStep(repeater, updates)
    assert_same(trained(make, part, loss, gradient_step), trained(make, part, loss, step))
    assert step.graph is not None and step.graph.shapes[0][0] == 16
    # of 20 steps on whole batches all but the first, and as many again to try it
    assert repeater.replays == 19 + cuda_graphs.TRIALS * cuda_graphs.TRIALS


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("bounded", [False, True])
def test_every_optimizer_moves_as_ever(optimizer: str, bounded: bool) -> None:
    def made(model: nn.Module) -> torch.optim.Optimizer:
        found = OPTIMIZERS[optimizer](model)
        if bounded:
            l1_decay(found, 0.001)
            clip_norm(found, 0.1)
        return found

    for updates in (usual_update, Update):
        step = GraphedStep(Repeater(), updates)
        plain = trained(mlp, TABLE, nn.MSELoss(), gradient_step, made)
        assert_same(plain, trained(mlp, TABLE, nn.MSELoss(), step, made))
        assert step.graph is not None


def test_rates_and_momentum_change_from_step_to_step() -> None:
    def changed(optimizer: torch.optim.Optimizer, event: Step | Epoch) -> None:
        for group in optimizer.param_groups:
            group["lr"] *= 0.97
            group["momentum"] = 0.0 if isinstance(event, Step) and event.epoch == 3 else 0.5

    momentum = lambda model: torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.5, fused=True)  # noqa: E731
    plain = trained(mlp, TABLE, nn.MSELoss(), gradient_step, momentum, changed)
    step = GraphedStep(Repeater(), Update)
    assert_same(plain, trained(mlp, TABLE, nn.MSELoss(), step, momentum, changed))
    assert step.graph is not None


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_mixed_precision_is_in_the_graph_and_the_scaler_outside(dtype: torch.dtype) -> None:
    """The scale is so large that first steps are left out, and then changes while the graph is in use."""

    def mixed(step: Any) -> tuple[Any, torch.amp.GradScaler | None]:
        scaler = torch.amp.GradScaler("cpu", init_scale=2.0**22, growth_interval=5) if dtype is torch.float16 else None
        return partial(mixed_step, step=step, dtype=dtype, scaler=scaler), scaler

    step = GraphedStep(Repeater(), usual_update)
    (usual, first), (fast, second) = mixed(gradient_step), mixed(step)
    assert_same(trained(mlp, TABLE, nn.MSELoss(), usual), trained(mlp, TABLE, nn.MSELoss(), fast))
    assert step.graph is not None
    if first is not None and second is not None:
        assert first.state_dict() == second.state_dict()
        assert first.get_scale() != 2.0**22


def test_what_cannot_be_recorded_goes_on_as_it_was() -> None:
    """Rehearsals have drawn chance and moved buffers by then, and left gradients of their own."""

    def failing(work: Callable[[], Any]) -> Any:
        for _ in range(2):
            work()
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    step = GraphedStep(failing, Update)
    assert_same(trained(mlp, TABLE, nn.MSELoss(), gradient_step), trained(mlp, TABLE, nn.MSELoss(), step))
    assert step.given_up and step.graph is None


def test_what_comes_out_otherwise_is_given_up() -> None:
    repeater = Repeater(disturb=0.01)
    step = GraphedStep(repeater, Update)
    assert_same(trained(mlp, TABLE, nn.MSELoss(), gradient_step), trained(mlp, TABLE, nn.MSELoss(), step))
    assert step.given_up and repeater.replays == 1 + cuda_graphs.TRIALS


def test_random_states_and_buffers_have_to_come_out_alike_too() -> None:
    """Chance of the processor is such a state: a graph would give the numbers again that it was recorded with."""

    def deaf(work: Callable[[], Any]) -> tuple[Any, Callable[[], None]]:
        found = work()

        def replay() -> None:
            chance = torch.get_rng_state()
            poured(found, work())
            torch.set_rng_state(chance)

        return found, replay

    step = GraphedStep(deaf, usual_update)
    assert_same(trained(mlp, TABLE, nn.MSELoss(), gradient_step), trained(mlp, TABLE, nn.MSELoss(), step))
    assert step.given_up


def test_what_is_no_quicker_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuda_graphs, "QUICKER", 0.0)
    step = GraphedStep(Repeater(), Update)
    assert_same(trained(mlp, TABLE, nn.MSELoss(), gradient_step), trained(mlp, TABLE, nn.MSELoss(), step))
    assert step.given_up


def test_short_trainings_record_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuda_graphs, "PLAIN_SECONDS", 60.0)
    step = GraphedStep(Repeater(), Update)
    trained(mlp, TABLE, nn.MSELoss(), step)
    assert step.graph is None and not step.given_up


def test_batches_and_answers_are_not_held() -> None:
    """What a caller does with a batch after its step, and with the answer, has no part in later ones."""
    torch.manual_seed(0)
    model = nn.Linear(12, 1)
    step = GraphedStep(Repeater(), usual_update)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    for _ in range(1 + cuda_graphs.TRIALS):
        step(model, TABLE, nn.MSELoss(), optimizer, output_of)
    own = Part((TABLE.inputs[0].clone(),), TABLE.target.clone())
    value, output = step(model, own, nn.MSELoss(), optimizer, output_of)
    held = value.clone(), output.clone()
    own.inputs[0].zero_()
    step(model, own, nn.MSELoss(), optimizer, output_of)
    assert torch.equal(value, held[0]) and torch.equal(output, held[1])
    output.zero_()
    again, _ = step(model, TABLE, nn.MSELoss(), optimizer, output_of)
    assert torch.equal(again, value)


def test_nearly_the_same_is_enough_but_where_bits_are_asked_for() -> None:
    one = torch.tensor([1000.0, 0.01, float("nan"), float("inf")])
    other = one + torch.tensor([0.0, 0.05, 0.0, 0.0])
    assert alike(one, other) and alike(one, one)
    assert not alike(one, one + 1.0)
    assert not alike(torch.tensor([float("inf"), 1.0]), torch.tensor([5.0, 1.0]))
    assert not alike(torch.tensor([1_000_000]), torch.tensor([1_000_001]))
    assert alike(torch.zeros(0), torch.zeros(0))
    torch.use_deterministic_algorithms(True)
    try:
        assert alike(one, one) and not alike(one, other)
    finally:
        torch.use_deterministic_algorithms(False)


def test_the_processor_keeps_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    assert graphed_step(torch.device("cpu")) is gradient_step
    assert isinstance(graphed_step(torch.device("cuda")), GraphedStep)
    monkeypatch.setattr(cuda_graphs, "process_count", lambda: 2)
    assert graphed_step(torch.device("cuda")) is gradient_step
    assert [len(each) for each in tensors_in(COUNTED)] == [90, 90, 90]


def test_a_recording_is_rehearsed_aside_without_waiting_for_the_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    cuda = FakeCuda(monkeypatch)

    def work() -> int:
        cuda.said.append(f"work {cuda.current} {cuda.mode}")
        return 7

    found, replay = cuda_graph(work)
    replay()
    assert found == 7
    rehearsals = ["work aside 2"] * cuda_graphs.REHEARSALS
    waits = ("aside waits for usual", "usual waits for aside")
    assert cuda.said == [waits[0], *rehearsals, waits[1], "begin", "work aside 0", "end", "replay"]
    assert (cuda.current, cuda.mode) == ("usual", 0)


@pytest.mark.parametrize("failing", [0, cuda_graphs.REHEARSALS])
def test_a_recording_that_fails_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch, failing: int) -> None:
    """It fails in its first rehearsal, or while it is recorded."""
    cuda = FakeCuda(monkeypatch)
    calls: list[int] = []

    def work() -> None:
        calls.append(1)
        if len(calls) > failing:
            raise RuntimeError("called a synchronizing CUDA operation")

    with pytest.raises(RuntimeError, match="synchronizing"):
        cuda_graph(work)
    assert (cuda.current, cuda.mode) == ("usual", 0)
    # chance that was recorded would not be drawn any more
    assert ("chance where it stands" in cuda.said) is bool(failing)


def test_a_graph_needs_room_for_a_step_beside_all_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most 300 bytes came and went so far, 50 are cached: twice as many as came and went have to be free."""
    FakeCuda(monkeypatch, free=549)
    with pytest.raises(RuntimeError, match="too little memory"):
        cuda_graph(lambda: None)
    FakeCuda(monkeypatch, free=550)
    assert cuda_graph(lambda: 3)[0] == 3
