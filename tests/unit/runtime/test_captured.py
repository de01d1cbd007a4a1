"""The captured step makes what the plain step makes, to the last bit, or leaves it to the plain step."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from designer.compiler.load import load_text
from designer.compiler.source import optimizer_text
from designer.layers.catalog import OPTIMIZERS
from designer.project.model import Training
from designer.runtime import captured
from designer.runtime.batches import Part
from designer.runtime.captured import CapturedStep
from designer.runtime.clipping import clip_norm
from designer.runtime.decay import l1_decay
from designer.runtime.events import Epoch
from designer.runtime.fit import fit, gradient_step
from designer.runtime.graph_script import compiled
from designer.runtime.joint import JointLoss
from designer.runtime.measures import Measure
from tests.helpers.capturing import GENERATOR, TABLE, Make, adam, assert_same, at_once, mlp, text_of  # noqa: F401

PICTURES = Part((torch.randn(90, 2, 12, 12, generator=GENERATOR),), torch.randint(0, 4, (90,), generator=GENERATOR))
STEPS = Part((torch.randn(90, 6, 3, generator=GENERATOR),), torch.randint(0, 4, (90,), generator=GENERATOR))
CODES = Part((torch.randint(0, 9, (90, 5), generator=GENERATOR),), torch.randint(0, 4, (90,), generator=GENERATOR))


class Last(nn.Module):
    """A recurrent layer's last step."""

    def __init__(self) -> None:
        super().__init__()
        self.gru, self.head = nn.GRU(3, 8, batch_first=True), nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.gru(x)[0][:, -1])


