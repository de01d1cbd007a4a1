"""Networks that go on with a text, one character after another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from designer.importing.architecture import Architecture, Values, whole
from designer.importing.brief import Brief
from designer.importing.drawing import Drawing
from designer.importing.networks import answered, started
from designer.layers.fields import Choice, Field, Float, Int
from designer.project.model import Project

KINDS = {
    "gru": "Two gates; quick, and usually as good.",
    "lstm": "A guarded memory beside the state.",
    "rnn": "The simplest, which forgets soon.",
}
LEFT_OUT = "Share of the values left out by chance while training."


def _speaking(project: Project) -> Project:
    return replace(project, training=replace(project.training, mode="next_token"))


def _recurrent(brief: Brief, values: Values) -> Project:
    drawing = Drawing()
    last = drawing.add("embedding", started(drawing, brief), embedding_dim=whole(values, "dimensions"))
    layers = whole(values, "layers")
    last = drawing.add(
        str(values["kind"]),
        last,
        hidden_size=whole(values, "hidden"),
        num_layers=layers,
        output="sequence",
        dropout=values["dropout"] if layers > 1 else 0.0,
    )
    last = drawing.add("dropout", last, p=values["dropout"])
    return _speaking(answered(drawing, brief, last))


def _recurrent_fields(brief: Brief) -> Mapping[str, Field]:
    return {
        "kind": Choice("gru", KINDS, help="The layer that reads."),
        "hidden": Int(192, maximum=4096, help="Width of the state, which holds what was read so far."),
        "layers": Int(1, maximum=8, help="How many such layers follow one another."),
        "dimensions": Int(32, maximum=1024, help="How many learned numbers stand for each character."),
        "dropout": Float(0.1, maximum=0.9, help=LEFT_OUT),
    }


def _transformer(brief: Brief, values: Values) -> Project:
    """After Radford et al. 2018: encoder layers in which no step sees a later one."""
    drawing = Drawing()
    heads = whole(values, "heads")
    dimensions = -(-whole(values, "dimensions") // heads) * heads
    last = drawing.add("embedding", started(drawing, brief), embedding_dim=dimensions)
    last = drawing.add("learned_positions", last)
    for _ in range(whole(values, "layers")):
        last = drawing.add(
            "transformer_encoder_layer",
            last,
            nhead=heads,
            dim_feedforward=4 * dimensions,
            dropout=values["dropout"],
            activation="gelu",
            causal=True,
        )
    return _speaking(answered(drawing, brief, drawing.add("layer_norm", last)))


def _transformer_fields(brief: Brief) -> Mapping[str, Field]:
    return {
        "layers": Int(2, maximum=48, help="Layers one after another."),
        "dimensions": Int(64, maximum=4096, help="How many numbers stand for a character; a multiple of the heads."),
        "heads": Int(4, maximum=64, help="How many heads look back at once."),
        "dropout": Float(0.1, maximum=0.9, help=LEFT_OUT),
    }


CHARACTER_MODEL = Architecture(
    key="character_model",
    title="Character model",
    summary="Reads a text character by character and learns what comes next; then it can write.",
    group="Generative",
    forms=("tokens",),
    build=_recurrent,
    fields=_recurrent_fields,
)

CHARACTER_TRANSFORMER = Architecture(
    key="character_transformer",
    title="Character transformer",
    summary="Each character looks back at those before it and says what comes next: the plan of GPT, small.",
    group="Generative",
    forms=("tokens",),
    build=_transformer,
    fields=_transformer_fields,
)
