"""Ports of a block in the making: the nodes at its boundary, named after what enters and leaves there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from designer.project.blocks import BLOCK_INPUT, BLOCK_OUTPUT
from designer.project.model import Graph, Link, Node
from designer.project.naming import fresh_name_among, next_number, within_canvas
from designer.project.rules import PortsOf, used_numbers

# how far apart ports are put, in scene pixels
COLUMN = 288.0
ROW = 96.0

End = tuple[str, str]


class BlockPorts:
    """The boundary nodes of a block in the making, and the links between them and what lies inside."""

    def __init__(self, chosen: Mapping[str, Node], graph: Graph, ports_of: PortsOf) -> None:
        self.chosen, self.graph, self.ports_of = chosen, graph, ports_of
        self.made: list[Node] = []
        self.links: list[Link] = []
        self._names = {node.name for node in chosen.values()}

    def inputs(self, entering: list[Link], inside: Iterable[Link]) -> dict[End, str]:
        """The port of each output outside that feeds the block."""
        x = min(node.x for node in self.chosen.values()) - COLUMN
        if not entering:
            self._free_inputs({(link.target, link.target_port) for link in inside}, x)
            return {}
        found: dict[End, str] = {}
        ends = sorted(ends_of(entering), key=lambda end: (self.graph.nodes[end[0]].y, self.graph.nodes[end[0]].x))
        for end in ends:
            fed = [link for link in entering if (link.source, link.source_port) == end]
            name = "x" if len(ends) == 1 else self._title(end)
            y = sum(self.chosen[link.target].y for link in fed) / len(fed)
            node = self._add(BLOCK_INPUT, name, x, y)
            self.links += [replace(link, source=node.id, source_port="out", bends=()) for link in fed]
            found[end] = node.id
        return found

    def outputs(self, leaving: list[Link], inside: Iterable[Link]) -> dict[End, str]:
        """The port of each output inside that feeds others."""
        x = max(node.x for node in self.chosen.values()) + COLUMN
        ends: list[End] = list(ends_of(leaving)) or self._free_outputs(
            {(link.source, link.source_port) for link in inside}
        )
        found: dict[End, str] = {}
        for end in sorted(ends, key=lambda end: (self.chosen[end[0]].y, self.chosen[end[0]].x)):
            name = "out" if len(ends) == 1 else f"{self._title(end)}_out"
            node = self._add(BLOCK_OUTPUT, name, x, self.chosen[end[0]].y)
            self.links.append(Link(end[0], end[1], node.id, "x"))
            found[end] = node.id
        return found

    def _free_inputs(self, fed: set[End], x: float) -> None:
        free = []
        for node in self.chosen.values():
            for port in self.ports_of(node).inputs:
                if port.many and not used_numbers(self.graph, node.id, port):
                    free.append((node, f"{port.name}1"))
                elif not port.many and (node.id, port.name) not in fed:
                    free.append((node, port.name))
        for node, place in free:
            made = self._add(BLOCK_INPUT, "x" if len(free) == 1 else f"{node.name}_{place}", x, node.y)
            self.links.append(Link(made.id, "out", node.id, place))

    def _free_outputs(self, used: set[End]) -> list[End]:
        return [
            (node.id, port.name)
            for node in self.chosen.values()
            for port in self.ports_of(node).outputs
            if (node.id, port.name) not in used
        ]

    def _title(self, end: End) -> str:
        node = self.graph.nodes[end[0]]
        outputs = self.ports_of(node).outputs
        port = self.ports_of(node).output(end[1])
        return f"{node.name}_{port.shown}" if port is not None and len(outputs) > 1 else node.name

    def _add(self, type_key: str, name: str, x: float, y: float) -> Node:
        prefix = "in" if type_key == BLOCK_INPUT else "out"
        taken = dict.fromkeys([*self.chosen, *(node.id for node in self.made)])
        while any(node.type == type_key and abs(node.y - y) < ROW for node in self.made):
            y += ROW
        name = fresh_name_among(self._names, name, {}) if name in self._names else name
        self._names.add(name)
        node = Node(f"{prefix}{next_number(taken, prefix)}", type_key, name, {}, *within_canvas(x, y))
        self.made.append(node)
        return node


def ends_of(links: Iterable[Link]) -> dict[End, None]:
    """The outputs that these links come from, each once, in their order."""
    return dict.fromkeys((link.source, link.source_port) for link in links)
