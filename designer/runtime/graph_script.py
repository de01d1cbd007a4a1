"""A captured graph as TorchScript, whose interpreter calls PyTorch's operations without Python in between."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from operator import getitem
from typing import Any

import torch
from torch import Tensor
from torch.fx import Graph, Node

from designer.runtime.updates import FusedCall, aten

# what takes some of the numbers of a tensor, by their places or by a mask
CHOOSING = (aten.index, aten.index_put, aten.index_put_, aten._index_put_impl_, aten._unsafe_index)
# an empty list in TorchScript, which has no lists of anything
NOTHING = "torch.jit.annotate(List[Tensor], [])"


class ForeignValueError(ValueError):
    """The graph holds a value that TorchScript has no word for."""


def compiled(
    graph: Graph, held: Sequence[Tensor], results: int, calls: Sequence[FusedCall]
) -> tuple[Callable[..., Sequence[Tensor]], Callable[..., Sequence[Tensor]]]:
    """What the graph computes of its inputs after those ``held``, whose outputs after ``results`` are gradients.

    The second function takes the settings of each of ``calls`` as well, moves the parameters by them and gives the
    results alone. ForeignValueError or RuntimeError where TorchScript cannot say it.
    """
    inputs = [node.name for node in graph.nodes if node.op == "placeholder"]
    own = [f"{name}: Tensor" for name in inputs[len(held) :]]
    lines = [*[f"{name} = held[{place}]" for place, name in enumerate(inputs[: len(held)])], *lines_of(graph)]
    last: Any = graph.output_node()
    outputs = [_text(each) for each in last.args[0]]
    lists: dict[str, list[Tensor]] = {"held": list(held)}
    settings: list[str] = []
    moves: list[str] = []
    for place, call in enumerate(calls):
        more, words, texts = _move(call, f"call_{place}", outputs[results:])
        lists, settings, moves = lists | more, settings + words, moves + texts
    known = [f"{name}: List[Tensor]" for name in lists]
    text = _function("gradients", known[:1] + own, lines, outputs)
    text += _function("step", known + own + settings, lines + moves, outputs[:results])
    with warnings.catch_warnings():
        # that PyTorch would rather have its other compilers used, which take half a minute
        warnings.simplefilter("ignore")
        unit = torch.jit.CompilationUnit(text)
        # lists of Python would be made anew in each call
        first, *rest = [torch._C.ScriptList(each) for each in lists.values()]
    # operations are called as they stand: none is put in place of others, which might round otherwise
    torch._C._set_graph_executor_optimize(False)
    return partial(unit.gradients, first), partial(unit.step, first, *rest)


def _move(call: FusedCall, name: str, gradients: list[str]) -> tuple[dict[str, list[Tensor]], list[str], list[str]]:
    """The lists that a call of an optimizer wants, its settings as inputs of a function, and its lines."""
    lists = {"self": call.parameters, **call.tensors} | ({} if call.count is None else {"count": [call.count]})
    given = [f"grads=[{', '.join(gradients[place] for place in call.places)}]"]
    given += [f"{key}={f'{name}_{key}' if each else NOTHING}" for key, each in lists.items() if key != "count"]
    lines = [] if call.count is None else [f"{name}_count[0].add_(1)"]
    kinds = {each.name: str(each.type) for each in call.operation.default._schema.arguments}
    given += [f"{key}={name}_{key}" for key in call.settings()]
    lines.append(f"torch.ops.aten.{call.operation.__name__}({', '.join(given)})")
    words = [f"{name}_{key}: {kinds[key]}" for key in call.settings()]
    return {f"{name}_{key}": each for key, each in lists.items() if each}, words, lines


def _function(name: str, inputs: list[str], lines: list[str], outputs: list[str]) -> str:
    """A function in TorchScript."""
    answer = f"return ({''.join(f'{each}, ' for each in outputs)})"
    return "\n    ".join([f"def {name}({', '.join(inputs)}):", *lines, answer]) + "\n\n"


def lines_of(graph: Graph) -> list[str]:
    """What the graph does, in TorchScript: a line for each of its operations."""
    lines = []
    for node in graph.nodes:
        if node.op == "call_function":
            lines.append(f"{node.name} = {_call(node)}")
        elif node.op not in ("placeholder", "output"):
            raise ForeignValueError(node.op)
    return lines


def _call(node: Node) -> str:
    if node.target is getitem:
        return f"{_text(node.args[0])}[{node.args[1]}]"
    target: Any = node.target
    if not isinstance(target, torch._ops.OpOverload) or target.namespace != "aten":
        raise ForeignValueError(str(target))
    if _hangs_on_numbers(node):
        raise ForeignValueError(f"the shape of {target} hangs on numbers")
    known = target._schema.arguments
    words = [_text(each) for each in node.args]
    words += [f"{name}={_text(each)}" for name, each in node.kwargs.items()]
    # overloads are told apart by types, so that a whole number given for a fraction would find another one
    for place, (argument, value) in enumerate(zip(known, node.args, strict=False)):
        if isinstance(value, int) and not isinstance(value, bool) and str(argument.type) == "float":
            words[place] = f"{value}.0"
    return f"torch.ops.aten.{target._schema.name.removeprefix('aten::')}({', '.join(words)})"


def _hangs_on_numbers(node: Node) -> bool:
    """Whether the shape of what an operation gives hangs on numbers, not on shapes: another batch may give another."""
    target: Any = node.target
    if torch.Tag.dynamic_output_shape in target.tags or torch.Tag.data_dependent_output in target.tags:
        return True
    places = node.args[1] if target.overloadpacket in CHOOSING else ()
    found = [each for each in places if isinstance(each, Node)] if isinstance(places, list | tuple) else []
    return any(each.meta["tensor_meta"].dtype in (torch.bool, torch.uint8) for each in found)


def _text(value: Any) -> str:
    if isinstance(value, Node):
        return value.name
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_text, value))}]"
    if value is None or isinstance(value, bool | int | str):
        return repr(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else f'float("{value}")'
    if isinstance(value, torch.dtype | torch.memory_format | torch.layout):
        return str(value)
    if isinstance(value, torch.device):
        return f'torch.device("{value}")'
    raise ForeignValueError(repr(value))
