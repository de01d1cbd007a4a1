"""Layered layout: nodes in columns from left to right along the flow, with few crossings and straight chains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from designer.project.crossings import order_layers
from designer.project.model import Graph

GRID = 4
USUAL_SIZE = (160.0, 64.0)
MOST_BENDS = 20_000
LANE = 16.0
ALIGNMENT_SWEEPS = 6
STRAIGHTENING_SWEEPS = 5

Layers = list[list[int]]
Neighbours = list[list[int]]
Pair = tuple[int, int]


@dataclass(frozen=True)
class Layering:
    """Points in layers: first the nodes, by their number in the graph, then the bends of links that skip layers.

    ``before`` and ``after`` hold for each point its neighbours in the layer to the left and to the right.
    """

    layers: Layers
    before: Neighbours
    after: Neighbours


def layered_layout(
    graph: Graph,
    sizes: Mapping[str, tuple[float, float]],
    horizontal_gap: float = 80,
    vertical_gap: float = 40,
    down: bool = False,
) -> dict[str, tuple[float, float]]:
    """The top left corner of each node, in pixels on a grid of 4, the whole beginning at (0, 0).

    ``sizes`` gives widths and heights; nodes without one take a usual size. Layers follow one another from left to
    right, or ``down`` the page. Parts that are not linked lie one beneath another, or beside one another. The same
    graph always gives the same layout; links in a circle do no harm.
    """
    if down:
        given = {key: sizes.get(key, USUAL_SIZE) for key in graph.nodes}
        turned = {key: (height, width) for key, (width, height) in given.items()}
        across = layered_layout(graph, turned, vertical_gap, horizontal_gap)
        return {key: (x, y) for key, (y, x) in across.items()}
    ids = list(graph.nodes)
    number = {key: place for place, key in enumerate(ids)}
    links = dict.fromkeys((number[link.source], number[link.target]) for link in graph.links)
    forward = _without_circles(len(ids), [link for link in links if link[0] != link[1]])
    rank = _ranks(len(ids), forward)
    positions: dict[int, tuple[float, float]] = {}
    top = 0.0
    for part, inner in _parts(len(ids), forward):
        box = [sizes.get(ids[point], USUAL_SIZE) for point in part]
        layering = _layering([rank[point] for point in part], inner)
        places = _places(layering, box, horizontal_gap, vertical_gap)
        for point, (x, y) in zip(part, places, strict=True):
            positions[point] = (x, top + y)
        top += max(y + box[place][1] for place, (_, y) in enumerate(places)) + 2 * vertical_gap
        top = _on_grid(top)
    return {key: positions[point] for point, key in enumerate(ids)}


def _places(
    layering: Layering, box: Sequence[tuple[float, float]], horizontal_gap: float, vertical_gap: float
) -> list[tuple[float, float]]:
    """The top left corner of each node of one part, the highest at 0."""
    heights = [height for _, height in box] + [LANE] * (len(layering.before) - len(box))
    order_layers(layering.layers, layering.before, layering.after)
    middles = _middles(layering, heights, vertical_gap)
    highest = min(middles[point] - heights[point] / 2 for point in range(len(box)))
    places = [(0.0, 0.0)] * len(box)
    left = 0.0
    for layer in layering.layers:
        nodes = [point for point in layer if point < len(box)]
        for point in nodes:
            places[point] = (_on_grid(left), _on_grid(middles[point] - heights[point] / 2 - highest))
        left += max((box[point][0] for point in nodes), default=0.0) + horizontal_gap
    return places


def _on_grid(length: float) -> float:
    return float(round(length / GRID) * GRID)


def _without_circles(count: int, links: Sequence[Pair]) -> list[Pair]:
    """The links, those turned round that would close a circle on a walk in depth through the nodes in order."""
    successors: Neighbours = [[] for _ in range(count)]
    for source, target in links:
        successors[source].append(target)
    state = bytearray(count)
    back: set[Pair] = set()
    for start in range(count):
        if state[start]:
            continue
        state[start] = 1
        stack = [(start, iter(successors[start]))]
        while stack:
            node, following = stack[-1]
            for point in following:
                if state[point] == 1:
                    back.add((node, point))
                elif not state[point]:
                    state[point] = 1
                    stack.append((point, iter(successors[point])))
                    break
            else:
                state[node] = 2
                stack.pop()
    return list(dict.fromkeys(link[::-1] if link in back else link for link in links)) if back else list(links)


def _ranks(count: int, links: Sequence[Pair]) -> list[int]:
    """The layer of each node: as far left as its feeders let it, those without feeders next to what they feed."""
    successors: Neighbours = [[] for _ in range(count)]
    feeders = [0] * count
    for source, target in links:
        successors[source].append(target)
        feeders[target] += 1
    missing = list(feeders)
    ready = [point for point in range(count) if not feeders[point]]
    rank = [0] * count
    for point in ready:
        for following in successors[point]:
            rank[following] = max(rank[following], rank[point] + 1)
            missing[following] -= 1
            if not missing[following]:
                ready.append(following)
    for point in reversed(ready):
        if not feeders[point] and successors[point]:
            rank[point] = min(rank[following] for following in successors[point]) - 1
    return rank


def _parts(count: int, links: Sequence[Pair]) -> list[tuple[list[int], list[Pair]]]:
    """The linked parts: nodes in the order of the graph, and links by the places of their nodes in the part."""
    leader = list(range(count))

    def find(point: int) -> int:
        while leader[point] != point:
            leader[point] = leader[leader[point]]
            point = leader[point]
        return point

    for source, target in links:
        first, second = sorted((find(source), find(target)))
        leader[second] = first
    parts: dict[int, tuple[list[int], list[Pair]]] = {}
    place = [0] * count
    for point in range(count):
        nodes, _ = parts.setdefault(find(point), ([], []))
        place[point] = len(nodes)
        nodes.append(point)
    for source, target in links:
        parts[find(source)][1].append((place[source], place[target]))
    return list(parts.values())


def _layering(rank: Sequence[int], links: Sequence[Pair]) -> Layering:
    """The nodes in layers by rank, links that skip layers bent in each of them while the bends are not too many."""
    lowest = min(rank)
    layers: Layers = [[] for _ in range(max(rank) - lowest + 1)]
    for point, layer in enumerate(rank):
        layers[layer - lowest].append(point)
    before: Neighbours = [[] for _ in rank]
    after: Neighbours = [[] for _ in rank]
    for source, target in sorted(links, key=lambda link: rank[link[1]] - rank[link[0]]):
        point, span = source, rank[target] - rank[source]
        if span > 1 and len(before) + span - 1 > len(rank) + MOST_BENDS:
            continue
        for layer in range(rank[source] + 1, rank[target]):
            bend = len(before)
            layers[layer - lowest].append(bend)
            before.append([point])
            after.append([])
            after[point].append(bend)
            point = bend
        before[target].append(point)
        after[point].append(target)
    return Layering(layers, before, after)


def _middles(layering: Layering, heights: Sequence[float], gap: float) -> list[float]:
    """The vertical middle of each point: near the middle of its neighbours, in the layer's order, without overlaps."""
    middles = [0.0] * len(heights)
    for layer in layering.layers:
        offset = 0.0
        for point in layer:
            middles[point] = offset + heights[point] / 2
            offset += heights[point] + gap
    for sweep in range(ALIGNMENT_SWEEPS + STRAIGHTENING_SWEEPS):
        forth = sweep % 2 == 0
        near, far = (layering.before, layering.after) if forth else (layering.after, layering.before)
        straighten = sweep >= ALIGNMENT_SWEEPS
        for layer in layering.layers if forth else reversed(layering.layers):
            wished = [_wish(point, near, far, middles, straighten) for point in layer]
            _place_layer(layer, wished, heights, gap, middles)
    return middles


