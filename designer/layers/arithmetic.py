"""Layers that reckon with numbers that somebody set, and the constant that comes from nowhere."""

from __future__ import annotations

from collections.abc import Collection

from designer.layers.declaration import Example, LayerType, keep_axes
from designer.layers.fields import Float, Ints
from designer.project.model import Fields
from designer.project.ports import Port

_LEAST = -1e12


def _full(fields: Fields, linked: Collection[str]) -> str:
    """The call of a constant: also a whole number fills it as one with a point, which layers reckon with."""
    number = float(str(fields["value"]))
    return f"torch.full(({{x}}.shape[0], {{shape}}), {number!r}, device={{x}}.device)"


CONSTANT = LayerType(
    key="constant",
    title="Constant",
    category="Merge",
    summary="Gives the same number for every sample, whatever enters the network.",
    call=_full,
    fields={
        "value": Float(1.0, minimum=_LEAST, key=True, help="The number."),
        "shape": Ints((1,), key=True, help="The shape of a sample, without the batch axis."),
    },
    inputs=(),
    outputs=(Port("out", help="The number, at every place of every sample."),),
    output_axes=lambda axes, fields, rank: keep_axes("", fields, rank),
    examples=(
        Example(shapes=(), output=(1,)),
        Example(shapes=(), fields={"value": -0.5, "shape": (3, 4, 4)}, output=(3, 4, 4)),
    ),
    synonyms=("fixed value", "full", "ones", "zeros", "scalar"),
)

ADD_NUMBER = LayerType(
    key="add_number",
    title="Add number",
    category="Merge",
    summary="Adds one number to every value.",
    call="{x} + {number}",
    name="shift",
    fields={"number": Float(1.0, minimum=_LEAST, key=True, help="What is added; below zero it is taken away.")},
    examples=(
        Example(shapes=((4,),), output=(4,)),
        Example(shapes=((3, 4, 4),), fields={"number": -0.5}, output=(3, 4, 4)),
    ),
    synonyms=("plus", "offset", "scalar", "lambda"),
)

MULTIPLY_NUMBER = LayerType(
    key="multiply_number",
    title="Multiply by number",
    category="Merge",
    summary="Multiplies every value by one number.",
    call="{x} * {number}",
    name="scale",
    fields={"number": Float(0.5, minimum=_LEAST, key=True, help="What every value is multiplied by.")},
    examples=(
        Example(shapes=((4,),), output=(4,)),
        Example(shapes=((3, 4, 4),), fields={"number": -2.0}, output=(3, 4, 4)),
    ),
    synonyms=("times", "scale", "rescaling", "scalar", "temperature", "lambda"),
)

POWER = LayerType(
    key="power",
    title="Power",
    category="Merge",
    summary="Raises every value to one power.",
    call="{x}.pow({exponent})",
    fields={
        "exponent": Float(
            2.0,
            minimum=-100.0,
            maximum=100.0,
            key=True,
            help="The power. Where it is not whole, values below zero give no number: put a ReLU before.",
        )
    },
    examples=(
        Example(shapes=((4,),), output=(4,)),
        Example(shapes=((3, 4, 4),), fields={"exponent": 3.0}, output=(3, 4, 4)),
    ),
    synonyms=("square", "exponent", "root", "pow"),
)
