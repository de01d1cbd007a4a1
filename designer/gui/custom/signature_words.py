"""What a layer's code says of itself, in lines for people: its ports, its fields, what it reads from the data."""

from __future__ import annotations

from designer.layers.fields import Bool, Choice, Field, Float, Int, Ints, shown
from designer.layers.signature import Signature

KINDS = {Int: "whole number", Float: "number", Bool: "yes or no", Ints: "whole numbers"}


def signature_lines(signature: Signature) -> list[str]:
    """The lines, none where there is no class yet."""
    if not signature.class_name:
        return []
    inputs = [f"{port.name} (may stay free)" if port.optional else port.name for port in signature.inputs]
    lines = [f"Inputs: {', '.join(inputs)}", f"Outputs: {', '.join(port.name for port in signature.outputs)}"]
    for name, place in signature.bound.items():
        axis = "channels" if place == 1 else "last axis"
        lines.append(f"{name}: read from the {axis} of the data that comes in")
    if not signature.bound:
        lines.append("A first parameter called in_features or in_channels would be read from the data that comes in")
    for name, kind in signature.fields.items():
        lines.append(f"{name}: {_kind(kind)}, at first {shown(kind.initial)}")
    if not signature.fields:
        lines.append("No fields: give __init__ parameters such as size: int = 8")
    return lines


def _kind(kind: Field) -> str:
    if isinstance(kind, Choice):
        return "one of " + ", ".join(kind.options)
    return KINDS.get(type(kind), "value")
