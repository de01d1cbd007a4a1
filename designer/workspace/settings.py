"""Settings typed as text: ``training.learning_rate=0.01``, ``data.split.test=0.2``, ``conv1.out_channels=16``."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import get_args

from designer.layers.catalog import METRICS, OPTIMIZERS, catalog_of, training_fields
from designer.layers.fields import Bool, Choice, Field, Int, Text
from designer.layers.settings import SPLIT
from designer.project.edits import set_data, set_fields, set_training
from designer.project.errors import EditError
from designer.project.model import (
    Column,
    ColumnKind,
    ColumnRole,
    Fields,
    FieldValue,
    Missing,
    Node,
    Project,
    Scale,
    SplitBy,
    TableData,
)

_FORMAT: Mapping[str, Field] = {
    "delimiter": Text(",", longest=1, help="The character between two cells."),
    "encoding": Text("utf-8", longest=40, help="How the bytes of the file are letters."),
    "decimal": Text(".", longest=1, help="The decimal sign."),
    "thousands": Text("", longest=1, help="The sign between thousands."),
    "skip_rows": Int(0, minimum=0, maximum=1_000_000, help="Lines above the header."),
    "header": Bool(True, help="Whether the first line names the columns."),
}
_COLUMN: Mapping[str, Field] = {
    "kind": Choice("number", dict.fromkeys(get_args(ColumnKind), ""), help="What it holds."),
    "role": Choice("feature", dict.fromkeys(get_args(ColumnRole), ""), help="What it is for."),
    "missing": Choice("mean", dict.fromkeys(get_args(Missing), ""), help="Empty cells."),
    "scale": Choice("standard", dict.fromkeys(get_args(Scale), ""), help="How numbers are scaled."),
}
_SPLIT: Mapping[str, Field] = {
    **SPLIT,
    "by": Choice("share", dict.fromkeys(get_args(SplitBy), ""), help="How rows are divided."),
    "column": Text("", help="The column that says which row belongs to which part."),
}


def set_setting(project: Project, setting: str) -> Project:
    """The project with one setting changed, given as ``PATH=VALUE``.

    Paths are ``training.NAME``, ``data.path``, ``data.split.NAME``, ``data.format.NAME``, ``data.columns.COLUMN.NAME``
    and ``NODE.FIELD`` with a node's name or id. An EditError says what is not known or which value was expected.
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
        return _set_data(project, path, rest, text)
    if node is not None:
        return _set_node(project, path, node, text)
    names = [value.name for value in project.graph.nodes.values()]
    raise EditError(f"“{path}”: there is no setting or layer of this name{_meant(head, ['training', 'data', *names])}")


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
    value = _parsed(path, fields, name, text)
    if node.type == "output" and name == "loss":
        # the new loss brings fields of its own
        fresh = fields_of(node.type, {**node.fields, name: value})
        added = {key: field.initial for key, field in fresh.items() if key not in node.fields}
        return set_fields(project, node.id, {**added, name: value})
    return set_fields(project, node.id, {name: value})


def _set_training(project: Project, path: str, name: str, text: str) -> Project:
    training = project.training
    optimizer = OPTIMIZERS.get(training.optimizer)
    own: Fields = training.optimizer_fields
    own_fields = dict(optimizer.fields) if optimizer else {}
    name = name.removeprefix("optimizer_fields.")
    if name == "metrics":
        return set_training(project, replace(training, metrics=_metrics(path, text)))
    if name in own_fields:
        value = _parsed(path, own_fields, name, text)
        return set_training(project, replace(training, optimizer_fields={**own, name: value}))
    fields = training_fields()
    value = _parsed(path, {**fields, **own_fields}, name, text)
    if name == "optimizer" and value != training.optimizer:
        defaults = {key: field.initial for key, field in OPTIMIZERS[str(value)].fields.items()}
        return set_training(project, replace(training, optimizer=str(value), optimizer_fields=defaults))
    return set_training(project, replace(training, **{name: value}))  # type: ignore[arg-type]


def _metrics(path: str, text: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    for name in names:
        if name not in METRICS:
            raise EditError(f"{path}: there is no metric “{name}”; there are {', '.join(METRICS)}")
    return names


def _set_data(project: Project, path: str, name: str, text: str) -> Project:
    data = project.data
    if data is None:
        raise EditError(f"{path}: the project has no data yet")
    part, _, rest = name.partition(".")
    if name == "path":
        return set_data(project, replace(data, path=text))
    if part == "split" and rest:
        value = _parsed(path, _SPLIT, rest, text)
        return set_data(project, replace(data, split=replace(data.split, **{rest: value})))  # type: ignore[arg-type]
    if isinstance(data, TableData) and part == "format" and rest:
        value = _parsed(path, _FORMAT, rest, text.replace("\\t", "\t"))
        return set_data(project, replace(data, format=replace(data.format, **{rest: value})))  # type: ignore[arg-type]
    if isinstance(data, TableData) and part == "columns" and rest:
        return set_data(project, replace(data, columns=_columns(data.columns, path, rest, text)))
    known = ["path", "split", "format", "columns"] if isinstance(data, TableData) else ["path", "split"]
    raise EditError(f"“{path}”: there is no such setting{_meant(part, known)}; there are data.{', data.'.join(known)}")


def _columns(columns: tuple[Column, ...], path: str, rest: str, text: str) -> tuple[Column, ...]:
    column, _, name = rest.rpartition(".")
    if column not in [each.name for each in columns]:
        raise EditError(f"{path}: the data has no column “{column}”{_meant(column, [each.name for each in columns])}")
    value = _parsed(path, _COLUMN, name, text)
    changed = {name: value}
    result = []
    for each in columns:
        if each.name == column:
            each = replace(each, **changed)  # type: ignore[arg-type]
        elif name == "role" and value in ("target", "split") and each.role == value:
            # there is one target and one split column at most
            each = replace(each, role="feature" if value == "target" else "ignored")
        result.append(each)
    return tuple(result)


def _parsed(path: str, fields: Mapping[str, Field], name: str, text: str) -> FieldValue:
    field = fields.get(name)
    if field is None:
        known = f"; there are {', '.join(fields)}" if fields else "; it has none"
        raise EditError(f"“{path}”: there is no setting “{name}” here{_meant(name, fields)}{known}")
    try:
        return field.parse(text)
    except ValueError as error:
        raise EditError(f"{path}: {error}") from None


def _meant(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f" (did you mean “{close[0]}”?)" if close else ""
