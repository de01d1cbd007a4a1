"""Order: the nodes of a graph in the order in which they run."""

from __future__ import annotations

import heapq

from designer.project.model import Graph


def running_order(graph: Graph) -> list[str]:
    """The ids of all nodes, each after those that feed it, else in the order they were added.

    Nodes of a circle, which a damaged file can have, come last.
    """
    place = {key: index for index, key in enumerate(graph.nodes)}
    feeds: dict[str, list[str]] = {}
    waiting = dict.fromkeys(graph.nodes, 0)
    for link in graph.links:
        if link.source in place and link.target in place:
            feeds.setdefault(link.source, []).append(link.target)
            waiting[link.target] += 1
    ready = [(index, key) for key, index in place.items() if not waiting[key]]
    order: list[str] = []
    while ready:
        _, key = heapq.heappop(ready)
        order.append(key)
        for target in feeds.get(key, ()):
            waiting[target] -= 1
            if not waiting[target]:
                heapq.heappush(ready, (place[target], target))
    done = set(order)
    return order + [key for key in graph.nodes if key not in done]
