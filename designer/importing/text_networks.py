"""Networks for texts to start from."""

from __future__ import annotations

from collections.abc import Mapping

from designer.importing.architecture import Architecture, Values, whole
from designer.importing.brief import Brief
from designer.importing.drawing import Drawing
from designer.importing.networks import answered, beside_columns, started
from designer.layers.fields import Bool, Choice, Field, Float, Int
from designer.project.model import Project

LEFT_OUT = "Share of the values left out by chance while training."
LONGEST = 256


def _bag_of_words(brief: Brief, values: Values) -> Project:
    drawing = Drawing()
    last = drawing.add("embedding_bag", started(drawing, brief), embedding_dim=whole(values, "dimensions"))
    last = drawing.add("dropout", last, p=values["dropout"])
    return answered(drawing, brief, beside_columns(drawing, brief, last))


def _bag_of_words_fields(brief: Brief) -> Mapping[str, Field]:
    return {
        "dimensions": Int(32, maximum=4096, help="How many learned numbers stand for each word."),
        "dropout": Float(0.5, maximum=0.95, help=LEFT_OUT),
    }


def _text_gru(brief: Brief, values: Values) -> Project:
    drawing = Drawing()
    start = started(drawing, brief)
    mask = drawing.add("mask_of_tokens", start)
    last = drawing.add("embedding", start, embedding_dim=whole(values, "dimensions"), padding_idx=0)
    last = drawing.add("dropout", last, p=values["dropout"])
    last = drawing.add("gru", (last, mask), hidden_size=whole(values, "hidden"), bidirectional=values["bidirectional"])
    last = drawing.add("dropout", last, p=values["dropout"])
    return answered(drawing, brief, beside_columns(drawing, brief, last))


def _text_gru_fields(brief: Brief) -> Mapping[str, Field]:
    return {
        "dimensions": Int(32, maximum=4096, help="How many learned numbers stand for each word."),
        "hidden": Int(32, maximum=4096, help="Width of the state, which holds what was read so far."),
        "bidirectional": Bool(True, help="Whether a second one reads from the end."),
        "dropout": Float(0.5, maximum=0.95, help=LEFT_OUT),
    }


def _text_transformer(brief: Brief, values: Values) -> Project:
    """After Vaswani et al. 2017, with the normalisation before each part, which trains well without a warm-up."""
    drawing = Drawing()
    heads = whole(values, "heads")
    dimensions = -(-whole(values, "dimensions") // heads) * heads
    start = started(drawing, brief)
    mask = drawing.add("mask_of_tokens", start)
    last = drawing.add("embedding", start, embedding_dim=dimensions, padding_idx=0)
    last = drawing.add(f"{values['positions']}_positions", last)
    last = drawing.add("dropout", last, p=values["dropout"])
    for _ in range(whole(values, "layers")):
        last = drawing.add(
            "transformer_encoder_layer",
            (last, mask),
            nhead=heads,
            dim_feedforward=2 * dimensions,
            dropout=values["dropout"],
        )
    last = drawing.add("masked_mean", (last, mask))
    return answered(drawing, brief, beside_columns(drawing, brief, last))


def _text_transformer_fields(brief: Brief) -> Mapping[str, Field]:
    return {
        "layers": Int(1 if brief.samples < 20_000 else 4, maximum=24, help="Encoder layers one after another."),
        "dimensions": Int(32, maximum=4096, help="How many numbers stand for each word; a multiple of the heads."),
        "heads": Int(4, maximum=64, help="How many heads look at the other words at once."),
        "positions": Choice(
            "sine",
            {"sine": "Sines and cosines of the place.", "learned": "A learned vector for each place."},
            help="How each word is told where in the text it stands.",
        ),
        "dropout": Float(0.3, maximum=0.95, help=LEFT_OUT),
    }


BAG_OF_WORDS = Architecture(
    key="bag_of_words",
    title="Bag of words",
    summary="Learns a few numbers for each word and averages them over the text, which stands for what it is about.",
    group="Text",
    forms=("texts",),
    build=_bag_of_words,
    fields=_bag_of_words_fields,
)

TEXT_GRU = Architecture(
    key="text_gru",
    title="Embedding and GRU",
    summary="Learns a few numbers for each word and reads them in their order, so that “not good” is not “good”.",
    group="Text",
    forms=("texts",),
    build=_text_gru,
    fields=_text_gru_fields,
)

TEXT_TRANSFORMER = Architecture(
    key="text_transformer",
    title="Transformer encoder",
    summary="Every word looks at all others and takes from them what it needs to be understood; their mean decides.",
    group="Text",
    forms=("texts",),
    build=_text_transformer,
    fields=_text_transformer_fields,
)
