"""Buffers of a captured step: what it computes on the way lies in the same memory each time, taken once."""

from __future__ import annotations

from operator import getitem
from typing import Any

import torch
from torch import Tensor
from torch.fx import Graph, Node

from designer.runtime.graph_passes import UNSAFE, VIEWS
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
# what gives room that nothing is written to yet
NOTHING_WRITTEN = (aten.empty_like.default, aten.empty_strided.default, aten.empty.memory_format)
# views of a room, which lies where it lies, are the same each time as well
SAME_VIEWS = (*VIEWS, aten.slice.Tensor)


def buffered(graph: Graph, held: int, results: int) -> list[Tensor]:
    """What the graph is then to be given after its first ``held`` inputs: room for what it computes on the way.

    Nothing that lies there is read once the next call has begun. What the first ``results`` outputs show has memory of
    its own each time. Two that are never needed at once share a place. Views of such room are given as well.
    """
    nodes = list(graph.nodes)
    last: Any = graph.output_node()
    roots = _roots(nodes)
    kept = {roots[each] for each in last.args[0][:results]}
    ends = {roots[source]: place for place, node in enumerate(nodes) for source in node.all_input_nodes}
    given = GraphInputs(graph, [node for node in nodes if node.op == "placeholder"][held - 1])
    free: dict[Any, list[Node]] = {}
    taken: list[tuple[int, Any, Node]] = []
    for place, node in enumerate(nodes):
        layout = node.meta.get("layout")
        if not _can_be_told(node) or roots[node] is not node or node in kept or layout is None:
            continue
        for end, lies, room in [each for each in taken if each[0] < place]:
            taken.remove((end, lies, room))
            free.setdefault(lies, []).append(room)
        if not free.get(layout):
            made = torch.empty_strided(layout.shape, layout.stride, dtype=layout.dtype)
            free[layout] = [given.input("room", made)]
        room = free[layout].pop()
        taken.append((ends.get(node, place), layout, room))
        given.tell(node, room)
    given.show_views(nodes)
    return given.made


class GraphInputs:
    """What a graph is given after one of its inputs, and which of its nodes give just that."""

    def __init__(self, graph: Graph, after: Node) -> None:
        self.graph, self._after = graph, after
        self.made: list[Tensor] = []
        self._values: dict[Node, Tensor] = {}

    def input(self, name: str, value: Tensor) -> Node:
        """A new input, which is this tensor each time."""
        with self.graph.inserting_after(self._after):
            self._after = self.graph.placeholder(f"{name}_{len(self.made)}")
        self.made.append(value)
        self._values[self._after] = value
        return self._after

    def tell(self, node: Node, room: Node) -> None:
        """Let a node write what it gives into a room."""
        if node.target in NOTHING_WRITTEN:
            node.replace_all_uses_with(room)
            self.graph.erase_node(node)
            return
        if node.target is aten._to_copy.default:
            node.target, node.args, node.kwargs = aten.copy_.default, (room, node.args[0]), {}
        else:
            target, name = INTO[node.target]
            node.target, node.kwargs = target, {**node.kwargs, name: room}
        self._values[node] = self._values[room]

    def show_views(self, nodes: list[Node]) -> None:
        """Views of what is the same tensor each time are inputs too; what is written over such a tensor still is it."""
        for node in [each for each in nodes if each.op == "call_function"]:
            over: Any = node.meta.get("over")
            if over in self._values and node not in self._values:
                self._values[node] = self._values[over]
            shown: Any = node.args[0] if node.args and node.target in SAME_VIEWS else None
            if shown in self._values and not node.kwargs:
                target: Any = node.target
                value = target(self._values[shown], *node.args[1:])
                node.replace_all_uses_with(self.input("view", value))
                self.graph.erase_node(node)


def _can_be_told(node: Node) -> bool:
    """Whether a node can write what it gives where it is told to."""
    if node.target is aten._to_copy.default:
        return set(node.kwargs) == {"dtype"}
    if node.target is aten.mse_loss.default:
        # a mean is written after the squares, for which it has no room
        return node.args[2:] == (0,)
    return node.target in INTO or node.target in NOTHING_WRITTEN


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