class Two(nn.Module):
    """Two outputs of one trunk, with a frozen layer in it."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk, self.first, self.second = nn.Linear(12, 8), nn.Linear(8, 1), nn.Linear(8, 1)
        self.trunk.requires_grad_(False)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        hidden = torch.tanh(self.trunk(x))
        return {"first": self.first(hidden), "second": self.second(hidden)}


def cnn() -> nn.Module:
    first = (nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2))
    return nn.Sequential(
        *first, nn.Conv2d(4, 6, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.3), nn.Linear(24, 4)
    )


def attention() -> nn.Module:
    return nn.Sequential(
        nn.Embedding(9, 8), nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), nn.Flatten(), nn.Linear(40, 4)
    )


@pytest.mark.parametrize("batch_size", [16, 30, 0])
@pytest.mark.parametrize(
    ("make", "part", "loss"),
    [
        (mlp, TABLE, nn.MSELoss()),
        (mlp, TABLE, nn.HuberLoss()),
        (cnn, PICTURES, nn.CrossEntropyLoss()),
        (cnn, PICTURES, nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0, 4.0]), label_smoothing=0.1)),
        (attention, CODES, nn.CrossEntropyLoss()),
        (Last, STEPS, nn.CrossEntropyLoss()),
    ],
)
def test_networks_learn_to_the_same_bits(make: Make, part: Part, loss: nn.Module, batch_size: int) -> None:
    assert_same(CapturedStep(), make, part, loss, adam, batch_size)


@pytest.mark.parametrize("key", [key for key, each in OPTIMIZERS.items() if not each.step])
def test_every_optimizer_makes_the_same_of_it(key: str) -> None:
    kind = OPTIMIZERS[key]
    fields = {name: field.initial for name, field in kind.fields.items()}
    if "momentum" in fields:
        fields["momentum"] = 0.9
    training = Training(optimizer=key, optimizer_fields=fields, learning_rate=0.01, weight_decay=0.001 * kind.decay)
    text = optimizer_text(training, {})
    own = "" if "torch." in text else "from designer.runtime.muon import MuonAdamW\n"
    source = f"from functools import partial\nimport torch\n{own}\n\ndef make(model):\n    return {text}\n"
    make_optimizer = load_text(source, "made").make
    assert_same(CapturedStep(), mlp, TABLE, nn.MSELoss(), make_optimizer)


def test_hooks_of_an_optimizer_see_each_step() -> None:
    def made(model: nn.Module) -> torch.optim.Optimizer:
        optimizer = adam(model)
        l1_decay(optimizer, 0.01)
        clip_norm(optimizer, 0.5)
        return optimizer

    assert_same(CapturedStep(), mlp, TABLE, nn.MSELoss(), made)


def test_the_learning_rate_may_change_on_the_way() -> None:
    found = []
    for step in (gradient_step, CapturedStep()):
        torch.manual_seed(1)
        model, loss = mlp(), nn.MSELoss()
        optimizer, measure = adam(model), Measure(loss)
        for event in fit(
            model, TABLE, None, loss, optimizer, epochs=4, batch_size=16, seed=3, measure=measure, step=step
        ):
            if isinstance(event, Epoch):
                optimizer.param_groups[0]["lr"] *= 0.5
        found.append(model.state_dict())
    assert all(torch.equal(found[0][name], found[1][name]) for name in found[0])


def test_what_a_group_says_may_change_on_the_way_and_hooks_may_come_and_go() -> None:
    """The graph keeps what it was told last: whatever is new reaches it at the very next step."""
    found, seen = [], []
    for step in (gradient_step, CapturedStep()):
        torch.manual_seed(1)
        model, loss, hooked = mlp(), nn.MSELoss(), []
        optimizer = adam(model)
        [group] = optimizer.param_groups
        few = {"epochs": 8, "batch_size": 16, "seed": 3}
        for event in fit(model, TABLE, None, loss, optimizer, **few, measure=Measure(loss), step=step):
            if isinstance(event, Epoch) and event.epoch in (4, 5):
                assert step is gradient_step or any(step.graphs.values())
                group.update({4: {"betas": (0.5, 0.9)}, 5: {"weight_decay": 0.5, "eps": 0.1}}[event.epoch])
            if isinstance(event, Epoch) and event.epoch == 6:
                handle = optimizer.register_step_pre_hook(lambda *_, hooked=hooked: hooked.append(1))
            if isinstance(event, Epoch) and event.epoch == 7:
                handle.remove()
                group["lr"] *= 3
        found.append(model.state_dict())
        seen.append(len(hooked))
    assert seen[0] == seen[1] > 1
    assert all(torch.equal(found[0][name], found[1][name]) for name in found[0])


@pytest.mark.parametrize("kind", [torch.optim.AdamW, torch.optim.SGD, torch.optim.Adagrad])
def test_groups_of_parameters_move_at_their_own_rates(kind: type[torch.optim.Optimizer]) -> None:
    def made(model: nn.Module) -> torch.optim.Optimizer:
        biases = [each for each in model.parameters() if each.ndim == 1]
        others = [each for each in model.parameters() if each.ndim > 1]
        groups = [{"params": biases, "weight_decay": 0.0}, {"params": others, "lr": 0.003}]
        return kind(groups, lr=0.01, weight_decay=0.1, fused=True)  # type: ignore[call-arg]

    assert_same(CapturedStep(), mlp, TABLE, nn.MSELoss(), made)


@pytest.mark.parametrize(("first", "then"), [(0.9, 0.0), (0.0, 0.9)])
def test_a_momentum_may_be_switched_on_or_off_on_the_way(first: float, then: float) -> None:
    found = []
    for step in (gradient_step, CapturedStep()):
        torch.manual_seed(1)
        model, loss = mlp(), nn.MSELoss()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=first, fused=True)
        few = {"epochs": 6, "batch_size": 16, "seed": 3}
        for event in fit(model, TABLE, None, loss, optimizer, **few, measure=Measure(loss), step=step):
            if isinstance(event, Epoch) and event.epoch == 4:
                assert step is gradient_step or any(step.graphs.values())
                optimizer.param_groups[0]["momentum"] = then
        found.append(model.state_dict())
    assert all(torch.equal(found[0][name], found[1][name]) for name in found[0])


def test_several_outputs_and_weighted_samples() -> None:
    targets = {"first": TABLE.target, "second": TABLE.target * 2}
    joint = JointLoss({"first": nn.MSELoss(), "second": nn.L1Loss()}, {"first": 1.0, "second": 0.5})
    step = CapturedStep()
    found = []
    for each in (gradient_step, step):
        torch.manual_seed(1)
        model = Two()
        optimizer = adam(model)
        part = Part(TABLE.inputs, targets)
        events = fit(
            model, part, None, joint, optimizer, epochs=3, batch_size=16, seed=3, measure=lambda *_: {}, step=each
        )
        losses = [event.loss.item() for event in events if not isinstance(event, Epoch)]
        found.append((losses, model.state_dict()))
    assert found[0][0] == found[1][0]
    assert all(torch.equal(found[0][1][name], found[1][1][name]) for name in found[0][1])
    assert all(step.graphs.values())


class Moody(nn.Module):
    """What it does hangs on its input, or on what nobody sees: neither can be a graph."""

    def __init__(self, seen: bool) -> None:
        super().__init__()
        self.linear, self.seen, self.chance = nn.Linear(12, 1), seen, random.Random(0)

    def forward(self, x: Tensor) -> Tensor:
        doubled = bool(x.mean() > 0) if self.seen else self.chance.random() > 0.5
        return self.linear(x) * (2 if doubled else 1)


def test_what_hangs_on_its_input_goes_on_in_plain_steps() -> None:
    assert_same(CapturedStep(), lambda: Moody(True), TABLE, nn.MSELoss(), adam, captures=False)


def test_a_graph_that_gives_other_bits_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def off(graph: torch.fx.Graph, *rest: Any) -> Any:
        more = made_lean(graph, *rest)
        for node in graph.nodes:
            if node.target is torch.ops.aten.mse_loss.default:
                node.target = torch.ops.aten.l1_loss.default
        return more

    made_lean = captured.made_lean
    monkeypatch.setattr(captured, "made_lean", off)
    assert_same(CapturedStep(), mlp, TABLE, nn.MSELoss(), adam, captures=False)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_dropout_draws_the_same_numbers_sooner_and_activations_lie_where_their_input_did(
    share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: list[str] = []

    def noted(graph: torch.fx.Graph, *rest: Any) -> Any:
        texts.append(text_of(graph))
        return compiled(graph, *rest)

    def make() -> nn.Module:
        first = (nn.Linear(12, 16), nn.Tanh(), nn.Dropout(share), nn.Linear(16, 16), nn.Sigmoid(), nn.Dropout(share))
        return nn.Sequential(*first, nn.Linear(16, 16), nn.SiLU(), nn.Linear(16, 1))

    monkeypatch.setattr(captured, "compiled", noted)
    assert_same(CapturedStep(), make, TABLE, nn.MSELoss(), adam)
    assert texts
    for text in texts:
        assert text.count("aten.random_(") == 2 and "bernoulli_" not in text
        assert text.count("aten.tanh_(") == text.count("aten.sigmoid_(") == 1
        # with the gradient of the squared error, which lies where the squares did
        assert text.count("grad_input=") == 4 and "grad_input=mse_loss_default" in text
        # gradients of biases have their shape at once
        assert "[0], True)" not in text


class Sums(nn.Module):
    """Sums and products: some of what nobody else reads, some of what others still want, some of one tensor twice."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(12, 12) for _ in range(4))
        self.scale = nn.Parameter(torch.linspace(0.5, 1.5, 12))

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        first, second, third, fourth = (layer(x) for layer in self.layers)
        skipped = torch.tanh(first + x) + second
        square = third * third
        doubled = square + square
        # an output that a later sum reads, one that shows memory of another, and a sum of other shapes
        return {"first": fourth, "second": (fourth + doubled) * self.scale, "third": skipped.view(-1, 3, 4).sum(1)}


