"""The catalog: every declaration by its key, gathered from the modules of this package."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import ModuleType
from typing import TypeVar

from designer.layers import (
    activations,
    arithmetic,
    attention,
    averages,
    convolution,
    energy,
    inputs,
    linear,
    losses,
    merge,
    metrics,
    modes,
    normalization,
    optimizers,
    pooling,
    recurrent,
    regularization,
    resizing,
    schedules,
    settings,
    shape,
    steps,
)
from designer.layers.averages import AverageType
from designer.layers.blocks import BOUNDARY_TYPES, layer_of_block
from designer.layers.custom import layer_of_custom
from designer.layers.declaration import LayerType, LossType, MetricType, OptimizerType
from designer.layers.fields import Choice, Choices, Field, shown
from designer.layers.modes import ModeType
from designer.layers.schedules import ScheduleType
from designer.layers.search import find
from designer.layers.training_fields import TRAINING_FIELDS, training_fields_of
from designer.project.blocks import BLOCK_INPUT, BLOCK_OUTPUT
from designer.project.facts import TargetKind
from designer.project.graph_forms import inner_first
from designer.project.model import Block, CustomLayer, Fields, FieldValue, Graph, Node, Project, Training
from designer.project.naming import fresh_id, fresh_name, next_number
from designer.project.ports import Port, Ports

Declaration = TypeVar(
    "Declaration", LayerType, LossType, OptimizerType, MetricType, ModeType, AverageType, ScheduleType
)


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
MODES: Mapping[str, ModeType] = _gather(ModeType, [modes])
AVERAGES: Mapping[str, AverageType] = _gather(AverageType, [averages])
SCHEDULES: Mapping[str, ScheduleType] = _gather(ScheduleType, [schedules])
_LAYERS = _gather(
    LayerType,
    [
        *(inputs, linear, convolution, pooling, normalization, activations, regularization, shape, resizing),
        *(merge, arithmetic, recurrent, steps, attention, energy),
    ],
)
CATEGORIES: tuple[str, ...] = tuple(dict.fromkeys(layer.category for layer in _LAYERS.values()))
# those of one category together, as they are listed
LAYERS: Mapping[str, LayerType] = {
    key: layer for category in CATEGORIES for key, layer in _LAYERS.items() if layer.category == category
}

_LOSS_WORDS = {key: f"{loss.title}. {loss.summary}" for key, loss in LOSSES.items()}
_MODE_WORDS = {key: f"{mode.title}. {mode.summary}" for key, mode in MODES.items()}
_AVERAGE_WORDS = {key: f"{average.title}. {average.summary}" for key, average in AVERAGES.items()}
_METRIC_WORDS = {key: f"{metric.title}. {metric.summary}" for key, metric in METRICS.items()}
_OPTIMIZER_WORDS = {key: f"{optimizer.title}. {optimizer.summary}" for key, optimizer in OPTIMIZERS.items()}


def fields_of(type_key: str, values: Fields) -> dict[str, Field]:
    """The fields of a node of this type with these values: an output's include those of its chosen loss."""
    return BUILT_IN.fields_of(type_key, values)


def training_fields() -> dict[str, Field]:
    """The training settings as fields, with the optimizers and the ways of training to choose from."""
    fields = dict(settings.TRAINING)
    for name, words in (("optimizer", _OPTIMIZER_WORDS), ("mode", _MODE_WORDS), ("average", _AVERAGE_WORDS)):
        choice = fields[name]
        assert isinstance(choice, Choice)
        fields[name] = replace(choice, options=words)
    return fields


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
    """The layer types that a project's nodes may have: those that come with Layerloom, its own, and its blocks.

    ``mode`` is the way in which the project is trained, by which some fields of an output have no effect.
    """

    def __init__(self, layers: Mapping[str, LayerType], mode: ModeType = modes.SUPERVISED) -> None:
        self.layers, self.mode = layers, mode
        self._ports = {key: layer.ports for key, layer in layers.items()}
        self._initial: dict[str, dict[str, FieldValue]] = {}

    def layer(self, type_key: str) -> LayerType | None:
        """The layer type with this key; None where it is not known."""
        return self.layers.get(type_key)

    def ports_of(self, node: Node) -> Ports:
        """The node's ports. A type that is not known here has a free input and an output."""
        return self._ports.get(node.type, _ANYTHING)

    def fields_of(self, type_key: str, values: Fields) -> dict[str, Field]:
        """The fields of a node of this type with these values: an output's include those of its chosen loss.

        Those of training, which every layer type with parameters has, come last.
        """
        return {**self.own_fields_of(type_key, values), **self.training_fields_of(type_key, values)}

    def fields_in_use(self, node: Node) -> dict[str, Field]:
        """The fields of a node but those of training that it leaves at their defaults, as most nodes do."""
        fields = self.own_fields_of(node.type, node.fields)
        if not TRAINING_FIELDS.keys().isdisjoint(node.fields):
            training = self.training_fields_of(node.type, node.fields)
            fields.update({name: field for name, field in training.items() if name in node.fields})
        return fields

    def training_fields_of(self, type_key: str, values: Fields) -> dict[str, Field]:
        """The fields that say how a node of this type starts and learns; none where it has no parameters."""
        layer = self.layers.get(type_key)
        return training_fields_of(layer, values) if layer is not None else {}

    def own_fields_of(self, type_key: str, values: Fields) -> dict[str, Field]:
        """As ``fields_of`` without those of training."""
        layer = self.layers.get(type_key)
        if layer is None:
            return {}
        fields = dict(layer.fields)
        if layer.role == "output":
            choice = fields["loss"]
            if isinstance(choice, Choice):
                fields["loss"] = replace(choice, options=_LOSS_WORDS)
            figures = fields["metrics"]
            if isinstance(figures, Choices):
                fields["metrics"] = replace(figures, options=_METRIC_WORDS)
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
            self._initial[type_key] = {name: field.initial for name, field in self.own_fields_of(type_key, {}).items()}
        fields = dict(self._initial[type_key])
        prefix = _BOUNDARY_IDS.get(type_key)
        key = f"{prefix}{next_number(graph.nodes, prefix)}" if prefix else fresh_id(graph)
        return Node(key, type_key, fresh_name(graph, layer.base_name), fields, x, y)

    def key_fields_text(self, node: Node) -> str:
        """The few fields that a node shows on the canvas: ``32 · 3×3``."""
        fields, idle = self.fields_of(node.type, node.fields), self.idle_fields(node)
        shown_fields = {name: field for name, field in fields.items() if field.key and name not in idle}
        return " · ".join(_shown(node.fields.get(name, field.initial), field) for name, field in shown_fields.items())

    def idle_fields(self, node: Node) -> set[str]:
        """The fields of an output that have no effect in the way in which the project is trained."""
        if node.type != "output" or self.mode.targets == "columns":
            return set()
        return set(self.own_fields_of(node.type, node.fields)) if self.mode.loss else {"target", "loss_weight"}

    def changed_fields(self, node: Node) -> dict[str, FieldValue]:
        """The fields whose value is not the default, with their values."""
        fields = self.fields_of(node.type, node.fields)
        return {name: value for name, value in node.fields.items() if name in fields and value != fields[name].initial}


