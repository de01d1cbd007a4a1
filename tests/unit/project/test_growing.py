"""A growing row is what a tuple would be, whichever rows grew from it before."""

from __future__ import annotations

import random

import pytest

from designer.project.growing import Growing


def test_rows_that_grow_from_one_another_are_as_tuples_are() -> None:
    chance = random.Random(3)
    rows: list[tuple[Growing[int], tuple[int, ...]]] = [(Growing([0]), (0,))]
    for value in range(1, 2_000):
        row, same = chance.choice(rows[-5:])
        kept, most = chance.randint(1, len(same)) if chance.random() < 0.3 else len(same), 12
        rows.append((row.grown(kept, value, most), (*same[:kept], value)[-most:]))
        for grown, expected in rows[-20:]:
            assert tuple(grown) == expected and grown == expected
            assert len(grown) == len(expected)
            assert grown[-1] == expected[-1] and grown[0] == expected[0] and grown[1:-1] == expected[1:-1]


def test_what_no_longer_counts_is_let_go() -> None:
    row: Growing[int] = Growing()
    for value in range(1_000):
        row = row.grown(len(row), value, 100)
    assert tuple(row) == tuple(range(900, 1_000))
    assert len(row._shared) <= 130


def test_a_place_outside_is_refused() -> None:
    for place in (2, -3):
        with pytest.raises(IndexError):
            Growing([1, 2])[place]
