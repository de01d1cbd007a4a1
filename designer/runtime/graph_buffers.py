"""Buffers of a captured step: what it computes on the way lies in the same memory each time, taken once."""

from __future__ import annotations

from operator import getitem
from typing import Any

import torch
from torch import Tensor
from torch.fx import Graph, Node

from designer.runtime.graph_passes import UNSAFE
from designer.runtime.updates import aten

# what is told where to write, and the name under which it is told
INTO: dict[Any, tuple[Any, str]] = {
    aten.mm.default: (aten.mm.out, "out"),
    aten.addmm.default: (aten.addmm.out, "out"),
    aten.bmm.default: (aten.bmm.out, "out"),
    aten.sum.dim_IntList: (aten.sum.IntList_out, "out"),
    aten.mse_loss.default: (aten.mse_loss.out, "out"),
    aten.cat.default: (aten.cat.out, "out"),
    aten.add.Tensor: (aten.add.out, "out"),
    aten.mul.Tensor: (aten.mul.out, "out"),
}


def buffered(graph: Graph, held: int, results: int) -> list[Tensor]:
    """What the graph is then to be given after its first ``held`` inputs: room for what it computes on the way.

    Nothing that lies there is read once the next call has begun. What the first ``results`` outputs show has memory of
    its own each time. Two that are never needed at once share a place.
    """
    nodes = list(graph.nodes)
    last: Any = graph.output_node()
    roots = _roots(nodes)
    kept = {roots[each] for each in last.args[0][:results]}
    ends = {roots[source]: place for place, node in enumerate(nodes) for source in node.all_input_nodes}
    after = [node for node in nodes if node.op == "placeholder"][held - 1]
    made: list[Tensor] = []
    free: dict[Any, list[Node]] = {}
    taken: list[tuple[int, Any, Node]] = []
    for place, node in enumerate(nodes):
        layout = node.meta.get("layout")
        if node.target not in INTO or roots[node] is not node or node in kept or layout is None:
            continue
        for end, lies, room in [each for each in taken if each[0] < place]:
            taken.remove((end, lies, room))
            free.setdefault(lies, []).append(room)
        if not free.get(layout):
            with graph.inserting_after(after):
                after = graph.placeholder(f"room_{len(made)}")
            made.append(torch.empty_strided(layout.shape, layout.stride, dtype=layout.dtype))
            free[layout] = [after]
        room = free[layout].pop()
        taken.append((ends.get(node, place), layout, room))
        target, name = INTO[node.target]
        node.target, node.kwargs = target, {**node.kwargs, name: room}
    return made


def _roots(nodes: list[Node]) -> dict[Node, Node]:
    """The node whose memory each one shows: another, or itself."""
    roots: dict[Node, Node] = {}
    for node in nodes:
        shown = [roots[each] for each in _shown(node)]
        roots[node] = shown[0] if shown else node
        # what shows several makes one of them
        for known in [known for known, root in roots.items() if root in shown[1:]]:
            roots[known] = shown[0]
    return roots


def _shown(node: Any) -> list[Node]:
    """The nodes in whose memory lies what a node gives: it is a view of them, or written over them."""
    if node.op != "call_function":
        return []
    if node.target is getitem or node.target in UNSAFE:
        return [node.args[0]]
    found: list[Node] = []
    for place, argument in enumerate(node.target._schema.arguments):
        given = node.args[place] if place < len(node.args) else node.kwargs.get(argument.name)
        if argument.alias_info is not None:
            found += [
                each for each in (given if isinstance(given, list | tuple) else [given]) if isinstance(each, Node)
            ]
    return found
