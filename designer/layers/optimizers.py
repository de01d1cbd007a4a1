"""The optimizers: how the parameters follow the gradient."""

from __future__ import annotations

from designer.layers.declaration import OptimizerType
from designer.layers.fields import Bool, Field, Float

_EPS = Float(1e-8, above=True, maximum=1.0, help="Small number that keeps the division safe.")
_MOMENTUM = Float(0.0, maximum=0.9999, help="Share of the last step that is kept; 0.9 is usual.")
_ADAM: dict[str, Field] = {
    "amsgrad": Bool(False, help="Keeps the largest past spread, a steadier variant."),
    "eps": _EPS,
}

SGD = OptimizerType(
    key="sgd",
    title="SGD",
    summary="Steps straight down the gradient. Plain, with momentum or with Nesterov's.",
    module="torch.optim.SGD",
    fields={
        "momentum": _MOMENTUM,
        "nesterov": Bool(False, help="Looks ahead before stepping; needs a momentum above 0."),
    },
    fused=True,
    learning_rate=0.01,
)

ADAM = OptimizerType(
    key="adam",
    title="Adam",
    summary="Adapts the step of every parameter. A good first choice.",
    module="torch.optim.Adam",
    fields=_ADAM,
    fused=True,
)

ADAMW = OptimizerType(
    key="adamw",
    title="AdamW",
    summary="Adam with weight decay kept apart from the gradient.",
    module="torch.optim.AdamW",
    fields=_ADAM,
    fused=True,
)

RMSPROP = OptimizerType(
    key="rmsprop",
    title="RMSprop",
    summary="Divides each step by the recent size of the gradient.",
    module="torch.optim.RMSprop",
    fields={
        "alpha": Float(0.99, maximum=0.99999, help="How long past gradients are remembered."),
        "momentum": _MOMENTUM,
        "centered": Bool(False, help="Subtracts the mean gradient as well."),
        "eps": _EPS,
    },
)

ADAGRAD = OptimizerType(
    key="adagrad",
    title="Adagrad",
    summary="Takes ever smaller steps for parameters that have moved much; good for rare features.",
    module="torch.optim.Adagrad",
    fields={"lr_decay": Float(0.0, maximum=10.0, help="How fast the learning rate falls.")},
    fused=True,
    learning_rate=0.01,
)

ADADELTA = OptimizerType(
    key="adadelta",
    title="Adadelta",
    summary="Finds its own step from recent gradients and steps.",
    module="torch.optim.Adadelta",
    fields={"rho": Float(0.9, maximum=0.99999, help="How long past gradients are remembered.")},
    learning_rate=1.0,
)

NADAM = OptimizerType(
    key="nadam",
    title="NAdam",
    summary="Adam with Nesterov's look ahead.",
    module="torch.optim.NAdam",
    fields={"momentum_decay": Float(0.004, maximum=1.0, help="How the momentum changes with the steps."), "eps": _EPS},
    learning_rate=0.002,
)
