"""Chaining: layers linked one after the other in a given order, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeAlias

from designer.project import edits
from designer.project.errors import EditError
from designer.project.index import index_of
from designer.project.model import Graph, Link, Project
from designer.project.ports import Port
from designer.project.rules import PortsOf, free_place, quoted, refuse_link

Fits: TypeAlias = Callable[[str, str, Port], bool]


def connect_in_order(project: Project, keys: Sequence[str], ports_of: PortsOf, fits: Fits) -> tuple[Project, int]:
    """The project with each of the nodes ``keys`` feeding the next one, and how many links were drawn.

    A link runs from the first output that feeds nothing yet, or else the first, to the first free input; inputs for
    which ``fits(source, output, input)`` is true come before others. Two that are linked already are left as they
    are. Refused with the reason of the first link that cannot be drawn, or where there is nothing to link.
    """
    if len(keys) < 2:
        raise EditError("Select two layers or more to link them in order.")
    drawn = 0
    for source, target in pairwise(keys):
        if any(link.target == target for link in index_of(project.graph).out_of.get(source, {}).values()):
            continue
        project = edits.connect(project, _link(project.graph, source, target, ports_of, fits), ports_of)
        drawn += 1
    if not drawn:
        raise EditError("These layers are linked in this order already.")
    return project, drawn


def _link(graph: Graph, source: str, target: str, ports_of: PortsOf, fits: Fits) -> Link:
    """The best link from one node to the next; where none can be drawn the first that could be thought of."""
    used = {link.source_port for link in index_of(graph).out_of.get(source, {}).values()}
    outputs = sorted(ports_of(graph.nodes[source]).outputs, key=lambda port: port.name in used)
    inputs = ports_of(graph.nodes[target]).inputs
    for side, ports, key in (("outputs", outputs, source), ("inputs", inputs, target)):
        if not ports:
            raise EditError(f"{quoted(graph.nodes[key].name)} has no {side}.")
    out = outputs[0].name
    ordered = sorted(inputs, key=lambda port: not fits(source, out, port))
    links = [Link(source, out, target, free_place(graph, target, port)) for port in ordered]
    return next((link for link in links if refuse_link(graph, link, ports_of) is None), links[0])
