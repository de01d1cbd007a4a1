"""Edits of blocks: a selection becomes a block, a use gets a block of its own, blocks are named, brought and dropped.

A block that is used no longer stays in the project, to be used again, until ``remove_unused``.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from designer.project.block_ports import BlockPorts, ends_of
from designer.project.blocks import BLOCK_INPUT, BLOCK_OUTPUT, BOUNDARY, type_of_block
from designer.project.custom_layers import layers_used
from designer.project.errors import EditError
from designer.project.fragment import Fragment
from designer.project.graph_forms import MOST_BLOCKS, block_key, blocks_used
from designer.project.inserting import insert_fragment
from designer.project.model import Block, CustomLayer, Exposed, Fields, Graph, Link, Node, Project
from designer.project.naming import fresh_id, fresh_key, fresh_name, within_canvas
from designer.project.rules import PortsOf, quoted, successors_of
from designer.project.unpacking import use_of_block

LONGEST_NAME = 200
USE_FIELDS: Fields = {"repeat": 1, "shared": False, "each_step": False}


def make_block(
    project: Project,
    ids: Collection[str],
    name: str,
    ports_of: PortsOf,
    bound: Callable[[Node], bool] = lambda node: False,
    key: str = "",
) -> tuple[Project, str]:
    """The project with the nodes, frames and notes ``ids`` made a block called ``name``, and the id of its one use.

    Each output outside that feeds the selection becomes an input of the block, each output inside that feeds others
    becomes an output of it; where no link enters or leaves, the free ends become ports. ``key`` is the block that the
    project is seen within. Refused where nothing is selected, where a node is ``bound`` to its graph, as inputs of
    the network are, or where a path leaves the selection and comes back.
    """
    graph, wanted = project.graph, set(ids)
    chosen = {node_id: node for node_id, node in graph.nodes.items() if node_id in wanted}
    _demand_fit(project, chosen, bound)
    links = [link for link in graph.links if link.source not in chosen and link.target not in chosen]
    inside = tuple(link for link in graph.links if link.source in chosen and link.target in chosen)
    entering = [link for link in graph.links if link.source not in chosen and link.target in chosen]
    leaving = [link for link in graph.links if link.source in chosen and link.target not in chosen]
    ports = BlockPorts(chosen, graph, ports_of)
    sources, sinks = ports.inputs(entering, inside), ports.outputs(leaving, inside)
    made = fresh_key(project.blocks, _plain(name) or "block")
    use = _new_use(graph, chosen, made, _plain(name) or "block")
    bends = {(link.source, link.source_port): link.bends for link in reversed(entering)}
    links += [Link(*end, use.id, sources[end], bends[end]) for end in ends_of(entering)]
    links += [replace(link, source=use.id, source_port=sinks[link.source, link.source_port]) for link in leaving]
    rest, gone = _parted(graph, wanted)
    block = Block(
        _free_title(project.blocks, name),
        replace(
            gone,
            nodes={**_of_type(ports.made, BLOCK_INPUT), **chosen, **_of_type(ports.made, BLOCK_OUTPUT)},
            links=(*inside, *ports.links),
        ),
    )
    blocks = {**project.blocks, made: block}
    if key:
        outer, fields = _divided(project.blocks[key].fields, chosen, use.id)
        blocks |= {key: replace(project.blocks[key], fields=outer), made: replace(block, fields=fields)}
    rest = replace(rest, nodes=_in_place(graph.nodes, chosen, use), links=tuple(links))
    return replace(project, graph=rest, blocks=blocks), use.id


def make_unique(project: Project, node_id: str) -> Project:
    """The project with a copy of the block that only the use ``node_id`` uses."""
    use, block = use_of_block(project, node_id)
    if len(project.blocks) >= MOST_BLOCKS:
        raise EditError(f"A project holds at most {MOST_BLOCKS:,} blocks.")
    key = fresh_key(project.blocks, block_key(use.type))
    own = replace(block, name=_free_title(project.blocks, block.name))
    node = replace(use, type=type_of_block(key))
    graph = replace(project.graph, nodes={**project.graph.nodes, node_id: node})
    return replace(project, graph=graph, blocks={**project.blocks, key: own})


def adopt(
    project: Project, blocks: Mapping[str, Block], key: str, layers: Mapping[str, CustomLayer] | None = None
) -> tuple[Project, str]:
    """The project with the block ``key`` of ``blocks``, and those in it, among its own, and its key there.

    ``layers`` are the custom layers that come along.

    One that is there already, equal in all, is used again.
    """
    use = Node("n1", type_of_block(key), "block1")
    used = blocks_used([use], blocks)
    fragment = Fragment((use,), blocks=used, layers=layers_used([use], used, layers or {}))
    after, (node,) = insert_fragment(project, fragment, (0.0, 0.0))
    found = block_key(after.graph.nodes[node].type)
    same = after.blocks is project.blocks and after.layers is project.layers
    return (project if same else replace(project, blocks=after.blocks, layers=after.layers)), found


def describe(project: Project, key: str, name: str | None = None, summary: str | None = None) -> Project:
    """The project with another name or summary of the block ``key``. Refused where the name is empty or too long."""
    block = _block(project, key)
    name = block.name if name is None else " ".join(name.split())
    if not name:
        raise EditError("A block needs a name.")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise EditError(f"A block's name is one line of at most {LONGEST_NAME} characters.")
    if any(other != key and name == known.name for other, known in project.blocks.items()):
        raise EditError(f"Another block is already called {quoted(name)}.")
    summary = block.summary if summary is None else summary.strip()[:2000]
    if name == block.name and summary == block.summary:
        return project
    return replace(project, blocks={**project.blocks, key: replace(block, name=name, summary=summary)})


def remove_unused(project: Project) -> Project:
    """The whole project without the blocks that nothing in it uses."""
    used = blocks_used(project.graph.nodes.values(), project.blocks)
    return project if len(used) == len(project.blocks) else replace(project, blocks=used)


def uses_of(project: Project, key: str) -> int:
    """How many nodes of the whole project, also in other blocks, are uses of the block ``key``."""
    type_key = type_of_block(key)
    graphs = (project.graph, *(block.graph for block in project.blocks.values()))
    return sum(node.type == type_key for graph in graphs for node in graph.nodes.values())


def _demand_fit(project: Project, chosen: Mapping[str, Node], bound: Callable[[Node], bool]) -> None:
    if not chosen:
        raise EditError("Select the layers that the block should hold.")
    if len(project.blocks) >= MOST_BLOCKS:
        raise EditError(f"A project holds at most {MOST_BLOCKS:,} blocks.")
    held = [quoted(node.name) for node in chosen.values() if node.type in BOUNDARY]
    if held:
        raise EditError(f"Ports of this block cannot go into another one: {_listed(held)}.")
    held = [quoted(node.name) for node in chosen.values() if bound(node)]
    if held:
        raise EditError(f"Inputs and outputs of the network cannot lie in a block: {_listed(held)}.")
    detour = _detour(project.graph, chosen)
    if detour:
        names = " → ".join(quoted(project.graph.nodes[key].name) for key in detour)
        raise EditError(f"A path leaves the selection and comes back: {names}. Select what lies between, too.")


def _detour(graph: Graph, chosen: Mapping[str, Node]) -> list[str]:
    """The nodes of a path that begins and ends in the selection and lies outside between; empty where there is none."""
    successors = successors_of(graph.links)
    came_from: dict[str, str] = {}
    waiting: deque[str] = deque()

    def reach(node: str, before: str) -> None:
        if node not in came_from:
            came_from[node] = before
            waiting.append(node)

    for link in graph.links:
        if link.source in chosen and link.target not in chosen:
            reach(link.target, link.source)
    while waiting:
        node = waiting.popleft()
        for following in successors.get(node, ()):
            if following in chosen:
                path = [following, node]
                while path[-1] not in chosen:
                    path.append(came_from[path[-1]])
                return path[::-1]
            reach(following, node)
    return []


def _new_use(graph: Graph, chosen: Mapping[str, Node], key: str, base: str) -> Node:
    rest = Graph({node_id: node for node_id, node in graph.nodes.items() if node_id not in chosen})
    place = within_canvas(*_middle(chosen.values()))
    return Node(fresh_id(graph), type_of_block(key), fresh_name(rest, base), dict(USE_FIELDS), *place)


def _parted(graph: Graph, wanted: Collection[str]) -> tuple[Graph, Graph]:
    """The frames and notes of the graph that stay, and those that go."""
    stay = Graph(
        frames={key: frame for key, frame in graph.frames.items() if key not in wanted},
        notes={key: note for key, note in graph.notes.items() if key not in wanted},
    )
    go = Graph(
        frames={key: frame for key, frame in graph.frames.items() if key in wanted},
        notes={key: note for key, note in graph.notes.items() if key in wanted},
    )
    return stay, go


def _divided(
    fields: tuple[Exposed, ...], chosen: Collection[str], use: str
) -> tuple[tuple[Exposed, ...], tuple[Exposed, ...]]:
    """The fields of a block a part of which became the block of ``use``, and those of that one."""
    outer, inner = [], []
    for exposed in fields:
        moved = tuple(target for target in exposed.targets if target[0] in chosen)
        if moved:
            inner.append(Exposed(exposed.name, moved))
            kept = tuple(target for target in exposed.targets if target[0] not in chosen)
            exposed = replace(exposed, targets=(*kept, (use, exposed.name)))
        outer.append(exposed)
    return tuple(outer), tuple(inner)


def _in_place(nodes: Mapping[str, Node], chosen: Mapping[str, Node], use: Node) -> dict[str, Node]:
    first = next(iter(chosen))
    placed: dict[str, Node] = {}
    for key, node in nodes.items():
        if key == first:
            placed[use.id] = use
        if key not in chosen:
            placed[key] = node
    return placed


def _middle(nodes: Iterable[Node]) -> tuple[float, float]:
    xs, ys = zip(*((node.x, node.y) for node in nodes), strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _of_type(made: list[Node], type_key: str) -> dict[str, Node]:
    return {node.id: node for node in made if node.type == type_key}


def _block(project: Project, key: str) -> Block:
    if key not in project.blocks:
        raise EditError(f"There is no block {quoted(key)} any more.")
    return project.blocks[key]


def _free_title(blocks: Mapping[str, Block], name: str) -> str:
    taken = {block.name for block in blocks.values()}
    name = " ".join(name.split())[:LONGEST_NAME] or "Block"
    if name not in taken:
        return name
    base = re.sub(r"\s*[0-9]+$", "", name) or "Block"
    number = 2
    while f"{base} {number}" in taken:
        number += 1
    return f"{base} {number}"


def _plain(name: str) -> str:
    return re.sub(r"\W+", "_", name.lower()).strip("_")[:40]


def _listed(names: list[str]) -> str:
    return ", ".join([*names[:4], "…"] if len(names) > 4 else names)
