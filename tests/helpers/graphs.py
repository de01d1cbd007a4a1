"""Short ways to write down graphs for tests."""

from __future__ import annotations

from designer.layers.catalog import LAYERS, new_node, ports_of
from designer.project import edits
from designer.project.model import FieldValue, Graph, Link, Project
from designer.project.rules import free_place


def chain(*layers: str | tuple[str, dict[str, FieldValue]], project: Project | None = None) -> Project:
    """A project whose nodes follow one another: ``chain("table_input", ("linear", {"out_features": 8}), "output")``."""
    project = project or Project()
    before = ""
    for number, layer in enumerate(layers):
        key, values = layer if isinstance(layer, tuple) else (layer, {})
        project, node = add(project, key, values, x=240.0 * number)
        if before:
            project = link(project, before, node)
        before = node
    return project


def add(project: Project, key: str, values: dict[str, FieldValue] | None = None, x: float = 0.0) -> tuple[Project, str]:
    """A node more, and its id."""
    node = new_node(project.graph, key, x, 0.0)
    project = edits.add_node(project, node)
    return edits.set_fields(project, node.id, values or {}), node.id


def link(project: Project, source: str, target: str) -> Project:
    """A link from the only output of one node to the first free input of another."""
    return edits.connect(project, Link(source, "out", target, free_input(project.graph, target)), ports_of)


def free_input(graph: Graph, target: str) -> str:
    """The first free input of a node."""
    ports = LAYERS[graph.nodes[target].type].inputs
    if ports[0].many:
        return free_place(graph, target, ports[0])
    taken = {link.target_port for link in graph.links if link.target == target}
    return next((port.name for port in ports if port.name not in taken), ports[0].name)


def named(project: Project, name: str) -> str:
    """The id of the node called ``name``."""
    return next(node.id for node in project.graph.nodes.values() if node.name == name)
