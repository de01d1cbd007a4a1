"""Altering what is drawn: delete and heal, bypass, a field of many nodes, copies that are fed as the originals are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from designer.project import edits
from designer.project.errors import EditError
from designer.project.model import FieldValue, Link, Node, Project
from designer.project.ports import Ports
from designer.project.rules import PortsOf, places_beside, quoted, refuse_link

Fed = tuple[str, str]


def delete_and_heal(project: Project, ids: Collection[str], ports_of: PortsOf) -> Project:
    """The project without the nodes ``ids``; what fed the first input of each now feeds all that it fed.

    Nodes in a row go as one. Neighbours that the link rules do not let meet are left apart.
    """
    gone = set(ids)
    left = edits.remove(project, gone)
    into: dict[str, list[Link]] = {key: [] for key in gone}
    for link in project.graph.links:
        if link.target in gone:
            into[link.target].append(link)
    first = {key: _first_fed(into[key], ports_of(project.graph.nodes[key])) for key in gone}
    kept = {link.ends for link in left.graph.links}
    links: list[Link] = []
    for link in project.graph.links:
        if link.ends in kept:
            links.append(link)
        elif link.source in gone and link.target not in gone:
            source = _outside(first, link)
            healed = replace(link, source=source[0], source_port=source[1], bends=()) if source else None
            # the nodes that the link leads past are gone, so neither a circle nor a second link can come of it
            if healed and refuse_link(replace(left.graph, links=()), healed, ports_of) is None:
                links.append(healed)
    if len(links) == len(left.graph.links):
        return left
    return replace(left, graph=replace(left.graph, links=tuple(links)))


def _first_fed(into: Sequence[Link], ports: Ports) -> Fed | None:
    """What feeds the first of a node's inputs that is fed at all."""
    fed = {link.target_port: (link.source, link.source_port) for link in into}
    inputs = places_beside(fed, ports)
    return next((fed[place] for place in inputs if place in fed), next(iter(fed.values()), None))


def _outside(first: Mapping[str, Fed | None], link: Link) -> Fed | None:
    """The output outside of the nodes ``first`` that the data of ``link``, which comes from one of them, began at."""
    source: Fed | None = (link.source, link.source_port)
    seen: set[str] = set()
    while source is not None and source[0] in first:
        if source[0] in seen:
            return None
        seen.add(source[0])
        source = first[source[0]]
    return source


def set_bypassed(project: Project, ids: Collection[str], on: bool, ports_of: PortsOf | None = None) -> Project:
    """The project with the nodes ``ids`` bypassed, or no longer.

    With ``ports_of`` those through which no data can pass, for want of an input or an output, are refused.
    """
    nodes = project.graph.nodes
    changed: dict[str, Node] = {}
    for key in ids:
        if key not in nodes:
            raise EditError(f"There is no layer {quoted(key)}.")
        node = nodes[key]
        if on and ports_of is not None:
            _demand_way_through(node, ports_of)
        if node.bypassed != on:
            changed[key] = replace(node, bypassed=on)
    if not changed:
        return project
    return replace(project, graph=replace(project.graph, nodes={**nodes, **changed}))


def _demand_way_through(node: Node, ports_of: PortsOf) -> None:
    ports = ports_of(node)
    if not ports.inputs:
        raise EditError(f"{quoted(node.name)} cannot be bypassed: it has no input whose data could pass by.")
    if not ports.outputs:
        raise EditError(f"{quoted(node.name)} cannot be bypassed: it has no output that data could pass to.")


def set_field_of_many(project: Project, ids: Collection[str], name: str, value: FieldValue) -> Project:
    """The project with one field of several nodes set to one value."""
    for key in ids:
        project = edits.set_field(project, key, name, value)
    return project


def duplicate_with_links(
    project: Project, ids: Collection[str], offset: tuple[float, float] = (edits.PASTE_STEP, edits.PASTE_STEP)
) -> tuple[Project, tuple[str, ...]]:
    """As ``edits.duplicate``, and what feeds the nodes ``ids`` from outside feeds their copies too."""
    wanted = set(ids)
    copied, added = edits.duplicate(project, ids, offset)
    originals = [key for key in project.graph.nodes if key in wanted]
    copy_of = dict(zip(originals, added, strict=False))
    fed = [
        replace(link, target=copy_of[link.target], bends=())
        for link in project.graph.links
        if link.target in copy_of and link.source not in copy_of
    ]
    if not fed:
        return copied, added
    return replace(copied, graph=replace(copied.graph, links=(*copied.graph.links, *fed))), added
