"""Layers that bring several branches together."""

from __future__ import annotations

from designer.layers.declaration import Example, LayerType
from designer.layers.fields import Int
from designer.project.ports import Port

_MANY = (Port("x", many=True, help="Takes any number of links."),)

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
    examples=(
        Example(shapes=((4,), (5,)), output=(9,)),
        Example(shapes=((4, 6, 6), (2, 6, 6)), output=(6, 6, 6)),
    ),
    synonyms=("cat", "concat", "join", "stack", "U-Net", "inception"),
)
