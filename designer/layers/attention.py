"""Attention: layers in which every step of a sequence looks at every other."""

from __future__ import annotations

from designer.layers.declaration import Example, LayerType, axis
from designer.layers.fields import Bool, Float, Int
from designer.project.ports import Port

SELF_ATTENTION = LayerType(
    key="self_attention",
    title="Self-attention",
    category="Attention",
    summary="Lets every step of a sequence look at all the others and take what it needs, with several heads at once.",
    module="nn.MultiheadAttention",
    name="attention",
    call="{self}({x}, {x}, {x}, need_weights=False)[0]",
    fields={
        "num_heads": Int(
            4, key=True, maximum=1024, label="heads", help="How many heads look at once; the features divide evenly."
        ),
        "dropout": Float(0.0, maximum=0.99, help="Share of the looks that are left out by chance while training."),
        "bias": Bool(True, help="Whether the projections add learned constants."),
    },
    bound={"embed_dim": axis(2), "batch_first": lambda shape, fields: True},
    inputs=(Port("x", axes="NTF"),),
    output_axes=lambda axes, fields, rank: "NTF",
    examples=(
        Example(shapes=((6, 8),), output=(6, 8), parameters=288),
        Example(shapes=((5, 6),), fields={"num_heads": 3, "bias": False}, output=(5, 6), parameters=144),
    ),
    synonyms=("multi-head attention", "MultiheadAttention", "transformer", "MHA"),
)
