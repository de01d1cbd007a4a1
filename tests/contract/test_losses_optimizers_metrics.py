"""Every loss, optimizer and metric keeps the contract of its declaration."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from designer.compiler.load import load_text
from designer.compiler.source import loss_text, optimizer_text
from designer.compiler.texts import parameters_of
from designer.layers.catalog import LOSSES, METRICS, OPTIMIZERS, fields_of, training_fields
from designer.layers.declaration import LossType, MetricType, OptimizerType
from designer.project.model import Training
from designer.runtime import fit, metrics
from designer.runtime.batches import Part

TARGETS = {
    "number": (torch.tensor([[0.5], [1.5], [0.2]]), torch.tensor([[1.0], [1.0], [0.0]])),
    "binary": (torch.tensor([[0.5], [-1.5], [0.2]]), torch.tensor([[1.0], [0.0], [1.0]])),
    "classes": (torch.tensor([[0.5, 0.1, 0.0], [0.2, 1.0, 0.3], [0.1, 0.2, 0.9]]), torch.tensor([0, 1, 1])),
    "text": (torch.linspace(-2, 2, 45).sin().view(3, 5, 3), torch.tensor([[1, 2, 0], [2, 2, 1], [1, 0, 0]])),
}


MASKS = {
    "binary": (torch.linspace(-2, 2, 24).view(2, 1, 3, 4), (torch.arange(24).view(2, 1, 3, 4) % 3 == 0).float()),
    "classes": (torch.linspace(-2, 2, 72).sin().view(2, 3, 3, 4), torch.arange(24).view(2, 3, 4) % 3),
}
IMPORTS = """from functools import partial

import torch
from torch import nn

from designer.runtime.losses import *
from designer.runtime.measures import gaussian_units, own_units
from designer.runtime.muon import MuonAdamW
from designer.runtime.weighting import Weighted
"""


def sample(loss: LossType, kind: str) -> tuple[torch.Tensor, torch.Tensor]:
    """An output and a target such as the loss takes."""
    output, target = MASKS[kind] if loss.masks == "only" else TARGETS[kind]
    if kind == "number":
        output, target = (torch.cat([each] * loss.least_targets, dim=1) for each in (output, target))
        output = torch.cat([output] * loss.output_width(1), dim=1)
    if loss.expects == "log_probabilities":
        output = output.log_softmax(dim=1)
    return output, target


def made_of(text: str) -> Callable[..., torch.Tensor]:
    """What the text makes, with the functions of the runtime in reach."""
    made: Callable[..., torch.Tensor] = load_text(
        f"{IMPORTS}\nweights = torch.tensor([0.5, 1.5, 3.0])\nmade = {text}"
    ).made
    return made


def finite_gradient(loss: Callable[..., torch.Tensor], output: torch.Tensor, *answers: torch.Tensor) -> torch.Tensor:
    """The loss, after a look at its gradient."""
    output = output.clone().requires_grad_()
    result = loss(output, *answers)
    assert result.dim() == 0
    assert torch.isfinite(result)
    result.backward()
    assert output.grad is not None
    assert torch.isfinite(output.grad).all()
    return result.detach()


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
        assert field.help.endswith(".")
        assert field.refuse(field.initial) is None
        assert name in parameters_of(loss.function or loss.module)
    for kind in loss.targets:
        finite_gradient(made_of(loss_text(values)), *sample(loss, kind))


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_a_loss_of_single_samples_averages_to_the_loss_of_the_batch(loss: LossType) -> None:
    values = {"loss": loss.key}
    for kind in loss.targets:
        output, target = sample(loss, kind)
        if loss.each:
            weighted = made_of(loss_text(values, weighted=True))
            whole = finite_gradient(made_of(loss_text(values)), output, target)
            weights = torch.arange(1.0, len(target) + 1)
            assert finite_gradient(weighted, output, target).item() == pytest.approx(whole.item(), rel=1e-5)
            one = weighted(output, target, torch.eye(len(target))[0])
            assert one.item() == pytest.approx(weighted(output[:1], target[:1]).item(), rel=1e-5)
            finite_gradient(weighted, output, target, weights)
        else:
            assert loss_text(values, weighted=True) == loss_text(values)


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_classes_can_be_weighted_where_the_loss_says_so(loss: LossType) -> None:
    plain, weighted = loss_text({"loss": loss.key}), loss_text({"loss": loss.key}, class_weights="weights")
    assert (plain != weighted) == loss.class_weights
    assert not (loss.class_weights and "number" in loss.targets)
    for kind in loss.targets:
        finite_gradient(made_of(weighted), *sample(loss, kind))


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_point_predictions_have_a_value_for_each_number_of_the_target(loss: LossType) -> None:
    assert not loss.units or loss.targets == ("number",)
    if "number" in loss.targets:
        output, target = sample(loss, "number")
        point = made_of(loss.point) if loss.point else None
        scaled = made_of(loss.units or "own_units")(output, 3.0, 2.0)
        assert scaled.shape == output.shape
        assert (scaled if point is None else point(scaled)).shape == target.shape


def test_no_loss_field_hides_a_field_of_the_output() -> None:
    own = {"target", "loss"}
    assert all(not own & set(loss.fields) for loss in LOSSES.values())


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_optimizer(optimizer: OptimizerType) -> None:
    values = {name: field.initial for name, field in optimizer.fields.items()}
    for name, field in optimizer.fields.items():
        assert field.help.endswith(".")
        assert field.refuse(field.initial) is None
        assert name in parameters_of(optimizer.module)
    text = optimizer_text(
        Training(optimizer=optimizer.key, optimizer_fields=values, learning_rate=0.01, weight_decay=0.1)
    )
    torch.manual_seed(0)
    model = nn.Linear(3, 2)
    before = model.weight.detach().clone()
    made = load_text(f"{IMPORTS}\n\ndef make(model):\n    return {text}\n").make(model)
    assert made.param_groups[0].get("weight_decay", 0.0) == (0.1 if optimizer.decay else 0.0)
    step = getattr(fit, optimizer.step or "gradient_step")
    batch = Part((torch.ones(4, 3),), torch.zeros(4, 2))
    for _ in range(3):
        assert torch.isfinite(step(model, batch, nn.MSELoss(), made, fit.output_of)[0])
    assert torch.isfinite(model.weight).all()
    assert not torch.equal(model.weight, before)


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_metric(metric: MetricType) -> None:
    assert metric.summary.endswith(".")
    assert metric.formula
    for kind in metric.targets:
        output, target = TARGETS[kind]
        if metric.width > 1:
            output, target = (each.expand(-1, metric.width) for each in (output, target))
        result = getattr(metrics, metric.function)(output, target)
        assert result.dim() == 0
        assert torch.isfinite(result)


def test_training_defaults_are_sound_and_the_same_twice() -> None:
    training = Training()
    for name, field in training_fields().items():
        assert field.help
        assert getattr(training, name) == field.initial
        assert field.refuse(field.initial) is None
