"""Aligning: where rectangles go so that their edges or middles are in line, or the gaps between them are equal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from designer.project.errors import EditError

Edge: TypeAlias = Literal["left", "centre", "right", "top", "middle", "bottom"]
Direction: TypeAlias = Literal["across", "down"]
Box: TypeAlias = tuple[float, float, float, float]
Corners: TypeAlias = dict[str, tuple[float, float]]

_ALONG: dict[Edge, tuple[int, float]] = {
    "left": (0, 0.0),
    "centre": (0, 0.5),
    "right": (0, 1.0),
    "top": (1, 0.0),
    "middle": (1, 0.5),
    "bottom": (1, 1.0),
}


def align(boxes: Mapping[str, Box], edge: Edge) -> Corners:
    """The top left corners that bring boxes (left, top, width, height) in line at ``edge`` of all of them together."""
    if len(boxes) < 2:
        raise EditError("Select two or more to align.")
    axis, share = _ALONG[edge]
    start = min(box[axis] for box in boxes.values())
    end = max(box[axis] + box[axis + 2] for box in boxes.values())
    line = start + share * (end - start)
    return {key: _placed(box, axis, line - share * box[axis + 2]) for key, box in boxes.items()}


def distribute(boxes: Mapping[str, Box], direction: Direction) -> Corners:
    """The top left corners with equal gaps between the boxes (left, top, width, height), the outermost staying.

    Boxes that need more room than there is overlap evenly.
    """
    if len(boxes) < 3:
        raise EditError("Select three or more to distribute.")
    axis = 0 if direction == "across" else 1
    order = sorted(boxes, key=lambda key: (boxes[key][axis] + boxes[key][axis + 2] / 2, boxes[key][1 - axis]))
    start = min(box[axis] for box in boxes.values())
    end = max(box[axis] + box[axis + 2] for box in boxes.values())
    gap = (end - start - sum(box[axis + 2] for box in boxes.values())) / (len(order) - 1)
    corners: Corners = {}
    for key in order:
        corners[key] = _placed(boxes[key], axis, start)
        start += boxes[key][axis + 2] + gap
    return {key: corners[key] for key in boxes}


def _placed(box: Box, axis: int, at: float) -> tuple[float, float]:
    return (at, box[1]) if axis == 0 else (box[0], at)
