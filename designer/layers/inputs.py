"""Where data enters the network and where its answer leaves it."""

from __future__ import annotations

from collections.abc import Sequence

from designer.layers.declaration import Example, LayerType
from designer.layers.fields import Bool, Choice, Choices, ColumnNames, Float, Int, Ints, TargetNames
from designer.project.model import Column, Fields
from designer.project.ports import Port

WHICH = "The columns it takes. None: all features that suit it and that no other input names."
COLOURS = {"grey": 1, "colour": 3}


def _is_codes(column: Column) -> bool:
    return column.kind == "category" and column.encode == "codes" and "encode" not in column.off


def _is_number(column: Column) -> bool:
    return column.kind in ("number", "boolean", "category", "date") and not _is_codes(column)


def _sizes(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


def _whole(fields: Fields, name: str) -> int:
    return int(str(fields[name]))


TABLE_INPUT = LayerType(
    key="table_input",
    title="Table input",
    category="Input and output",
    summary="Feeds the prepared feature columns of a table, one row a sample.",
    role="input",
    name="features",
    call="{inputs}",
    fields={
        "columns": ColumnNames(argument=False, help=f"{WHICH} Numbers, dates and categories encoded as numbers."),
        "features": Int(
            4,
            key=True,
            argument=False,
            given="axis 0",
            help="Number of feature columns. Once data is open it is read from the data.",
        ),
    },
    inputs=(),
    outputs=(Port("out", axes="NF", help="One number for each prepared column."),),
    output_axes=lambda axes, fields, rank: "NF",
    takes=_is_number,
    sample=lambda fields: (_whole(fields, "features"),),
    examples=(Example(shapes=(), fields={"features": 7}, output=(7,)),),
    synonyms=("CSV", "rows", "columns", "features", "tabular", "spreadsheet", "Excel"),
)

IMAGE_INPUT = LayerType(
    key="image_input",
    title="Image input",
    category="Input and output",
    summary="Feeds pictures, brought to one size, with values from 0 to 1 unless they are normalised.",
    role="input",
    name="image",
    call="{inputs}",
    fields={
        "height": Int(
            28, maximum=4096, key=True, argument=False, help="Every picture is brought to this height, in pixels."
        ),
        "width": Int(
            28, maximum=4096, key=True, argument=False, help="Every picture is brought to this width, in pixels."
        ),
        "mode": Choice(
            "grey",
            {"grey": "One channel of brightness.", "colour": "Three channels: red, green, blue."},
            key=True,
            argument=False,
            help="Whether pictures are read as grey (1 channel) or in colour (3 channels).",
        ),
        "resize": Choice(
            "stretch",
            {
                "stretch": "The whole picture, drawn out of shape where its sides do not fit.",
                "fit": "The whole picture in its shape, with black beside or above it.",
                "crop": "The middle of the picture in its shape.",
            },
            argument=False,
            help="How a picture of another shape is brought to this size.",
        ),
        "normalise": Choice(
            "none",
            {
                "none": "Values from 0 to 1.",
                "data": "Mean 0 and standard deviation 1 in each channel, learned from the training part.",
                "imagenet": "By the means and deviations of ImageNet, as networks trained on it expect.",
            },
            argument=False,
            help="What is done to the values from 0 to 1 before the network sees them.",
        ),
    },
    inputs=(),
    outputs=(Port("out", axes="NCHW", help="Channels, height and width."),),
    output_axes=lambda axes, fields, rank: "NCHW",
    sample=lambda fields: (COLOURS[str(fields["mode"])], _whole(fields, "height"), _whole(fields, "width")),
    examples=(
        Example(shapes=(), output=(1, 28, 28)),
        Example(shapes=(), fields={"mode": "colour", "height": 32, "width": 16}, output=(3, 32, 16)),
    ),
    synonyms=("picture", "photo", "pixels", "folder"),
)

CODES_INPUT = LayerType(
    key="codes_input",
    title="Codes input",
    category="Input and output",
    summary="Feeds categories as whole numbers, for an Embedding to look up: one code for each column and row.",
    role="input",
    name="codes",
    call="{inputs}",
    fields={
        "columns": ColumnNames(argument=False, help=f"{WHICH} Categories encoded as codes."),
        "features": Int(
            1,
            key=True,
            argument=False,
            given="axis 0",
            help="Number of columns. Once data is open it is read from the data.",
        ),
        "codes": Int(
            100,
            argument=False,
            given="codes",
            help="Number of codes of all columns. Once data is open it is read from the data.",
        ),
    },
    inputs=(),
    outputs=(Port("out", axes="NT", help="One code for each column, numbered on from column to column."),),
    output_axes=lambda axes, fields, rank: "NT",
    takes=_is_codes,
    sample=lambda fields: (_whole(fields, "features"),),
    codes="codes",
    examples=(Example(shapes=(), fields={"features": 3}, output=(3,)),),
    synonyms=("category", "embedding", "lookup", "entity embedding"),
)

TEXT_INPUT = LayerType(
    key="text_input",
    title="Text input",
    category="Input and output",
    summary="Feeds a column of text as tokens: whole numbers, 0 for padding and 1 for what is not in the vocabulary.",
    role="input",
    name="text",
    call="{inputs}",
    fields={
        "columns": ColumnNames(argument=False, help=f"{WHICH} One column of text."),
        "by": Choice(
            "words",
            {
                "words": "A token is a word or a punctuation mark.",
                "characters": "A token is a character.",
                "byte_pairs": "A token is a frequent piece of a word, learned from the training part.",
            },
            key=True,
            argument=False,
            label="tokens",
            help="What a text is cut into.",
        ),
        "vocabulary": Int(
            10_000,
            minimum=2,
            maximum=1_000_000,
            argument=False,
            help="The most tokens that are told apart; rarer ones count as unknown.",
        ),
        "length": Int(
            0,
            minimum=0,
            maximum=100_000,
            argument=False,
            key=True,
            zero="automatic",
            help="The most tokens of a text that are read, of one long text those seen at once. 0: as many as 95 of "
            "100 training texts have, or as the windows over the one text say.",
        ),
        "lowercase": Bool(True, argument=False, help="Whether capitals count as small letters."),
    },
    inputs=(),
    outputs=(Port("out", axes="NT", help="The tokens of each text, shorter ones padded with 0 at the end."),),
    output_axes=lambda axes, fields, rank: "NT",
    takes=lambda column: column.kind == "text",
    sample=lambda fields: (_whole(fields, "length") or 64,),
    codes="vocabulary",
    examples=(Example(shapes=(), fields={"length": 20}, output=(20,)),),
    synonyms=("sentence", "words", "tokens", "NLP", "language", "review"),
)

SEQUENCE_INPUT = LayerType(
    key="sequence_input",
    title="Sequence input",
    category="Input and output",
    summary="Feeds a stretch of a series, step by step: a window over its rows, or one file.",
    role="input",
    name="sequence",
    call="{inputs}",
    fields={
        "columns": ColumnNames(argument=False, help=f"{WHICH} Numbers, dates and categories encoded as numbers."),
        "length": Int(
            12,
            key=True,
            argument=False,
            given="axis 0",
            help="Number of steps. Once data is open it is read from the data.",
        ),
        "features": Int(
            1,
            key=True,
            argument=False,
            given="axis 1",
            help="Numbers in each step. Once data is open it is read from the data.",
        ),
    },
    inputs=(),
    outputs=(Port("out", axes="NTF", help="Steps in the order of time, each with its numbers."),),
    output_axes=lambda axes, fields, rank: "NTF",
    takes=_is_number,
    sample=lambda fields: (_whole(fields, "length"), _whole(fields, "features")),
    examples=(Example(shapes=(), fields={"length": 24, "features": 2}, output=(24, 2)),),
    synonyms=("time series", "window", "forecast", "signal"),
)

MASK_INPUT = LayerType(
    key="mask_input",
    title="Mask input",
    category="Input and output",
    summary="Feeds, for sequences of unlike lengths, 1 for each step that is there and 0 for padding.",
    role="input",
    name="mask",
    call="{inputs}",
    fields={
        "length": Int(
            12,
            key=True,
            argument=False,
            given="axis 0",
            help="Number of steps. Once data is open it is read from the data.",
        ),
    },
    inputs=(),
    outputs=(Port("out", axes="NT", help="1 where a step is there, 0 where the sequence has ended."),),
    output_axes=lambda axes, fields, rank: "NT",
    sample=lambda fields: (_whole(fields, "length"),),
    examples=(Example(shapes=(), fields={"length": 24}, output=(24,)),),
    synonyms=("padding", "variable length", "lengths", "time series"),
)

NOISE_INPUT = LayerType(
    key="noise_input",
    title="Noise input",
    category="Input and output",
    summary="Feeds numbers drawn by chance, new ones each time, of which the generator of a GAN makes its samples.",
    role="input",
    name="noise",
    call="{inputs}",
    fields={
        "size": Ints(
            (16,),
            maximum=1_000_000,
            key=True,
            argument=False,
            help="How many numbers a sample is made of, or the axes in which they lie: 16, or 64, 4, 4 for pictures.",
        ),
        "distribution": Choice(
            "normal",
            {"normal": "Mean 0 and standard deviation 1.", "uniform": "Even from −1 to 1."},
            argument=False,
            help="How the numbers are drawn.",
        ),
    },
    inputs=(),
    outputs=(Port("out", help="The numbers of each sample."),),
    drawn=True,
    sample=lambda fields: tuple(int(str(size)) for size in _sizes(fields["size"])),
    examples=(
        Example(shapes=(), output=(16,)),
        Example(shapes=(), fields={"size": (8, 4, 4), "distribution": "uniform"}, output=(8, 4, 4)),
    ),
    synonyms=("GAN", "latent", "random", "generator", "z"),
)

OUTPUT = LayerType(
    key="output",
    title="Output",
    category="Input and output",
    summary="Takes the network's answer and compares it with the target by a loss.",
    role="output",
    name="output",
    call="{inputs}",
    fields={
        "target": TargetNames(
            "",
            argument=False,
            help="The target column, or several of numbers. Empty: those that the data marks as targets and that no "
            "other Output names.",
        ),
        "loss": Choice("mse", argument=False, key=True, help="What training makes small."),
        "loss_weight": Float(
            1.0,
            maximum=1e6,
            argument=False,
            help="What the loss is multiplied by in the sum of all outputs' losses; of a single Output it is left out.",
        ),
        "metrics": Choices(
            argument=False, help="The figures that are shown of this Output. None: those of the training settings."
        ),
    },
    inputs=(Port("x", help="One value for a number or for yes and no, one for each class otherwise."),),
    outputs=(),
    examples=(Example(shapes=((1,),), output=(1,)),),
    synonyms=("loss", "target", "label", "prediction", "head"),
)


def feeding_place(type_key: str) -> int:
    """The place of an input of this type among all: a network takes pictures first, as batches hold them there."""
    return int(type_key != IMAGE_INPUT.key)


def compared_with(columns: Sequence[Column], own: object, all_outputs: Sequence[object]) -> list[Column]:
    """The columns that an output is compared with: those that its field ``own`` names, in this order, as far as they
    are there, else the targets that no other one of ``all_outputs`` (their fields) names.
    """
    if names := target_names(own):
        by_name = {column.name: column for column in columns}
        return [by_name[name] for name in names if name in by_name]
    named = {name for each in all_outputs for name in target_names(each)} if len(all_outputs) > 1 else set()
    return [column for column in columns if column.role == "target" and column.name not in named]


def target_names(value: object) -> tuple[str, ...]:
    """The columns that an output's field names: one by its name alone, or several."""
    if isinstance(value, tuple):
        return tuple(str(name) for name in value)
    return (str(value),) if value else ()
