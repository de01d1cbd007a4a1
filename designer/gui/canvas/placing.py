"""Placing: where new nodes go so that they do not lie on others."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF

from designer.gui.canvas.geometry import HEIGHT, WIDTH, snapped
from designer.gui.canvas.scene import CanvasScene
from designer.project.model import Graph, Link
from designer.project.rules import successors_of

GAP = 48.0
CLOSE = 12.0


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


def room_for(
    graph: Graph, key: str, link: Link, sizes: Mapping[str, tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    """Where the node ``key``, just inserted into ``link``, and those that follow it go so that it has room.

    It keeps its place where it can; what it feeds moves right just as far as is needed.
    """
    node, source, target = graph.nodes[key], graph.nodes[link.source], graph.nodes[link.target]
    width = sizes.get(key, (WIDTH, HEIGHT))[0]
    if target.x <= source.x:
        # a link that runs back to the next row has room along the way
        return {key: (node.x, node.y)}
    left = max(node.x, source.x + sizes.get(source.id, (WIDTH, HEIGHT))[0] + GAP)
    positions = {key: (left, node.y)}
    shift = left + width + GAP - target.x
    if shift > 0:
        for following in _downstream(graph, target.id):
            other = graph.nodes[following]
            positions[following] = (other.x + shift, other.y)
    return positions


def _downstream(graph: Graph, start: str) -> list[str]:
    successors = successors_of(graph.links)
    found, waiting = {start: None}, deque([start])
    while waiting:
        for following in successors.get(waiting.popleft(), ()):
            if following not in found:
                found[following] = None
                waiting.append(following)
    return list(found)
