"""Starting: the lines that give a layer's parameters their first values, and those that keep a layer as it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from keyword import iskeyword
from typing import NamedTuple

from designer.compiler.included import included, names_in
from designer.compiler.infer import MISFITS
from designer.compiler.load import load_text
from designer.compiler.plan import PlanStep
from designer.compiler.variables import fresh
from designer.layers.declaration import Shape
from designer.layers.training_fields import (
    BIAS_INIT,
    BIAS_VALUE,
    FROZEN,
    TRAINING_FIELDS,
    WEIGHT_INIT,
    WEIGHT_SPREAD,
    WEIGHTS_OF_TWO_AXES,
)
from designer.project.model import FieldValue

# So many parameters are started in a line each; more of them in a loop.
MOST_LINES = 2
IN_PLACE = {
    "xavier_uniform": "xavier_uniform_({})",
    "xavier_normal": "xavier_normal_({})",
    "kaiming_uniform": 'kaiming_uniform_({}, nonlinearity="relu")',
    "kaiming_normal": 'kaiming_normal_({}, nonlinearity="relu")',
    "orthogonal": "orthogonal_({})",
    "zeros": "zeros_({})",
    "ones": "ones_({})",
}


class Parameter(NamedTuple):
    """A parameter of a module: its name, with dots where it lies deeper, and its shape."""

    name: str
    shape: Shape


@dataclass(frozen=True)
class Layout:
    """What a module holds: its weights, its biases, and whether it keeps running statistics.

    Biases are the parameters that are called so. Weights are the others of two or more axes; where there are none,
    such as in batch normalisation, those of one axis.
    """

    weights: tuple[Parameter, ...] = ()
    biases: tuple[Parameter, ...] = ()
    running: bool = False


@lru_cache(maxsize=2_000)
def layout(constructor: str, own: str = "") -> Layout:
    """The layout of the module that the text ``constructor`` makes, ``own`` defining its class if anything must."""
    import torch

    needed = included(names_in(constructor), (own,) if own else ())
    probe = load_text(f"{needed.source}\n\n\ndef build():\n    return {constructor}\n", "probe")
    try:
        with torch.device("meta"):
            module = probe.build()
    except MISFITS:
        # a class of a project's own may be made once and not again
        return Layout()
    parameters = [Parameter(name, tuple(found.shape)) for name, found in module.named_parameters()]
    others = [found for found in parameters if "bias" not in found.name]
    weights = [found for found in others if len(found.shape) > 1] or others
    biases = [found for found in parameters if "bias" in found.name]
    running = any(name.endswith("running_mean") for name, _ in module.named_buffers())
    return Layout(tuple(weights), tuple(biases), running)


def layout_of(step: PlanStep) -> Layout:
    """The layout of a step's module; an empty one where it has none that can be made."""
    if not step.layer.has_parameters or step.inferred is None or step.inferred.error:
        return Layout()
    return layout(step.constructor, step.layer.own)


def chosen(step: PlanStep, name: str) -> FieldValue:
    """The value of a training field of a step; the default where it does not have the field."""
    field = TRAINING_FIELDS[name]
    if not step.layer.has_parameters or name in step.layer.fields:
        return field.initial
    return step.values.get(name, field.initial)


def misfit_of(step: PlanStep) -> str:
    """Why the chosen initial weights do not suit the step's module; empty where they do, or it has no weights."""
    init, weights = str(chosen(step, WEIGHT_INIT)), layout_of(step).weights if chosen_any(step) else ()
    if init not in WEIGHTS_OF_TWO_AXES or not weights:
        return ""
    fewest = min(len(weight.shape) for weight in weights)
    if fewest < 2:
        return "need weights of two or more axes, and its weights have one"
    convolution = len(weights) == 1 and step.layer.module.startswith("nn.Conv")
    if init == "identity" and not convolution and any(len(weight.shape) != 2 for weight in weights):
        return "are for weights of two axes and for convolutions"
    return ""


def chosen_any(step: PlanStep) -> bool:
    """Whether a training field of the step is set otherwise than by default."""
    return bool(training_of(step))


