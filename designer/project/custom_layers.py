"""Custom layers: what a project file says of layers of the project's own, and the edits that add, change and drop them.

Their sources are texts here, nothing more: this package neither runs nor reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from designer.project.errors import EditError, ProjectError
from designer.project.forms import MOST_CHARACTERS, Json, Line, as_object, extra_of, form_values, more_of
from designer.project.graph_forms import blocks_used
from designer.project.model import Block, CustomLayer, Graph, Node, Project
from designer.project.naming import fresh_key
from designer.project.rules import quoted

CUSTOM_TYPE = "custom:"
MOST_LAYERS = 200
MOST_LINES = 20_000
LONGEST_KEY = 150
LONGEST_NAME = 200

SourceLine = Annotated[str, Meta(max_length=MOST_CHARACTERS)]


class CustomLayerForm(Struct):
    """A custom layer but for its source."""

    name: Line
    summary: Line | UnsetType = UNSET


class SourceForm(Struct):
    """The lines of a source."""

    source: Annotated[list[SourceLine], Meta(max_length=MOST_LINES)]


LAYER_KEYS = frozenset({*CustomLayerForm.__struct_fields__, *SourceForm.__struct_fields__})


def layers_from(raw: Json) -> dict[str, CustomLayer]:
    """Custom layers by key; a ProjectError where one is none."""
    values = as_object(raw, "layers")
    if len(values) > MOST_LAYERS:
        raise ProjectError(f"layers: {len(values)} entries; at most {MOST_LAYERS} are allowed.")
    layers: dict[str, CustomLayer] = {}
    for key, value in values.items():
        if not 0 < len(key) <= LONGEST_KEY:
            raise ProjectError(f"layers: the key {quoted(key)} should have 1 to {LONGEST_KEY} characters.")
        layers[key] = _layer_from(value, f"layer {quoted(key)}")
    return layers


def _layer_from(raw: Json, place: str) -> CustomLayer:
    values = as_object(raw, place)
    lines = form_values(values, SourceForm, place)["source"]
    if sum(map(len, lines)) > MOST_CHARACTERS:
        raise ProjectError(f"{place}: its source is longer than {MOST_CHARACTERS:,} characters.")
    known = form_values(values, CustomLayerForm, place)
    return CustomLayer(source="\n".join(lines), extra=extra_of(values, LAYER_KEYS, place), **known)


def layer_to(layer: CustomLayer) -> dict[str, Json]:
    """The JSON object of a custom layer, its source a list of lines."""
    raw: dict[str, Json] = {"name": layer.name, "summary": layer.summary, "source": layer.source.split("\n")}
    return {**raw, **more_of(layer.extra, LAYER_KEYS)}


def type_of_custom(key: str) -> str:
    """The type of the nodes of the custom layer ``key``."""
    return CUSTOM_TYPE + key


def custom_key(type_key: str) -> str:
    """The key of the custom layer that a node of this type is of; empty where it is another layer."""
    return type_key.removeprefix(CUSTOM_TYPE) if type_key.startswith(CUSTOM_TYPE) else ""


def layers_used(
    nodes: Iterable[Node], blocks: Mapping[str, Block], layers: Mapping[str, CustomLayer]
) -> dict[str, CustomLayer]:
    """The custom layers of the nodes and of those in the blocks that they use, in the order of ``layers``."""
    if not layers:
        return {}
    own = list(nodes)
    inner = (node for block in blocks_used(own, blocks).values() for node in block.graph.nodes.values())
    keys = {custom_key(node.type) for node in (*own, *inner)}
    return {key: layer for key, layer in layers.items() if key in keys}


def joined_layers(
    here: Mapping[str, CustomLayer], come: Mapping[str, CustomLayer]
) -> tuple[Mapping[str, CustomLayer], dict[str, str]]:
    """All custom layers, and for each that came its key here: that of an equal one, or a free one."""
    keys: dict[str, str] = {}
    added: dict[str, CustomLayer] = {}
    for key, layer in come.items():
        same = next((known for known, other in here.items() if other == layer), None)
        keys[key] = same or fresh_key([*here, *added], key)
        if same is None:
            added[keys[key]] = layer
    if len(here) + len(added) > MOST_LAYERS:
        raise EditError(f"A project holds at most {MOST_LAYERS} layers of its own.")
    return ({**here, **added} if added else here), keys


def retyped(graph: Graph, keys: Mapping[str, str]) -> Graph:
    """The graph with the nodes of custom layers under other keys."""
    if all(old == new for old, new in keys.items()):
        return graph
    return replace(graph, nodes={name: retyped_node(node, keys) for name, node in graph.nodes.items()})


def retyped_node(node: Node, keys: Mapping[str, str]) -> Node:
    """The node with the key of its custom layer changed, where it is of one."""
    key = custom_key(node.type)
    return replace(node, type=CUSTOM_TYPE + keys[key]) if keys.get(key, key) != key else node


def add_layer(project: Project, layer: CustomLayer) -> tuple[Project, str]:
    """The project with one more custom layer, and its key. Refused where its name is empty or taken."""
    if len(project.layers) >= MOST_LAYERS:
        raise EditError(f"A project holds at most {MOST_LAYERS} layers of its own.")
    named = _named(project, layer, "")
    key = fresh_key(project.layers, _plain(named.name) or "layer")
    return replace(project, layers={**project.layers, key: named}), key


def change_layer(project: Project, key: str, layer: CustomLayer) -> Project:
    """The project with another name, summary or source of the custom layer ``key``."""
    if key not in project.layers:
        raise EditError(f"There is no layer {quoted(key)} of your own any more.")
    named = _named(project, layer, key)
    return project if named == project.layers[key] else replace(project, layers={**project.layers, key: named})


def remove_layer(project: Project, key: str) -> Project:
    """The project without the custom layer ``key``. Refused while nodes are of it."""
    if key not in project.layers:
        raise EditError(f"There is no layer {quoted(key)} of your own any more.")
    uses = uses_of_layer(project, key)
    if uses:
        count = "One node is" if uses == 1 else f"{uses:,} nodes are"
        raise EditError(f"{count} of the layer {quoted(project.layers[key].name)}; remove them first.")
    return replace(project, layers={other: layer for other, layer in project.layers.items() if other != key})


def uses_of_layer(project: Project, key: str) -> int:
    """How many nodes of the whole project, also in blocks, are of the custom layer ``key``."""
    type_key = type_of_custom(key)
    graphs = (project.graph, *(block.graph for block in project.blocks.values()))
    return sum(node.type == type_key for graph in graphs for node in graph.nodes.values())


def _named(project: Project, layer: CustomLayer, key: str) -> CustomLayer:
    name = " ".join(layer.name.split())
    if not name:
        raise EditError("A layer needs a name.")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise EditError(f"A layer's name is one line of at most {LONGEST_NAME} characters.")
    if any(other != key and known.name == name for other, known in project.layers.items()):
        raise EditError(f"Another layer of your own is already called {quoted(name)}.")
    return replace(layer, name=name)


def _plain(name: str) -> str:
    sign = "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in name.lower())
    return sign.strip("_")[:60].rstrip("_")
