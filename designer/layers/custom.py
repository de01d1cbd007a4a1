"""Custom layers as layer types: a project's own classes, known by their signatures, which are read and never run."""

from __future__ import annotations

from designer.layers.declaration import Bound, LayerType
from designer.layers.signature import Signature, read_signature
from designer.project.custom_layers import type_of_custom
from designer.project.model import CustomLayer
from designer.project.ports import Port

CATEGORY = "Your layers"
FREE = Port("x", many=True)
STARTER = '''import torch
from torch import nn


class Gate(nn.Module):
    """Lets each feature through as far as the others say.

    Args:
        hidden: Features in between.
        slope: How sharply the gate opens.
    """

    def __init__(self, in_features: int, hidden: int = 16, slope: float = 1.0):
        super().__init__()
        self.slope = slope
        self.narrow = nn.Linear(in_features, hidden)
        self.widen = nn.Linear(hidden, in_features)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        opening = torch.sigmoid(self.slope * self.widen(torch.relu(self.narrow(x))))
        return x * opening
'''


def layer_of_custom(key: str, layer: CustomLayer) -> LayerType:
    """The layer type of a custom layer; one whose source is not sound has free ports and no class."""
    found = read_signature(layer.source)
    if not found.class_name:
        found = Signature(inputs=(FREE,), outputs=(Port("out"),), faults=found.faults)
    return LayerType(
        key=type_of_custom(key),
        title=layer.name,
        category=CATEGORY,
        summary=layer.summary or found.summary or "A layer of this project's own.",
        module=found.class_name,
        own=layer.source,
        call=_call(found),
        fields=found.fields,
        bound={name: _axis(place) for name, place in found.bound.items()},
        inputs=found.inputs,
        outputs=found.outputs,
        name=_plain(layer.name) or "layer",
    )


def _call(found: Signature) -> str:
    optional = [port.name for port in found.inputs if port.optional]
    if not optional:
        return "{self}({inputs})"
    needed = [f"{{{port.name}}}" for port in found.inputs if not port.optional]
    return f"{{self}}({', '.join([*needed, *(f'{name}={{{name}}}' for name in optional)])})"


def _axis(place: int) -> Bound:
    return lambda shape, fields: shape[place]


def _plain(name: str) -> str:
    return "".join(sign if sign.isalnum() else "_" for sign in name.lower()).strip("_")
