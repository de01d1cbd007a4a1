"""The catalog: every declaration by its key, gathered from the modules of this package."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import ModuleType
from typing import TypeVar

from designer.layers import (
    activations,
    attention,
    convolution,
    inputs,
    linear,
    losses,
    merge,
    metrics,
    normalization,
    optimizers,
    pooling,
    regularization,
    settings,
    shape,
)
from designer.layers.blocks import BOUNDARY_TYPES, layer_of_block
from designer.layers.declaration import LayerType, LossType, MetricType, OptimizerType
from designer.layers.fields import Choice, Field, shown
from designer.layers.search import find
from designer.project.blocks import BLOCK_INPUT, BLOCK_OUTPUT
from designer.project.facts import TargetKind
from designer.project.graph_forms import inner_first
from designer.project.model import Block, Fields, FieldValue, Graph, Node, Project
from designer.project.naming import fresh_id, fresh_name, next_number
from designer.project.ports import Port, Ports

Declaration = TypeVar("Declaration", LayerType, LossType, OptimizerType, MetricType)


def _gather(kind: type[Declaration], modules: Iterable[ModuleType]) -> dict[str, Declaration]:
    found: dict[str, Declaration] = {}
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, kind):
                if found.get(value.key, value) is not value:
                    raise TypeError(f"two declarations are called {value.key}")
                found[value.key] = value
    return found


LOSSES: Mapping[str, LossType] = _gather(LossType, [losses])
OPTIMIZERS: Mapping[str, OptimizerType] = _gather(OptimizerType, [optimizers])
METRICS: Mapping[str, MetricType] = _gather(MetricType, [metrics])
LAYERS: Mapping[str, LayerType] = _gather(
    LayerType,
    [inputs, linear, convolution, pooling, normalization, activations, regularization, shape, merge, attention],
)
CATEGORIES: tuple[str, ...] = tuple(dict.fromkeys(layer.category for layer in LAYERS.values()))

_LOSS_WORDS = {key: f"{loss.title}. {loss.summary}" for key, loss in LOSSES.items()}
_OPTIMIZER_WORDS = {key: f"{optimizer.title}. {optimizer.summary}" for key, optimizer in OPTIMIZERS.items()}


def fields_of(type_key: str, values: Fields) -> dict[str, Field]:
    """The fields of a node of this type with these values: an output's include those of its chosen loss."""
    return BUILT_IN.fields_of(type_key, values)


def training_fields() -> dict[str, Field]:
    """The training settings as fields, with the optimizers to choose from."""
    choice = settings.TRAINING["optimizer"]
    assert isinstance(choice, Choice)
    return {**settings.TRAINING, "optimizer": replace(choice, options=_OPTIMIZER_WORDS)}


def values_of(node: Node) -> dict[str, FieldValue]:
    """Every field of a node: its own value, or the default where it has none."""
    return BUILT_IN.values_of(node)


_ANYTHING = Ports((Port("x", many=True),), (Port("out"),))


def ports_of(node: Node) -> Ports:
    """The node's ports. A type that is not known here has a free input and an output."""
    return BUILT_IN.ports_of(node)


def new_node(graph: Graph, type_key: str, x: float = 0.0, y: float = 0.0) -> Node:
    """A node of this type at its defaults, with an id and a name that the graph does not have yet."""
    return BUILT_IN.new_node(graph, type_key, x, y)


