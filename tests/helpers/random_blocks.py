"""Random projects with blocks: rows of features through blocks in blocks, repeated, shared and bypassed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from designer.layers.catalog import BUILT_IN, Catalog, catalog_of
from designer.project import edits
from designer.project.blocks import BLOCK_INPUT, BLOCK_OUTPUT, within
from designer.project.model import Block, Exposed, FieldValue, Project
from tests.helpers.blocks import join, use
from tests.helpers.graphs import add

LAYERS = ("linear", "relu", "tanh", "dropout", "layer_norm", "prelu", "gelu", "identity", "batch_norm1d")
NAMES = ("Step", "residual", "Nn", "epoch", "2 sides", "Ärger", "class", "F", "SEED", "x", "Step")


def random_block(chance: random.Random, blocks: dict[str, Block]) -> Block:
    """A block of one or two ports a side with layers and earlier blocks between them, some of their fields exposed."""
    key = f"b{len(blocks)}"
    project = within(Project(blocks={**blocks, key: Block(chance.choice(NAMES))}), key)
    ports = chance.choice([1, 1, 2])
    ends = []
    for _ in range(ports):
        project, node = _new(project, BLOCK_INPUT)
        ends.append((node, "out"))
    exposed = []
    for _ in range(chance.randint(1, 4)):
        project, ends, node = random_step(chance, project, ends, tuple(blocks))
        if project.graph.nodes[node].type == "linear":
            exposed.append(Exposed(f"width{len(exposed)}", ((node, "out_features"),)))
    for end in chance.sample(ends[-3:], min(ports, len(ends[-3:]))):
        project, out = _new(project, BLOCK_OUTPUT)
        project = join(project, end[0], out, source_port=end[1])
    return Block(chance.choice(NAMES), project.graph, tuple(chance.sample(exposed, chance.randint(0, len(exposed)))))


def random_step(
    chance: random.Random, project: Project, ends: Sequence[tuple[str, str]], keys: Sequence[str]
) -> tuple[Project, list[tuple[str, str]], str]:
    """One node more, behind one of the ends or joining two of them, and the ends with its own."""
    kind = chance.choice([*LAYERS, "concatenate", *(f"block:{key}" for key in keys)])
    if kind.startswith("block:"):
        repeat = chance.choice([1, 1, 2, 3])
        values: dict[str, FieldValue] = {"repeat": repeat, "shared": chance.random() < 0.3}
        project, node = use(project, kind.removeprefix("block:"), values)
        fields = catalog_of(project).layers[kind].fields
        widths = {name: chance.randint(1, 5) for name in fields if name.startswith("width")}
        project = edits.set_fields(project, node, widths)
    else:
        project, node = _new(project, kind)
        if kind == "linear":
            project = edits.set_field(project, node, "out_features", chance.randint(1, 6))
    catalog = catalog_of(project)
    for port in catalog.ports_of(project.graph.nodes[node]).inputs:
        for number in range(2 if port.many else 1):
            source, source_port = chance.choice(list(ends))
            project = join(project, source, node, f"{port.name}{number + 1}" if port.many else port.name, source_port)
    if chance.random() < 0.1:
        nodes = project.graph.nodes
        project = replace(
            project, graph=replace(project.graph, nodes={**nodes, node: replace(nodes[node], bypassed=True)})
        )
    outputs = catalog.ports_of(project.graph.nodes[node]).outputs
    return project, [*ends, *((node, port.name) for port in outputs)], node


def random_block_project(chance: random.Random, width: int = 1, features: int = 4) -> Project:
    """A table network through random blocks that ends in ``width`` values; it may have problems."""
    blocks: dict[str, Block] = {}
    for number in range(chance.randint(1, 3)):
        blocks[f"b{number}"] = random_block(chance, blocks)
    project, first = add(Project(blocks=blocks), "table_input", {"features": features})
    ends = [(first, "out")]
    for _ in range(chance.randint(2, 5)):
        project, ends, _ = random_step(chance, project, ends, tuple(blocks))
    project, merge = add(project, "concatenate")
    for place, end in enumerate(ends[1:], 1):
        project = join(project, end[0], merge, f"x{place}", end[1])
    project, last = add(project, "linear", {"out_features": width})
    project, output = add(project, "output")
    return join(join(project, merge, last), last, output)


def _new(project: Project, kind: str) -> tuple[Project, str]:
    catalog: Catalog = catalog_of(project) if project.blocks else BUILT_IN
    node = catalog.new_node(project.graph, kind)
    return edits.add_node(project, node), node.id
