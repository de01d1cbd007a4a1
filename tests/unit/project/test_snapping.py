"""Snapping: the nearest edge or middle, else an equal gap, within reach and no further."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.project.snapping import Box, Neighbours

LENGTH = st.integers(-400, 400).map(float)
SIZE = st.integers(10, 200).map(float)
BOX = st.tuples(LENGTH, LENGTH, SIZE, SIZE)


def marks(box: Box, axis: int) -> tuple[set[float], float]:
    return {box[axis], box[axis] + box[axis + 2]}, box[axis] + box[axis + 2] / 2


@given(box=BOX, others=st.lists(BOX, max_size=12), reach=st.floats(0.5, 20))
def test_it_never_goes_further_than_its_reach_and_lands_in_line(box: Box, others: list[Box], reach: float) -> None:
    snap = Neighbours(others).snap(box, reach)
    assert abs(snap.across) <= reach and abs(snap.down) <= reach
    placed = (box[0] + snap.across, box[1] + snap.down, box[2], box[3])
    for axis, snapped in ((0, snap.snapped_across), (1, snap.snapped_down)):
        edges, middle = marks(box, axis)
        near = [abs(theirs - mine) for other in others for mine in edges for theirs in marks(other, axis)[0]] + [
            abs(marks(other, axis)[1] - middle) for other in others
        ]
        if near and min(near) <= reach:
            assert snapped
            edges, middle = marks(placed, axis)
            away = [min(abs(mine - theirs) for mine in edges for theirs in marks(other, axis)[0]) for other in others]
            away += [abs(marks(other, axis)[1] - middle) for other in others]
            assert min(away) < 1e-6
    assert not (snap.lines or snap.gaps) or snap.snapped_across or snap.snapped_down or others


def test_the_middle_between_two_neighbours() -> None:
    neighbours = Neighbours([(0, 0, 100, 50), (400, 7, 100, 50)])
    snap = neighbours.snap((203, 20, 100, 37), 5)
    assert snap.snapped_across and 203 + snap.across == 200
    assert {gap[:1] + gap[2:3] for gap in snap.gaps} == {(100, 200), (300, 400)}


def test_as_far_from_the_last_as_that_is_from_the_one_before() -> None:
    neighbours = Neighbours([(0, 0, 100, 50), (130, 0, 60, 50)])
    snap = neighbours.snap((223, 21, 70, 40), 5)
    assert 223 + snap.across == 220
    assert len(snap.gaps) == 2


def test_lines_reach_from_the_box_to_its_neighbour() -> None:
    snap = Neighbours([(0, 0, 100, 50)]).snap((3, 200, 100, 50), 5)
    assert snap.across == -3 and not snap.snapped_down
    assert (0, 0, 0, 250) in snap.lines and (100, 0, 100, 250) in snap.lines and (50, 0, 50, 250) in snap.lines


@pytest.mark.alone
def test_a_step_among_a_thousand_costs_little() -> None:
    chance = random.Random(4)
    boxes = [(chance.randrange(0, 9_000) * 4.0, chance.randrange(0, 2_000) * 4.0, 192.0, 72.0) for _ in range(1_000)]
    neighbours = Neighbours(boxes)
    begin = time.process_time()
    for step in range(100):
        neighbours.snap((step * 30.0, step * 20.0, 192, 72), 6)
    assert (time.process_time() - begin) / 100 < 0.002
