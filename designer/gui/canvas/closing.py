"""Closing gaps: where layers were deleted and healed, what followed them moves up as far as it fits."""

from __future__ import annotations

import math
from bisect import bisect_right, insort
from collections.abc import Collection, Iterable, Iterator

from designer.gui.canvas.placing import BAND, GAP, Sizes
from designer.gui.theme import GRID
from designer.project import edits
from designer.project.frames import Box, box_of, grown_frames, members_by_frame, with_boxes
from designer.project.model import Graph, Link, Project
from designer.project.rules import successors_of

# each gap looks at all that follows it; more at once are left to "Tidy up"
MOST_GAPS = 40


def close_gaps(before: Project, after: Project, gone: Collection[str], sizes: Sizes) -> Project:
    """``after``, from which the nodes ``gone`` are missing, with what followed them as much further left as fits."""
    healed = {link.target for link in after.graph.links} & _fed_by(before.graph, gone)
    groups = sorted(_groups(before.graph, gone), key=lambda group: -_left(before.graph, group))
    if len(groups) > MOST_GAPS:
        return after
    closed = after
    # from the right, so that each gap still lies where it was
    for group in groups:
        targets = healed & _fed_by(before.graph, group)
        if targets:
            closed = _moved_up(closed, targets, _left(before.graph, group), sizes)
    return closed if closed is after else with_boxes(closed, grown_frames(after.graph, closed.graph, sizes))


def _left(graph: Graph, keys: Iterable[str]) -> float:
    return min(graph.nodes[key].x for key in keys)


def _fed_by(graph: Graph, keys: Collection[str]) -> set[str]:
    """The nodes beside ``keys`` that one of them feeds."""
    return {link.target for link in graph.links if link.source in keys and link.target not in keys}


def _groups(graph: Graph, gone: Collection[str]) -> Iterator[set[str]]:
    """``gone`` in sets of nodes that are linked with each other."""
    inner = [link for link in graph.links if link.source in gone and link.target in gone]
    beside = successors_of([*inner, *(Link(link.target, "", link.source, "") for link in inner)])
    left = set(gone)
    while left:
        group = _reached(beside, [next(iter(left))])
        left -= group
        yield group


def _reached(successors: dict[str, list[str]], starts: Iterable[str]) -> set[str]:
    found = set(starts)
    waiting = list(found)
    while waiting:
        for key in successors.get(waiting.pop(), ()):
            if key not in found:
                found.add(key)
                waiting.append(key)
    return found


def _moved_up(project: Project, targets: set[str], left: float, sizes: Sizes) -> Project:
    graph = project.graph
    room = _left(graph, targets) - left
    if room < GRID:
        return project
    moving = _reached(successors_of(graph.links), targets)
    for link in graph.links:
        if link.target in moving and link.source not in moving:
            x, _, width, _ = box_of(graph, link.source, sizes)
            gap = graph.nodes[link.target].x - (x + width) - GAP
            # what runs back to another row does not hold it
            room = min(room, gap) if graph.nodes[link.target].x > x else room
    room = _free(graph, moving, room, sizes)
    step = math.floor(room / GRID) * GRID
    if step <= 0:
        return project
    return edits.move(project, {key: (graph.nodes[key].x - step, graph.nodes[key].y) for key in moving})


def _free(graph: Graph, moving: set[str], room: float, sizes: Sizes) -> float:
    """How much of ``room`` is free on the left of the nodes ``moving``."""
    on_frame = members_by_frame(graph, sizes)
    # a frame goes along with its nodes where all of them go
    frames = [key for key in graph.frames if not _nodes_on(graph, on_frame[key]) <= moving]
    bands: dict[int, list[tuple[float, Box, str]]] = {}
    for key in (*(node for node in graph.nodes if node not in moving), *graph.notes, *frames):
        box = box_of(graph, key, sizes)
        for band in _bands_of(box):
            insort(bands.setdefault(band, []), (box[0] + box[2], box, key))
    for key in moving:
        x, top, width, height = box_of(graph, key, sizes)
        for band in _bands_of((x, top, width, height)):
            row = bands.get(band, [])
            for place in range(bisect_right(row, x, key=lambda entry: entry[0]) - 1, -1, -1):
                right, other, name = row[place]
                if x - right - GAP >= room:
                    break
                if other[1] < top + height and top < other[1] + other[3] and key not in on_frame.get(name, ()):
                    room = min(room, x - right - GAP)
    return room


def _nodes_on(graph: Graph, members: Collection[str]) -> set[str]:
    return {key for key in members if key in graph.nodes}


def _bands_of(box: Box) -> range:
    return range(math.floor(box[1] / BAND), math.floor((box[1] + box[3]) / BAND) + 1)