def test_sums_are_written_over_what_nobody_else_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []

    def noted(graph: torch.fx.Graph, *rest: Any) -> Any:
        texts.append(text_of(graph))
        return compiled(graph, *rest)

    def loss(output: dict[str, Tensor], targets: Tensor) -> Tensor:
        return sum(((each - targets).square().mean() for each in output.values()), torch.zeros(()))

    class Judge:
        """Figures of the first output, which a later step must not have written over."""

        def __call__(self, output: dict[str, Tensor], targets: Tensor) -> dict[str, float]:
            return {name: float(each.double().sum()) for name, each in output.items()}

    def figures(step: Callable[..., tuple[Tensor, Tensor | dict[str, Tensor]]]) -> list[dict[str, float]]:
        torch.manual_seed(1)
        model = Sums()
        options: dict[str, Any] = {"epochs": 4, "batch_size": 16, "seed": 3, "measure": Judge(), "step": step}
        return [each.train for each in fit(model, TABLE, None, loss, adam(model), **options) if isinstance(each, Epoch)]

    monkeypatch.setattr(captured, "compiled", noted)
    step = CapturedStep()
    assert figures(step) == figures(gradient_step)
    assert step.graphs and all(step.graphs.values())
    for text in texts:
        assert text.count("aten.add_(") >= 4 and "aten.tanh_(" in text
        # x * x and y + y: of one tensor twice nothing is written over
        assert text.count("aten.mul(") >= 2
