"""Layers that change the shape and leave the values alone."""

from __future__ import annotations

from designer.layers.declaration import Example, LayerType, keep_axes
from designer.layers.fields import Ints
from designer.project.model import Fields
from designer.project.ports import Port


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
    examples=(
        Example(shapes=((5, 8),), output=(8, 5)),
        Example(shapes=((3, 4, 5),), fields={"dims": (2, 3, 1)}, output=(4, 5, 3)),
    ),
    synonyms=("transpose", "swap axes", "channels first"),
)
