"""Products of matrices of a captured step, computed the other way round where that is quicker and gives the same."""

from __future__ import annotations

import time
from functools import cache
from typing import Any

import torch
from torch.fx import Graph, Node

from designer.runtime.updates import aten

# so many multiplications: of fewer the calls take the time, and with more a trial would
FEWEST_TERMS = 1 << 18
MOST_TERMS = 1 << 26
PRODUCTS_TRIED = 3
# what is turned has to take so much of the time at most, copy and all
TURNED_MOST = 0.9


def turned_where_quicker(graph: Graph) -> None:
    """The product A'B, as the gradient of a weight is, becomes the copy of (B'A)' where a trial finds that quicker.

    How long the kernels of a library take hangs on which of the sides fills whole vectors: for 26 features and 64
    units it is a third less this way. Only where both give the same bits.
    """
    for node in [each for each in graph.nodes if each.target is aten.mm.default]:
        turned, right = node.args
        left: Any = turned.args[0] if turned.target is aten.transpose.int and turned.args[1:] == (0, 1) else None
        if left is None or not _is_in_rows(left) or not _is_in_rows(right):
            continue
        (rows, high), wide = left.meta["layout"].shape, right.meta["layout"].shape[1]
        if not FEWEST_TERMS <= rows * high * wide <= MOST_TERMS:
            continue
        if _is_quicker_turned(rows, high, wide, torch.get_num_threads()):
            _turn(graph, node, left, right)


def _is_in_rows(node: Node) -> bool:
    """Whether a node gives a matrix of float32 that lies row by row without gaps."""
    layout: Any = node.meta.get("layout")
    if getattr(layout, "dtype", None) != torch.float32 or len(layout.shape) != 2:
        return False
    return bool(layout.stride == (layout.shape[1], 1))


@cache
def _is_quicker_turned(rows: int, high: int, wide: int, threads: int) -> bool:
    """Whether it is with this many threads, by a few products of chance numbers."""
    chance = torch.Generator().manual_seed(0)
    left, right = torch.rand(rows, high, generator=chance), torch.rand(rows, wide, generator=chance)
    straight, turned, copied = torch.empty(high, wide), torch.empty(wide, high), torch.empty(high, wide)
    first, second = [], []
    for _ in range(PRODUCTS_TRIED):
        began = time.perf_counter()
        torch.mm(left.t(), right, out=straight)
        between = time.perf_counter()
        copied.copy_(torch.mm(right.t(), left, out=turned).t())
        first.append(between - began)
        second.append(time.perf_counter() - between)
    return min(second) < TURNED_MOST * min(first) and torch.equal(straight, copied)


def _turn(graph: Graph, node: Node, left: Node, right: Node) -> None:
    layout = node.meta["layout"]
    with graph.inserting_before(node):
        other = graph.call_function(aten.transpose.int, (right, 0, 1))
        product = graph.call_function(aten.mm.default, (other, left))
        product.meta["layout"] = layout._replace(shape=layout.shape[::-1], stride=(layout.shape[0], 1))
        room = graph.call_function(aten.empty.memory_format, (list(layout.shape),))
        room.meta["layout"] = layout
        back = graph.call_function(aten.transpose.int, (product, 0, 1))
        copied = graph.call_function(aten.copy_.default, (room, back))
        copied.meta.update(layout=layout, over=room)
    node.replace_all_uses_with(copied)
    graph.erase_node(node)
