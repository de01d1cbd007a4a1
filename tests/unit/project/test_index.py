"""The index of a graph is that of a fresh one, whatever graphs it was asked for before; deltas find what differs."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from designer.project.deltas import mapping_delta, tuple_delta, with_entry, with_last
from designer.project.index import GraphIndex, index_of
from designer.project.model import Graph
from designer.project.naming import fresh_name
from designer.project.rules import find_path
from tests.helpers.projects import graphs


def fresh(graph: Graph) -> GraphIndex:
    """An index that knew no graph before."""
    index = GraphIndex()
    index.follow(graph)
    return index


def linked(index: GraphIndex) -> tuple[object, object]:
    """The links of an index without the empty places that were left."""
    return (
        {node: set(links) for node, links in index.into.items() if links},
        {node: set(links) for node, links in index.out_of.items() if links},
    )


@given(st.lists(graphs(), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_the_index_that_followed_other_graphs_equals_a_fresh_one(several: list[Graph]) -> None:
    for graph in several:
        index = index_of(graph)
        assert linked(index) == linked(fresh(graph))
        assert index.names == fresh(graph).names
        for node in graph.nodes.values():
            assert fresh_name(graph, "conv") == fresh(graph).free_name("conv")
            for other in graph.nodes:
                found = find_path(graph.links, node.id, other) is not None
                assert index_of(graph).leads_to(node.id, other) is found


class Thing:
    """Something that is equal to itself alone."""


def test_deltas_find_what_differs_between_any_two_collections() -> None:
    chance = random.Random(7)
    for _ in range(3_000):
        before = {f"k{number}": Thing() for number in range(chance.randrange(7))}
        after = dict(before)
        for _ in range(chance.randrange(4)):
            key = chance.choice(list(after) or ["k1"])
            act = chance.randrange(4)
            if act == 0:
                after.pop(key, None)
            elif act == 1:
                after[key] = Thing()
            elif act == 2:
                after[f"k{chance.randrange(12)}"] = Thing()
            elif key in after:
                after[key] = after.pop(key)
        added, removed, changed = mapping_delta(before, after)
        assert set(added) == after.keys() - before.keys()
        assert set(removed) == before.keys() - after.keys()
        assert set(changed) == {key for key in after.keys() & before.keys() if before[key] is not after[key]}
        old, new = tuple(before.values()), tuple(after.values())
        come, gone = tuple_delta(old, new)
        start = next((at for at in range(len(old)) if old[: at + 1] != new[: at + 1]), len(old))
        assert new[:start] + come + old[start + len(gone) :] == new
        assert old[:start] + gone + new[start + len(come) :] == old


def test_the_delta_of_what_was_added_is_known_and_right() -> None:
    one, two, three = Thing(), Thing(), Thing()
    before = {"a": one}
    added = with_entry(before, "b", two)
    assert added == {"a": one, "b": two} and mapping_delta(before, added) == (("b",), (), ())
    changed = with_entry(added, "a", three)
    assert list(changed) == ["a", "b"] and mapping_delta(added, changed) == ((), (), ("a",))
    assert mapping_delta(before, changed) == (("b",), (), ("a",))
    assert mapping_delta(changed, before) == ((), ("b",), ("a",))
    row = (one, two)
    longer = with_last(row, three)
    assert longer == (one, two, three)
    assert tuple_delta(row, longer) == ((three,), ())
    assert tuple_delta(longer, row) == ((), (three,))
