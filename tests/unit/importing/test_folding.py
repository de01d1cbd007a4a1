"""Long networks stand in rows; what joins them stands beneath, and no two layers at one place."""

from __future__ import annotations

from itertools import pairwise

import pytest

from designer.importing.folding import LONGEST_ROW, MOST_IN_ONE, ROW, STEP, folded, folded_tree

Pairs = list[tuple[str, str]]


def trunk(count: int) -> tuple[list[str], Pairs]:
    names = [f"t{place}" for place in range(count)]
    return names, list(pairwise(names))


@pytest.mark.parametrize("count", [1, 6, 7, 13, 40])
def test_a_chain_fills_rows_from_left_to_right(count: int) -> None:
    places = [folded(place, count) for place in range(count)]
    assert len(set(places)) == count and max(x for x, _ in places) < LONGEST_ROW * STEP
    assert places == sorted(places, key=lambda place: (place[1], place[0]))


def test_what_joins_stands_beneath_its_row_and_before_what_it_joins() -> None:
    names, pairs = trunk(18)
    names += ["a1", "a2", "b"]
    pairs += [("a1", "a2"), ("a2", "t10"), ("b", "t10")]
    places = folded_tree(names, pairs)
    assert places is not None and set(places) == set(names) and len(set(places.values())) == len(names)
    join = places["t10"]
    assert places["a2"] == (join[0] - STEP, join[1] + ROW) and places["a1"][0] == places["a2"][0] - STEP
    assert places["b"] == (join[0] - STEP, join[1] + 2 * ROW)
    assert places["t12"][1] == join[1] + 3 * ROW


def test_other_networks_are_laid_out_along_their_links() -> None:
    names, pairs = trunk(18)
    assert folded_tree(names, [*pairs, ("t3", "t7")]) is None
    assert folded_tree([*names, "alone"], pairs) is None
    assert folded_tree([*names, "a", "b", "c"], [*pairs, ("a", "c"), ("b", "c"), ("c", "t5")]) is None
    short, links = trunk(MOST_IN_ONE)
    assert folded_tree([*short, "a"], [*links, ("a", "t5")]) is None
