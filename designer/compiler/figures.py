"""Figures: what the parts of the data are measured by while a network trains, and what epochs can be judged by."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from designer.compiler.names import output_names
from designer.layers.catalog import LAYERS, LOSSES, metrics_for, mode_of, values_of
from designer.layers.declaration import MetricType
from designer.project.facts import Facts, TargetKind
from designer.project.model import Fields, Node, Project

LOSS_WORDS = "Loss. What training makes small; lower is better."


def chosen_metrics(project: Project, target_kind: str, fields: Fields) -> list[MetricType]:
    """The metrics of an output with these fields: its own, else those of the training settings, else the usual ones."""
    own = fields.get("metrics")
    named = tuple(str(key) for key in own) if isinstance(own, tuple) else ()
    loss, usual = str(fields.get("loss", "")), mode_of(project).metrics
    return metrics_for(target_kind, named or project.training.metrics or usual, loss)  # type: ignore[arg-type]


def figures_of(project: Project, facts: Facts | None) -> dict[str, str]:
    """The figures that each epoch has, by name, with a line of words; of several outputs ``price.mae``.

    Only the loss is sure without ``facts`` where targets are columns of the data.
    """
    mode = mode_of(project)
    found = {"loss": LOSS_WORDS}
    if mode.loss:
        own = {"loss": mode.loss}
        return found | dict(mode.figures) if mode.measure else found | _words(chosen_metrics(project, "number", own))
    nodes = [
        node for node in project.graph.nodes.values() if node.type in LAYERS and LAYERS[node.type].role == "output"
    ]
    kinds = {node.id: _kind(project, node, facts) for node in nodes}
    if len(nodes) == 1:
        kind = kinds[nodes[0].id]
        return found | (_words(chosen_metrics(project, kind, values_of(nodes[0]))) if kind else {})
    names = output_names(nodes)
    each = (_named(project, names[node.id], node, kind) for node in nodes if (kind := kinds[node.id]))
    return found | dict(chain.from_iterable(own.items() for own in each))


def _kind(project: Project, node: Node, facts: Facts | None) -> TargetKind | None:
    targets = mode_of(project).targets
    if targets != "columns":
        return "number" if targets == "inputs" else "classes"
    return facts.of(node.id).kind if facts is not None else None


def _named(project: Project, name: str, node: Node, kind: TargetKind) -> Mapping[str, str]:
    values = values_of(node)
    loss = LOSSES.get(str(values["loss"]))
    own = {"loss": f"Loss. {loss.title}; lower is better."} if loss is not None else {}
    own |= _words(chosen_metrics(project, kind, values))
    return {f"{name}.{key}": f"{name}: {words}" for key, words in own.items()}


def _words(metrics: list[MetricType]) -> dict[str, str]:
    return {metric.key: f"{metric.title}. {metric.summary}" for metric in metrics}
