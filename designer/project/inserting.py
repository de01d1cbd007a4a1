"""Inserting fragments: what was copied gets ids and names of its own, and its blocks find those already there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from designer.project.custom_layers import joined_layers, retyped, retyped_node
from designer.project.errors import EditError
from designer.project.forms import MOST_LINKS, MOST_NODES
from designer.project.fragment import Fragment
from designer.project.graph_forms import BLOCK_TYPE, MOST_BLOCKS, block_key, inner_first
from designer.project.model import Block, Frame, Graph, Link, Node, Note, Project
from designer.project.naming import fresh_name_among, next_number, within_canvas

Thing = TypeVar("Thing", Frame, Note)


def insert_fragment(
    project: Project, fragment: Fragment, offset: tuple[float, float]
) -> tuple[Project, tuple[str, ...]]:
    """The project with the fragment moved by ``offset`` (scene pixels), and the new ids of nodes, frames and notes."""
    graph = project.graph
    layers, layer_keys = joined_layers(project.layers, fragment.layers)
    come = {key: replace(block, graph=retyped(block.graph, layer_keys)) for key, block in fragment.blocks.items()}
    blocks, keys = _joined_blocks(project.blocks, come if layer_keys else fragment.blocks)
    own = [retyped_node(node, layer_keys) for node in fragment.nodes]
    fresh, nodes = _fresh_nodes(graph, own, keys, offset)
    if len(graph.nodes) + len(nodes) > MOST_NODES:
        raise EditError(f"A project holds at most {MOST_NODES:,} layers.")
    if len(graph.links) + len(fragment.links) > MOST_LINKS:
        raise EditError(f"A project holds at most {MOST_LINKS:,} links.")
    frames = _fresh_things(fragment.frames, graph.frames, "f", offset)
    notes = _fresh_things(fragment.notes, graph.notes, "t", offset)
    links = tuple(_moved_link(link, fresh, offset) for link in fragment.links)
    graph = Graph(
        {**graph.nodes, **nodes} if nodes else graph.nodes,
        (*graph.links, *links) if links else graph.links,
        {**graph.frames, **frames} if frames else graph.frames,
        {**graph.notes, **notes} if notes else graph.notes,
    )
    return replace(project, graph=graph, blocks=blocks, layers=layers), (*nodes, *frames, *notes)


def _joined_blocks(here: Mapping[str, Block], come: Mapping[str, Block]) -> tuple[Mapping[str, Block], dict[str, str]]:
    """All blocks, and for each that came its key here: that of an equal one, or a free one.

    The blocks that came may lie in one another, so a key that changes is changed inside them too.
    """
    keys: dict[str, str] = {}
    added: dict[str, Block] = {}
    for key in inner_first(come):
        block = replace(come[key], graph=_with_types(come[key].graph, keys))
        found, number = key, 2
        while found in added or (found != key and found in come) or here.get(found, block) != block:
            found = f"{key}{number}"
            number += 1
        keys[key] = found
        if found not in here:
            added[found] = block
    if len(here) + len(added) > MOST_BLOCKS:
        raise EditError(f"A project holds at most {MOST_BLOCKS:,} blocks.")
    return ({**here, **added} if added else here), keys


def _with_types(graph: Graph, keys: Mapping[str, str]) -> Graph:
    if all(old == new for old, new in keys.items()):
        return graph
    return replace(graph, nodes={key: _typed(node, keys) for key, node in graph.nodes.items()})


def _typed(node: Node, keys: Mapping[str, str]) -> Node:
    key = block_key(node.type)
    return replace(node, type=BLOCK_TYPE + keys[key]) if key in keys and keys[key] != key else node


def _fresh_nodes(
    graph: Graph, nodes: Iterable[Node], keys: Mapping[str, str], offset: tuple[float, float]
) -> tuple[dict[str, str], dict[str, Node]]:
    number = next_number(graph.nodes, "n")
    taken = {node.name for node in graph.nodes.values()}
    last: dict[str, int] = {}
    fresh: dict[str, str] = {}
    made: dict[str, Node] = {}
    for node in nodes:
        while f"n{number}" in graph.nodes:
            number += 1
        key = f"n{number}"
        number += 1
        base = node.name.rstrip("0123456789") or "layer"
        name = fresh_name_among(taken, base, last) if node.name in taken else node.name
        taken.add(name)
        x, y = within_canvas(node.x + offset[0], node.y + offset[1])
        fresh[node.id] = key
        made[key] = replace(_typed(node, keys), id=key, name=name, x=x, y=y)
    return fresh, made


def _fresh_things(
    things: Iterable[Thing], known: Mapping[str, Thing], prefix: str, offset: tuple[float, float]
) -> dict[str, Thing]:
    number = next_number(known, prefix)
    made: dict[str, Thing] = {}
    for thing in things:
        x, y = within_canvas(thing.x + offset[0], thing.y + offset[1])
        while f"{prefix}{number}" in known:
            number += 1
        made[f"{prefix}{number}"] = replace(thing, id=f"{prefix}{number}", x=x, y=y)
        number += 1
    return made


def _moved_link(link: Link, fresh: Mapping[str, str], offset: tuple[float, float]) -> Link:
    bends = tuple(within_canvas(x + offset[0], y + offset[1]) for x, y in link.bends)
    return replace(link, source=fresh[link.source], target=fresh[link.target], bends=bends)
