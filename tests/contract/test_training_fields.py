"""Every layer type with parameters starts, stays and learns as its training fields say; those without have none."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from designer.compiler.included import included, names_in
from designer.compiler.infer import Inferred
from designer.compiler.load import load_text
from designer.compiler.plan import PlanStep
from designer.compiler.starting import misfit_of, stands_still, starting_lines
from designer.compiler.texts import constructor_arguments
from designer.layers.catalog import LAYERS, fields_of
from designer.layers.declaration import Example, LayerType
from designer.layers.training_fields import TRAINING_FIELDS, WEIGHTS_OF_TWO_AXES
from designer.project.model import FieldValue, Node

MAKING = [layer for layer in LAYERS.values() if layer.module]
LEARNING = [pytest.param(layer, id=layer.key) for layer in MAKING if layer.has_parameters]
INITS = [name for name in TRAINING_FIELDS["weight_init"].options if name != "default"]  # type: ignore[attr-defined]


def step_of(layer: LayerType, example: Example, **values: FieldValue) -> PlanStep:
    """A step of a plan that makes the layer of an example with these training fields."""
    whole = {**layer.defaults, **example.fields, **values}
    ports = [port.name for port in layer.inputs]
    given = constructor_arguments(layer, whole, [(2, *shape) for shape in example.shapes], ports)
    node = Node("n1", layer.key, "layer", whole)
    return PlanStep(node, layer, whole, "layer", "layer", arguments=tuple(given), inferred=Inferred(((1,),)))


def built(step: PlanStep) -> nn.Module:
    """The module with the lines that follow its making, from one seed."""
    lines = starting_lines(step, "layer")
    needed = included(names_in(step.constructor) | {"nn"}, (step.layer.own,) if step.layer.own else ())
    body = "\n".join(f"    {line}" for line in (f"layer = {step.constructor}", *lines, "return layer"))
    torch.manual_seed(5)
    module: nn.Module = load_text(f"{needed.source}\n\n\ndef build():\n{body}\n").build()
    return module


def learning_example(layer: LayerType) -> Example:
    return next(example for example in layer.examples if example.parameters)


def weights_of(module: nn.Module) -> dict[str, torch.Tensor]:
    """The weights, found another way than the product does: what has several axes, else what is no bias."""
    found = {name: p.detach() for name, p in module.named_parameters() if p.dim() > 1 and "bias" not in name}
    return found or {name: p.detach() for name, p in module.named_parameters() if "bias" not in name}


@pytest.mark.parametrize("layer", [pytest.param(layer, id=layer.key) for layer in MAKING])
def test_examples_say_which_layer_types_have_parameters(layer: LayerType) -> None:
    counts = [sum(p.numel() for p in built(step_of(layer, example)).parameters()) for example in layer.examples]
    said = "an example must say how many, as parameters=…, so that the layer gets its training fields"
    assert layer.has_parameters == any(counts), f"{layer.key} has {max(counts)} parameters: {said}"
    offered = TRAINING_FIELDS.keys() & fields_of(layer.key, {}).keys()
    assert bool(offered) == layer.has_parameters


@pytest.mark.parametrize("layer", LEARNING)
def test_defaults_write_no_line(layer: LayerType) -> None:
    example = learning_example(layer)
    initial = {name: field.initial for name, field in TRAINING_FIELDS.items()}
    assert starting_lines(step_of(layer, example), "self.layer") == []
    assert starting_lines(step_of(layer, example, **initial), "self.layer") == []
    assert not TRAINING_FIELDS.keys() & layer.fields.keys(), "a field of its own would stand instead of the common one"


@pytest.mark.parametrize("init", INITS)
@pytest.mark.parametrize("layer", LEARNING)
def test_initial_weights_are_what_their_name_says(layer: LayerType, init: str) -> None:
    example = learning_example(layer)
    step = step_of(layer, example, weight_init=init, weight_spread=0.5)
    usual, plain = weights_of(built(step_of(layer, example))), built(step)
    refused = misfit_of(step)
    fewest = min(weight.dim() for weight in usual.values())
    if refused:
        assert init in WEIGHTS_OF_TWO_AXES
        assert fewest < 2 or init == "identity"
        assert starting_lines(step, "self.layer") == []
        return
    assert init not in WEIGHTS_OF_TWO_AXES or fewest >= 2
    for name, weight in weights_of(plain).items():
        assert torch.isfinite(weight).all(), name
        assert_starts(init, weight, name)
        if init in ("xavier_uniform", "xavier_normal", "kaiming_uniform", "kaiming_normal", "normal", "uniform"):
            assert not torch.equal(weight, usual[name]), name
    others = dict(plain.named_parameters()).keys() - usual.keys()
    torch.manual_seed(5)
    untouched = dict(built(step_of(layer, example)).named_parameters())
    for name in others:
        # with the same seed, what is no weight is as PyTorch makes it
        assert torch.equal(dict(plain.named_parameters())[name], untouched[name]), name


def assert_starts(init: str, weight: torch.Tensor, name: str) -> None:
    """The numbers of a weight obey the definition of its initialiser."""
    field = weight[0, 0].numel() if weight.dim() > 2 else 1
    inputs, outputs = (weight.shape[1] * field, weight.shape[0] * field) if weight.dim() > 1 else (1, 1)
    bounds = {
        "xavier_uniform": math.sqrt(6 / (inputs + outputs)),
        "kaiming_uniform": math.sqrt(6 / inputs),
        "uniform": 0.5,
    }
    spreads = {
        "xavier_normal": math.sqrt(2 / (inputs + outputs)),
        "kaiming_normal": math.sqrt(2 / inputs),
        "normal": 0.5,
    }
    if init in bounds:
        assert weight.abs().max() <= bounds[init] + 1e-6, name
        assert weight.numel() < 32 or weight.abs().max() > 0.6 * bounds[init], name
    elif init in spreads:
        assert weight.abs().max() <= 6 * spreads[init], name
        assert weight.numel() < 64 or 0.6 < weight.std() / spreads[init] < 1.5, name
    elif init == "orthogonal":
        flat = weight.flatten(1)
        flat = flat if flat.shape[0] <= flat.shape[1] else flat.T
        assert torch.allclose(flat @ flat.T, torch.eye(len(flat)), atol=1e-5), name
    elif init in ("zeros", "ones"):
        assert (weight == (init == "ones")).all(), name
    else:
        assert init == "identity" and set(weight.unique().tolist()) <= {0.0, 1.0} and weight.any(), name


@pytest.mark.parametrize("layer", LEARNING)
def test_initial_biases(layer: LayerType) -> None:
    example = learning_example(layer)
    for values, wanted in (({"bias_init": "zeros"}, 0.0), ({"bias_init": "constant", "bias_value": 0.25}, 0.25)):
        module = built(step_of(layer, example, **values))  # type: ignore[arg-type]
        biases = {name: p for name, p in module.named_parameters() if "bias" in name}
        assert all((bias == wanted).all() for bias in biases.values())


@pytest.mark.parametrize("layer", LEARNING)
def test_frozen_layers_have_no_gradient_to_follow(layer: LayerType) -> None:
    step = step_of(layer, learning_example(layer), frozen=True)
    module = built(step)
    assert not any(parameter.requires_grad for parameter in module.parameters())
    # what a layer remembers of the batches stands still as well
    assert stands_still(step) == any(name.endswith("running_mean") for name, _ in module.named_buffers())


def test_convolutions_of_the_identity_hand_on_what_comes_in() -> None:
    for key, rank in (("conv1d", 1), ("conv2d", 2), ("conv3d", 3)):
        layer = LAYERS[key]
        example = Example(
            shapes=((4, *([6] * rank)),), output=(), fields={"out_channels": 4, "padding": 1, "groups": 2}
        )
        module = built(step_of(layer, example, weight_init="identity", bias_init="zeros"))
        x = torch.rand(2, 4, *([6] * rank))
        assert torch.equal(module(x), x)
