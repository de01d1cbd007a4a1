"""Wiring: which links reach each node, in the order of its ports, with bypassed nodes seen through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from designer.compiler.plan import End
from designer.layers.catalog import Catalog
from designer.project.model import Graph, Link
from designer.project.ports import Port, place_number

ENDS = ("input", "output", "block_input", "block_output")


@dataclass(frozen=True)
class Wiring:
    """``into`` holds the links that reach each node's ports, ``before`` the nodes at their other ends.

    ``passing`` leads from each bypassed node to the end whose data passes by it, None where there is none; ``stray``
    are links to ports that are not there. ``counted`` leads from layers without an input to the end that tells them
    how many samples there are: the first input's.
    """

    graph: Graph
    into: Mapping[str, list[Link]]
    before: Mapping[str, list[str]]
    stray: tuple[Link, ...]
    bypassed: frozenset[str]
    passing: Mapping[str, End | None] = field(default_factory=dict)
    counted: Mapping[str, End] = field(default_factory=dict)

    def past_bypassed(self, order: Iterable[str]) -> Wiring:
        """The wiring with what passes by each bypassed node; ``order`` is a running order."""
        if not self.bypassed:
            return self
        passing: dict[str, End | None] = {}
        for key in order:
            if key in self.bypassed:
                first = next(iter(self.into[key]), None)
                passing[key] = None if first is None else passing.get(first.source, (first.source, first.source_port))
        return replace(self, passing=passing)

    def end(self, link: Link) -> End | None:
        """The end that a link brings data from."""
        return self.passing.get(link.source, (link.source, link.source_port))

    def feeding(self, node: str) -> list[str]:
        """The nodes whose data a node takes."""
        if not self.passing or node in self.counted:
            return self.before[node]
        return [end[0] for link in self.into[node] if (end := self.end(link)) is not None]


def wire(graph: Graph, catalog: Catalog) -> Wiring:
    """The wiring of a graph whose nodes are of the catalog's types."""
    into: dict[str, list[Link]] = {node: [] for node in graph.nodes}
    stray = []
    ports = {key: catalog.ports_of(node) for key, node in graph.nodes.items()}
    sound: dict[tuple[str, str, str, str], bool] = {}
    for link in graph.links:
        ends = (graph.nodes[link.source].type, link.source_port, graph.nodes[link.target].type, link.target_port)
        if ends not in sound:
            there = ports[link.source].output(link.source_port) and ports[link.target].input(link.target_port)
            sound[ends] = bool(there) or ends[0] not in catalog.layers or ends[2] not in catalog.layers
        if sound[ends]:
            into[link.target].append(link)
        else:
            stray.append(link)
    for node, links in into.items():
        if len(links) > 1:
            inputs = ports[node].inputs
            links.sort(key=lambda link: _place(link, inputs))
    before = {node: [link.source for link in links] for node, links in into.items()}
    counted = _counted(graph, catalog)
    before.update({node: [end[0]] for node, end in counted.items()})
    bypassed = frozenset(
        key for key, node in graph.nodes.items() if node.bypassed and can_be_bypassed(node.type, catalog)
    )
    return Wiring(graph, into, before, tuple(stray), bypassed, counted=counted)


def _counted(graph: Graph, catalog: Catalog) -> dict[str, End]:
    """For each layer without an input the end at which the first samples enter the graph, where there is one."""
    layers = {key: layer for key, node in graph.nodes.items() if (layer := catalog.layers.get(node.type)) is not None}
    starts = ((key, layer.outputs[0].name) for key, layer in layers.items() if layer.role in ("input", "block_input"))
    first = next(starts, None)
    if first is None:
        return {}
    return {key: first for key, layer in layers.items() if layer.comes_from_nowhere}


def can_be_bypassed(type_key: str, catalog: Catalog) -> bool:
    """Whether data can pass by nodes of this type: where it enters and leaves a network or a block, it cannot."""
    layer = catalog.layers.get(type_key)
    return layer is None or layer.role not in ENDS


def _place(link: Link, inputs: tuple[Port, ...]) -> tuple[int, int]:
    for place, port in enumerate(inputs):
        if port.name == link.target_port:
            return (place, 0)
        number = place_number(port, link.target_port) if port.many else None
        if number is not None:
            return (place, number)
    return (len(inputs), 0)


def accepts(wanted: str, axes: str) -> bool:
    """Whether a port that takes the layouts ``wanted`` takes ``axes``; with three axes any letters will do."""
    if wanted == "*":
        return True
    return any(
        layout == axes or (len(layout) == len(axes) and len(axes) != 2 and len(axes) != 4) for layout in wanted.split()
    )
