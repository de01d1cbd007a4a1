"""An index of a graph: who feeds whom and which names are taken, carried along from edit to edit.

A graph is a value and knows nothing of those before it. What is asked of one after an edit, though, was mostly asked
of the one before, so the index last used in a thread is kept and brought up to date by what differs.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from typing import TypeAlias

from designer.project.deltas import mapping_delta, tuple_delta
from designer.project.model import Graph, Link, Node

Ends: TypeAlias = tuple[str, str, str, str]


class GraphIndex:
    """Links by their ends, and how many nodes have each name. Valid until another graph's index is asked for."""

    def __init__(self) -> None:
        self.graph = Graph()
        self.into: dict[str, dict[Ends, Link]] = {}
        self.out_of: dict[str, dict[Ends, Link]] = {}
        self.names: Counter[str] = Counter()
        self._free: dict[str, int] = {}

    def link_into(self, node: str, port: str) -> Link | None:
        """The link that ends at an input."""
        return next((link for link in self.into.get(node, {}).values() if link.target_port == port), None)

    def leads_to(self, start: str, end: str) -> bool:
        """Whether links lead from ``start`` to ``end``; looks from both sides, so that the shorter one decides."""
        if start == end:
            return True
        ahead, behind = {start: None}, {end: None}
        forward, backward = deque([start]), deque([end])
        while forward and backward:
            for link in self.out_of.get(forward.popleft(), {}).values():
                if link.target in behind:
                    return True
                if link.target not in ahead:
                    ahead[link.target] = None
                    forward.append(link.target)
            for link in self.into.get(backward.popleft(), {}).values():
                if link.source in ahead:
                    return True
                if link.source not in behind:
                    behind[link.source] = None
                    backward.append(link.source)
        return False

    def free_name(self, base: str) -> str:
        """``base`` and the lowest number that no node's name has."""
        number = self._free.get(base, 1)
        while f"{base}{number}" in self.names:
            number += 1
        self._free[base] = number
        return f"{base}{number}"

    def follow(self, graph: Graph) -> None:
        """Become the index of ``graph``."""
        before = self.graph
        added, removed, changed = mapping_delta(before.nodes, graph.nodes)
        for key in (*removed, *changed):
            self._forget_name(before.nodes[key])
        for key in (*added, *changed):
            self.names[graph.nodes[key].name] += 1
        come, gone = tuple_delta(before.links, graph.links)
        for link in gone:
            self.into[link.target].pop(link.ends, None)
            self.out_of[link.source].pop(link.ends, None)
        for link in come:
            self.into.setdefault(link.target, {})[link.ends] = link
            self.out_of.setdefault(link.source, {})[link.ends] = link
        self.graph = graph

    def _forget_name(self, node: Node) -> None:
        self.names[node.name] -= 1
        if not self.names[node.name]:
            del self.names[node.name]
            # a name that is free again may be the lowest
            self._free.clear()


class _Kept(threading.local):
    def __init__(self) -> None:
        self.index = GraphIndex()


_kept = _Kept()


def index_of(graph: Graph) -> GraphIndex:
    """The index of ``graph``; to be read before another graph's is asked for in this thread."""
    if _kept.index.graph is not graph:
        _kept.index.follow(graph)
    return _kept.index
