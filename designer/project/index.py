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

MOST_RANKED_ONE_BY_ONE = 50
MOST_RAISED = 200
Ends: TypeAlias = tuple[str, str, str, str]


class GraphIndex:
    """Links by their ends, and how many nodes have each name. Valid until another graph's index is asked for."""

    def __init__(self) -> None:
        self.graph = Graph()
        self.into: dict[str, dict[Ends, Link]] = {}
        self.out_of: dict[str, dict[Ends, Link]] = {}
        self.names: Counter[str] = Counter()
        self._free: dict[str, int] = {}
        self._rank: dict[str, int] | None = None
        self._next_rank = 0

    def link_into(self, node: str, port: str) -> Link | None:
        """The link that ends at an input."""
        return next((link for link in self.into.get(node, {}).values() if link.target_port == port), None)

    def leads_to(self, start: str, end: str) -> bool:
        """Whether links lead from ``start`` to ``end``."""
        if start == end:
            return True
        if self._rank is None:
            self._rank = self._ranks()
        last = self._rank.get(end, 0)
        # along a link the rank never falls, but in a circle, whose nodes share one
        if self._rank.get(start, 0) > last:
            return False
        seen, waiting = {start}, [start]
        while waiting:
            for link in self.out_of.get(waiting.pop(), {}).values():
                if link.target == end:
                    return True
                if link.target not in seen and self._rank.get(link.target, 0) <= last:
                    seen.add(link.target)
                    waiting.append(link.target)
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
        if len(come) > MOST_RANKED_ONE_BY_ONE:
            self._rank = None
        for link in come:
            self.into.setdefault(link.target, {})[link.ends] = link
            self.out_of.setdefault(link.source, {})[link.ends] = link
            self._rank_again(link)
        self.graph = graph

    def _rank_again(self, link: Link) -> None:
        """Let the ranks agree with a new link, or be worked out anew when they are needed."""
        if self._rank is None:
            return
        for node in (link.source, link.target):
            if node not in self._rank:
                self._next_rank += 1
                self._rank[node] = self._next_rank
        if self._rank[link.source] >= self._rank[link.target]:
            self._raise(link)

    def _raise(self, link: Link) -> None:
        """Give the target of a link, and what follows it, ranks above that of its source."""
        assert self._rank is not None
        waiting, steps = deque([(link.target, self._rank[link.source] + 1)]), 0
        while waiting:
            node, least = waiting.popleft()
            if self._rank.get(node, 0) >= least:
                continue
            steps += 1
            if node == link.source or steps > MOST_RAISED:
                # a circle, or a long way: all of them are worked out anew when they are needed
                self._rank = None
                return
            self._rank[node] = least
            self._next_rank = max(self._next_rank, least)
            waiting.extend((onward.target, least + 1) for onward in self.out_of.get(node, {}).values())

    def _ranks(self) -> dict[str, int]:
        """A number for each node that has links, larger than those of all that feed it; one for all after a circle."""
        missing = {node: len(links) for node, links in self.into.items() if links}
        ready = deque(node for node, links in self.out_of.items() if links and node not in missing)
        rank: dict[str, int] = dict.fromkeys(ready, 0)
        while ready:
            node = ready.popleft()
            for link in self.out_of.get(node, {}).values():
                rank[link.target] = max(rank.get(link.target, 0), rank[node] + 1)
                missing[link.target] -= 1
                if not missing[link.target]:
                    ready.append(link.target)
        self._next_rank = max(rank.values(), default=0) + 1
        return rank | {node: self._next_rank for node, count in missing.items() if count}

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
