"""Few crossings: orders the points of each layer by the middle of their neighbours, then swaps those side by side."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence

SWEEPS = 12
SWEEPS_OF_MANY = 4
MANY_LINKS = 10_000
SWAP_ROUNDS = 4
MOST_SWAP_WORK = 200_000

Layers = list[list[int]]
Neighbours = list[list[int]]


def order_layers(layers: Layers, before: Neighbours, after: Neighbours) -> None:
    """Reorders each layer in place so that few links cross. The same input always gives the same order.

    ``before`` and ``after`` list for each point its neighbours in the layer to the left and to the right.
    """
    place = [0] * len(before)
    for layer in layers:
        _number(layer, place)
    best, least = [list(layer) for layer in layers], count_crossings(layers, after, place)
    for sweep in range(SWEEPS if sum(map(len, after)) < MANY_LINKS else SWEEPS_OF_MANY):
        if not least:
            break
        forth = sweep % 2 == 0
        for layer in layers if forth else layers[::-1]:
            _sort_by_neighbours(layer, before if forth else after, place)
        _swap_neighbours(layers, before, after, place)
        crossings = count_crossings(layers, after, place)
        if crossings < least:
            best, least = [list(layer) for layer in layers], crossings
    for layer, order in zip(layers, best, strict=True):
        layer[:] = order


def _number(layer: Sequence[int], place: list[int]) -> None:
    for position, point in enumerate(layer):
        place[point] = position


def _sort_by_neighbours(layer: list[int], neighbours: Neighbours, place: list[int]) -> None:
    """Sorts by the mean place of the neighbours; points without any keep their place, equal ones their order."""
    means = {
        point: sum(place[other] for other in neighbours[point]) / len(neighbours[point])
        if neighbours[point]
        else float(place[point])
        for point in layer
    }
    layer.sort(key=means.__getitem__)
    _number(layer, place)


def _swap_neighbours(layers: Layers, before: Neighbours, after: Neighbours, place: list[int]) -> None:
    """Swaps points side by side as long as that saves crossings, for a bounded number of rounds and comparisons."""
    work = 0
    for _ in range(SWAP_ROUNDS):
        saved = False
        for layer in layers:
            for position in range(len(layer) - 1):
                first, second = layer[position], layer[position + 1]
                work += len(before[first]) * len(before[second]) + len(after[first]) * len(after[second]) + 1
                if _gain(first, second, before, place) + _gain(first, second, after, place) > 0:
                    layer[position], layer[position + 1] = second, first
                    place[first], place[second] = position + 1, position
                    saved = True
            if work > MOST_SWAP_WORK:
                return
        if not saved:
            return


def _gain(upper: int, lower: int, neighbours: Neighbours, place: list[int]) -> int:
    """How many crossings between the links of two points on one side a swap would save."""
    gain = 0
    for mine in neighbours[upper]:
        here = place[mine]
        for other in neighbours[lower]:
            there = place[other]
            gain += (here > there) - (here < there)
    return gain


def count_crossings(layers: Layers, after: Neighbours, place: Sequence[int]) -> int:
    """How many pairs of links between adjacent layers cross."""
    crossings = 0
    for layer in layers:
        seen: list[int] = []
        for point in layer:
            ends = sorted(place[other] for other in after[point])
            for end in ends:
                crossings += len(seen) - bisect_right(seen, end)
            for end in ends:
                insort(seen, end)
    return crossings
