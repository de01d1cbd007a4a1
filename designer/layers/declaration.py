"""Declarations: what a layer type, loss, optimizer or metric is, said once and used everywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from designer.layers.fields import Field
from designer.project.facts import TargetKind
from designer.project.model import Column, Fields, FieldValue
from designer.project.ports import Port, Ports

Shape: TypeAlias = tuple[int, ...]
Bound: TypeAlias = Callable[[Shape, Fields], FieldValue]
Sample: TypeAlias = Callable[[Fields], Shape]
OutputAxes: TypeAlias = Callable[[str, Fields, int], str]
Role: TypeAlias = Literal["input", "output", "layer", "block_input", "block_output"]

BY_RANK = {1: "N", 2: "NF", 3: "NCT", 4: "NCHW", 5: "NCDHW"}


def axis(index: int) -> Bound:
    """Reads one axis of the incoming shape, the batch axis counted: ``axis(1)`` is the channels of an image."""
    return lambda shape, fields: shape[index]


def keep_axes(axes: str, fields: Fields, rank: int) -> str:
    """The output's axes: the input's own where the rank stays, else the usual ones for the rank."""
    return axes if len(axes) == rank else BY_RANK.get(rank, "N" + "?" * (rank - 1))


@dataclass(frozen=True)
class Example:
    """A use whose result is known: input shapes and output shape without the batch axis."""

    shapes: tuple[Shape, ...]
    output: Shape
    fields: Fields = field(default_factory=dict)
    parameters: int | None = None
    axes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LayerType:
    """One layer type.

    ``module`` names the class that is constructed (empty where a call alone does it) with the fields and the
    ``bound`` values, which are read from the first input's shape. ``call`` is the expression of the forward pass:
    ``{self}`` the module, ``{inputs}`` the inputs joined by ``join``, and each field by its name.
    ``block`` is the key of the block that uses of this type stand for; empty for a layer.
    Of an input, ``sample`` gives the shape of one sample by its own fields, for as long as no data says it, ``takes``
    says which columns of a table it can feed, and ``codes`` is the field with the number of codes it feeds; of a layer
    that looks codes up, ``codes`` is the field that must hold this number.
    """

    key: str
    title: str
    category: str
    summary: str
    module: str = ""
    call: str = "{self}({inputs})"
    join: str = ", "
    fields: Mapping[str, Field] = field(default_factory=dict)
    bound: Mapping[str, Bound] = field(default_factory=dict)
    inputs: tuple[Port, ...] = (Port("x"),)
    outputs: tuple[Port, ...] = (Port("out"),)
    output_axes: OutputAxes = keep_axes
    examples: tuple[Example, ...] = ()
    synonyms: tuple[str, ...] = ()
    role: Role = "layer"
    name: str = ""
    block: str = ""
    sample: Sample | None = None
    codes: str = ""
    takes: Callable[[Column], bool] | None = None

    @property
    def ports(self) -> Ports:
        """Inputs and outputs by name."""
        return Ports(self.inputs, self.outputs)

    @property
    def defaults(self) -> dict[str, FieldValue]:
        """Every field at its default."""
        return {name: kind.initial for name, kind in self.fields.items()}

    @property
    def base_name(self) -> str:
        """What nodes of this type are called before a number is added: ``conv``, ``linear``."""
        return self.name or self.key


@dataclass(frozen=True)
class LossType:
    """A loss: a ``module`` of PyTorch made with the fields, or a plain ``function`` of ``runtime.losses``.

    ``targets`` says which target kinds it is for; ``expects`` what the network's output is to it; ``built_in`` names
    the activation that it applies itself, ``softmax`` or ``sigmoid``, which turns logits into probabilities.
    """

    key: str
    title: str
    summary: str
    targets: tuple[TargetKind, ...]
    module: str = ""
    function: str = ""
    fields: Mapping[str, Field] = field(default_factory=dict)
    expects: Literal["logits", "values"] = "values"
    positive_targets: bool = False
    built_in: Literal["", "sigmoid", "softmax"] = ""
    formula: str = ""


@dataclass(frozen=True)
class OptimizerType:
    """An optimizer of ``torch.optim``; learning rate and weight decay are training settings, the rest its fields."""

    key: str
    title: str
    summary: str
    module: str
    fields: Mapping[str, Field] = field(default_factory=dict)
    fused: bool = False
    learning_rate: float = 0.001


@dataclass(frozen=True)
class MetricType:
    """A metric: a function of ``runtime.metrics`` over all outputs and targets of a part, in the target's own units."""

    key: str
    title: str
    summary: str
    function: str
    targets: tuple[TargetKind, ...]
    better: Literal["lower", "higher"]
    usual: bool = True
    formula: str = ""
