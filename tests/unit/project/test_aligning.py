"""Aligning and distributing: in line, with equal gaps, nothing else moved."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.project.aligning import Box, Direction, Edge, align, distribute
from designer.project.errors import EditError

LENGTH = st.integers(-5_000, 5_000).map(float)
SIZE = st.integers(1, 600).map(float)
BOXES = st.dictionaries(st.text("abc", min_size=1, max_size=3), st.tuples(LENGTH, LENGTH, SIZE, SIZE), min_size=3)


def mark(box: Box, edge: Edge) -> float:
    left, top, width, height = box
    return {
        "left": left, "centre": left + width / 2, "right": left + width,
        "top": top, "middle": top + height / 2, "bottom": top + height,
    }[edge]  # fmt: skip


@given(boxes=BOXES, edge=st.sampled_from(["left", "centre", "right", "top", "middle", "bottom"]))
def test_aligned_edges_are_one_line_and_the_other_axis_is_left_alone(boxes: dict[str, Box], edge: Edge) -> None:
    corners = align(boxes, edge)
    assert corners.keys() == boxes.keys()
    after = {key: (*corners[key], *boxes[key][2:]) for key in boxes}
    assert len({round(mark(box, edge), 6) for box in after.values()}) == 1
    kept = 1 if edge in ("left", "centre", "right") else 0
    assert all(after[key][kept] == boxes[key][kept] for key in boxes)
    again = align(after, edge)
    assert all(again[key] == pytest.approx(corners[key]) for key in boxes)


@given(boxes=BOXES, direction=st.sampled_from(["across", "down"]))
def test_distributed_boxes_have_equal_gaps_within_the_same_ends(boxes: dict[str, Box], direction: Direction) -> None:
    corners = distribute(boxes, direction)
    axis = 0 if direction == "across" else 1
    order = sorted(boxes, key=lambda key: (boxes[key][axis] + boxes[key][axis + 2] / 2, boxes[key][1 - axis]))
    between = [
        corners[later][axis] - corners[earlier][axis] - boxes[earlier][axis + 2] for earlier, later in pairwise(order)
    ]
    assert max(between) - min(between) < 1e-6
    assert corners[order[0]][axis] == min(box[axis] for box in boxes.values())
    end = max(box[axis] + box[axis + 2] for box in boxes.values())
    assert corners[order[-1]][axis] + boxes[order[-1]][axis + 2] == pytest.approx(end)
    assert all(corners[key][1 - axis] == boxes[key][1 - axis] for key in boxes)


def test_too_few_are_refused_in_words() -> None:
    with pytest.raises(EditError, match="two or more"):
        align({"a": (0, 0, 1, 1)}, "left")
    with pytest.raises(EditError, match="three or more"):
        distribute({"a": (0, 0, 1, 1), "b": (5, 0, 1, 1)}, "across")
