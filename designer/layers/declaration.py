"""Declarations: what a layer type, loss, optimizer or metric is, said once and used everywhere."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

from designer.layers.fields import Field
from designer.project.facts import TargetKind
from designer.project.model import Column, Fields, FieldValue
from designer.project.ports import Port, Ports

Shape: TypeAlias = tuple[int, ...]
Bound: TypeAlias = Callable[[Shape, Fields], FieldValue]
Sample: TypeAlias = Callable[[Fields], Shape]
OutputAxes: TypeAlias = Callable[[str, Fields, int], str]
Call: TypeAlias = Callable[[Fields, Collection[str]], str]
Limit: TypeAlias = Callable[[Shape, Fields], str]
Expected: TypeAlias = Literal["logits", "log_probabilities", "values", "embedding"]
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
    ``bound`` values, which are read from the first input's shape, or from that of the port that ``bound_to`` names.
    It is a class of PyTorch (``nn.Conv2d``), one of ``runtime``, or one that the text ``own`` defines with its imports.
    ``call`` is the expression of the forward pass: ``{self}`` the module, ``{inputs}`` the inputs joined by ``join``,
    each input that takes one link and each field by its name; functions of ``runtime`` may stand in it. Where it
    depends on the fields and on which ports are linked, it is a function of both. With several ``outputs`` it gives a
    tuple; those after the first say their axes themselves.
    ``length`` is the axis, the batch axis counted, that passes through whatever its size, of layers that take long on
    the meta device; ``takes_codes`` says that it moves values and reckons with none, so that codes may enter;
    ``unread`` names optional ports without which shapes are inferred, because the call needs more of them than a shape.
    ``block`` is the key of the block that uses of this type stand for; empty for a layer.
    Of an input, ``sample`` gives the shape of one sample by its own fields, for as long as no data says it, ``takes``
    says which columns of a table it can feed, and ``codes`` is the field with the number of codes it feeds; of a layer
    that looks codes up, ``codes`` is the field that must hold this number. An input whose values are ``drawn`` by
    chance is fed by no data.
    ``limit`` says why fields do not go with one another, or with the first input's shape, where the meta device does
    not look; empty where they do.
    ``unreached`` names parameters that take no part in the call, so that no gradient of a loss reaches them, each with
    the key of the way of training whose step sets theirs.
    """

    key: str
    title: str
    category: str
    summary: str
    module: str = ""
    own: str = ""
    call: str | Call = "{self}({inputs})"
    join: str = ", "
    fields: Mapping[str, Field] = field(default_factory=dict)
    bound: Mapping[str, Bound] = field(default_factory=dict)
    bound_to: Mapping[str, str] = field(default_factory=dict)
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
    drawn: bool = False
    unreached: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    unread: tuple[str, ...] = ()
    takes_codes: bool = False
    limit: Limit | None = None

    @property
    def comes_from_nowhere(self) -> bool:
        """Whether it is a layer without inputs: its call then takes a batch as ``{x}`` to count the samples by."""
        return self.role == "layer" and not self.inputs and not self.block

    def call_of(self, values: Fields, linked: Collection[str]) -> str:
        """The call of a node with these values, of whose input ports those in ``linked`` are reached."""
        return self.call if isinstance(self.call, str) else self.call(values, linked)

    @property
    def ports(self) -> Ports:
        """Inputs and outputs by name."""
        return Ports(self.inputs, self.outputs)

    @property
    def defaults(self) -> dict[str, FieldValue]:
        """Every field at its default."""
        return {name: kind.initial for name, kind in self.fields.items()}

    @cached_property
    def has_parameters(self) -> bool:
        """Whether nodes of this type may have parameters: an example says so, and a project's own class may."""
        return bool(self.own) or any(example.parameters for example in self.examples)

    @property
    def base_name(self) -> str:
        """What nodes of this type are called before a number is added: ``conv``, ``linear``."""
        return self.name or self.key


@dataclass(frozen=True)
class LossType:
    """A loss: a ``module`` of PyTorch made with the fields, or a plain ``function`` of ``runtime.losses``.

    ``targets`` says which target kinds it is for; ``expects`` what the network's output is to it; ``built_in`` names
    the activation that it applies itself, which turns logits into probabilities. The output has ``width`` values for
    each number of the target, or for each class; 0 is any number of them. ``least_targets`` is how few numbers make a
    target. ``point`` names the function of the runtime that makes predictions of outputs which hold something else,
    ``units`` the one that brings outputs to the target's own units where scale and offset alone do not, ``spread`` the
    one that tells of these how far from its predictions the target is expected.
    ``each`` is whether it has a value for every sample, without which samples cannot count unlike; ``class_weights``
    whether classes can. It is for masks too, or for nothing else (``masks``), and takes shares of several classes as
    targets (``mixed``). ``positive_targets`` are zero and above, ``unscaled_targets`` as they stand in the data.
    """

    key: str
    title: str
    summary: str
    targets: tuple[TargetKind, ...]
    module: str = ""
    function: str = ""
    fields: Mapping[str, Field] = field(default_factory=dict)
    expects: Expected = "values"
    positive_targets: bool = False
    unscaled_targets: bool = False
    built_in: Literal["", "sigmoid", "softmax", "sigmoid or softmax"] = ""
    formula: str = ""
    width: int = 1
    least_targets: int = 1
    point: str = ""
    units: str = ""
    spread: str = ""
    each: bool = True
    class_weights: bool = False
    masks: Literal["no", "too", "only"] = "no"
    mixed: bool = False

    @property
    def likely(self) -> bool:
        """Whether outputs become probabilities of the classes by a sigmoid or softmax."""
        return bool(self.built_in) or self.expects == "log_probabilities"

    def output_width(self, numbers: int) -> int:
        """How many values the output has for a target of so many ``numbers``, or classes; 0 where any will do."""
        return self.width * numbers


@dataclass(frozen=True)
class OptimizerType:
    """An optimizer of ``torch.optim`` or of ``runtime``; learning rate and weight decay are training settings, the
    rest its fields.

    ``step`` names the function of the runtime that makes one step with it, where that is not ``gradient_step``;
    ``decay`` is whether it takes a weight decay.
    """

    key: str
    title: str
    summary: str
    module: str
    fields: Mapping[str, Field] = field(default_factory=dict)
    fused: bool = False
    learning_rate: float = 0.001
    step: str = ""
    decay: bool = True


@dataclass(frozen=True)
class MetricType:
    """A metric: a function of ``runtime.metrics`` over all outputs and targets of a part, in the target's own units.

    ``of`` is whether it judges what predictions are made of, or embeddings, which tell no class; ``width`` is the
    number of targets that it takes together, 0 where any will do.
    """

    key: str
    title: str
    summary: str
    function: str
    targets: tuple[TargetKind, ...]
    better: Literal["lower", "higher"]
    usual: bool = True
    formula: str = ""
    of: Literal["predictions", "embeddings"] = "predictions"
    width: int = 0