class Catalog:
    """The layer types that a project's nodes may have: those that come with Layerloom, and its own blocks."""

    def __init__(self, layers: Mapping[str, LayerType]) -> None:
        self.layers = layers
        self._ports = {key: layer.ports for key, layer in layers.items()}
        self._initial: dict[str, dict[str, FieldValue]] = {}

    def layer(self, type_key: str) -> LayerType | None:
        """The layer type with this key; None where it is not known."""
        return self.layers.get(type_key)

    def ports_of(self, node: Node) -> Ports:
        """The node's ports. A type that is not known here has a free input and an output."""
        return self._ports.get(node.type, _ANYTHING)

    def fields_of(self, type_key: str, values: Fields) -> dict[str, Field]:
        """The fields of a node of this type with these values: an output's include those of its chosen loss."""
        layer = self.layers.get(type_key)
        if layer is None:
            return {}
        fields = dict(layer.fields)
        if layer.role == "output":
            choice = fields["loss"]
            if isinstance(choice, Choice):
                fields["loss"] = replace(choice, options=_LOSS_WORDS)
            chosen = LOSSES.get(str(values.get("loss", choice.initial)))
            fields.update(chosen.fields if chosen else {})
        return fields

    def values_of(self, node: Node) -> dict[str, FieldValue]:
        """Every field of a node: its own value, or the default where it has none."""
        fields = self.fields_of(node.type, node.fields)
        return {name: node.fields.get(name, field.initial) for name, field in fields.items()}

    def new_node(self, graph: Graph, type_key: str, x: float = 0.0, y: float = 0.0) -> Node:
        """A node of this type at its defaults, with an id and a name that the graph does not have yet."""
        layer = self.layers[type_key]
        if type_key not in self._initial:
            self._initial[type_key] = {name: field.initial for name, field in self.fields_of(type_key, {}).items()}
        fields = dict(self._initial[type_key])
        prefix = _BOUNDARY_IDS.get(type_key)
        key = f"{prefix}{next_number(graph.nodes, prefix)}" if prefix else fresh_id(graph)
        return Node(key, type_key, fresh_name(graph, layer.base_name), fields, x, y)

    def key_fields_text(self, node: Node) -> str:
        """The few fields that a node shows on the canvas: ``32 · 3×3``."""
        fields = self.fields_of(node.type, node.fields)
        shown_fields = {name: field for name, field in fields.items() if field.key}
        return " · ".join(_shown(node.fields.get(name, field.initial), field) for name, field in shown_fields.items())

    def changed_fields(self, node: Node) -> dict[str, FieldValue]:
        """The fields whose value is not the default, with their values."""
        fields = self.fields_of(node.type, node.fields)
        return {name: value for name, value in node.fields.items() if name in fields and value != fields[name].initial}


_BOUNDARY_IDS = {BLOCK_INPUT: "in", BLOCK_OUTPUT: "out"}
BUILT_IN = Catalog({**LAYERS, **BOUNDARY_TYPES})
_recent_catalogs: deque[tuple[Mapping[str, Block], Catalog]] = deque(maxlen=8)


def catalog_of(project: Project) -> Catalog:
    """The catalog of a project; the same one again while its blocks are the same."""
    if not project.blocks:
        return BUILT_IN
    for blocks, catalog in list(_recent_catalogs):
        if blocks is project.blocks:
            return catalog
    layers: dict[str, LayerType] = dict(BUILT_IN.layers)
    for key in inner_first(project.blocks):
        layer = layer_of_block(key, project.blocks[key], layers)
        layers[layer.key] = layer
    catalog = Catalog(layers)
    _recent_catalogs.appendleft((project.blocks, catalog))
    return catalog


def metrics_for(target_kind: TargetKind, chosen: Iterable[str] = ()) -> list[MetricType]:
    """The chosen metrics that suit this kind of target, or the usual ones where none is chosen."""
    keys = list(chosen)
    suited = [metric for metric in METRICS.values() if target_kind in metric.targets]
    picked = [metric for metric in suited if metric.key in keys]
    return picked or [metric for metric in suited if metric.usual]


def kind_of_classes(count: int, loss: str) -> TargetKind:
    """How a target of so many classes is prepared: as ``binary``, one output, unless the loss wants one for each."""
    declared = LOSSES.get(loss)
    wants_each = declared is not None and "classes" in declared.targets and "binary" not in declared.targets
    return "classes" if count > 2 or wants_each else "binary"


def key_fields_text(node: Node) -> str:
    """The few fields that a node shows on the canvas: ``32 · 3×3``."""
    return BUILT_IN.key_fields_text(node)


def _shown(value: FieldValue, field: Field) -> str:
    if isinstance(field, Choice) and value in LOSSES:
        return LOSSES[str(value)].title
    axes = getattr(field, "axes", 1)
    return shown((value,) * axes if isinstance(value, int) and axes > 1 else value)


def search(text: str) -> list[LayerType]:
    """The layer types that match what was typed, best first: by title, key, PyTorch name, synonym and category."""
    return [found.layer for found in find(text, LAYERS.values())]
