"""Layers that change the shape and leave the values alone."""

from __future__ import annotations

from designer.layers.declaration import Example, LayerType, keep_axes
from designer.layers.fields import Int, Ints
from designer.project.model import Fields
from designer.project.ports import Port

_AXIS = "Which axis; 1 is the features or channels, the batch axis is 0."


def _permuted(axes: str, fields: Fields, rank: int) -> str:
    order = fields["dims"]
    if not isinstance(order, tuple) or len(axes) != rank:
        return keep_axes("", fields, rank)
    return "N" + "".join(axes[index] for index in order if isinstance(index, int) and index < rank)


FLATTEN = LayerType(
    key="flatten",
    title="Flatten",
    category="Shape",
    summary="Lays an image or a sequence out as one row of values, ready for Linear.",
    module="nn.Flatten",
    inputs=(Port("x"),),
    output_axes=lambda axes, fields, rank: "NF",
    takes_codes=True,
    examples=(
        Example(shapes=((3, 4, 5),), output=(60,)),
        Example(shapes=((7,),), output=(7,)),
    ),
    synonyms=("unroll", "vector"),
)

RESHAPE = LayerType(
    key="reshape",
    title="Reshape",
    category="Shape",
    summary="Gives the values of each sample another shape with as many values.",
    call="{x}.reshape({x}.shape[0], {shape})",
    fields={"shape": Ints((1, 2, 2), key=True, help="The new shape of a sample, without the batch axis: 1, 28, 28.")},
    inputs=(Port("x"),),
    output_axes=lambda axes, fields, rank: keep_axes("", fields, rank),
    takes_codes=True,
    examples=(
        Example(shapes=((784,),), fields={"shape": (1, 28, 28)}, output=(1, 28, 28)),
        Example(shapes=((4,),), output=(1, 2, 2)),
    ),
    synonyms=("view", "unflatten"),
)

PERMUTE = LayerType(
    key="permute",
    title="Permute",
    category="Shape",
    summary="Changes the order of the axes, such as channels last to channels first.",
    call="{inputs}.permute(0, {dims})",
    fields={
        "dims": Ints(
            (2, 1), key=True, label="order", help="The axes in their new order; the batch axis 0 stays first: 2, 1."
        )
    },
    inputs=(Port("x"),),
    output_axes=_permuted,
    takes_codes=True,
    examples=(
        Example(shapes=((5, 8),), output=(8, 5)),
        Example(shapes=((3, 4, 5),), fields={"dims": (2, 3, 1)}, output=(4, 5, 3)),
    ),
    synonyms=("transpose", "swap axes", "channels first"),
)

SLICE = LayerType(
    key="slice",
    title="Slice",
    category="Shape",
    summary="Keeps a stretch of one axis: some features, some channels, some steps.",
    call="{x}.narrow({dim}, {start}, {length})",
    fields={
        "dim": Int(1, maximum=7, key=True, label="axis", help=_AXIS),
        "start": Int(0, minimum=0, key=True, help="The first that is kept, counted from 0."),
        "length": Int(1, key=True, help="How many are kept."),
    },
    inputs=(Port("x"),),
    takes_codes=True,
    examples=(
        Example(shapes=((10,),), fields={"start": 2, "length": 3}, output=(3,)),
        Example(shapes=((3, 8, 8),), fields={"dim": 3, "start": 4, "length": 4}, output=(3, 8, 4)),
    ),
    synonyms=("part", "narrow", "range", "cut", "index"),
)

SQUEEZE = LayerType(
    key="squeeze",
    title="Squeeze",
    category="Shape",
    summary="Takes an axis of size 1 away; a longer axis stays.",
    call="{x}.squeeze({dim})",
    fields={"dim": Int(1, maximum=7, key=True, label="axis", help=_AXIS)},
    inputs=(Port("x"),),
    takes_codes=True,
    examples=(
        Example(shapes=((1, 8),), output=(8,)),
        Example(shapes=((3, 1, 8),), fields={"dim": 2}, output=(3, 8)),
        Example(shapes=((3, 8),), output=(3, 8)),
    ),
    synonyms=("drop axis", "remove dimension"),
)

UNSQUEEZE = LayerType(
    key="unsqueeze",
    title="Unsqueeze",
    category="Shape",
    summary="Puts in a new axis of size 1, such as the one channel of a grey image.",
    call="{x}.unsqueeze({dim})",
    fields={"dim": Int(1, maximum=7, key=True, label="axis", help="Where the new axis goes; 1 is behind the batch.")},
    inputs=(Port("x"),),
    output_axes=lambda axes, fields, rank: keep_axes("", fields, rank),
    takes_codes=True,
    examples=(
        Example(shapes=((8,),), output=(1, 8)),
        Example(shapes=((5, 8),), fields={"dim": 3}, output=(5, 8, 1)),
    ),
    synonyms=("new axis", "add dimension", "expand_dims"),
)

EXPAND = LayerType(
    key="expand",
    title="Expand",
    category="Shape",
    summary="Repeats values along axes of size 1 until the sample has the shape that is given.",
    call="{x}.expand({x}.shape[0], {shape})",
    fields={
        "shape": Ints(
            (8,),
            minimum=-1,
            key=True,
            help="The new shape of a sample, without the batch axis; −1 keeps an axis as it is.",
        )
    },
    inputs=(Port("x"),),
    takes_codes=True,
    examples=(
        Example(shapes=((1,),), output=(8,)),
        Example(shapes=((4, 1, 1),), fields={"shape": (-1, 5, 6)}, output=(4, 5, 6)),
    ),
    synonyms=("repeat", "broadcast", "tile", "RepeatVector"),
)

SPLIT = LayerType(
    key="split",
    title="Split",
    category="Shape",
    summary="Cuts one axis in two: the first values leave at one output, the rest at the other.",
    call="{x}.split([{size}, {x}.shape[{dim}] - {size}], dim={dim})",
    fields={
        "size": Int(1, key=True, help="How many leave at the first output."),
        "dim": Int(1, maximum=7, key=True, label="axis", help=_AXIS),
    },
    inputs=(Port("x"),),
    outputs=(Port("out", label="first", help="The first values."), Port("rest", help="Those that are left.")),
    takes_codes=True,
    examples=(
        Example(shapes=((10,),), fields={"size": 4}, output=(4,)),
        Example(shapes=((3, 8, 8),), output=(1, 8, 8)),
    ),
    synonyms=("chunk", "divide", "branch", "two outputs"),
)
