"""Tidying up: a layered layout that keeps frames around what lies on them and notes beside what they are about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from designer.project.frames import PADDING, TITLE, Box, Sizes, box_of, enclosing, grown_frames, members_by_frame
from designer.project.layout import GRID, layered_layout
from designer.project.model import Graph, Link, Node

Places: TypeAlias = dict[str, tuple[float, float]]

LAYER_GAP = 48.0
ROW_GAP = 64.0
CLEAR = 24.0
NOTE_STEP = 16.0
FARTHEST_NOTE = 2_000.0


@dataclass
class Group:
    """What is laid out together: nodes and inner groups by the id of their frame, and the notes among them."""

    frame: str = ""
    nodes: list[str] = field(default_factory=list)
    inner: dict[str, Group] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def tidy(graph: Graph, keys: Collection[str], sizes: Sizes, down: bool = False) -> tuple[Places, dict[str, Box]]:
    """Where the nodes ``keys``, and the notes that go with them, come to lie, and the boxes of the frames then.

    Layers follow from left to right, or ``down``. The part that is laid out begins where it began; where it would
    come to lie on nodes that stay, it goes the shortest way that avoids them. ``sizes`` are those of the nodes.
    """
    chosen = dict.fromkeys(key for key in graph.nodes if key in set(keys))
    top = _groups(graph, chosen, sizes)
    places, boxes = _laid_out(graph, top, sizes, down)
    before = _bounds(box_of(graph, key, sizes) for key in (*top.nodes, *top.inner))
    shift = before[0], before[1]
    placed = [_sized(graph, key, place, sizes) for key, place in places.items()]
    stays = [box_of(graph, key, sizes) for key in (*graph.nodes, *graph.notes) if key not in places]
    if len(chosen) == len(graph.nodes):
        stays = []
    shift = _shift_past([*placed, *boxes.values()], stays, shift)
    places = {key: (x + shift[0], y + shift[1]) for key, (x, y) in places.items()}
    boxes = {key: (box[0] + shift[0], box[1] + shift[1], box[2], box[3]) for key, box in boxes.items()}
    if len(chosen) == len(graph.nodes):
        places |= _notes_beside(graph, places, boxes, sizes)
        boxes |= _empty_frames(graph, places, boxes, sizes)
    moved = {key: replace(graph.nodes[key], x=places[key][0], y=places[key][1]) for key in chosen}
    after = replace(graph, nodes={**graph.nodes, **moved})
    grown = grown_frames(graph, after, sizes)
    return places, {**{key: box for key, box in grown.items() if key not in boxes}, **boxes}


def _groups(graph: Graph, chosen: Collection[str], sizes: Sizes) -> Group:
    """The chosen nodes in the frames that hold no others, each in the smallest of them."""
    lying = members_by_frame(graph, sizes)
    whole = {
        key: members
        for key, members in lying.items()
        if any(node in members for node in chosen) and all(node in chosen for node in members if node in graph.nodes)
    }
    groups = {key: Group(key) for key in whole}
    top = Group()
    homes: dict[str, Group] = {}
    for key in (*chosen, *whole, *graph.notes):
        order = (frame for frame, members in whole.items() if key in members and frame != key)
        homes[key] = groups.get(next(order, ""), top)
    for key in chosen:
        homes[key].nodes.append(key)
    for key in whole:
        homes[key].inner[key] = groups[key]
    for key in graph.notes:
        if homes[key] is not top:
            homes[key].notes.append(key)
    return top


def _laid_out(graph: Graph, group: Group, sizes: Sizes, down: bool) -> tuple[Places, dict[str, Box]]:
    """The places of all nodes and notes in the group and the boxes of the frames in it; all of it begins at (0, 0)."""
    insides = {key: _laid_out(graph, inner, sizes, down) for key, inner in group.inner.items()}
    extents = {key: sizes[key] for key in group.nodes if key in sizes}
    extents |= {key: (graph.notes[key].width, graph.notes[key].height) for key in group.notes}
    home = {key: key for key in group.nodes}
    for key, (places, boxes) in insides.items():
        home |= dict.fromkeys(places, key)
        box = _bounds([*(_sized(graph, one, at, sizes) for one, at in places.items()), *boxes.values()])
        width, height = enclosing([box])[2:]
        # as much room below as the title takes above, so that a chain runs straight on through the frame
        extents[key] = (_whole(width), _whole(height + TITLE))
    kinds = (("n", group.nodes), ("f", group.inner), ("t", group.notes))
    # a frame may have the id of a node
    names = {key: f"{kind} {key}" for kind, found in kinds for key in found}
    links = [
        Link(names[home[link.source]], link.source_port, names[home[link.target]], link.target_port)
        for link in graph.links
        if link.source in home and link.target in home and home[link.source] != home[link.target]
    ]
    units = {name: Node(name, "", name) for name in names.values()}
    layout = layered_layout(
        Graph(units, tuple(links)), {names[key]: extent for key, extent in extents.items()}, *_gaps(down), down
    )
    outside = {key: layout[name] for key, name in names.items()}
    places = {key: place for key, place in outside.items() if key not in insides}
    frames: dict[str, Box] = {}
    for key, (inner, boxes) in insides.items():
        x, y = outside[key]
        left, top = x + PADDING, y + PADDING + TITLE
        places |= {one: (left + at[0], top + at[1]) for one, at in inner.items()}
        frames |= {one: (left + box[0], top + box[1], box[2], box[3]) for one, box in boxes.items()}
        frames[key] = (x, y, extents[key][0], extents[key][1] - TITLE)
    return places, frames


def _gaps(down: bool) -> tuple[float, float]:
    return (ROW_GAP, LAYER_GAP) if down else (LAYER_GAP, ROW_GAP)


def _whole(length: float) -> float:
    return float(-(-length // GRID) * GRID)


def _sized(graph: Graph, key: str, at: tuple[float, float], sizes: Sizes) -> Box:
    return (*at, *box_of(graph, key, sizes)[2:])


def _bounds(boxes: Iterable[Box]) -> Box:
    found = list(boxes)
    if not found:
        return (0.0, 0.0, 0.0, 0.0)
    left, top = min(box[0] for box in found), min(box[1] for box in found)
    right, bottom = max(box[0] + box[2] for box in found), max(box[1] + box[3] for box in found)
    return (left, top, right - left, bottom - top)


def _shift_past(part: list[Box], stays: list[Box], shift: tuple[float, float]) -> tuple[float, float]:
    """``shift``, and as far on to one side as brings all of ``part`` past what stays."""
    best, least = shift, float("inf")
    for axis, sign in ((1, 1), (0, 1), (1, -1), (0, -1)):
        way = 0.0
        while way < least:
            further = _further(part, stays, _along(shift, axis, sign * way), axis, sign)
            if not further:
                best, least = _along(shift, axis, sign * way), way
                break
            way += _whole(further)
    return best


def _further(part: list[Box], stays: list[Box], shift: tuple[float, float], axis: int, sign: int) -> float:
    """How much further one way brings each box past each that it lies upon; 0 where it lies upon none."""
    furthest = 0.0
    for box in part:
        left, top = box[0] + shift[0], box[1] + shift[1]
        right, bottom = left + box[2], top + box[3]
        for x, y, width, height in stays:
            if left < x + width and x < right and top < y + height and y < bottom:
                low, high, mine, yours = (left, right, x, x + width) if axis == 0 else (top, bottom, y, y + height)
                furthest = max(furthest, CLEAR + (yours - low if sign > 0 else high - mine))
    return furthest


def _along(shift: tuple[float, float], axis: int, way: float) -> tuple[float, float]:
    return (shift[0] + way, shift[1]) if axis == 0 else (shift[0], shift[1] + way)


def _notes_beside(graph: Graph, places: Places, frames: Mapping[str, Box], sizes: Sizes) -> Places:
    """The notes that lie on no frame go with the node nearest to them, to where they lie on nothing."""
    taken = [*(_sized(graph, key, at, sizes) for key, at in places.items()), *frames.values()]
    moved: Places = {}
    for note in graph.notes.values():
        if note.id in places or not places:
            continue
        box = box_of(graph, note.id, sizes)
        apart = {key: _apart(box, box_of(graph, key, sizes)) for key in places if key in graph.nodes}
        near = min(apart, key=apart.__getitem__)
        node = graph.nodes[near]
        at = (note.x + places[near][0] - node.x, note.y + places[near][1] - node.y)
        box = _free((*at, note.width, note.height), taken)
        moved[note.id] = box[:2]
        taken.append(box)
    return moved


def _empty_frames(graph: Graph, places: Places, frames: Mapping[str, Box], sizes: Sizes) -> dict[str, Box]:
    """The frames on which nothing lies, where something would now: beside that."""
    taken = [*(_sized(graph, key, at, sizes) for key, at in places.items()), *frames.values()]
    moved: dict[str, Box] = {}
    for key, members in members_by_frame(graph, sizes).items():
        if not members and key not in frames:
            box = box_of(graph, key, sizes)
            free = _free(box, taken)
            taken.append(free)
            if free != box:
                moved[key] = free
    return moved


def _free(box: Box, taken: list[Box]) -> Box:
    """The box, moved the shortest way up, down or aside to where it lies on nothing."""
    way = 0.0
    while way <= FARTHEST_NOTE:
        for across, down in ((0, -1), (0, 1), (-1, 0), (1, 0)):
            moved = (box[0] + across * way, box[1] + down * way, box[2], box[3])
            near = CLEAR / 2 if way else 0.0
            wide = (moved[0] - near, moved[1] - near, moved[2] + 2 * near, moved[3] + 2 * near)
            if not any(_upon(wide, other) for other in taken):
                return moved
        way += NOTE_STEP
    return box


def _upon(one: Box, other: Box) -> bool:
    return (
        one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    )


def _apart(one: Box, other: Box) -> float:
    across = max(0.0, one[0] - other[0] - other[2], other[0] - one[0] - one[2])
    down = max(0.0, one[1] - other[1] - other[3], other[1] - one[1] - one[3])
    return across * across + down * down
