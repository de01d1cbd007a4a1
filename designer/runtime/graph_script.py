"""A captured graph as TorchScript, whose interpreter calls PyTorch's operations without Python in between."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from operator import getitem
from typing import Any

import torch
from torch import Tensor
from torch.fx import Graph, Node

aten = torch.ops.aten
# what takes some of the numbers of a tensor, by their places or by a mask
CHOOSING = (aten.index, aten.index_put, aten.index_put_, aten._index_put_impl_, aten._unsafe_index)


class ForeignValueError(ValueError):
    """The graph holds a value that TorchScript has no word for."""


def compiled(graph: Graph) -> Callable[..., Sequence[Tensor]]:
    """What the graph computes, as a function of its inputs; ForeignValueError or RuntimeError where that cannot be."""
    with warnings.catch_warnings():
        # that PyTorch would rather have its other compilers used, which take half a minute
        warnings.simplefilter("ignore")
        run: Callable[..., Sequence[Tensor]] = torch.jit.CompilationUnit(text_of(graph)).step
    # operations are called as they stand: none is put in place of others, which might round otherwise
    torch._C._set_graph_executor_optimize(False)
    return run


def text_of(graph: Graph) -> str:
    """The function ``step`` in TorchScript."""
    inputs, lines = [], []
    for node in graph.nodes:
        if node.op == "placeholder":
            inputs.append(f"{node.name}: Tensor")
        elif node.op == "call_function":
            lines.append(f"    {node.name} = {_call(node)}")
        elif node.op == "output":
            lines.append(f"    return ({''.join(f'{_text(each)}, ' for each in node.args[0])})")
        else:
            raise ForeignValueError(node.op)
    return "\n".join([f"def step({', '.join(inputs)}):", *lines, ""])


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
