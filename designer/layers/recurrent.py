"""Recurrent layers: they read a sequence step by step and keep a state of what they have read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from designer.layers.declaration import Bound, Call, Example, LayerType, Shape, axis
from designer.layers.fields import Bool, Choice, Field, Float, Int
from designer.project.model import Fields, FieldValue
from designer.project.ports import Port

_LAST = "The state after the last step that is there; of both directions, each one's own last, side by side."
_FIELDS: Mapping[str, Field] = {
    "hidden_size": Int(64, maximum=1_000_000, key=True, label="hidden", help="Width of the state, and of the output."),
    "output": Choice(
        "last",
        {"last": _LAST, "sequence": "What it says after each step: a sequence as long as the input."},
        key=True,
        argument=False,
        help="What leaves the layer; before another recurrent layer choose the sequence.",
    ),
    "num_layers": Int(1, maximum=100, label="layers", help="How many such layers follow one another."),
    "bidirectional": Bool(False, help="Whether a second one reads from the end; the output is twice as wide."),
    "dropout": Float(0.0, maximum=0.99, help="Share of values left out between layers; needs two layers or more."),
    "bias": Bool(True, help="Whether learned constants are added."),
}
_NONLINEARITY = Choice(
    "tanh",
    {"tanh": "Between −1 and 1: the usual one.", "relu": "0 or more, without a bound."},
    help="What bends the state at each step.",
)
_X = Port("x", axes="NTF", help="The sequence: steps × features.")
_MASK = Port(
    "mask",
    axes="NT NF",
    optional=True,
    help="1 for each step that is there, 0 for the padding at the end; it is not read.",
)
_STATE = Port(
    "state", axes="NF", optional=True, help="The state to begin with, such as that of another one; else zeros."
)
_CELL = Port("cell", axes="NF", optional=True, help="The cell state, which is its memory, to begin with; else zeros.")


def _begin(begins: Sequence[str], linked: Collection[str], states: int) -> str:
    """What so many ``states`` begin with: one value, or a pair in which zeros stand for a missing one."""
    given = [port for port in begins if port in linked]
    texts = [f"{{{port}}}" if port in given else f"torch.zeros_like({{{given[0]}}})" for port in begins if given]
    repeated = ", ".join([f"{text}.repeat({states}, 1, 1)" for text in texts])
    return f", ({repeated})" if len(texts) > 1 else f", {repeated}" if texts else ""


def _call(last: str, begins: Sequence[str] = ("state",)) -> Call:
    """The call of a recurrent module, in whose answer ``last`` leads to the states after the last step.

    ``begins`` names the ports of what it begins with.
    """

    def call(fields: Fields, linked: Collection[str]) -> str:
        masked, both = "mask" in linked, fields["bidirectional"] is True
        # in one direction no step sees the padding behind it, and packing takes three times as long on a processor
        steps = "pack_steps({x}, {mask})" if masked and both else "{x}"
        states = int(str(fields["num_layers"])) * (2 if both else 1)
        ran = f"{{self}}({steps}{_begin(begins, linked, states)})"
        if fields["output"] == "sequence" and masked:
            return f"unpack_steps({ran}[0], {{x}}.shape[1])" if both else f"mask_steps({ran}[0], {{mask}})"
        if fields["output"] == "sequence":
            return f"{ran}[0]"
        if masked and not both:
            return f"last_step({ran}[0], {{mask}})"
        return f"{ran}{last}[-2:].transpose(0, 1).flatten(1)" if both else f"{ran}{last}[-1]"

    return call


def _axes(axes: str, fields: Fields, rank: int) -> str:
    return "NTF" if fields["output"] == "sequence" else "NF"


def _dropout(shape: Shape, fields: Fields) -> FieldValue:
    """PyTorch warns of a dropout between layers where there is one layer only."""
    return fields["dropout"] if int(str(fields["num_layers"])) > 1 else 0.0


_BOUND: Mapping[str, Bound] = {
    "input_size": axis(2),
    "batch_first": lambda shape, fields: True,
    "dropout": _dropout,
}


def _begun(width: int, count: int) -> Example:
    """A use with its mask and ``count`` states to begin with."""
    fields: Fields = {"hidden_size": width, "num_layers": 2, "output": "sequence"}
    return Example(shapes=((6, 3), (6,), *[(width,)] * count), fields=fields, output=(6, width))


def _examples(gates: int) -> tuple[Example, ...]:
    """Three uses of a layer with so many gates: it has that many times the parameters of one."""
    return (
        Example(shapes=((7, 3),), fields={"hidden_size": 5}, output=(5,), parameters=gates * 50),
        Example(shapes=((20, 3),), fields={"hidden_size": 5, "output": "sequence"}, output=(20, 5)),
        Example(
            shapes=((6, 3),),
            fields={"hidden_size": 4, "num_layers": 2, "bidirectional": True, "dropout": 0.2},
            output=(8,),
            parameters=gates * (2 * (12 + 16 + 8) + 2 * (32 + 16 + 8)),
        ),
        Example(
            shapes=((6, 3),),
            fields={"hidden_size": 4, "bidirectional": True, "output": "sequence", "bias": False},
            output=(6, 8),
            parameters=gates * 2 * (12 + 16),
        ),
    )


RNN = LayerType(
    key="rnn",
    title="RNN",
    category="Sequence",
    summary="Reads a sequence step by step; its state is a layer of neurons that sees the step and the state before.",
    module="nn.RNN",
    call=_call("[1]"),
    fields={**_FIELDS, "nonlinearity": _NONLINEARITY},
    bound=_BOUND,
    inputs=(_X, _MASK, _STATE),
    output_axes=_axes,
    length=1,
    unread=("mask",),
    examples=(
        *_examples(1),
        _begun(4, 1),
        Example(shapes=((5, 2),), fields={"hidden_size": 3, "nonlinearity": "relu"}, output=(3,), parameters=21),
    ),
    synonyms=("recurrent", "Elman", "simple RNN", "SimpleRNN", "time series", "step by step"),
)

GRU = LayerType(
    key="gru",
    title="GRU",
    category="Sequence",
    summary="Reads a sequence step by step; two gates say how much of its state is kept and how much is new.",
    module="nn.GRU",
    call=_call("[1]"),
    fields=_FIELDS,
    bound=_BOUND,
    inputs=(_X, _MASK, _STATE),
    output_axes=_axes,
    length=1,
    unread=("mask",),
    examples=(*_examples(3), _begun(5, 1)),
    synonyms=("recurrent", "gated recurrent unit", "RNN", "time series", "text"),
)

LSTM = LayerType(
    key="lstm",
    title="LSTM",
    category="Sequence",
    summary="Reads a sequence step by step; gates guard a memory, so that it keeps what was long ago.",
    module="nn.LSTM",
    call=_call("[1][0]", ("state", "cell")),
    fields=_FIELDS,
    bound=_BOUND,
    inputs=(_X, _MASK, _STATE, _CELL),
    output_axes=_axes,
    length=1,
    unread=("mask",),
    examples=(*_examples(4), _begun(5, 2)),
    synonyms=("recurrent", "long short-term memory", "RNN", "time series", "text"),
)
