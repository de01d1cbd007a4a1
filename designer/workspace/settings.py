"""Settings typed as text: ``training.learning_rate=0.01``, ``data.split.test=0.2``, ``conv1.out_channels=16``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from designer.layers.catalog import METRICS, catalog_of, fields_within, training_fields, with_own_defaults
from designer.project.edits import set_fields, set_training
from designer.project.errors import EditError
from designer.project.model import (
    Fields,
    Node,
    Project,
)
from designer.workspace.data_settings import set_data_setting
from designer.workspace.schedule_text import parsed_schedules
from designer.workspace.typed import meant, parsed


def set_setting(project: Project, setting: str) -> Project:
    """The project with one setting changed, given as ``PATH=VALUE``.

    Paths are ``training.NAME`` (``training.schedules=linear:5,cosine``), ``data.path``, ``data.split.NAME``,
    ``data.format.NAME``, ``data.windows.NAME``, what else tables have, such as ``data.sheet``,
    ``data.columns.COLUMN.NAME``, of pictures ``data.augment.KEY`` (on or off) and ``data.augment.KEY.NAME``, and
    ``NODE.FIELD`` with a node's name or id. An EditError says what is not known or which value was expected.
    """
    path, equals, text = setting.partition("=")
    path = path.strip()
    if not equals or not path:
        raise EditError(f"“{setting}”: a setting is written as PATH=VALUE, such as training.learning_rate=0.01")
    head, dot, rest = path.partition(".")
    node = _node_of(project, path)
    if head == "training" and dot:
        return _set_training(project, path, rest, text)
    if head == "data" and dot:
        return set_data_setting(project, path, rest, text)
    if node is not None:
        return _set_node(project, path, node, text)
    names = [value.name for value in project.graph.nodes.values()]
    raise EditError(f"“{path}”: there is no setting or layer of this name{meant(head, ['training', 'data', *names])}")


def set_settings(project: Project, settings: Iterable[str]) -> Project:
    """The project with several settings changed, one after the other."""
    for setting in settings:
        project = set_setting(project, setting)
    return project


def _node_of(project: Project, path: str) -> Node | None:
    """The node whose name or id, and a dot, the path begins with; names may hold dots, so the longest wins."""
    found = [
        (len(word), node)
        for node in project.graph.nodes.values()
        for word in (node.name, node.id)
        if path.startswith(f"{word}.") and len(path) > len(word) + 1
    ]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _set_node(project: Project, path: str, node: Node, text: str) -> Project:
    word = node.name if path.startswith(f"{node.name}.") else node.id
    name = path[len(word) + 1 :]
    fields_of = catalog_of(project).fields_of
    fields = fields_of(node.type, node.fields)
    value = parsed(path, fields, name, text)
    if node.type == "output" and name == "loss":
        # the new loss brings fields of its own
        fresh = fields_of(node.type, {**node.fields, name: value})
        added = {key: field.initial for key, field in fresh.items() if key not in node.fields}
        return set_fields(project, node.id, {**added, name: value})
    return set_fields(project, node.id, {name: value})


def _set_training(project: Project, path: str, name: str, text: str) -> Project:
    training = project.training
    if name == "metrics":
        return set_training(project, replace(training, metrics=_metrics(path, text)))
    if name == "schedules":
        return set_training(project, replace(training, schedules=parsed_schedules(path, text)))
    within = fields_within(training)
    for place, fields in within.items():
        short = name.removeprefix(f"{place}.")
        if short in fields:
            values: Fields = {**getattr(training, place), short: parsed(path, fields, short, text)}
            return set_training(project, replace(training, **{place: values}))  # type: ignore[arg-type]
    known = {**training_fields(), **{key: field for fields in within.values() for key, field in fields.items()}}
    value = parsed(path, known, name.removeprefix("optimizer_fields.").removeprefix("mode_fields."), text)
    changed = replace(training, **{name: value})  # type: ignore[arg-type]
    return set_training(project, with_own_defaults(training, changed))


def _metrics(path: str, text: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    for name in names:
        if name not in METRICS:
            raise EditError(f"{path}: there is no metric “{name}”; there are {', '.join(METRICS)}")
    return names
