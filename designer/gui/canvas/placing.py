"""Placing: where new nodes go so that they do not lie on others."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import deque
from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF

from designer.gui.canvas.geometry import HEIGHT, WIDTH, snapped
from designer.gui.canvas.scene import CanvasScene
from designer.project import edits
from designer.project.frames import grown_frames, with_boxes
from designer.project.model import Graph, Link, Project
from designer.project.rules import successors_of

GAP = 48.0
CLOSE = 12.0
BAND = 128.0
Sizes = Mapping[str, tuple[float, float]]
Positions = dict[str, tuple[float, float]]


def beside(scene: CanvasScene, middle: QPointF, width: float = 0.0, height: float = 0.0) -> QPointF:
    """The top left corner, near one that centres on ``middle``, where a node lies on no other.

    ``width`` and ``height`` are how far apart the corners of the nodes to be placed are: 0 for a single one.
    """
    box = QRectF(0, 0, WIDTH + width, HEIGHT + height)
    box.moveCenter(middle)
    box.moveTopLeft(snapped(box.topLeft()))
    for _ in range(200):
        below = [scene.nodes[key].rect().bottom() for key in scene.nodes_in(box.adjusted(-CLOSE, -CLOSE, CLOSE, CLOSE))]
        if not below:
            break
        box.moveTop(snapped(QPointF(0, max(below) + 2 * CLOSE)).y())
    return box.topLeft()


def clear_below(scene: CanvasScene, corner: QPointF, width: float, height: float) -> QPointF:
    """``corner``, or one further down where frames of that size would lie on what is there and carry it along."""
    box = QRectF(corner.x(), corner.y(), width, height)
    things = [*(item.rect() for item in scene.nodes.values()), *scene.things.boxes().values()]
    for _ in range(len(things)):
        below = [thing.bottom() for thing in things if thing.intersects(box)]
        if not below:
            break
        box.moveTop(snapped(QPointF(0, max(below) + GAP)).y())
    return box.topLeft()


def after(scene: CanvasScene, key: str) -> QPointF:
    """The top left corner of a node that follows the node ``key``: to its right, on no other."""
    box = scene.nodes[key].rect()
    return beside(scene, QPointF(box.right() + GAP + WIDTH / 2, box.center().y()))


def with_room(project: Project, key: str, link: Link, sizes: Sizes) -> Project:
    """The project with room for the node ``key``, just inserted into ``link``; frames go along or grow."""
    moved = edits.move(project, room_for(project.graph, key, link, sizes))
    among = {key: (link.source, link.target)}
    return with_boxes(moved, grown_frames(project.graph, moved.graph, sizes, among))


def room_for(graph: Graph, key: str, link: Link, sizes: Sizes) -> Positions:
    """Where the node ``key``, just inserted into ``link``, and those that follow it go so that it has room.

    It keeps its place where it can; what it feeds moves right just as far as is needed, and so does what then would
    lie under that. It goes further down where something else lies in its place.
    """
    node, source, target = graph.nodes[key], graph.nodes[link.source], graph.nodes[link.target]
    if target.x <= source.x:
        # a link that runs back to the next row has room along the way
        return {key: _clear(graph, key, (node.x, node.y), {}, sizes)}
    left = max(node.x, source.x + _size(sizes, source.id)[0] + GAP)
    shift = left + _size(sizes, key)[0] + GAP - target.x
    moved = _pushed(graph, target.id, shift, sizes, {key, source.id}) if shift > 0 else {}
    return {key: _clear(graph, key, (left, node.y), moved, sizes), **moved}


def _pushed(graph: Graph, start: str, shift: float, sizes: Sizes, kept: set[str]) -> Positions:
    """``start``, what follows it and what would come to lie under any of them, each ``shift`` further right."""
    successors, bands = successors_of(graph.links), _bands(graph, sizes)
    moved: Positions = {}
    waiting = deque([start])
    while waiting:
        key = waiting.popleft()
        if key in moved or key in kept:
            continue
        node = graph.nodes[key]
        moved[key] = (node.x + shift, node.y)
        waiting.extend(successors.get(key, ()))
        box = _box(sizes, key, moved[key])
        for band in _bands_of(box):
            row = bands.get(band, [])
            for x, other in row[bisect_left(row, (node.x, "")) :]:
                if x >= box.right():
                    break
                if other not in moved and _box(sizes, other, (x, graph.nodes[other].y)).intersects(box):
                    waiting.append(other)
    return moved


def _bands(graph: Graph, sizes: Sizes) -> dict[int, list[tuple[float, str]]]:
    """The nodes in horizontal bands, from left to right."""
    bands: dict[int, list[tuple[float, str]]] = {}
    for node in graph.nodes.values():
        for band in _bands_of(_box(sizes, node.id, (node.x, node.y))):
            bands.setdefault(band, []).append((node.x, node.id))
    for row in bands.values():
        row.sort()
    return bands


def _bands_of(box: QRectF) -> range:
    return range(math.floor(box.top() / BAND), math.floor(box.bottom() / BAND) + 1)


def _clear(graph: Graph, key: str, at: tuple[float, float], moved: Positions, sizes: Sizes) -> tuple[float, float]:
    """The place ``at``, or the next one below it where the node lies on no other."""
    boxes = [
        _box(sizes, other.id, moved.get(other.id, (other.x, other.y)))
        for other in graph.nodes.values()
        if other.id != key
    ]
    box = _box(sizes, key, at)
    for _ in range(len(boxes)):
        below = [other.bottom() for other in boxes if other.intersects(box)]
        if not below:
            break
        box.moveTop(snapped(QPointF(0, max(below) + 2 * CLOSE)).y())
    return box.x(), box.y()


def _box(sizes: Sizes, key: str, at: tuple[float, float]) -> QRectF:
    return QRectF(*at, *_size(sizes, key))


def _size(sizes: Sizes, key: str) -> tuple[float, float]:
    return sizes.get(key, (WIDTH, HEIGHT))
