"""Networks of fully connected layers to start from, for any data, and those for tables alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from designer.importing.architecture import Architecture, Values, hidden_activation, with_codes_for_categories
from designer.importing.brief import Brief
from designer.importing.drawing import Drawing
from designer.importing.starting_training import MANY_ROWS, training_for
from designer.layers.fields import Bool, Choice, Field, Float, Int
from designer.project.facts import TargetKind
from designer.project.model import Project

LOSS: Mapping[TargetKind, str] = {"number": "mse", "binary": "bce", "classes": "cross_entropy"}
WIDEST, MOST_LAYERS = 4096, 12
NARROWEST = 4
EMBEDDED = 32


def started(drawing: Drawing, brief: Brief) -> str:
    """The input that the data feeds."""
    if brief.form == "rows":
        return drawing.add("table_input", features=brief.features)
    if brief.form in ("pictures", "masks"):
        mode = "colour" if brief.colour else "grey"
        return drawing.add(
            "image_input",
            height=brief.height,
            width=brief.width,
            mode=mode,
            resize=brief.resize,
            normalise=brief.normalise,
        )
    if brief.form == "texts":
        return drawing.add("text_input")
    if brief.form == "tokens":
        return drawing.add("text_input", by="characters", length=brief.length, lowercase=False)
    return drawing.add("sequence_input", length=brief.length, features=brief.features)


def as_vector(drawing: Drawing, brief: Brief) -> str:
    """The input and what lays a sample out as one row of numbers, for layers that are fully connected."""
    start = started(drawing, brief)
    if brief.form == "texts":
        return beside_columns(drawing, brief, drawing.add("embedding_bag", start, embedding_dim=EMBEDDED))
    if brief.form == "files":
        return drawing.add("masked_mean", (start, drawing.add("mask_input", length=brief.length)))
    if brief.form == "pictures":
        return beside_columns(drawing, brief, drawing.add("flatten", start))
    return start if brief.form == "rows" else drawing.add("flatten", start)


def beside_columns(drawing: Drawing, brief: Brief, last: str) -> str:
    """What was made of a picture or a text, with the other columns beside it where there are any."""
    joined = [last]
    if brief.form == "pictures" and brief.text:
        joined.append(drawing.add("embedding_bag", drawing.add("text_input"), embedding_dim=EMBEDDED))
    if brief.features:
        joined.append(drawing.add("table_input", features=brief.features))
    return drawing.add("concatenate", joined) if len(joined) > 1 else last


def answered(drawing: Drawing, brief: Brief, last: str) -> Project:
    """The network with the layer that answers and its output, laid out and with settings to train it."""
    last = drawing.add("linear", last, out_features=brief.outputs)
    return finished(drawing, brief, last)


def finished(drawing: Drawing, brief: Brief, last: str, at: tuple[float, float] | None = None) -> Project:
    """The network with an output behind ``last`` and settings to train it.

    It is laid out, unless ``at`` says where the output stands among layers that have their places.
    """
    drawing.add("output", last, at=at or (0, 0), loss=LOSS[brief.kind])
    return replace(drawing.as_drawn() if at else drawing.laid_out(), training=training_for(brief))


def hidden(drawing: Drawing, last: str, values: Values) -> str:
    """Hidden layers as the values of ``layers_fields`` say."""
    width = int(str(values["width"]))
    for _ in range(int(str(values["layers"]))):
        last = drawing.add("linear", last, out_features=width)
        last = drawing.add(str(values["activation"]), last)
        if values["dropout"]:
            last = drawing.add("dropout", last, p=values["dropout"])
        width = max(NARROWEST, width // 2) if values["shape"] == "narrowing" else width
    return last


def layers_fields(brief: Brief) -> Mapping[str, Field]:
    """The fields of a stack of hidden layers: wider for more samples and columns."""
    large = brief.samples >= MANY_ROWS
    if brief.form == "pictures":
        width, shape = 128, "narrowing"
    elif brief.form != "rows":
        width, shape = 64, "narrowing"
    else:
        wide = brief.features > 64 if large else brief.features > 32
        width = (128 if wide else 64) if large else (64 if wide else 32)
        shape = "even" if large and not wide else "narrowing"
    dropped = 0.2 if brief.form == "rows" and brief.features * 2 > brief.samples else 0.0
    return {
        "layers": Int(2, maximum=MOST_LAYERS, help="How many hidden layers stand one after another."),
        "width": Int(width, maximum=WIDEST, help="How many neurons the first hidden layer has."),
        "shape": Choice(
            shape,
            {"even": "Every hidden layer is as wide.", "narrowing": "Each has half the neurons of the one before."},
            help="How wide the further hidden layers are.",
        ),
        "activation": hidden_activation(),
        "dropout": Float(
            dropped, maximum=0.9, help="Share of the hidden values that are left out by chance while training."
        ),
    }


def _linear(brief: Brief, values: Values) -> Project:
    drawing = Drawing()
    return answered(drawing, brief, as_vector(drawing, brief))


def _mlp(brief: Brief, values: Values) -> Project:
    drawing = Drawing()
    return answered(drawing, brief, hidden(drawing, as_vector(drawing, brief), values))


def _wide_and_deep(brief: Brief, values: Values) -> Project:
    drawing = Drawing()
    wide = drawing.add("table_input", name="wide_features", features=brief.features)
    start = wide
    if values["two_inputs"]:
        start = drawing.add("table_input", name="deep_features", features=brief.features)
    deep = hidden(drawing, start, values)
    return answered(drawing, brief, drawing.add("concatenate", (wide, deep), name="wide_and_deep"))


def _wide_and_deep_fields(brief: Brief) -> Mapping[str, Field]:
    inputs = Bool(False, help="An input for each path, so that the columns of each can be chosen in the inspector.")
    return {**layers_fields(brief), "two_inputs": inputs}


def _embeddings(brief: Brief, values: Values) -> Project:
    drawing = Drawing()
    codes = sum(brief.categories.values())
    looked_up = drawing.add("codes_input", name="categories", features=len(brief.categories), codes=max(1, codes))
    looked_up = drawing.add("embedding", looked_up, embedding_dim=values["dimensions"])
    last = drawing.add("flatten", looked_up)
    numbers = brief.features - codes
    if numbers > 0:
        last = drawing.add("concatenate", (last, drawing.add("table_input", name="numbers", features=numbers)))
    return answered(drawing, brief, hidden(drawing, last, values))


def _embeddings_fields(brief: Brief) -> Mapping[str, Field]:
    most = max(brief.categories.values(), default=2)
    dimensions = max(2, min(16, round(most**0.5)))
    described = Int(dimensions, maximum=1024, help="How many learned numbers stand for each category.")
    return {"dimensions": described, **layers_fields(brief)}


def _without_categories(brief: Brief) -> str:
    if brief.categories:
        return ""
    return "It is for tables with columns of categories; this one has none among its features."


LINEAR = Architecture(
    key="linear",
    title="Linear",
    summary="One layer that weighs its inputs and adds them up: the simplest network, and the measure of all others.",
    group="Any data",
    forms=("rows", "pictures", "windows", "files", "texts"),
    build=_linear,
)

MLP = Architecture(
    key="mlp",
    title="Multilayer perceptron",
    summary="A stack of fully connected layers, an activation after each: learns what bends, from any kind of data.",
    group="Any data",
    forms=("rows", "pictures", "windows", "files", "texts"),
    build=_mlp,
    fields=layers_fields,
)

WIDE_AND_DEEP = Architecture(
    key="wide_and_deep",
    title="Wide and deep",
    summary="Two paths that meet: one straight to the answer, which remembers, and one through hidden layers, which "
    "generalises.",
    group="Tables",
    forms=("rows",),
    build=_wide_and_deep,
    fields=_wide_and_deep_fields,
)

EMBEDDINGS = Architecture(
    key="embeddings",
    title="Category embeddings",
    summary="Learns a few numbers for each category, so that similar ones come to lie near one another, beside the "
    "columns of numbers.",
    group="Tables",
    forms=("rows",),
    build=_embeddings,
    fields=_embeddings_fields,
    refuse=_without_categories,
    prepare=with_codes_for_categories,
)
