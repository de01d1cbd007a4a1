"""Repairs around a block that was edited: its uses keep no link without a port and no value without a field."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from designer.project.graph_forms import BLOCK_TYPE
from designer.project.model import Block, Exposed, Graph, Node, Project

_BOUNDARY = ("block_input", "block_output")


def repaired(project: Project, key: str, before: Block) -> Project:
    """The whole project, whose block ``key`` was ``before``, without what led to nodes of the block that are gone.

    Links of uses to ports that were deleted go, fields whose targets were all deleted, or lost that field, go with
    their values in all uses. The very same project where nothing of the kind happened.
    """
    block = project.blocks[key]
    if block.graph.nodes is before.graph.nodes:
        return project
    lost = {
        name
        for name, node in before.graph.nodes.items()
        if node.type in _BOUNDARY and not _same(block, name, node.type)
    }
    if lost:
        project = without_links(project, key, lost)
    gone = {
        (node, field)
        for exposed in block.fields
        for node, field in exposed.targets
        if _has_lost(before.graph.nodes.get(node), block.graph.nodes.get(node), field)
    }
    if gone:
        project = _without_targets(project, key, gone)
    return project


def _has_lost(before: Node | None, after: Node | None, field: str) -> bool:
    """Whether a node is gone, or has become one of another type that has no such field."""
    if after is None:
        return True
    return before is not None and field in before.fields and field not in after.fields


def without_links(project: Project, key: str, ports: Collection[str]) -> Project:
    """The whole project without the links of uses of the block ``key`` to these ports."""
    type_key = BLOCK_TYPE + key

    def kept(graph: Graph) -> Graph:
        uses = {name for name, node in graph.nodes.items() if node.type == type_key}
        if not uses:
            return graph
        links = tuple(
            link
            for link in graph.links
            if not (
                (link.source in uses and link.source_port in ports)
                or (link.target in uses and link.target_port in ports)
            )
        )
        return graph if len(links) == len(graph.links) else replace(graph, links=links)

    return _everywhere(project, kept)


def with_uses(project: Project, key: str, old: str, new: str) -> Project:
    """The whole project with the value ``old`` of all uses of the block ``key`` called ``new``, or dropped if empty.

    Fields of other blocks that set it in a use follow.
    """
    type_key = BLOCK_TYPE + key

    def kept(graph: Graph) -> Graph:
        changed = {}
        for name, node in graph.nodes.items():
            if node.type == type_key and old in node.fields:
                fields = {new if field == old else field: value for field, value in node.fields.items()}
                fields.pop("", None)
                changed[name] = replace(node, fields=fields)
        return replace(graph, nodes={**graph.nodes, **changed}) if changed else graph

    project = _everywhere(project, kept)
    for other in tuple(project.blocks):
        project = _with_targets(project, other, type_key, old, new)
    return project


def _with_targets(project: Project, key: str, type_key: str, old: str, new: str) -> Project:
    block = project.blocks[key]
    nodes = block.graph.nodes
    aimed = [
        target
        for exposed in block.fields
        for target in exposed.targets
        if target[1] == old and target[0] in nodes and nodes[target[0]].type == type_key
    ]
    if not aimed:
        return project
    fields = []
    for exposed in block.fields:
        targets = tuple((node, new) if (node, name) in aimed else (node, name) for node, name in exposed.targets)
        fields.append(replace(exposed, targets=tuple(target for target in targets if target[1])))
    return _with_fields(project, key, fields)


def _without_targets(project: Project, key: str, gone: Collection[tuple[str, str]]) -> Project:
    fields = [
        replace(exposed, targets=tuple(target for target in exposed.targets if target not in gone))
        for exposed in project.blocks[key].fields
    ]
    return _with_fields(project, key, fields)


def _with_fields(project: Project, key: str, fields: list[Exposed]) -> Project:
    """The project with these fields of a block; those without a target go, with the values that uses had for them."""
    kept = tuple(exposed for exposed in fields if exposed.targets)
    project = replace(project, blocks={**project.blocks, key: replace(project.blocks[key], fields=kept)})
    for exposed in fields:
        if not exposed.targets:
            project = with_uses(project, key, exposed.name, "")
    return project


def _everywhere(project: Project, edit: Callable[[Graph], Graph]) -> Project:
    graph = edit(project.graph)
    changed = {key: after for key, block in project.blocks.items() if (after := edit(block.graph)) is not block.graph}
    if graph is project.graph and not changed:
        return project
    blocks = {key: replace(block, graph=changed.get(key, block.graph)) for key, block in project.blocks.items()}
    return replace(project, graph=graph, blocks=blocks if changed else project.blocks)


def _same(block: Block, name: str, type_key: str) -> bool:
    return name in block.graph.nodes and block.graph.nodes[name].type == type_key
