"""What the command line shows as JSON of values that are no JSON themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TypeAlias, Union

from designer.compiler.problems import LinkPlace, NodePlace, Problem
from designer.layers.catalog import LAYERS, LOSSES, METRICS, OPTIMIZERS, fields_of, training_fields
from designer.layers.declaration import LayerType, LossType, MetricType, OptimizerType
from designer.layers.fields import Field
from designer.project.model import Project

Declared: TypeAlias = Union[LayerType, LossType, OptimizerType, MetricType]
UNSHOWN = ("key", "argument", "label")


def problem_record(project: Project, problem: Problem) -> dict[str, str | None]:
    """A problem; ``where`` is a layer's name with the field at fault, a link or a setting, ``fix`` what mends it."""
    return {
        "severity": problem.severity,
        "code": problem.code,
        "where": _where(project, problem),
        "sentence": problem.sentence,
        "fix": problem.fix.label if problem.fix else None,
    }


def _where(project: Project, problem: Problem) -> str:
    nodes, place = project.graph.nodes, problem.place

    def name(key: str) -> str:
        return nodes[key].name if key in nodes else key

    if isinstance(place, NodePlace):
        return f"{name(place.node)}.{place.field}" if place.field else name(place.node)
    if isinstance(place, LinkPlace):
        return f"{name(place.link.source)} → {name(place.link.target)}"
    return place.path


def catalog_record() -> dict[str, object]:
    """The whole catalog: layers, losses, optimizers, metrics and settings of training."""
    return {
        "layers": [_layer_record(kind) for kind in LAYERS.values()],
        "losses": [{**_words(loss), "targets": list(loss.targets)} for loss in LOSSES.values()],
        "optimizers": [_words(optimizer) for optimizer in OPTIMIZERS.values()],
        "metrics": [
            {**_words(metric), "targets": list(metric.targets), "better": metric.better} for metric in METRICS.values()
        ],
        "training": _fields(training_fields()),
    }


def _words(kind: Declared) -> dict[str, object]:
    words: dict[str, object] = {"key": kind.key, "title": kind.title, "summary": kind.summary}
    if not isinstance(kind, MetricType):
        words["fields"] = _fields(kind.fields)
    return words


def _layer_record(kind: LayerType) -> dict[str, object]:
    return {
        **_words(kind),
        "category": kind.category,
        "module": kind.module,
        "inputs": [{"name": port.name, "axes": port.axes, "many": port.many} for port in kind.inputs],
        "outputs": [port.name for port in kind.outputs],
        "fields": _fields(fields_of(kind.key, {})),
    }


def _fields(declared: Mapping[str, Field]) -> dict[str, dict[str, object]]:
    """Each field's kind, default, help and bounds."""
    return {name: {"kind": type(field).__name__.lower(), **_members(field)} for name, field in declared.items()}


def _members(field: Field) -> dict[str, object]:
    return {item.name: _plain(getattr(field, item.name)) for item in fields(field) if item.name not in UNSHOWN}


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else value
