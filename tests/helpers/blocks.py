"""Short ways to write down projects with blocks for tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from designer.layers.block_edits import add_ready_block
from designer.layers.catalog import catalog_of
from designer.project import edits
from designer.project.blocks import type_of_block
from designer.project.model import Block, Exposed, FieldValue, Graph, Link, Node, Project
from designer.project.rules import free_place
from tests.helpers.graphs import add, link

Values = Mapping[str, FieldValue]


def block_of(
    name: str, *layers: tuple[str, str, Values], exposed: Mapping[str, tuple[str, str]] | None = None
) -> Block:
    """A block of one input and one output with named layers between them, one after another."""
    from designer.layers.catalog import BUILT_IN

    nodes, links = {}, []
    parts = [("in1", "block_input", {}), *layers, ("out1", "block_output", {})]
    for number, (key, kind, values) in enumerate(parts):
        known = BUILT_IN.layers.get(kind)
        nodes[key] = Node(key, kind, key, {**(known.defaults if known else {}), **values}, 240.0 * number)
    for (source, *_), (target, kind, _) in pairwise(parts):
        layer = BUILT_IN.layers.get(kind)
        port = (layer.inputs[0].name + ("1" if layer.inputs[0].many else "")) if layer else "in1"
        links.append(Link(source, "out" if not nodes[source].type.startswith("block:") else "out1", target, port))
    fields = tuple(Exposed(key, (target,)) for key, target in (exposed or {}).items())
    return Block(name, Graph(nodes, tuple(links)), fields)


def with_blocks(project: Project, **blocks: Block) -> Project:
    """The project with these blocks too."""
    return replace(project, blocks={**project.blocks, **blocks})


def use(project: Project, key: str, values: Values | None = None) -> tuple[Project, str]:
    """A use of one of the project's blocks, and its id."""
    node = catalog_of(project).new_node(project.graph, type_of_block(key))
    project = edits.add_node(project, node)
    return edits.set_fields(project, node.id, values or {}), node.id


def ready(project: Project, key: str, values: Values | None = None) -> tuple[Project, str]:
    """A use of a ready block, and its id."""
    project, node = add_ready_block(project, key)
    return edits.set_fields(project, node, values or {}), node


def join(project: Project, source: str, target: str, port: str = "", source_port: str = "") -> Project:
    """A link between any two nodes, from the first output to the first free input unless ports are named."""
    catalog = catalog_of(project)
    nodes = project.graph.nodes
    if not port:
        first = catalog.ports_of(nodes[target]).inputs[0]
        port = free_place(project.graph, target, first)
    source_port = source_port or catalog.ports_of(nodes[source]).outputs[0].name
    return edits.connect(project, Link(source, source_port, target, port), catalog.ports_of)


def through(project: Project, *nodes: str) -> Project:
    """Links from each node to the next."""
    for source, target in pairwise(nodes):
        project = join(project, source, target)
    return project


def two_ports(name: str = "Cross") -> Block:
    """Two inputs and two outputs; each output is a Linear of the other side's input."""
    nodes = [
        Node("in1", "block_input", "left"), Node("in2", "block_input", "right"),
        Node("a", "linear", "a", {"out_features": 4, "bias": True}),
        Node("b", "linear", "b", {"out_features": 4, "bias": True}),
        Node("out1", "block_output", "low"), Node("out2", "block_output", "high"),
    ]  # fmt: skip
    ends = [("in1", "a"), ("in2", "b"), ("a", "out2"), ("b", "out1")]
    links = tuple(Link(source, "out", target, "x") for source, target in ends)
    return Block(name, Graph({node.id: node for node in nodes}, links))


def crossed(**values: object) -> tuple[Project, str]:
    """A table network whose features go both ways through ``two_ports``, and the id of that use."""
    project, first = add(with_blocks(Project(), cross=two_ports()), "table_input", {"features": 4})
    project, node = use(project, "cross", values)  # type: ignore[arg-type]
    project, merge = add(project, "concatenate")
    project, end = add(project, "output")
    for port in ("in1", "in2"):
        project = join(project, first, node, port)
    for place, port in (("x1", "out1"), ("x2", "out2")):
        project = join(project, node, merge, place, port)
    return join(project, merge, end), node


def resnet18(classes: int = 1000, size: int = 224) -> Project:
    """ResNet-18 from its stem and the ready residual blocks."""
    project, before = add(Project(), "image_input", {"height": size, "width": size, "mode": "colour"})
    stem: list[tuple[str, dict[str, FieldValue]]] = [
        ("conv2d", {"out_channels": 64, "kernel_size": 7, "stride": 2, "padding": 3, "bias": False}),
        ("batch_norm2d", {}),
        ("relu", {}),
        ("max_pool2d", {"kernel_size": 3, "stride": 2, "padding": 1}),
    ]
    for key, values in stem:
        project, node = add(project, key, values)
        project, before = join(project, before, node), node
    for channels in (64, 128, 256, 512):
        rest = 2
        if channels > 64:
            project, node = ready(project, "residual_downsampling", {"channels": channels})
            project, before, rest = join(project, before, node), node, 1
        project, node = ready(project, "residual", {"channels": channels, "repeat": rest})
        project, before = join(project, before, node), node
    project, pool = add(project, "global_avg_pool")
    project, head = add(project, "linear", {"out_features": classes})
    project, end = add(project, "output", {"loss": "cross_entropy"})
    return link(link(join(project, before, pool), pool, head), head, end)
