"""Snapping: where a box that is being dragged clicks into line with its neighbours, and the lines that show why."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

Box: TypeAlias = tuple[float, float, float, float]
Segment: TypeAlias = tuple[float, float, float, float]
Mark: TypeAlias = tuple[float, int]

# edges click into line with edges, middles with middles
EDGES = (0.0, 1.0)
MIDDLE = (0.5,)


@dataclass(frozen=True)
class Snap:
    """How far to move on, whether that axis found a neighbour, and what to draw: lines in line, and equal gaps."""

    across: float = 0.0
    down: float = 0.0
    snapped_across: bool = False
    snapped_down: bool = False
    lines: tuple[Segment, ...] = ()
    gaps: tuple[Segment, ...] = ()


class Neighbours:
    """The boxes (left, top, width, height) that a dragged one may click into line with, sorted once for a drag."""

    def __init__(self, boxes: Iterable[Box]) -> None:
        self._boxes = list(boxes)
        self._marks = {(axis, shares): self._sorted(axis, shares) for axis in (0, 1) for shares in (EDGES, MIDDLE)}

    def snap(self, box: Box, reach: float) -> Snap:
        """The nearest place within ``reach`` (scene pixels) in each direction; edges and middles before equal gaps."""
        moves = []
        found = []
        for axis in (0, 1):
            move = self._to_mark(box, axis, reach)
            if move is None:
                move = self._to_gap(box, axis, reach)
            found.append(move is not None)
            moves.append(move or 0.0)
        placed = (box[0] + moves[0], box[1] + moves[1], box[2], box[3])
        lines = [line for axis in (0, 1) if found[axis] for line in self._lines(placed, axis)]
        gaps = [gap for axis in (0, 1) for gap in self._gaps(placed, axis)]
        return Snap(moves[0], moves[1], found[0], found[1], tuple(lines), tuple(gaps))

    def _sorted(self, axis: int, shares: tuple[float, ...]) -> list[Mark]:
        boxes = enumerate(self._boxes)
        return sorted((box[axis] + share * box[axis + 2], place) for place, box in boxes for share in shares)

    def _sides(self, axis: int) -> list[tuple[float, list[Mark]]]:
        return [(share, self._marks[axis, shares]) for shares in (EDGES, MIDDLE) for share in shares]

    def _to_mark(self, box: Box, axis: int, reach: float) -> float | None:
        best: float | None = None
        for share, marks in self._sides(axis):
            mine = box[axis] + share * box[axis + 2]
            place = bisect_left(marks, (mine,))
            for mark, _ in marks[max(0, place - 1) : place + 1]:
                away = mark - mine
                if abs(away) <= reach and (best is None or abs(away) < abs(best)):
                    best = away
        return best

    def _to_gap(self, box: Box, axis: int, reach: float) -> float | None:
        """To the middle between two neighbours of the row, or as far from one as that is from its own neighbour."""
        before, after = self._row(box, axis)
        wished = []
        if before and after:
            end = _end(before[0], axis)
            wished.append((end + after[0][axis] - box[axis + 2]) / 2)
        if len(before) > 1:
            wished.append(_end(before[0], axis) + before[0][axis] - _end(before[1], axis))
        if len(after) > 1:
            wished.append(after[0][axis] - (after[1][axis] - _end(after[0], axis)) - box[axis + 2])
        near = [at - box[axis] for at in wished if abs(at - box[axis]) <= reach]
        return min(near, key=abs) if near else None

    def _row(self, box: Box, axis: int) -> tuple[list[Box], list[Box]]:
        """The nearest two neighbours before and after ``box`` that lie beside it and not upon it."""
        low, high = box[1 - axis], _end(box, 1 - axis)
        start, end = box[axis], _end(box, axis)
        before, after = [], []
        for other in self._boxes:
            if other[1 - axis] < high and other[1 - axis] + other[3 - axis] > low:
                if other[axis] + other[axis + 2] <= start:
                    before.append(other)
                elif other[axis] >= end:
                    after.append(other)
        before.sort(key=lambda other: -_end(other, axis))
        after.sort(key=lambda other: other[axis])
        if len(before) > 1:
            before = [before[0], *(other for other in before[1:] if _end(other, axis) <= before[0][axis])]
        if len(after) > 1:
            after = [after[0], *(other for other in after[1:] if other[axis] >= _end(after[0], axis))]
        return before[:2], after[:2]

    def _lines(self, box: Box, axis: int) -> list[Segment]:
        """From the box to the nearest neighbour in line with it, for each edge or middle that is."""
        found = []
        for share, marks in self._sides(axis):
            mark = box[axis] + share * box[axis + 2]
            place = bisect_left(marks, (mark - 0.01,))
            others = []
            while place < len(marks) and marks[place][0] <= mark + 0.01:
                others.append(self._boxes[marks[place][1]])
                place += 1
            if others:
                near = min(others, key=lambda other: _apart(box, other, 1 - axis))
                start = min(box[1 - axis], near[1 - axis])
                end = max(_end(box, 1 - axis), _end(near, 1 - axis))
                found.append((mark, start, mark, end) if axis == 0 else (start, mark, end, mark))
        return found

    def _gaps(self, box: Box, axis: int) -> list[Segment]:
        """The gaps beside the box where they are equal, each as a line across it."""
        before, after = self._row(box, axis)
        pairs = []
        if before and after and _same(_gap(before[0], box, axis), _gap(box, after[0], axis)):
            pairs += [(before[0], box), (box, after[0])]
        if len(before) > 1 and _same(_gap(before[1], before[0], axis), _gap(before[0], box, axis)):
            pairs += [(before[1], before[0]), (before[0], box)]
        if len(after) > 1 and _same(_gap(after[0], after[1], axis), _gap(box, after[0], axis)):
            pairs += [(box, after[0]), (after[0], after[1])]
        found = []
        for one, other in dict.fromkeys(pairs):
            low = max(one[1 - axis], other[1 - axis])
            high = min(_end(one, 1 - axis), _end(other, 1 - axis))
            at, start, end = (low + high) / 2, _end(one, axis), other[axis]
            found.append((start, at, end, at) if axis == 0 else (at, start, at, end))
        return found


def _end(box: Box, axis: int) -> float:
    return box[axis] + box[axis + 2]


def _gap(one: Box, other: Box, axis: int) -> float:
    return other[axis] - _end(one, axis)


def _same(one: float, other: float) -> bool:
    return abs(one - other) < 0.51 and one > 0


def _apart(one: Box, other: Box, axis: int) -> float:
    return max(0.0, one[axis] - _end(other, axis), other[axis] - _end(one, axis))
