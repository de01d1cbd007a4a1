"""The layered layout: along the flow, without overlaps, straight where it can be, few crossings, the same each time."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.project.crossings import _swept, count_crossings, order_layers
from designer.project.layout import GRID, layered_layout
from designer.project.model import Graph, Link, Node

Positions = Mapping[str, tuple[float, float]]
SIZE = (160.0, 64.0)


def graph_of(count: int, links: Sequence[tuple[int, int]]) -> Graph:
    """A graph of nodes n0, n1, … and links between their numbers."""
    nodes = {f"n{number}": Node(f"n{number}", "relu", f"relu{number}") for number in range(count)}
    return Graph(nodes, tuple(Link(f"n{a}", "out", f"n{b}", f"x{place}") for place, (a, b) in enumerate(links, 1)))


def crossings(graph: Graph, positions: Positions) -> int:
    """Pairs of links between the same two columns that cross."""
    ends = [(*positions[link.source], *positions[link.target]) for link in graph.links]
    return sum((a[0], a[2]) == (b[0], b[2]) and (a[1] - b[1]) * (a[3] - b[3]) < 0 for a, b in combinations(ends, 2))


def test_a_chain_is_straight() -> None:
    sizes = {"n0": (200.0, 40.0), "n1": (120.0, 88.0)}
    positions = layered_layout(graph_of(4, [(0, 1), (1, 2), (2, 3)]), sizes)
    assert [positions[f"n{number}"][0] for number in range(4)] == [0, 280, 480, 720]
    middles = {positions[f"n{number}"][1] + sizes.get(f"n{number}", SIZE)[1] / 2 for number in range(4)}
    assert len(middles) == 1


def test_a_branch_lies_evenly_about_its_stem() -> None:
    positions = layered_layout(graph_of(4, [(0, 1), (0, 2), (1, 3), (2, 3)]), {})
    assert positions == {"n0": (0, 52), "n1": (240, 0), "n2": (240, 104), "n3": (480, 52)}


def test_a_skipping_link_gets_its_own_lane() -> None:
    positions = layered_layout(graph_of(4, [(0, 1), (1, 2), (2, 3), (0, 3)]), {})
    lane = positions["n0"][1] + SIZE[1] / 2
    assert positions["n0"][1] == positions["n3"][1]
    assert positions["n1"][1] == positions["n2"][1]
    assert lane > positions["n1"][1] + SIZE[1] or positions["n1"][1] != positions["n0"][1]


def test_chains_beside_one_another_are_straight() -> None:
    graph = graph_of(8, [(0, 1), (1, 2), (2, 3), (3, 7), (0, 4), (4, 7), (0, 5), (5, 6), (6, 7)])
    positions = layered_layout(graph, {})
    assert positions["n1"][1] == positions["n2"][1] == positions["n3"][1]
    assert positions["n5"][1] == positions["n6"][1]


def test_an_input_lies_beside_what_it_feeds() -> None:
    positions = layered_layout(graph_of(5, [(0, 1), (1, 2), (2, 3), (4, 3)]), {})
    assert positions["n4"][0] == positions["n2"][0]


def test_parts_lie_one_beneath_another() -> None:
    positions = layered_layout(graph_of(5, [(0, 3), (1, 4)]), {}, vertical_gap=40)
    assert positions["n0"] == (0, 0)
    assert positions["n1"] == (0, 144)
    assert positions["n2"] == (0, 288)


def test_trees_and_permuted_ladders_have_no_crossings() -> None:
    tree = graph_of(40, [((number - 1) // 3, number) for number in range(1, 40)])
    assert crossings(tree, layered_layout(tree, {})) == 0
    chance = random.Random(5)
    order = list(range(10, 20))
    chance.shuffle(order)
    ladder = graph_of(21, [*((0, rung) for rung in range(1, 10)), *zip(range(1, 10), order, strict=False)])
    assert crossings(ladder, layered_layout(ladder, {})) == 0


def test_few_crossings_on_random_layers() -> None:
    chance = random.Random(11)
    links = {
        (10 * layer + chance.randrange(10), 10 * layer + 10 + chance.randrange(10))
        for layer in range(5)
        for _ in range(15)
    }
    links |= {(10 * layer + place, 10 * layer + 10 + place) for layer in range(5) for place in range(10)}
    graph = graph_of(60, sorted(links))
    naive = {f"n{number}": (float(number // 10), float(number % 10)) for number in range(60)}
    assert crossings(graph, layered_layout(graph, {})) < 0.75 * crossings(graph, naive)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), width=st.integers(2, 9), depth=st.integers(2, 6))
def test_further_starts_and_sifting_never_more_crossings_than_sweeps_alone(seed: int, width: int, depth: int) -> None:
    chance = random.Random(seed)
    count = width * depth
    layers = [list(range(layer * width, (layer + 1) * width)) for layer in range(depth)]
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for source in range(count - width):
        for target in {(source // width + 1) * width + chance.randrange(width) for _ in range(2)}:
            after[source].append(target)
            before[target].append(source)
    _, least = _swept(layers, before, after)
    order_layers(layers, before, after)
    place = {point: position for layer in layers for position, point in enumerate(layer)}
    assert sorted(place) == list(range(count))
    assert count_crossings(layers, after, [place[point] for point in range(count)]) <= least


def test_down_the_page_is_the_same_layout_turned() -> None:
    graph = graph_of(6, [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4), (0, 5)])
    sizes = {"n1": (200.0, 40.0), "n4": (120.0, 88.0)}
    across = layered_layout(graph, {key: sizes.get(key, SIZE)[::-1] for key in graph.nodes}, 30, 50)
    down = layered_layout(graph, sizes, 50, 30, down=True)
    assert down == {key: (x, y) for key, (y, x) in across.items()}


@settings(max_examples=150, deadline=None)
@given(
    links=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30),
    sizes=st.lists(st.tuples(st.integers(20, 400), st.integers(20, 400)), min_size=12, max_size=12),
)
def test_any_graph_is_on_the_grid_without_overlaps(links: list[tuple[int, int]], sizes: list[tuple[int, int]]) -> None:
    graph = graph_of(12, links)
    boxes = {f"n{number}": (float(size[0]), float(size[1])) for number, size in enumerate(sizes)}
    positions = layered_layout(graph, boxes)
    assert list(positions) == list(graph.nodes)
    assert min(x for x, _ in positions.values()) == min(y for _, y in positions.values()) == 0
    assert all(x % GRID == 0 and y % GRID == 0 for x, y in positions.values())
    for a, b in combinations(positions, 2):
        (ax, ay), (bx, by) = positions[a], positions[b]
        apart = ax + boxes[a][0] <= bx or bx + boxes[b][0] <= ax or ay + boxes[a][1] <= by or by + boxes[b][1] <= ay
        assert apart, (a, b)
    assert layered_layout(graph, boxes) == positions
    if all(source < target for source, target in links):
        assert all(positions[f"n{source}"][0] < positions[f"n{target}"][0] for source, target in links)


@pytest.mark.alone
def test_two_thousand_nodes_are_laid_out_at_once() -> None:
    chance = random.Random(3)
    links = [(chance.randrange(max(0, node - 20), node), node) for node in range(1, 2000) for _ in range(2)]
    begin = time.process_time()
    assert len(layered_layout(graph_of(2000, links), {})) == 2000
    assert time.process_time() - begin < 1.0
