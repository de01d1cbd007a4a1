"""Training fields: how a layer's parameters start and how they learn, common to every layer type that has some."""

from __future__ import annotations

from collections.abc import Mapping

from designer.layers.declaration import LayerType
from designer.layers.fields import Bool, Choice, Field, Float
from designer.project.model import Fields

WEIGHT_INIT, WEIGHT_SPREAD, BIAS_INIT, BIAS_VALUE = "weight_init", "weight_spread", "bias_init", "bias_value"
FROZEN, LEARNING_RATE_FACTOR = "frozen", "learning_rate_factor"
SPREADING = ("normal", "uniform")
WEIGHTS_OF_TWO_AXES = (
    "xavier_uniform", "xavier_normal", "kaiming_uniform", "kaiming_normal", "orthogonal", "identity",
)  # fmt: skip

TRAINING_FIELDS: Mapping[str, Field] = {
    WEIGHT_INIT: Choice(
        "default",
        {
            "default": "As PyTorch starts this layer by itself.",
            "xavier_uniform": "Even within ±√(6 / (inputs + outputs)); for tanh and sigmoid (Glorot and Bengio 2010).",
            "xavier_normal": "Normal with variance 2 / (inputs + outputs); for tanh and sigmoid.",
            "kaiming_uniform": "Even within ±√(6 / inputs); for ReLU (He et al. 2015).",
            "kaiming_normal": "Normal with variance 2 / inputs; for ReLU.",
            "orthogonal": "Rows at right angles, of length 1; for deep and recurrent networks (Saxe et al. 2014).",
            "normal": "Normal about 0 with the spread below.",
            "uniform": "Even within ± the spread below.",
            "zeros": "All 0. Several neurons that start alike stay alike: rarely right for a hidden layer.",
            "ones": "All 1.",
            "identity": "Hands on what comes in, as far as the sizes allow.",
        },
        argument=False,
        label="initial weights",
        help="What the weights are before training; of a layer whose weights have one axis, its scales.",
    ),
    WEIGHT_SPREAD: Float(
        0.02,
        above=True,
        maximum=1e3,
        argument=False,
        label="spread",
        help="Standard deviation of normal weights, or the bound of uniform ones.",
    ),
    BIAS_INIT: Choice(
        "default",
        {
            "default": "As PyTorch starts this layer by itself.",
            "zeros": "All 0.",
            "constant": "All of the value below.",
        },
        argument=False,
        label="initial biases",
        help="What the biases are before training.",
    ),
    BIAS_VALUE: Float(
        0.1, minimum=-1e3, maximum=1e3, argument=False, label="bias value", help="The value that all biases start with."
    ),
    FROZEN: Bool(
        False,
        argument=False,
        help=(
            "Keeps the layer as it starts: training does not change it. Batch normalisation then uses its running "
            "mean and variance, which stay too."
        ),
    ),
    LEARNING_RATE_FACTOR: Float(
        1.0,
        above=True,
        maximum=1e3,
        argument=False,
        label="learning rate ×",
        help="The layer's learning rate as a multiple of that of the training: 0.1 learns ten times as slowly.",
    ),
}


def training_fields_of(layer: LayerType, values: Fields) -> dict[str, Field]:
    """The training fields of a node of this type with these values; none where the type has no parameters.

    A field of the layer's own that has the same name stands instead. The numbers that only some initialisers take are
    fields where such a one is chosen.
    """
    if not layer.has_parameters:
        return {}
    left_out = set(layer.fields)
    if values.get(WEIGHT_INIT) not in SPREADING:
        left_out.add(WEIGHT_SPREAD)
    if values.get(BIAS_INIT) != "constant":
        left_out.add(BIAS_VALUE)
    return {name: field for name, field in TRAINING_FIELDS.items() if name not in left_out}


def is_frozen(layer: LayerType, values: Fields) -> bool:
    """Whether training leaves a node of this type with these values as it is."""
    return values.get(FROZEN) is True and layer.has_parameters and FROZEN not in layer.fields
