"""Activations: the bends without which many layers would be no more than one."""

from __future__ import annotations

from designer.layers.declaration import Example, LayerType, Shape
from designer.layers.fields import Bool, Choice, Float, Int
from designer.project.model import Fields, FieldValue

_EXAMPLES = (Example(shapes=((10,),), output=(10,)), Example(shapes=((3, 4, 4),), output=(3, 4, 4)))
_CATEGORY = "Activation"


def _axis_there(shape: Shape, fields: Fields) -> str:
    """Why the axis that adds up to 1 is none of the sample's."""
    last = len(shape) - 1
    axis = int(str(fields["dim"]))
    return f"there is no axis {axis}: the last one is {last}" if axis > last else ""


def _slopes(shape: Shape, fields: Fields) -> FieldValue:
    return shape[1] if fields["per_channel"] else 1


RELU = LayerType(
    key="relu",
    title="ReLU",
    category=_CATEGORY,
    summary="Keeps what is positive and sets the rest to zero: max(0, x).",
    module="nn.ReLU",
    examples=_EXAMPLES,
    synonyms=("rectifier", "rectified linear unit"),
)

LEAKY_RELU = LayerType(
    key="leaky_relu",
    title="LeakyReLU",
    category=_CATEGORY,
    summary="A ReLU that lets a little of the negative side through, so that no neuron goes dead.",
    module="nn.LeakyReLU",
    fields={"negative_slope": Float(0.01, key=True, maximum=10.0, help="Slope on the negative side.")},
    examples=_EXAMPLES,
    synonyms=("leaky rectifier",),
)

PRELU = LayerType(
    key="prelu",
    title="PReLU",
    category=_CATEGORY,
    summary="A leaky ReLU whose negative slope is learned.",
    module="nn.PReLU",
    fields={
        "per_channel": Bool(False, argument=False, help="Whether each channel learns a slope of its own."),
        "init": Float(0.25, minimum=-10.0, maximum=10.0, help="The slope at the start."),
    },
    bound={"num_parameters": _slopes},
    examples=(
        Example(shapes=((10,),), output=(10,), parameters=1),
        Example(shapes=((3, 4, 4),), fields={"per_channel": True}, output=(3, 4, 4), parameters=3),
    ),
    synonyms=("parametric ReLU",),
)

ELU = LayerType(
    key="elu",
    title="ELU",
    category=_CATEGORY,
    summary="Like ReLU, but bends smoothly to −alpha on the negative side.",
    module="nn.ELU",
    fields={"alpha": Float(1.0, above=True, maximum=100.0, help="The limit on the negative side.")},
    examples=_EXAMPLES,
    synonyms=("exponential linear unit",),
)

SELU = LayerType(
    key="selu",
    title="SELU",
    category=_CATEGORY,
    summary="An ELU scaled so that deep plain networks keep mean 0 and spread 1 by themselves.",
    module="nn.SELU",
    examples=_EXAMPLES,
    synonyms=("self-normalizing",),
)

GELU = LayerType(
    key="gelu",
    title="GELU",
    category=_CATEGORY,
    summary="A smooth ReLU: x times the normal probability of x. Usual in transformers.",
    module="nn.GELU",
    fields={
        "approximate": Choice(
            "none",
            {"none": "The exact function.", "tanh": "A quicker approximation."},
            help="Exact, or approximated with tanh.",
        )
    },
    examples=_EXAMPLES,
    synonyms=("Gaussian error linear unit",),
)

SILU = LayerType(
    key="silu",
    title="SiLU (Swish)",
    category=_CATEGORY,
    summary="A smooth ReLU: x times the sigmoid of x.",
    module="nn.SiLU",
    examples=_EXAMPLES,
    synonyms=("swish", "sigmoid linear unit"),
)

MISH = LayerType(
    key="mish",
    title="Mish",
    category=_CATEGORY,
    summary="A smooth ReLU: x times tanh(softplus(x)).",
    module="nn.Mish",
    examples=_EXAMPLES,
)

SIGMOID = LayerType(
    key="sigmoid",
    title="Sigmoid",
    category=_CATEGORY,
    summary="Squeezes every value to between 0 and 1.",
    module="nn.Sigmoid",
    examples=_EXAMPLES,
    synonyms=("logistic",),
)

TANH = LayerType(
    key="tanh",
    title="Tanh",
    category=_CATEGORY,
    summary="Squeezes every value to between −1 and 1.",
    module="nn.Tanh",
    examples=_EXAMPLES,
    synonyms=("hyperbolic tangent",),
)

SOFTPLUS = LayerType(
    key="softplus",
    title="Softplus",
    category=_CATEGORY,
    summary="A smooth ReLU that is always positive: log(1 + exp(x)).",
    module="nn.Softplus",
    fields={
        "beta": Float(1.0, above=True, maximum=1000.0, help="How sharp the bend is."),
        "threshold": Float(20.0, above=True, maximum=1e6, help="Above this the function is taken as a straight line."),
    },
    examples=_EXAMPLES,
)

HARDTANH = LayerType(
    key="hardtanh",
    title="Hardtanh",
    category=_CATEGORY,
    summary="Cuts values off below and above.",
    module="nn.Hardtanh",
    fields={
        "min_val": Float(-1.0, minimum=-1e6, maximum=1e6, key=True, label="minimum", help="Values below become this."),
        "max_val": Float(1.0, minimum=-1e6, maximum=1e6, key=True, label="maximum", help="Values above become this."),
    },
    examples=_EXAMPLES,
    synonyms=("clamp", "clip", "ReLU6"),
)

SOFTMAX = LayerType(
    key="softmax",
    title="Softmax",
    category=_CATEGORY,
    summary="Turns values into probabilities that add up to 1. Cross-entropy has it built in.",
    module="nn.Softmax",
    fields={"dim": Int(1, maximum=7, help="The axis that adds up to 1; 1 is the features or channels.")},
    limit=_axis_there,
    examples=_EXAMPLES,
    synonyms=("probabilities", "classes"),
)

LOG_SOFTMAX = LayerType(
    key="log_softmax",
    title="LogSoftmax",
    category=_CATEGORY,
    summary="The logarithms of the probabilities that Softmax gives, for the negative log-likelihood.",
    module="nn.LogSoftmax",
    fields={"dim": Int(1, maximum=7, help="The axis whose probabilities add up to 1; 1 is the features or channels.")},
    limit=_axis_there,
    examples=_EXAMPLES,
    synonyms=("log probabilities", "classes", "NLL"),
)
