"""Layers that learn which states are likely, rather than to answer."""

from __future__ import annotations

from designer.layers.declaration import Example, LayerType, axis
from designer.layers.fields import Int
from designer.project.ports import Port

RBM = LayerType(
    key="rbm",
    title="RBM",
    category="Linear",
    summary="Hidden units that each look at all visible ones, and from which these can be told again; trained as a "
    "restricted Boltzmann machine, it finds features without any target.",
    module="RBM",
    name="rbm",
    fields={"hidden": Int(64, maximum=1_000_000, key=True, label="hidden units", help="Number of hidden units.")},
    bound={"visible": axis(1)},
    inputs=(Port("x", axes="NF", help="The visible units: numbers from 0 to 1."),),
    outputs=(Port("out", help="How likely each hidden unit is on."),),
    output_axes=lambda axes, fields, rank: "NF",
    unreached={"visible_bias": "rbm"},
    examples=(
        Example(shapes=((10,),), output=(64,), parameters=714),
        Example(shapes=((6,),), fields={"hidden": 3}, output=(3,), parameters=27),
    ),
    synonyms=("restricted Boltzmann machine", "contrastive divergence", "CD", "Gibbs", "deep belief network", "energy"),
)
