"""Which input nodes of a network are fed by data."""

from __future__ import annotations

from designer.layers.catalog import LAYERS
from designer.layers.inputs import feeding_place
from designer.project.index import index_of
from designer.project.model import Node, Project


def input_nodes(project: Project) -> list[Node]:
    """The input nodes fed by data that an output depends on, in the order in which the network takes them."""
    feeding = index_of(project.graph).into
    nodes = project.graph.nodes
    waiting = [key for key, node in nodes.items() if node.type in LAYERS and LAYERS[node.type].role == "output"]
    seen: set[str] = set()
    found = [node for node in nodes.values() if node.type in LAYERS and LAYERS[node.type].role == "input"]
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting += [link.source for link in feeding.get(key, {}).values()]
            if nodes[key].type in LAYERS and LAYERS[nodes[key].type].comes_from_nowhere:
                # it counts the samples at the first input
                waiting += [node.id for node in found[:1]]
    found = sorted((node for node in found if not LAYERS[node.type].drawn), key=lambda node: feeding_place(node.type))
    return [node for node in found if node.id in seen] or found[:1]


def image_input(project: Project) -> Node | None:
    """The input node that pictures enter the network at."""
    return next((node for node in input_nodes(project) if node.type == "image_input"), None)
