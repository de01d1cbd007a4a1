"""Swapping: a node becomes one of another layer type and keeps what applies to that."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from designer.layers.catalog import Catalog
from designer.layers.declaration import LayerType
from designer.project.errors import EditError
from designer.project.index import index_of
from designer.project.model import FieldValue, Graph, Link, Node, Project
from designer.project.naming import fresh_name
from designer.project.ports import Ports
from designer.project.rules import places, quoted

BOUNDARY_ROLES = ("block_input", "block_output")


def swap(project: Project, ids: Collection[str], type_key: str, catalog: Catalog) -> Project:
    """The project with the nodes ``ids`` made of the type ``type_key``.

    Each keeps its id, its place, the links whose ports there are (the others go over in order, first input to first
    input, as far as there are ports), and the fields of the same name whose value is sound. A name that was made up
    from the old type follows the new one; a name that somebody gave stays.
    """
    layer = catalog.layer(type_key)
    if layer is None:
        raise EditError(f"There is no layer type {quoted(type_key)}.")
    for key in ids:
        node = project.graph.nodes.get(key)
        if node is None:
            raise EditError(f"There is no layer {quoted(key)}.")
        if node.type != type_key:
            _demand_same_role(node, layer, catalog)
            project = replace(project, graph=_swapped(project.graph, node, layer, catalog))
    return project


def may_become(nodes: Iterable[Node], layer: LayerType, catalog: Catalog) -> bool:
    """Whether all of ``nodes`` could be of the type ``layer``, and not all of them are already."""
    roles, types = set(), set()
    for node in nodes:
        old = catalog.layer(node.type)
        roles.add(old.role if old is not None else "layer")
        types.add(node.type)
    return roles == {layer.role} and layer.role not in BOUNDARY_ROLES and types != {layer.key}


def _demand_same_role(node: Node, layer: LayerType, catalog: Catalog) -> None:
    old = catalog.layer(node.type)
    role = old.role if old is not None else "layer"
    if role in BOUNDARY_ROLES:
        raise EditError(f"{quoted(node.name)} is a port of the block and cannot become a layer.")
    if role != layer.role:
        kinds = {"input": "an input of the network", "output": "an output of the network", "layer": "a layer"}
        other = kinds.get(layer.role, "a port of a block")
        raise EditError(f"{quoted(node.name)} is {kinds[role]} and cannot become {other}.")


def _swapped(graph: Graph, node: Node, layer: LayerType, catalog: Catalog) -> Graph:
    old = catalog.layer(node.type)
    name = node.name
    if old is not None and old.base_name != layer.base_name and _made_up(name, old.base_name):
        name = fresh_name(graph, layer.base_name)
    fields: dict[str, FieldValue] = {}
    training = catalog.training_fields_of(layer.key, node.fields)
    for key, kind in catalog.fields_of(layer.key, node.fields).items():
        if key in training and key not in node.fields:
            continue
        value = node.fields.get(key, kind.initial)
        fields[key] = kind.initial if kind.refuse(value) else value
    swapped = replace(node, type=layer.key, name=name, fields=fields)
    links = _moved_links(graph, node, catalog.ports_of(node), layer.ports)
    return replace(graph, nodes={**graph.nodes, node.id: swapped}, links=links)


def _made_up(name: str, base: str) -> bool:
    return re.fullmatch(re.escape(base) + r"[0-9]+", name) is not None


def _moved_links(graph: Graph, node: Node, old: Ports, new: Ports) -> tuple[Link, ...]:
    index = index_of(graph)
    into, out_of = index.into.get(node.id, {}).values(), index.out_of.get(node.id, {}).values()
    if all(new.input(link.target_port) for link in into) and all(new.output(link.source_port) for link in out_of):
        return graph.links
    used = dict.fromkeys(link.target_port for link in graph.links if link.target == node.id)
    known = [place for place in places(graph, node.id, old) if place in used]
    inputs = _moved_inputs([*known, *(place for place in used if place not in known)], new)
    outputs = _moved_outputs([port.name for port in old.outputs], new)
    links: list[Link] = []
    for link in graph.links:
        if link.target == node.id:
            port = inputs.get(link.target_port)
            if port is None:
                continue
            link = link if port == link.target_port else replace(link, target_port=port)
        elif link.source == node.id:
            port = outputs.get(link.source_port)
            if port is None:
                continue
            link = link if port == link.source_port else replace(link, source_port=port)
        links.append(link)
    return tuple(links) if links != list(graph.links) else graph.links


def _moved_inputs(used: list[str], new: Ports) -> dict[str, str]:
    """Where the links at the ``used`` places go: to the place of that name, else in order to what is left."""
    moved = {place: place for place in used if new.input(place) is not None}
    single = [port.name for port in new.inputs if not port.many and port.name not in moved]
    many = next((port.name for port in new.inputs if port.many), "")
    number = 1
    for place in used:
        if place in moved:
            continue
        if single:
            moved[place] = single.pop(0)
        elif many:
            while f"{many}{number}" in moved.values():
                number += 1
            moved[place] = f"{many}{number}"
    return moved


def _moved_outputs(old: list[str], new: Ports) -> dict[str, str]:
    moved = {name: name for name in old if new.output(name) is not None}
    left = [port.name for port in new.outputs if port.name not in moved]
    for name in old:
        if name not in moved and left:
            moved[name] = left.pop(0)
    return moved
