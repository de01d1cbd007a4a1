"""Looking into blocks: a project seen with a block's graph as its own, and what was edited there put back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from designer.project.block_repair import repaired
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


def path_to_block(project: Project, key: str) -> tuple[str, ...] | None:
    """The shortest way through uses of blocks into the block ``key``; none with an empty key, None where none leads."""
    if not key:
        return ()
    waiting: list[tuple[Graph, tuple[str, ...]]] = [(project.graph, ())]
    seen: set[str] = set()
    for graph, path in waiting:
        for node in graph.nodes.values():
            inner = block_key(node.type)
            if inner == key and key in project.blocks:
                return (*path, node.id)
            if inner in project.blocks and inner not in seen:
                seen.add(inner)
                waiting.append((project.blocks[inner].graph, (*path, node.id)))
    return None


def within(project: Project, key: str) -> Project:
    """``project`` with the graph of the block ``key`` as its graph; with an empty key the project itself."""
    if not key:
        return project
    if key not in project.blocks:
        raise EditError(f"There is no block {quoted(key)} any more.")
    return replace(project, graph=project.blocks[key].graph)


def put_back(project: Project, key: str, inside: Project) -> Project:
    """``project`` after ``within(project, key)`` was edited to ``inside``: the block holds what is its graph there.

    The links of its uses to ports that are gone go, too. Refused where blocks would come to contain themselves.
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
    return repaired(replace(inside, graph=project.graph, blocks=blocks), key, project.blocks[key])


def edited_within(project: Project, key: str, edit: Callable[[Project], Project]) -> Project:
    """``project`` with ``edit`` done in the block ``key``, or in the project itself where the key is empty."""
    return put_back(project, key, edit(within(project, key)))


def place_of_change(old: Project, new: Project, path: tuple[str, ...]) -> tuple[str, ...]:
    """The path to a graph that differs between the two: ``path`` where that one does or none does, else the nearest."""
    before, after = graph_at(old, path), graph_at(new, path)
    if before is None or after is None or _differ(before, after):
        return path
    if _differ(old.graph, new.graph):
        return ()
    changed = {
        key for key, block in new.blocks.items() if key in old.blocks and _differ(block.graph, old.blocks[key].graph)
    }
    waiting: deque[tuple[tuple[str, ...], Graph]] = deque([((), new.graph)])
    seen: set[str] = set()
    while changed and waiting:
        place, graph = waiting.popleft()
        for node in graph.nodes.values():
            key = block_key(node.type)
            if key in changed:
                return (*place, node.id)
            if key in new.blocks and key not in seen:
                seen.add(key)
                waiting.append(((*place, node.id), new.blocks[key].graph))
    return path


def _differ(old: Graph, new: Graph) -> bool:
    return old is not new and old != new


def _same_rest(project: Project, inside: Project) -> bool:
    kept = ("data", "training", "layers", "extra")
    return all(getattr(inside, name) is getattr(project, name) for name in kept)
