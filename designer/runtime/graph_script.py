"""A captured graph as TorchScript, whose interpreter calls PyTorch's operations without Python in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from operator import getitem
from typing import Any, NamedTuple, TypeAlias

import torch
from torch import Tensor
from torch.fx import Graph, Node

from designer.runtime.graph_buffers import buffered
from designer.runtime.updates import FusedCall, aten

Run: TypeAlias = Callable[..., Sequence[Tensor]]

# what stands in a graph as it is, as lists of numbers do; memory formats do by their places
VALUES = (bool, int, float, list, str, torch.dtype, torch.layout, torch.device, type(None))
FORMATS_IN_ORDER = (torch.contiguous_format, torch.preserve_format, torch.channels_last, torch.channels_last_3d)
TENSOR = torch._C.TensorType.get()
TENSORS = torch._C.ListType.ofTensors()


class ForeignValueError(ValueError):
    """The graph holds a value that TorchScript has no word for."""


class Argument(NamedTuple):
    """What an operation wants: its type, and what it is where it is not given."""

    name: str
    kind: Any
    is_needed: bool
    default: Any


def compiled(graph: Graph, held: Sequence[Tensor], results: int, calls: Sequence[FusedCall]) -> tuple[Run, Run]:
    """What the graph computes of its inputs after those ``held``, whose outputs after ``results`` are gradients.

    The second function takes the settings of each of ``calls`` as well, moves the parameters by them and gives the
    results alone. What is computed on the way, gradients too, lies in the same room in each call of either; ``graph``
    is told so. ForeignValueError or RuntimeError where TorchScript cannot say it.
    """
    script, rooms = torch._C.Graph(), buffered(graph, len(held), results)
    Writer(script).write(graph, len(held) + len(rooms))
    moving = script.copy()
    known = _move(moving, results, calls)
    for each in (script, moving):
        each.makeMultiOutputIntoTuple()
    gradients = torch._C._create_function_from_graph("gradients", script)
    step = torch._C._create_function_from_graph("step", moving)
    # operations are called as they stand: none is put in place of others, which might round otherwise
    torch._C._set_graph_executor_optimize(False)
    # a list of Python would be made anew in each call
    first = torch._C.ScriptList([*held, *rooms])
    return partial(gradients, first), partial(step, first, *known)


class Writer:
    """Writes operations at the end of a graph of TorchScript, by the types that they declare."""

    def __init__(self, script: Any) -> None:
        self.script = script
        self._constants: dict[str, Any] = {}
        self._found: dict[Node, list[Any]] = {}

    def write(self, graph: Graph, held: int) -> None:
        """All that the graph does: its inputs are a list of the first ``held`` of its own, and the others."""
        inputs = [node for node in graph.nodes if node.op == "placeholder"]
        known = self.input("held", TENSORS)
        for node, value in zip(inputs, self._made("prim::ListUnpack", [known], held), strict=False):
            self._found[node] = [value]
        for node in inputs[held:]:
            self._found[node] = [self.input(node.name, TENSOR)]
        for node in graph.nodes:
            if node.op == "call_function":
                self._found[node] = self._called(node)
            elif node.op not in ("placeholder", "output"):
                raise ForeignValueError(node.op)
        last: Any = graph.output_node()
        for node in last.args[0]:
            self.script.registerOutput(*self._found[node])

    def input(self, name: str, kind: Any) -> Any:
        """A new input of the graph."""
        value = self.script.addInput(name)
        value.setType(kind)
        return value

    def call(self, target: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> list[Any]:
        """What an operation gives; its arguments are nodes, values and what stands in a graph as it is."""
        given = []
        for place, wanted in enumerate(arguments_of(target)):
            if wanted.is_needed and place >= len(args) and wanted.name not in kwargs:
                raise ForeignValueError(f"{target} without {wanted.name}")
            value = args[place] if place < len(args) else kwargs.get(wanted.name, wanted.default)
            given.append(self._value(value, wanted.kind))
        returns = target._schema.returns
        found = self._made(target._schema.name, given, len(returns))
        for value, each in zip(found, returns, strict=True):
            value.setType(each.type)
        return found

    def _called(self, node: Node) -> list[Any]:
        target: Any = node.target
        if target is getitem:
            source, place = node.args
            return self._part(self._found[source], place)  # type: ignore[index, arg-type]
        if not isinstance(target, torch._ops.OpOverload) or target.namespace != "aten":
            raise ForeignValueError(str(target))
        return self.call(target, node.args, node.kwargs)

    def _part(self, values: list[Any], place: int) -> list[Any]:
        """One of the answers of an operation: of several, or of a list."""
        if len(values) > 1:
            return [values[place]]
        return self._made("aten::__getitem__", [*values, self._constant(place)], 1)

    def _value(self, value: Any, kind: Any) -> Any:
        """What stands for an argument."""
        if isinstance(value, Node):
            [found] = self._found[value]
            return found
        if isinstance(value, torch._C.Value):
            return value
        if not isinstance(value, list | tuple):
            return self._constant(value)
        if value and all(isinstance(each, bool | int | float) for each in value):
            return self._constant(list(value))
        kind = kind.getElementType() if isinstance(kind, torch._C.OptionalType) else kind
        parts = [self._value(each, kind.getElementType()) for each in value]
        [found] = self._made("prim::ListConstruct", parts, 1)
        found.setType(kind)
        return found

    def _constant(self, value: Any) -> Any:
        if isinstance(value, torch.memory_format):
            value = FORMATS_IN_ORDER.index(value)
        if not isinstance(value, VALUES):
            raise ForeignValueError(repr(value))
        name = repr(value)
        if name not in self._constants:
            self._constants[name] = self.script.insertConstant(value)
        return self._constants[name]

    def _made(self, name: str, given: Sequence[Any], count: int) -> list[Any]:
        made = self.script.create(name, given, count)
        self.script.insertNode(made)
        return list(made.outputs())


def _move(script: Any, results: int, calls: Sequence[FusedCall]) -> list[Any]:
    """Let a graph that gives gradients after ``results`` move the parameters by them instead; what it wants for that.

    That comes after its first input, and the settings of the calls come last.
    """
    writer, outputs, own = Writer(script), list(script.outputs()), len(list(script.inputs()))
    known: list[Any] = []
    given: list[dict[str, Any]] = []
    for call in calls:
        lists = {"self": call.parameters, **call.tensors}
        given.append({name: writer.input(name, TENSORS) if each else [] for name, each in lists.items()})
        given[-1]["grads"] = [outputs[results + place] for place in call.places]
        known += [torch._C.ScriptList(each) for each in lists.values() if each]
        if call.count is not None:
            # a number would become a tensor in each step
            known += [call.count, torch.ones_like(call.count)]
            writer.call(aten.add_.Tensor, [writer.input("count", TENSOR), writer.input("one", TENSOR)], {})
    for call, lists in zip(calls, given, strict=True):
        kinds = {each.name: each.type for each in call.operation.default._schema.arguments}
        settings = {name: writer.input(name, kinds[name]) for name in call.settings()}
        writer.call(call.operation.default, (), lists | settings)
    for place in reversed(range(results, len(outputs))):
        script.eraseOutput(place)
    settings_from, inputs = own + len(known), len(list(script.inputs()))
    script.permuteInputs([0, *range(own, settings_from), *range(1, own), *range(settings_from, inputs)])
    return known


@cache
def arguments_of(target: Any) -> tuple[Argument, ...]:
    """What an operation wants to be given, in its order."""
    found = target._schema.arguments
    return tuple([Argument(each.name, each.type, not each.has_default_value(), each.default_value) for each in found])
