"""Offers: what can be added to the graph that is looked at, layers and blocks of whatever origin.

Each is a layer type by a key: a type of the catalog, ``ready:KEY`` or ``library:NAME``. The latter two become blocks
of the project when they are added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from designer.layers.blocks import BOUNDARY_TYPES, layer_of_block
from designer.layers.catalog import BUILT_IN, CATEGORIES, LAYERS, catalog_of
from designer.layers.custom import CATEGORY as CUSTOM
from designer.layers.custom import layer_of_custom
from designer.layers.declaration import LayerType
from designer.project.blocks import BLOCK_INPUT, BLOCK_OUTPUT, type_of_block
from designer.project.custom_layers import CUSTOM_TYPE, type_of_custom
from designer.project.graph_forms import block_key, blocks_used, inner_first
from designer.project.model import Block, CustomLayer, Project
from designer.workspace.scope import Scope

READY, LIBRARY = "ready:", "library:"
BLOCKS = "Blocks"
READY_BLOCKS, LIBRARY_BLOCKS = "Ready blocks", "My library"
HEADINGS = (*CATEGORIES, CUSTOM, BLOCKS, READY_BLOCKS, LIBRARY_BLOCKS)


def heading_of(layer: LayerType) -> str:
    """The heading that an offer stands under: its category, or where its block comes from."""
    if layer.key.startswith(READY):
        return READY_BLOCKS
    return LIBRARY_BLOCKS if layer.key.startswith(LIBRARY) else layer.category


def offered(scope: Scope) -> dict[str, LayerType]:
    """All that can be added to the graph that ``scope`` looks at, by key and in the order of their headings."""
    found = _of_graph(bool(scope.block_key))
    found |= _custom(scope.project)
    if scope.project.blocks:
        found |= _of_project(scope.project, scope.block_key)
    return found | _ready() | _of_library()


def offer_of(scope: Scope, key: str) -> LayerType | None:
    """What is offered by this key; None where nothing is."""
    if not scope.block_key and key in LAYERS:
        return LAYERS[key]
    return offered(scope).get(key)


def listed(scope: Scope) -> dict[str, LayerType]:
    """What is offered, without the ready blocks and those of the library that the project already has as its own."""
    from designer.layers.ready_blocks import READY_BLOCKS
    from designer.workspace.library import library_blocks

    offers, own = offered(scope), list(scope.project.blocks.values())
    origins = ((READY, READY_BLOCKS), (LIBRARY, library_blocks())) if own else ()
    for prefix, blocks in origins:
        for key, block in blocks.items():
            if block in own:
                offers.pop(prefix + key, None)
    return offers


def brought(project: Project, key: str) -> tuple[Project, str]:
    """The project with the block that an offer stands for among its own, and the type of the nodes to be added.

    For a layer or a block that is there already the project stays as it is. A LayerloomError where it is gone.
    """
    if key.startswith(LIBRARY):
        from designer.workspace.library import adopted

        return adopted(project, key)
    if key.startswith(READY):
        from designer.layers.block_edits import with_ready_block

        project, own = with_ready_block(project, key.removeprefix(READY))
        return project, type_of_block(own)
    return project, key


def _of_graph(inside: bool) -> dict[str, LayerType]:
    """The layers that stand in a block, or at the top: each has ends of its own."""
    if not inside:
        return dict(LAYERS)
    ends = {key: BOUNDARY_TYPES[key] for key in (BLOCK_INPUT, BLOCK_OUTPUT)}
    return ends | {key: layer for key, layer in LAYERS.items() if layer.role == "layer"}


def _custom(project: Project) -> dict[str, LayerType]:
    """The layers that the project defines itself."""
    catalog = catalog_of(project) if project.layers else BUILT_IN
    types = (catalog.layer(type_of_custom(key)) for key in project.layers)
    return {layer.key: layer for layer in types if layer is not None}


def _of_project(project: Project, inside: str) -> dict[str, LayerType]:
    """The project's blocks, but not those in which one stands: a block cannot contain itself."""
    catalog, found = catalog_of(project), {}
    for key, block in project.blocks.items():
        within = blocks_used(block.graph.nodes.values(), project.blocks) if inside else {}
        layer = catalog.layer(type_of_block(key))
        if layer is not None and key != inside and inside not in within:
            found[layer.key] = _with_axes(layer, block, catalog.layers)
    return found


@lru_cache(maxsize=1)
def _ready() -> Mapping[str, LayerType]:
    from designer.layers.ready_blocks import READY_BLOCKS

    return {READY + key: _seen(READY + key, {key: block}, key) for key, block in READY_BLOCKS.items()}


def _of_library() -> dict[str, LayerType]:
    from designer.workspace.library import list_library

    entries = list_library().entries.values()
    return {entry.type_key: _seen(entry.type_key, entry.blocks, entry.key, entry.layers) for entry in entries}


def _seen(
    type_key: str, blocks: Mapping[str, Block], key: str, customs: Mapping[str, CustomLayer] | None = None
) -> LayerType:
    """The block ``key`` as a layer type under a key of its own, the blocks within it known."""
    layers = dict(BUILT_IN.layers)
    for name, custom in (customs or {}).items():
        made = layer_of_custom(name, custom)
        layers[made.key] = made
    for inner in inner_first(blocks):
        layer = layer_of_block(inner, blocks[inner], layers)
        layers[layer.key] = layer
    return replace(_with_axes(layers[type_of_block(key)], blocks[key], layers), key=type_key)


def _with_axes(layer: LayerType, block: Block, layers: Mapping[str, LayerType]) -> LayerType:
    """The block as a layer type whose inputs say which axes the layers behind them take."""
    wanted: dict[str, str] = {}
    for link in block.graph.links:
        behind = layers.get(block.graph.nodes[link.target].type)
        port = behind.ports.input(link.target_port) if behind else None
        if port is not None and port.axes != "*":
            wanted.setdefault(link.source, port.axes)
    return replace(layer, inputs=tuple(replace(port, axes=wanted.get(port.name, port.axes)) for port in layer.inputs))


def is_offer(key: str) -> bool:
    """Whether a key could name something that can be added: a layer type, or a block of whatever origin."""
    return (
        key in LAYERS or key in BOUNDARY_TYPES or bool(block_key(key)) or key.startswith((READY, LIBRARY, CUSTOM_TYPE))
    )
