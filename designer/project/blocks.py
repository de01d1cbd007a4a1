"""Looking into blocks: a project seen with a block's graph as its own, and what was edited there put back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from designer.project.errors import EditError
from designer.project.graph_forms import BLOCK_TYPE, block_key, circle_of_blocks
from designer.project.model import Block, Graph, Project
from designer.project.rules import quoted

BLOCK_INPUT = "block_input"
BLOCK_OUTPUT = "block_output"
BOUNDARY = (BLOCK_INPUT, BLOCK_OUTPUT)


def type_of_block(key: str) -> str:
    """The type of the nodes that are uses of the block ``key``."""
    return BLOCK_TYPE + key


def graph_at(project: Project, path: Sequence[str]) -> Graph | None:
    """The graph that one comes to through the uses of blocks ``path`` (node ids, from outside in); None if none."""
    graph = project.graph
    for node in path:
        block = block_at(project, graph, node)
        if block is None:
            return None
        graph = block.graph
    return graph


def block_at(project: Project, graph: Graph, node: str) -> Block | None:
    """The block that the node of ``graph`` is a use of; None where it is none."""
    found = graph.nodes.get(node)
    return project.blocks.get(block_key(found.type)) if found else None


def keys_along(project: Project, path: Sequence[str]) -> tuple[str, ...] | None:
    """The keys of the blocks that ``path`` leads through, from outside in; None where it leads nowhere."""
    graph, keys = project.graph, []
    for node in path:
        block = block_at(project, graph, node)
        if block is None:
            return None
        keys.append(block_key(graph.nodes[node].type))
        graph = block.graph
    return tuple(keys)


def within(project: Project, key: str) -> Project:
    """``project`` with the graph of the block ``key`` as its graph; with an empty key the project itself."""
    if not key:
        return project
    if key not in project.blocks:
        raise EditError(f"There is no block {quoted(key)} any more.")
    return replace(project, graph=project.blocks[key].graph)


def put_back(project: Project, key: str, inside: Project) -> Project:
    """``project`` after ``within(project, key)`` was edited to ``inside``: the block holds what is its graph there.

    Refused where blocks would come to contain themselves.
    """
    if not key:
        return inside
    if key not in inside.blocks:
        raise EditError(f"There is no block {quoted(key)} any more.")
    if inside.graph is project.blocks[key].graph and inside.blocks is project.blocks:
        return project if _same_rest(project, inside) else replace(inside, graph=project.graph)
    block = replace(inside.blocks[key], graph=inside.graph)
    blocks = {**inside.blocks, key: block}
    circle = circle_of_blocks(blocks)
    if circle:
        names = " in ".join(quoted(blocks[name].name) for name in circle)
        raise EditError(f"A block cannot contain itself: {names}.")
    return replace(inside, graph=project.graph, blocks=blocks)


def edited_within(project: Project, key: str, edit: Callable[[Project], Project]) -> Project:
    """``project`` with ``edit`` done in the block ``key``, or in the project itself where the key is empty."""
    return put_back(project, key, edit(within(project, key)))


def _same_rest(project: Project, inside: Project) -> bool:
    return inside.data is project.data and inside.training is project.training and inside.extra is project.extra
