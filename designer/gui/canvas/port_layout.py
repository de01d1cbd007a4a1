"""Where the ports of a node lie: worked out once for all nodes that look alike."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath

from designer.gui.canvas.geometry import Place, body, node_height, spread
from designer.project.ports import Ports
from designer.project.rules import places_beside

# for ports and the badge, which stand out
ROOM = 10.0


def has_labels(ports: Ports) -> bool:
    """Whether ports are told apart by their labels: where there are several on one side."""
    return len(ports.inputs) > 1 or len(ports.outputs) > 1


class Layout(NamedTuple):
    """The places of a node's inputs and outputs, its height, and the (name, output) of those that have links.

    ``reach`` is the rectangle that holds the node and all that stands out from it.
    """

    inputs: tuple[Place, ...]
    outputs: tuple[Place, ...]
    height: float
    linked: frozenset[tuple[str, bool]]
    reach: QRectF


@lru_cache(maxsize=4_096)
def laid_out(ports: Ports, into: tuple[str, ...], out_of: tuple[str, ...]) -> Layout:
    """How the ports of a node lie where links end at ``into`` and begin at ``out_of``.

    A link to a port that the node has no more still gets a place.
    """
    known = places_beside(into, ports)
    ins = tuple((name, _many(ports, name)) for name in known)
    ins += tuple((name, False) for name in dict.fromkeys(into) if name not in known)
    outs = tuple((name, False) for name in dict.fromkeys([*(port.name for port in ports.outputs), *out_of]))
    labelled = has_labels(ports)
    height = node_height(max(len(ins), len(outs)), labelled)
    linked = frozenset([(name, False) for name in into] + [(name, True) for name in out_of])
    reach = body(height).adjusted(-ROOM, -ROOM, ROOM, ROOM)
    return Layout(spread(ins, False, height, labelled), spread(outs, True, height, labelled), height, linked, reach)


@lru_cache(maxsize=256)
def outline(height: float) -> QPainterPath:
    """The outline of a node of that height, in its own coordinates."""
    path = QPainterPath()
    path.addRect(body(height))
    return path


def _many(ports: Ports, name: str) -> bool:
    port = ports.input(name)
    return port is not None and port.many
