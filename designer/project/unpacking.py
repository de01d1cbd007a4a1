"""Unpacking: a use of a block becomes its content again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from designer.project.block_ports import COLUMN, End
from designer.project.blocks import BLOCK_INPUT, BLOCK_OUTPUT, BOUNDARY
from designer.project.errors import EditError
from designer.project.fragment import Fragment
from designer.project.graph_forms import block_key
from designer.project.inserting import insert_fragment
from designer.project.model import Block, Exposed, Link, Node, Project
from designer.project.naming import within_canvas
from designer.project.rules import quoted

# the room that a node takes, in scene pixels
NODE = (192.0, 72.0)


def unpack(project: Project, node_id: str, key: str = "") -> tuple[Project, tuple[str, ...]]:
    """The project with a use of a block replaced by what lies in the block, and the ids of the nodes that came.

    ``key`` is the block that the project is seen within. What the use sets for itself is set inside, and a repeated
    block comes as often in a row. The block stays in the project. Refused where a repeated block has not as many
    outputs as inputs, and of a use at each step. Weights that were shared with other uses are their own afterwards.
    """
    use, block = use_of_block(project, node_id)
    graph = project.graph
    entries = [name for name, node in block.graph.nodes.items() if node.type == BLOCK_INPUT]
    exits = [name for name, node in block.graph.nodes.items() if node.type == BLOCK_OUTPUT]
    if use.fields.get("each_step") is True:
        raise EditError(
            f"{quoted(use.name)} is applied at each step of a sequence, which the layers in it cannot be by themselves."
        )
    times = _times(use)
    if times > 1 and len(entries) != len(exits):
        raise EditError(
            f"{quoted(use.name)} runs {times} times in a row, so it needs as many outputs as inputs to be unpacked."
        )
    feeds = {link.target_port: (link.source, link.source_port) for link in graph.links if link.target == node_id}
    content = _content(block, use)
    left, top, width, height = _box(content)
    project, start = _with_room(_without(project, node_id), use, width * times, height)
    copies: list[dict[str, str]] = []
    given: dict[str, End | None] = {name: feeds.get(name) for name in entries}
    taken: dict[str, End | None] = {}
    for number in range(times):
        at = (start[0] - left + number * width, start[1] - top)
        project, fresh, taken = _placed(project, content, block, given, at)
        copies.append(fresh)
        given = {name: taken[end] for name, end in zip(entries, exits, strict=False)}
    links = [
        replace(link, source=end[0], source_port=end[1], bends=())
        for link in graph.links
        if link.source == node_id and (end := taken.get(link.source_port)) is not None
    ]
    project = _joined(project, links)
    if key:
        project = _retargeted(project, key, node_id, block, copies)
    return project, tuple(fresh for copy in copies for fresh in copy.values())


def use_of_block(project: Project, node_id: str) -> tuple[Node, Block]:
    """The node and the block that it is a use of; an EditError where it is none."""
    node = project.graph.nodes.get(node_id)
    if node is None:
        raise EditError(f"There is no layer {quoted(node_id)}.")
    block = project.blocks.get(block_key(node.type))
    if block is None:
        raise EditError(f"{quoted(node.name)} is no block.")
    return node, block


def _content(block: Block, use: Node) -> dict[str, Node]:
    """What lies in the block, without its ports, as this use has it."""
    nodes = {key: node for key, node in block.graph.nodes.items() if node.type not in BOUNDARY}
    for exposed in block.fields:
        if exposed.name not in use.fields:
            continue
        for key, name in exposed.targets:
            if key in nodes:
                nodes[key] = replace(nodes[key], fields={**nodes[key].fields, name: use.fields[exposed.name]})
    if use.bypassed:
        nodes = {key: replace(node, bypassed=True) for key, node in nodes.items()}
    return nodes


def _placed(
    project: Project,
    content: Mapping[str, Node],
    block: Block,
    given: Mapping[str, End | None],
    at: tuple[float, float],
) -> tuple[Project, dict[str, str], dict[str, End | None]]:
    """The project with one copy of the content, its ids by those inside, and what each output port now stands for."""
    graph = block.graph
    inner = tuple(link for link in graph.links if link.source in content and link.target in content)
    fragment = Fragment(tuple(content.values()), inner, tuple(graph.frames.values()), tuple(graph.notes.values()))
    project, ids = insert_fragment(project, fragment, at)
    fresh = dict(zip(content, ids, strict=False))
    links = [
        replace(link, source=end[0], source_port=end[1], target=fresh[link.target], bends=())
        for link in graph.links
        if link.target in content and link.source not in content and (end := given.get(link.source)) is not None
    ]
    taken: dict[str, End | None] = {key: None for key, node in graph.nodes.items() if node.type == BLOCK_OUTPUT}
    for link in graph.links:
        if link.target in taken:
            inside = link.source in fresh
            taken[link.target] = (fresh[link.source], link.source_port) if inside else given.get(link.source)
    return _joined(project, links), fresh, taken


def _joined(project: Project, links: Iterable[Link]) -> Project:
    graph = project.graph
    added = tuple(links)
    return replace(project, graph=replace(graph, links=(*graph.links, *added))) if added else project


def _retargeted(project: Project, key: str, node_id: str, block: Block, copies: Iterable[Mapping[str, str]]) -> Project:
    """The project whose block ``key`` sets what it set in the use now in the copies of the content."""
    targets = {exposed.name: exposed.targets for exposed in block.fields}

    def follow(exposed: Exposed) -> Exposed:
        found: list[tuple[str, str]] = []
        for node, name in exposed.targets:
            if node != node_id:
                found.append((node, name))
            else:
                inner = targets.get(name, ())
                found += [(copy[target], field) for copy in copies for target, field in inner if target in copy]
        return exposed if tuple(found) == exposed.targets else replace(exposed, targets=tuple(found))

    outer = project.blocks[key]
    fields = tuple(map(follow, outer.fields))
    return replace(project, blocks={**project.blocks, key: replace(outer, fields=fields)})


def _with_room(project: Project, use: Node, width: float, height: float) -> tuple[Project, tuple[float, float]]:
    """The project with what lies right of a use moved on where the content needs the room, and where that begins.

    The content has its middle where the use was, unless others lie there.
    """
    wide, high = NODE
    start = (use.x + wide / 2 - (width - COLUMN + wide) / 2, use.y + high / 2 - height / 2)
    nodes = project.graph.nodes
    if not any(
        start[0] - wide < node.x < start[0] + width - COLUMN + wide and start[1] - high < node.y < start[1] + height
        for node in nodes.values()
    ):
        return project, start
    by = max(0.0, width - COLUMN)
    moved = {
        key: replace(node, x=within_canvas(node.x + by, node.y)[0]) if node.x > use.x else node
        for key, node in nodes.items()
    }
    return replace(project, graph=replace(project.graph, nodes=moved)), (use.x, start[1])


def _box(content: Mapping[str, Node]) -> tuple[float, float, float, float]:
    """Left, top, the width to the next copy, and height."""
    xs, ys = [node.x for node in content.values()] or [0.0], [node.y for node in content.values()] or [0.0]
    return min(xs), min(ys), max(xs) - min(xs) + COLUMN, max(ys) - min(ys) + NODE[1]


def _without(project: Project, node_id: str) -> Project:
    graph = project.graph
    nodes = {key: node for key, node in graph.nodes.items() if key != node_id}
    links = tuple(link for link in graph.links if node_id not in (link.source, link.target))
    return replace(project, graph=replace(graph, nodes=nodes, links=links))


def _times(use: Node) -> int:
    repeat = use.fields.get("repeat", 1)
    return repeat if isinstance(repeat, int) and repeat > 1 else 1
