"""The optimizers: how the parameters follow the gradient."""

from __future__ import annotations

from designer.layers.declaration import OptimizerType
from designer.layers.fields import Bool, Choice, Field, Float, Int

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

RADAM = OptimizerType(
    key="radam",
    title="RAdam",
    summary="Adam that warms up by itself: it trusts its spread only once it has seen enough gradients.",
    module="torch.optim.RAdam",
    fields={
        "decoupled_weight_decay": Bool(False, help="Keeps weight decay apart from the gradient, as AdamW does."),
        "eps": _EPS,
    },
)

ADAMAX = OptimizerType(
    key="adamax",
    title="Adamax",
    summary="Adam that divides by the largest recent gradient instead of the usual one.",
    module="torch.optim.Adamax",
    fields={"eps": _EPS},
    learning_rate=0.002,
)

RPROP = OptimizerType(
    key="rprop",
    title="Rprop",
    summary="Looks at the sign of the gradient alone, and lengthens or shortens the step. For the full batch.",
    module="torch.optim.Rprop",
    learning_rate=0.01,
    decay=False,
)

ASGD = OptimizerType(
    key="asgd",
    title="ASGD",
    summary="SGD whose steps get shorter by themselves and that keeps an average of the weights.",
    module="torch.optim.ASGD",
    fields={
        "lambd": Float(1e-4, maximum=1.0, label="decay", help="How fast the steps get shorter."),
        "alpha": Float(0.75, maximum=10.0, label="power", help="The power by which they do."),
        "t0": Float(1e6, maximum=1e12, label="average from", help="The step from which on weights are averaged."),
    },
    learning_rate=0.01,
)

LBFGS = OptimizerType(
    key="lbfgs",
    title="LBFGS",
    summary="Learns the curvature of the loss from its last steps. For small networks and the full batch.",
    module="torch.optim.LBFGS",
    fields={
        "max_iter": Int(20, maximum=10_000, label="tries a step", help="The most times that the loss is computed."),
        "history_size": Int(10, maximum=1000, label="history", help="How many past steps the curvature is learned of."),
        "line_search_fn": Choice(
            "strong_wolfe",
            {"strong_wolfe": "Searches for a length that helps enough.", "none": "Goes the learning rate's length."},
            omit="none",
            label="length",
            help="How far each try goes.",
        ),
    },
    learning_rate=1.0,
    step="closure_step",
    decay=False,
)

MUON = OptimizerType(
    key="muon",
    title="Muon",
    summary="Moves the matrices of Linear and attention along orthogonal directions, all other parameters as AdamW.",
    module="MuonAdamW",
    fields={"momentum": Float(0.95, maximum=0.9999, help="Share of the last direction that is kept.")},
)
