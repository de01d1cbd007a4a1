"""Where data enters the network and where its answer leaves it."""

from __future__ import annotations

from designer.layers.declaration import Example, LayerType
from designer.layers.fields import Choice, ColumnName, Int
from designer.project.ports import Port

TABLE_INPUT = LayerType(
    key="table_input",
    title="Table input",
    category="Input and output",
    summary="Feeds the prepared feature columns of a table, one row a sample.",
    role="input",
    name="features",
    call="{inputs}",
    fields={
        "features": Int(
            4, key=True, argument=False, help="Number of feature columns. Once data is open it is read from the data."
        ),
    },
    inputs=(),
    outputs=(Port("out", axes="NF", help="One number for each prepared column."),),
    output_axes=lambda axes, fields, rank: "NF",
    examples=(Example(shapes=(), fields={"features": 7}, output=(7,)),),
    synonyms=("CSV", "rows", "columns", "features", "tabular", "spreadsheet", "Excel"),
)

IMAGE_INPUT = LayerType(
    key="image_input",
    title="Image input",
    category="Input and output",
    summary="Feeds pictures, brought to one size, with values from 0 to 1.",
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
    },
    inputs=(),
    outputs=(Port("out", axes="NCHW", help="Channels, height and width, from 0 to 1."),),
    output_axes=lambda axes, fields, rank: "NCHW",
    examples=(
        Example(shapes=(), output=(1, 28, 28)),
        Example(shapes=(), fields={"mode": "colour", "height": 32, "width": 16}, output=(3, 32, 16)),
    ),
    synonyms=("picture", "photo", "pixels", "folder"),
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
        "target": ColumnName(
            "", argument=False, help="The target column. Empty: the column that the data marks as target."
        ),
        "loss": Choice("mse", argument=False, key=True, help="What training makes small."),
    },
    inputs=(Port("x", help="One value for a number or for yes and no, one for each class otherwise."),),
    outputs=(),
    examples=(Example(shapes=((1,),), output=(1,)),),
    synonyms=("loss", "target", "label", "prediction", "head"),
)
