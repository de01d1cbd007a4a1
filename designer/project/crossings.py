"""Few crossings: orders the points of each layer by the middle of their neighbours, then swaps those side by side."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence

SWEEPS = 12
SWEEPS_OF_MANY = 4
MANY_LINKS = 10_000
SWAP_ROUNDS = 4
MOST_SWAP_WORK = 200_000
SIFT_ROUNDS = 8
MOST_SIFT_WORK = 400_000
MOST_RESTART_POINTS = 1_500

Layers = list[list[int]]
Neighbours = list[list[int]]


def order_layers(layers: Layers, before: Neighbours, after: Neighbours) -> None:
    """Reorders each layer in place so that few links cross. The same input always gives the same order.

    ``before`` and ``after`` list for each point its neighbours in the layer to the left and to the right. The order
    given is one start; where links cross still, others are tried, and then each point goes where it crosses least.
    """
    best, least = _swept(layers, before, after)
    if least and len(before) <= MOST_RESTART_POINTS:
        for start in (_deep_order(layers, before, after), [layer[::-1] for layer in layers]):
            order, crossings = _swept(start, before, after)
            if crossings < least:
                best, least = order, crossings
    if least:
        best = _sifted(best, before, after)
    for layer, ordered in zip(layers, best, strict=True):
        layer[:] = ordered


def _swept(layers: Layers, before: Neighbours, after: Neighbours) -> tuple[Layers, int]:
    """The best order met on sweeps to and fro, and how many links cross in it."""
    layers = [list(layer) for layer in layers]
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
    return best, least


def _deep_order(layers: Layers, before: Neighbours, after: Neighbours) -> Layers:
    """The layers in the order in which a walk in depth along the links meets their points."""
    met: dict[int, None] = {}
    for layer in layers:
        for start in layer:
            waiting = [start]
            while waiting:
                point = waiting.pop()
                if point not in met:
                    met[point] = None
                    waiting.extend(reversed((*after[point], *before[point])))
    rank = {point: place for place, point in enumerate(met)}
    return [sorted(layer, key=rank.__getitem__) for layer in layers]


def _sifted(layers: Layers, before: Neighbours, after: Neighbours) -> Layers:
    """The order after each point in turn has gone to where in its layer it crosses least; never one with more."""
    layers = [list(layer) for layer in layers]
    place = [0] * len(before)
    for layer in layers:
        _number(layer, place)
    work = 0
    for _ in range(SIFT_ROUNDS):
        saved = 0
        for layer in layers:
            for point in sorted(layer, key=lambda point: -len(before[point]) - len(after[point])):
                saved += _sift(layer, point, before, after, place)
                work += len(layer) * (len(before[point]) + len(after[point]) + 1)
            if work > MOST_SIFT_WORK:
                return layers
        if not saved:
            break
    return layers


def _sift(layer: list[int], point: int, before: Neighbours, after: Neighbours, place: list[int]) -> int:
    """Moves a point to its best position in the layer; how many crossings that saves."""
    start = layer.index(point)
    best, most = start, 0
    gained = 0
    for position in range(start + 1, len(layer)):
        other = layer[position]
        gained += _gain(point, other, before, place) + _gain(point, other, after, place)
        if gained > most:
            best, most = position, gained
    gained = 0
    for position in range(start - 1, -1, -1):
        other = layer[position]
        gained += _gain(other, point, before, place) + _gain(other, point, after, place)
        if gained > most:
            best, most = position, gained
    if best != start:
        layer.insert(best, layer.pop(start))
        _number(layer, place)
    return most


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