_BOUNDARY_IDS = {BLOCK_INPUT: "in", BLOCK_OUTPUT: "out"}
BUILT_IN = Catalog({**LAYERS, **BOUNDARY_TYPES})
_by_mode = {key: Catalog(BUILT_IN.layers, mode) for key, mode in MODES.items() if mode.targets != "columns"}
_recent_catalogs: deque[tuple[Mapping[str, Block], Mapping[str, CustomLayer], Catalog]] = deque(maxlen=8)


def catalog_of(project: Project) -> Catalog:
    """The catalog of a project; the same one again while its blocks, custom layers and way of training are the same."""
    usual = _by_mode.get(project.training.mode, BUILT_IN)
    if not project.blocks and not project.layers:
        return usual
    for blocks, own, catalog in list(_recent_catalogs):
        if blocks is project.blocks and own is project.layers and catalog.mode is usual.mode:
            return catalog
    layers: dict[str, LayerType] = dict(BUILT_IN.layers)
    for key, custom in project.layers.items():
        made = layer_of_custom(key, custom)
        layers[made.key] = made
    for key in inner_first(project.blocks):
        layer = layer_of_block(key, project.blocks[key], layers)
        layers[layer.key] = layer
    catalog = Catalog(layers, usual.mode)
    _recent_catalogs.appendleft((project.blocks, project.layers, catalog))
    return catalog


def fields_within(training: Training) -> dict[str, dict[str, Field]]:
    """The fields that the chosen optimizer and the chosen way of training have of their own, by where they stand."""
    optimizer, mode = OPTIMIZERS.get(training.optimizer), MODES.get(training.mode)
    average = AVERAGES.get(training.average)
    return {
        "mode_fields": dict(mode.fields) if mode else {},
        "optimizer_fields": dict(optimizer.fields) if optimizer else {},
        "average_fields": dict(average.fields) if average else {},
    }


def with_own_defaults(before: Training, after: Training) -> Training:
    """``after`` with the usual fields of an optimizer or a way of training that ``before`` had not chosen."""
    fields = fields_within(after)
    for name in ("optimizer", "mode", "average"):
        if getattr(before, name) != getattr(after, name):
            place = f"{name}_fields"
            after = replace(after, **{place: {key: field.initial for key, field in fields[place].items()}})  # type: ignore[arg-type]
    return after


def mode_of(project: Project) -> ModeType:
    """The way in which a project is trained; supervised where it names one that is not known here."""
    return MODES.get(project.training.mode, modes.SUPERVISED)


def predicts(project: Project) -> bool:
    """Whether the network says something to new samples: a GAN makes samples, and what goes on with a text writes."""
    mode = mode_of(project)
    return not mode.rivals and mode.targets != "next"


def step_name(project: Project) -> str:
    """The function of the runtime that trains on one batch: the mode's, or where that is the usual, the optimizer's."""
    step, optimizer = mode_of(project).step, OPTIMIZERS.get(project.training.optimizer)
    return optimizer.step or step if step == modes.SUPERVISED.step and optimizer is not None else step


def idle_fields(project: Project, node: Node) -> set[str]:
    """The fields of an output that have no effect in the way in which the project is trained."""
    return catalog_of(project).idle_fields(node)


def mode_values(project: Project) -> dict[str, FieldValue]:
    """Every field of the project's way of training: its own value where it is sound, or the default."""
    own = project.training.mode_fields
    return {
        name: own[name] if name in own and kind.refuse(own[name]) is None else kind.initial
        for name, kind in mode_of(project).fields.items()
    }


def higher_is_better(figure: str) -> bool:
    """Whether higher values of a figure, such as ``loss``, ``accuracy`` or ``price.mae``, are the better ones."""
    metric = METRICS.get(figure.rpartition(".")[2])
    return metric is not None and metric.better == "higher"


def metrics_for(target_kind: TargetKind, chosen: Iterable[str] = (), loss: str = "") -> list[MetricType]:
    """The chosen metrics that suit this kind of target and what ``loss`` expects, or the usual ones."""
    keys = list(chosen)
    declared = LOSSES.get(loss)
    judged = "embeddings" if declared is not None and declared.expects == "embedding" else "predictions"
    suited = [metric for metric in METRICS.values() if target_kind in metric.targets and metric.of == judged]
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
