"""The catalog: every declaration by its key, gathered from the modules of this package."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import ModuleType
from typing import TypeVar

from designer.layers import (
    activations,
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
from designer.layers.declaration import LayerType, LossType, MetricType, OptimizerType
from designer.layers.fields import Choice, Field, shown
from designer.project.edits import fresh_id, fresh_name
from designer.project.facts import TargetKind
from designer.project.model import Fields, FieldValue, Graph, Node
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
    LayerType, [inputs, linear, convolution, pooling, normalization, activations, regularization, shape, merge]
)
CATEGORIES: tuple[str, ...] = tuple(dict.fromkeys(layer.category for layer in LAYERS.values()))

_LOSS_WORDS = {key: f"{loss.title}. {loss.summary}" for key, loss in LOSSES.items()}
_OPTIMIZER_WORDS = {key: f"{optimizer.title}. {optimizer.summary}" for key, optimizer in OPTIMIZERS.items()}


def fields_of(type_key: str, values: Fields) -> dict[str, Field]:
    """The fields of a node of this type with these values: an output's include those of its chosen loss."""
    layer = LAYERS.get(type_key)
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


def training_fields() -> dict[str, Field]:
    """The training settings as fields, with the optimizers to choose from."""
    choice = settings.TRAINING["optimizer"]
    assert isinstance(choice, Choice)
    return {**settings.TRAINING, "optimizer": replace(choice, options=_OPTIMIZER_WORDS)}


def values_of(node: Node) -> dict[str, FieldValue]:
    """Every field of a node: its own value, or the default where it has none."""
    fields = fields_of(node.type, node.fields)
    return {name: node.fields.get(name, field.initial) for name, field in fields.items()}


_ANYTHING = Ports((Port("x", many=True),), (Port("out"),))


def ports_of(node: Node) -> Ports:
    """The node's ports. A type that is not known here has a free input and an output."""
    layer = LAYERS.get(node.type)
    return layer.ports if layer else _ANYTHING


def new_node(graph: Graph, type_key: str, x: float = 0.0, y: float = 0.0) -> Node:
    """A node of this type at its defaults, with an id and a name that the graph does not have yet."""
    layer = LAYERS[type_key]
    fields = {name: field.initial for name, field in fields_of(type_key, {}).items()}
    return Node(fresh_id(graph), type_key, fresh_name(graph, layer.base_name), fields, x, y)


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
    fields = fields_of(node.type, node.fields)
    parts = [_shown(node.fields.get(name, field.initial), field) for name, field in fields.items() if field.key]
    return " · ".join(parts)


def _shown(value: FieldValue, field: Field) -> str:
    if isinstance(field, Choice) and value in LOSSES:
        return LOSSES[str(value)].title
    axes = getattr(field, "axes", 1)
    return shown((value,) * axes if isinstance(value, int) and axes > 1 else value)


def search(text: str) -> list[LayerType]:
    """The layer types that match what was typed, best first: by title, key, PyTorch name, synonym and category."""
    wanted = _plain(text.strip().removeprefix("torch.").removeprefix("nn."))
    if not wanted:
        return list(LAYERS.values())
    ranked = [
        (min(_distance(wanted, _plain(word)) + penalty for word, penalty in _words(layer)), layer)
        for layer in LAYERS.values()
    ]
    order = {layer.key: place for place, layer in enumerate(LAYERS.values())}
    return [layer for rank, layer in sorted(ranked, key=lambda pair: (pair[0], order[pair[1].key])) if rank < _FAR]


_FAR = 100.0


def _words(layer: LayerType) -> list[tuple[str, float]]:
    names = [(layer.title, 0.0), (layer.key, 0.0), (layer.module.rpartition(".")[2], 0.0)]
    return [*names, *((word, 0.5) for word in layer.synonyms), (layer.category, 5.0)]


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.lower()).strip()


def _distance(wanted: str, word: str) -> float:
    if not word:
        return _FAR
    if word == wanted:
        return 0.0
    if word.startswith(wanted):
        return 1.0 + len(word) / 100
    if f" {wanted}" in f" {word}":
        return 2.0 + len(word) / 100
    if wanted in word:
        return 3.0 + len(word) / 100
    letters = iter(word)
    if len(wanted) > 1 and wanted[0] == word[0] and all(letter in letters for letter in wanted.replace(" ", "")):
        return 10.0 + len(word) / 10
    return _FAR