def training_of(step: PlanStep) -> tuple[tuple[str, FieldValue], ...]:
    """The training fields of a step that are set otherwise than by default, with their values."""
    if not step.layer.has_parameters or TRAINING_FIELDS.keys().isdisjoint(step.values):
        return ()
    values = ((name, chosen(step, name)) for name in TRAINING_FIELDS)
    return tuple((name, value) for name, value in values if value != TRAINING_FIELDS[name].initial)


def starting_lines(step: PlanStep, attribute: str, taken: Collection[str] = ()) -> list[str]:
    """The lines that follow the making of a step's module ``attribute`` (``self.conv1``), none where all is usual.

    Variables in them get names that are not ``taken``.
    """
    if not chosen_any(step):
        return []
    found, lines = layout_of(step), []
    weight = "" if misfit_of(step) else _weight_text(step, found)
    if weight:
        lines += _weight_lines(found, attribute, weight, taken)
    bias = {"zeros": "zeros_({})", "constant": f"constant_({{}}, {chosen(step, BIAS_VALUE)!r})"}
    start = bias.get(str(chosen(step, BIAS_INIT)), "")
    if start:
        lines += _bias_lines(found, attribute, start, taken)
    if chosen(step, FROZEN) is True:
        lines.append(f"{attribute}.requires_grad_(False)")
    return lines


def stands_still(step: PlanStep) -> bool:
    """Whether the step is frozen and keeps running statistics, which then stand still too."""
    return chosen(step, FROZEN) is True and layout_of(step).running


def _weight_text(step: PlanStep, found: Layout) -> str:
    """The call of ``nn.init`` for one weight; empty where PyTorch's own start stays."""
    init, spread = str(chosen(step, WEIGHT_INIT)), chosen(step, WEIGHT_SPREAD)
    if init == "normal":
        return f"normal_({{}}, std={spread!r})"
    if init == "uniform":
        return f"uniform_({{}}, -{spread!r}, {spread!r})"
    if init != "identity":
        return IN_PLACE.get(init, "")
    if found.weights and len(found.weights[0].shape) == 2:
        return "eye_({})"
    groups = next((argument.value for argument in step.arguments if argument.name == "groups"), "1")
    return "dirac_({})" if groups == "1" else f"dirac_({{}}, groups={groups})"


def _weight_lines(found: Layout, attribute: str, start: str, taken: Collection[str]) -> list[str]:
    if _can_be_named(found.weights):
        return _each(found.weights, attribute, start)
    weight, name = fresh("weight", taken), fresh("name", taken)
    several_axes = min(len(each.shape) for each in found.weights) > 1
    conditions = [f"{weight}.dim() > 1"] if several_axes else []
    if not several_axes or any(len(bias.shape) > 1 for bias in found.biases):
        conditions.insert(0, f'"bias" not in {name}')
        head = f"for {name}, {weight} in {attribute}.named_parameters():"
    else:
        head = f"for {weight} in {attribute}.parameters():"
    return [head, f"    if {' and '.join(conditions)}:", f"        nn.init.{start.format(weight)}"]


def _bias_lines(found: Layout, attribute: str, start: str, taken: Collection[str]) -> list[str]:
    if _can_be_named(found.biases):
        return _each(found.biases, attribute, start)
    name, bias = fresh("name", taken), fresh("bias", taken)
    return [
        f"for {name}, {bias} in {attribute}.named_parameters():",
        f'    if "bias" in {name}:',
        f"        nn.init.{start.format(bias)}",
    ]


def _can_be_named(parameters: Sequence[Parameter]) -> bool:
    """Whether each gets a line of its own: there are few, and none lies in a list, where names are numbers."""
    parts = [part for found in parameters for part in found.name.split(".")]
    named = all(part.isidentifier() and not iskeyword(part) for part in parts)
    return len(parameters) <= MOST_LINES and named


def _each(parameters: Sequence[Parameter], attribute: str, start: str) -> list[str]:
    return [f"nn.init.{start.format(f'{attribute}.{found.name}')}" for found in parameters]