def _wish(point: int, near: Neighbours, far: Neighbours, middles: Sequence[float], straighten: bool) -> float:
    """The middle a point would like: that of its neighbours; to straighten, first of one that it makes a chain with."""
    if not straighten:
        return _middle_of(near[point], middles, middles[point])
    for mine, theirs in ((near, far), (far, near)):
        if len(mine[point]) == 1 and len(theirs[mine[point][0]]) == 1:
            return middles[mine[point][0]]
    return _middle_of([*near[point], *far[point]], middles, middles[point])


def _middle_of(neighbours: Sequence[int], middles: Sequence[float], without: float) -> float:
    """The median of the neighbours' middles, of an even number the mean of the two in between."""
    if not neighbours:
        return without
    if len(neighbours) == 1:
        return middles[neighbours[0]]
    ordered = sorted(middles[point] for point in neighbours)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _place_layer(
    layer: Sequence[int], wished: Sequence[float], heights: Sequence[float], gap: float, middles: list[float]
) -> None:
    """Sets the middles nearest to the wishes (least squares) that keep order and gaps, by pooling what is too close."""
    offset = 0.0
    offsets: list[float] = []
    pools: list[tuple[float, int]] = []
    for place, point in enumerate(layer):
        if place:
            offset += (heights[layer[place - 1]] + heights[point]) / 2 + gap
        offsets.append(offset)
        total, size = wished[place] - offset, 1
        while pools and pools[-1][0] * size >= total * pools[-1][1]:
            more, others = pools.pop()
            total, size = total + more, size + others
        pools.append((total, size))
    place = 0
    for total, size in pools:
        for _ in range(size):
            middles[layer[place]] = total / size + offsets[place]
            place += 1
