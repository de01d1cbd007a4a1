"""Where the ports of a node lie: worked out once for all nodes that look alike."""

from __future__ import annotations

from functools import lru_cache

from designer.gui.canvas.geometry import Place, node_height, spread
from designer.project.ports import Ports
from designer.project.rules import places_beside


def has_labels(ports: Ports) -> bool:
    """Whether ports are told apart by their labels: where there are several on one side."""
    return len(ports.inputs) > 1 or len(ports.outputs) > 1


@lru_cache(maxsize=4_096)
def laid_out(
    ports: Ports, into: tuple[str, ...], out_of: tuple[str, ...]
) -> tuple[tuple[Place, ...], tuple[Place, ...], float]:
    """The places of inputs and outputs, and the node's height, where links end at ``into`` and begin at ``out_of``.

    A link to a port that the node has no more still gets a place.
    """
    known = places_beside(into, ports)
    ins = tuple((name, _many(ports, name)) for name in known)
    ins += tuple((name, False) for name in dict.fromkeys(into) if name not in known)
    outs = tuple((name, False) for name in dict.fromkeys([*(port.name for port in ports.outputs), *out_of]))
    labelled = has_labels(ports)
    height = node_height(max(len(ins), len(outs)), labelled)
    return spread(ins, False, height, labelled), spread(outs, True, height, labelled), height


def _many(ports: Ports, name: str) -> bool:
    port = ports.input(name)
    return port is not None and port.many
