"""Sound networks and training settings to start from, for texts, windows of a series and files of sequences."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from designer.importing.networks import LOSS, STEP
from designer.layers.catalog import new_node, ports_of
from designer.project.edits import add_node, connect
from designer.project.facts import TargetKind
from designer.project.model import Fields, Link, Project, Training

ROW = 150.0
MANY_WINDOWS = 2_000
FEW_TEXTS, MANY_TEXTS = 500, 20_000
# the layers between the input and the answer by template; the usual one has a straight way beside them
HIDDEN = {"": (32,), "linear": (), "mlp": (64, 32), "deep": (64, 64, 32)}

Spot: TypeAlias = tuple[float, float]


class Drawing:
    """A project that grows by a layer at a time."""

    def __init__(self) -> None:
        self.project = Project()

    def add(self, key: str, place: Spot, after: str | tuple[str, ...] = (), fields: Fields | None = None) -> str:
        """A layer at ``place``, in columns and rows, fed by the layers ``after``; its id."""
        node = new_node(self.project.graph, key, place[0] * STEP, place[1] * ROW)
        self.project = add_node(self.project, replace(node, fields={**node.fields, **(fields or {})}))
        ports = ports_of(node).inputs
        for number, source in enumerate((after,) if isinstance(after, str) else after):
            name = f"{ports[0].name}{number + 1}" if ports[0].many else ports[number].name
            self.project = connect(self.project, Link(source, "out", node.id, name), ports_of)
        return node.id


def window_network(length: int, features: int, kind: TargetKind, answers: int, template: str = "") -> Project:
    """A network for windows: a weighted sum of all that is seen, and beside it a hidden layer that adds to it.

    ``answers`` is how many numbers, or classes, it gives. The sum alone is linear autoregression, which goes on with a
    trend; what bends is left to the hidden layer.
    """
    drawing = Drawing()
    start = drawing.add("sequence_input", (0, 0), fields={"length": length, "features": features})
    flat = last = drawing.add("flatten", (1, 0), start)
    place = 2
    for width in HIDDEN[template]:
        last = drawing.add("linear", (place, 0), last, {"out_features": width})
        last = drawing.add("relu", (place + 1, 0), last)
        place += 2
    last = drawing.add("linear", (place, 0), last, {"out_features": answers})
    if not template:
        straight = drawing.add("linear", (place, 1), flat, {"out_features": answers})
        place += 1
        last = drawing.add("add", (place, 0), (last, straight))
    drawing.add("output", (place + 1, 0), last, {"loss": LOSS[kind]})
    return drawing.project


def text_network(kind: TargetKind, answers: int, beside: int = 0, template: str = "") -> Project:
    """A network for texts: the mean of the embeddings of their tokens, which stand for what a text is about.

    ``beside`` counts the prepared columns that are no text; they join the mean.
    """
    drawing = Drawing()
    start = drawing.add("text_input", (0, 0))
    last = drawing.add("embedding_bag", (1, 0), start, {"embedding_dim": 32})
    last = drawing.add("dropout", (2, 0), last, {"p": 0.5})
    place = 3
    if beside:
        columns = drawing.add("table_input", (2, 1), fields={"features": beside})
        last = drawing.add("concatenate", (3, 0), (last, columns))
        place = 4
    for width in HIDDEN[template] if template else ():
        last = drawing.add("linear", (place, 0), last, {"out_features": width})
        last = drawing.add("relu", (place + 1, 0), last)
        place += 2
    last = drawing.add("linear", (place, 0), last, {"out_features": answers})
    drawing.add("output", (place + 1, 0), last, {"loss": LOSS[kind]})
    return drawing.project


def sequence_network(length: int, features: int, kind: TargetKind, answers: int, template: str = "") -> Project:
    """A network for sequences of unlike lengths: filters slide over their steps, whose mean leaves padding out."""
    drawing = Drawing()
    start = drawing.add("sequence_input", (0, 0), fields={"length": length, "features": features})
    mask = drawing.add("mask_input", (0, 1), fields={"length": length})
    last, place = start, 1
    if template in ("", "deep"):
        last = drawing.add("permute", (1, 0), last, {"dims": (2, 1)})
        for number in range(2 if template == "deep" else 1):
            last = drawing.add(
                "conv1d", (2 + 2 * number, 0), last, {"out_channels": 32, "kernel_size": 5, "padding": 2}
            )
            last = drawing.add("relu", (3 + 2 * number, 0), last)
            place = 4 + 2 * number
        last = drawing.add("permute", (place, 0), last, {"dims": (2, 1)})
        place += 1
    last = drawing.add("masked_mean", (place, 0), (last, mask))
    for width in HIDDEN[template]:
        last = drawing.add("linear", (place + 1, 0), last, {"out_features": width})
        last = drawing.add("relu", (place + 2, 0), last)
        place += 2
    last = drawing.add("linear", (place + 1, 0), last, {"out_features": answers})
    drawing.add("output", (place + 2, 0), last, {"loss": LOSS[kind]})
    return drawing.project


def window_training(windows: int, validated: bool) -> Training:
    """Settings for so many windows to train with; stops early where there are windows to validate with."""
    if windows >= MANY_WINDOWS:
        return Training(epochs=100, batch_size=64, learning_rate=0.003, patience=10 if validated else 0)
    epochs = 500 if validated else 200
    return Training(epochs=epochs, batch_size=32, learning_rate=0.003, patience=50 if validated else 0)


def text_training(texts: int, validated: bool) -> Training:
    """Settings for so many texts to train with; a little weight decay keeps rare words from being learned by heart."""
    if texts < FEW_TEXTS:
        epochs, size, rate, patience = 200, 8, 0.01, 30
    elif texts < MANY_TEXTS:
        epochs, size, rate, patience = 60, 32, 0.003, 8
    else:
        epochs, size, rate, patience = 15, 128, 0.003, 3
    return Training(
        epochs=epochs,
        batch_size=size,
        learning_rate=rate,
        weight_decay=1e-4,
        patience=patience if validated else 0,
    )


def sequence_training(files: int, validated: bool) -> Training:
    """Settings for so many files to train with."""
    size = 32 if files >= 64 else 8
    return Training(epochs=200, batch_size=size, learning_rate=0.003, patience=30 if validated else 0)
