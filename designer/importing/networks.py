"""Sound networks and training settings to start from, by the size of the data."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from designer.layers.catalog import new_node, ports_of
from designer.project.edits import add_node, connect
from designer.project.errors import LayerloomError
from designer.project.facts import TargetKind
from designer.project.model import Fields, Link, Project, Training

LOSS = {"number": "mse", "binary": "bce", "classes": "cross_entropy"}
TEMPLATES = {
    "": "what suits the data",
    "linear": "a single Linear layer",
    "mlp": "a stack of Linear and ReLU",
    "deep": "a stack of three hidden layers",
    "cnn": "a small convolutional network, for pictures",
}
STEP = 220.0
ROW = 170.0
LONGEST_ROW = 6
MANY_ROWS = 5_000
VERY_MANY_ROWS = 200_000
# what small networks over-learn of few rows: the least validation error on seven small tables, twenty splits each
SMALL_DECAY = 0.001

Layers: TypeAlias = list[tuple[str, Fields]]


def check_template(template: str, is_table: bool) -> None:
    """Raise a LayerloomError where there is no such template, or not for tables."""
    if template not in TEMPLATES or (template == "cnn" and is_table):
        fitting = [name for name in TEMPLATES if name and not (name == "cnn" and is_table)]
        raise LayerloomError(f"there is no template “{template}” for this data; choose one of {', '.join(fitting)}")


def table_network(features: int, rows: int, kind: TargetKind, classes: int, template: str = "") -> Project:
    """A project with a stack of Linear and ReLU for a table: two hidden layers, wider for more rows and columns."""
    if rows >= MANY_ROWS:
        widths = [64, 64] if features <= 64 else [128, 64]
    else:
        widths = [32, 16] if features <= 32 else [64, 32]
    layers: Layers = [("table_input", {"features": features})]
    layers += hidden(widths_of(widths, template), dropout=0.2 if features * 2 > rows else 0.0)
    return chain([*layers, *answer(kind, classes)])


def widths_of(widths: list[int], template: str) -> list[int]:
    """The widths of the hidden layers that a template asks for, where ``widths`` suit the data."""
    if template == "linear":
        return []
    return [widths[0], *widths] if template == "deep" else widths


def hidden(widths: list[int], dropout: float) -> Layers:
    """Hidden layers of these widths."""
    layers: Layers = []
    for width in widths:
        layers += [("linear", {"out_features": width}), ("relu", {})]
        if dropout:
            layers.append(("dropout", {"p": dropout}))
    return layers


def answer(kind: TargetKind, count: int) -> Layers:
    """The last layer and the output for so many classes, or so many numbers."""
    width = 1 if kind == "binary" else max(1, count)
    return [("linear", {"out_features": width}), ("output", {"loss": LOSS[kind]})]


def table_training(rows: int, validated: bool) -> Training:
    """Settings for a table of so many rows to train with; stops early where there are rows to validate with."""
    if rows >= VERY_MANY_ROWS:
        return Training(epochs=30, batch_size=1024, learning_rate=0.003, patience=5 if validated else 0)
    if rows >= MANY_ROWS:
        return Training(epochs=100, batch_size=256, learning_rate=0.003, patience=10 if validated else 0)
    batch_size = 32 if rows >= 64 else 8
    patience = 20 if validated else 0
    return Training(epochs=200, batch_size=batch_size, learning_rate=0.005, weight_decay=SMALL_DECAY, patience=patience)


def chain(layers: Layers) -> Project:
    """A project whose layers follow one another from left to right."""
    project, before = Project(), ""
    for place, (key, fields) in enumerate(layers):
        node = new_node(project.graph, key, *folded(place, len(layers)))
        project = add_node(project, replace(node, fields={**node.fields, **fields}))
        if before:
            project = connect(project, Link(before, "out", node.id, "x"), ports_of)
        before = node.id
    return project


def folded(place: int, count: int) -> tuple[float, float]:
    """Where the layer at ``place`` of a chain of ``count`` stands: long chains go on in further rows, like a text.

    In one row, thirteen layers could only be seen whole too small to be read.
    """
    rows = -(-count // LONGEST_ROW)
    across = -(-count // rows)
    return (place % across) * STEP, (place // across) * ROW
