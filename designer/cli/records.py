"""What the command line shows as JSON of values that are no JSON themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TypeAlias, Union

from designer.compiler.problems import NodePlace, Problem, SettingPlace
from designer.compiler.report import Analysis, Report
from designer.importing.architecture import Architecture
from designer.importing.brief import Brief
from designer.layers.blocks import REPEAT
from designer.layers.catalog import LAYERS, LOSSES, METRICS, OPTIMIZERS, SCHEDULES, fields_of, training_fields
from designer.layers.declaration import LayerType, LossType, MetricType, OptimizerType
from designer.layers.fields import Field
from designer.layers.schedules import ScheduleType
from designer.project.blocks import block_at, graph_at
from designer.project.graph_forms import BLOCK_TYPE
from designer.project.model import Node, Project

Declared: TypeAlias = Union[LayerType, LossType, OptimizerType, MetricType, ScheduleType]
# Blocks within blocks are told to this depth: deeper, a small project could make a list without end.
DEEPEST_SHOWN = 3
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
    place = problem.place
    if isinstance(place, SettingPlace):
        return place.path
    graph, names = project.graph, []
    for use in place.path:
        names.append(graph.nodes[use].name)
        block = block_at(project, graph, use)
        graph = block.graph if block else graph
    nodes = graph.nodes

    def name(key: str) -> str:
        return nodes[key].name if key in nodes else key

    if isinstance(place, NodePlace):
        names.append(f"{name(place.node)}.{place.field}" if place.field else name(place.node))
    else:
        names.append(f"{name(place.link.source)} → {name(place.link.target)}")
    return " / ".join(names)


def layer_records(project: Project, analysis: Analysis, path: tuple[str, ...] = ()) -> list[dict[str, object]]:
    """The layers of the project, or of what lies in a use of a block; those of a block are told in ``inside``."""
    graph = graph_at(project, path)
    reports = analysis.inner.get(path, {}) if path else analysis.reports
    return [
        _layer_row(project, analysis, (*path, key), node, reports)
        for key, node in (graph.nodes if graph else {}).items()
    ]


def _layer_row(
    project: Project, analysis: Analysis, path: tuple[str, ...], node: Node, reports: Mapping[str, Report]
) -> dict[str, object]:
    report = reports.get(node.id)
    row: dict[str, object] = {
        "name": node.name,
        "type": node.type,
        "output_shape": list(report.shape) if report and report.shape is not None else None,
        "parameters": report.parameters if report else 0,
    }
    if report and report.frozen:
        row["frozen"] = report.frozen
    if node.bypassed:
        row["bypassed"] = True
    if node.type.startswith(BLOCK_TYPE) and node.fields.get(REPEAT, 1) != 1:
        row["repeat"] = node.fields[REPEAT]
    if len(path) <= DEEPEST_SHOWN and graph_at(project, path) is not None:
        row["inside"] = layer_records(project, analysis, path)
    return row


def catalog_record() -> dict[str, object]:
    """The whole catalog: layers, losses, optimizers, schedules, metrics and settings of training."""
    return {
        "layers": [_layer_record(kind) for kind in LAYERS.values()],
        "losses": [{**_words(loss), "targets": list(loss.targets)} for loss in LOSSES.values()],
        "optimizers": [_words(optimizer) for optimizer in OPTIMIZERS.values()],
        "schedules": [_words(schedule) for schedule in SCHEDULES.values()],
        "metrics": [
            {**_words(metric), "targets": list(metric.targets), "better": metric.better} for metric in METRICS.values()
        ],
        "training": _fields(training_fields()),
    }


def template_record(template: Architecture, brief: Brief) -> dict[str, object]:
    """A kind of network to start from; its fields have the defaults that follow from ``brief``."""
    return {
        "key": template.key,
        "title": template.title,
        "summary": template.summary,
        "group": template.group,
        "forms": list(template.forms),
        "fields": _fields(template.fields(brief)),
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
        "inputs": [
            {"name": port.name, "axes": port.axes, "many": port.many, "optional": port.optional} for port in kind.inputs
        ],
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
