"""Every loss, optimizer and metric keeps the contract of its declaration."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from designer.compiler.load import load_text
from designer.compiler.source import loss_text, optimizer_text
from designer.compiler.texts import parameters_of
from designer.layers.catalog import LOSSES, METRICS, OPTIMIZERS, fields_of, training_fields
from designer.layers.declaration import LossType, MetricType, OptimizerType
from designer.project.model import Training
from designer.runtime import losses, metrics

TARGETS = {
    "number": (torch.tensor([[0.5], [1.5], [0.2]]), torch.tensor([[1.0], [1.0], [0.0]])),
    "binary": (torch.tensor([[0.5], [-1.5], [0.2]]), torch.tensor([[1.0], [0.0], [1.0]])),
    "classes": (torch.tensor([[0.5, 0.1, 0.0], [0.2, 1.0, 0.3], [0.1, 0.2, 0.9]]), torch.tensor([0, 1, 1])),
}


def make_loss(text: str) -> nn.Module:
    """The loss that the text names, with the functions of the runtime in reach."""
    functions = [name for name in vars(losses) if not name.startswith("_")]
    lines = ["from torch import nn", *(f"from designer.runtime.losses import {n}" for n in functions if n == text)]
    made: nn.Module = load_text("\n".join([*lines, f"loss = {text}"])).loss
    return made


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_loss(loss: LossType) -> None:
    assert bool(loss.module) != bool(loss.function)
    assert loss.summary
    assert loss.formula
    assert loss.targets
    values = {name: field.initial for name, field in fields_of("output", {"loss": loss.key}).items()} | {
        "loss": loss.key
    }
    for name, field in loss.fields.items():
        assert field.help
        assert field.refuse(field.initial) is None
        assert name in parameters_of(loss.module)
    made = make_loss(loss_text(values))
    for kind in loss.targets:
        output, target = TARGETS[kind]
        output = output.clone().requires_grad_()
        result = made(output, target)
        assert result.dim() == 0
        assert torch.isfinite(result)
        result.backward()
        assert output.grad is not None
        assert torch.isfinite(output.grad).all()


def test_no_loss_field_hides_a_field_of_the_output() -> None:
    own = {"target", "loss"}
    assert all(not own & set(loss.fields) for loss in LOSSES.values())


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_optimizer(optimizer: OptimizerType) -> None:
    values = {name: field.initial for name, field in optimizer.fields.items()}
    for name, field in optimizer.fields.items():
        assert field.help
        assert field.refuse(field.initial) is None
        assert name in parameters_of(optimizer.module)
    text = optimizer_text(
        Training(optimizer=optimizer.key, optimizer_fields=values, learning_rate=0.01, weight_decay=0.1)
    )
    torch.manual_seed(0)
    model = nn.Linear(3, 2)
    before = model.weight.detach().clone()
    made = load_text(f"import torch\n\ndef make(model):\n    return {text}\n").make(model)
    assert made.param_groups[0]["weight_decay"] == 0.1
    for _ in range(3):
        made.zero_grad()
        model(torch.ones(4, 3)).square().mean().backward()
        made.step()
    assert torch.isfinite(model.weight).all()
    assert not torch.equal(model.weight, before)


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_metric(metric: MetricType) -> None:
    assert metric.summary
    assert metric.formula
    for kind in metric.targets:
        result = getattr(metrics, metric.function)(*TARGETS[kind])
        assert result.dim() == 0
        assert torch.isfinite(result)


def test_training_defaults_are_sound_and_the_same_twice() -> None:
    training = Training()
    for name, field in training_fields().items():
        assert field.help
        assert getattr(training, name) == field.initial
        assert field.refuse(field.initial) is None
