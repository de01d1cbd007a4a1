"""Layers that bring several branches together."""

from __future__ import annotations

from designer.layers.declaration import Example, LayerType, keep_axes
from designer.layers.fields import Int
from designer.project.ports import Port

_MANY = (Port("x", many=True, help="Takes any number of links."),)
_PAIR = (Port("a", help="The first."), Port("b", help="The second."))

ADD = LayerType(
    key="add",
    title="Add",
    category="Merge",
    summary="Adds its inputs value by value, as a residual connection does.",
    call="{inputs}",
    join=" + ",
    inputs=_MANY,
    examples=(
        Example(shapes=((4, 5), (4, 5)), output=(4, 5)),
        Example(shapes=((3,), (3,), (3,)), output=(3,)),
    ),
    synonyms=("sum", "plus", "residual", "skip connection", "shortcut"),
)

MULTIPLY = LayerType(
    key="multiply",
    title="Multiply",
    category="Merge",
    summary="Multiplies its inputs value by value, as a gate does.",
    call="{inputs}",
    join=" * ",
    inputs=_MANY,
    examples=(
        Example(shapes=((4, 5), (4, 5)), output=(4, 5)),
        Example(shapes=((4, 5, 5), (4, 1, 1)), output=(4, 5, 5)),
    ),
    synonyms=("product", "times", "gate", "attention"),
)

SUBTRACT = LayerType(
    key="subtract",
    title="Subtract",
    category="Merge",
    summary="Takes the second input from the first, value by value.",
    call="{a} - {b}",
    inputs=(Port("a", help="What is taken from."), Port("b", help="What is taken away.")),
    examples=(
        Example(shapes=((4, 5), (4, 5)), output=(4, 5)),
        Example(shapes=((3,), (3,)), output=(3,)),
    ),
    synonyms=("minus", "difference", "residual"),
)

MAXIMUM = LayerType(
    key="maximum",
    title="Maximum",
    category="Merge",
    summary="Keeps the largest of its inputs, value by value.",
    call="torch.stack([{inputs}]).amax(dim=0)",
    inputs=_MANY,
    examples=(
        Example(shapes=((4, 5), (4, 5)), output=(4, 5)),
        Example(shapes=((3,), (3,), (3,)), output=(3,)),
    ),
    synonyms=("max", "largest", "maxout"),
)

MINIMUM = LayerType(
    key="minimum",
    title="Minimum",
    category="Merge",
    summary="Keeps the smallest of its inputs, value by value.",
    call="torch.stack([{inputs}]).amin(dim=0)",
    inputs=_MANY,
    examples=(Example(shapes=((4, 5), (4, 5)), output=(4, 5)),),
    synonyms=("min", "smallest"),
)

AVERAGE = LayerType(
    key="average",
    title="Average",
    category="Merge",
    summary="Averages its inputs, value by value, as an ensemble does.",
    call="torch.stack([{inputs}]).mean(dim=0)",
    inputs=_MANY,
    examples=(
        Example(shapes=((4, 5), (4, 5)), output=(4, 5)),
        Example(shapes=((3,), (3,), (3,)), output=(3,)),
    ),
    synonyms=("mean", "ensemble"),
)

STACK = LayerType(
    key="stack",
    title="Stack",
    category="Merge",
    summary="Lays inputs of one shape behind one another along a new axis.",
    call="torch.stack([{inputs}], dim={dim})",
    fields={"dim": Int(1, maximum=7, key=True, label="axis", help="Where the new axis goes; 1 is behind the batch.")},
    inputs=_MANY,
    output_axes=lambda axes, fields, rank: {3: "NTF"}.get(rank, keep_axes("", fields, rank)),
    takes_codes=True,
    examples=(
        Example(shapes=((4,), (4,), (4,)), output=(3, 4)),
        Example(shapes=((5, 6), (5, 6)), fields={"dim": 3}, output=(5, 6, 2)),
    ),
    synonyms=("new axis", "sequence of rows"),
)

DOT_PRODUCT = LayerType(
    key="dot_product",
    title="Dot product",
    category="Merge",
    summary="Multiplies two inputs along the last axis and sums: one number that says how alike they are.",
    call="({a} * {b}).sum(dim=-1, keepdim=True)",
    name="dot",
    inputs=_PAIR,
    examples=(
        Example(shapes=((8,), (8,)), output=(1,)),
        Example(shapes=((5, 8), (5, 8)), output=(5, 1)),
    ),
    synonyms=("inner product", "similarity", "recommender", "matching", "scalar product"),
)

COSINE_SIMILARITY = LayerType(
    key="cosine_similarity",
    title="Cosine similarity",
    category="Merge",
    summary="The cosine of the angle between two inputs along the last axis: 1 where they point the same way.",
    call="nn.functional.cosine_similarity({a}, {b}, dim=-1).unsqueeze(-1)",
    name="cosine",
    inputs=_PAIR,
    examples=(
        Example(shapes=((8,), (8,)), output=(1,)),
        Example(shapes=((5, 8), (5, 8)), output=(5, 1)),
    ),
    synonyms=("angle", "similarity", "siamese", "normalised dot product"),
)

MATRIX_PRODUCT = LayerType(
    key="matrix_product",
    title="Matrix product",
    category="Merge",
    summary="Multiplies two matrices of each sample: rows of the first by columns of the second.",
    call="torch.bmm({a}, {b})",
    name="matmul",
    inputs=(
        Port("a", axes="NTF NCT", help="A matrix of rows × inner for each sample."),
        Port("b", axes="NTF NCT", help="A matrix of inner × columns for each sample."),
    ),
    examples=(
        Example(shapes=((4, 5), (5, 3)), output=(4, 3)),
        Example(shapes=((6, 2), (2, 6)), output=(6, 6)),
    ),
    synonyms=("matmul", "bmm", "batch matrix multiplication", "attention scores"),
)

WHERE = LayerType(
    key="where",
    title="Where",
    category="Merge",
    summary="Chooses value by value: the second input where the first is above zero, else the third.",
    call="torch.where({condition} > 0, {a}, {b})",
    inputs=(
        Port("condition", help="Above zero chooses a; no gradient passes here."),
        Port("a", help="What is taken where the condition is above zero."),
        Port("b", help="What is taken elsewhere."),
    ),
    examples=(
        Example(shapes=((4,), (4,), (4,)), output=(4,)),
        Example(shapes=((5, 1), (5, 6), (5, 6)), output=(5, 6)),
    ),
    synonyms=("if", "switch", "choose", "condition", "select"),
)

CONCATENATE = LayerType(
    key="concatenate",
    title="Concatenate",
    category="Merge",
    summary="Lays its inputs side by side along one axis.",
    call="torch.cat([{inputs}], dim={dim})",
    fields={
        "dim": Int(1, maximum=7, key=True, label="axis", help="The axis that grows; 1 is the features or channels.")
    },
    inputs=_MANY,
    takes_codes=True,
    examples=(
        Example(shapes=((4,), (5,)), output=(9,)),
        Example(shapes=((4, 6, 6), (2, 6, 6)), output=(6, 6, 6)),
    ),
    synonyms=("cat", "concat", "join", "stack", "U-Net", "inception"),
)
