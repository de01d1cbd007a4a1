"""The losses: what training makes small."""

from __future__ import annotations

from designer.layers.declaration import LossType
from designer.layers.fields import Float

MSE = LossType(
    key="mse",
    title="Mean squared error",
    summary="The average squared distance; large mistakes count most. The usual choice for numbers.",
    module="nn.MSELoss",
    targets=("number",),
    formula="mean((y − t)²)",
)

MAE = LossType(
    key="mae",
    title="Mean absolute error",
    summary="The average distance; outliers count no more than their share.",
    module="nn.L1Loss",
    targets=("number",),
    formula="mean(|y − t|)",
)

HUBER = LossType(
    key="huber",
    title="Huber",
    summary="Squared for small mistakes, absolute for large ones.",
    module="nn.HuberLoss",
    fields={"delta": Float(1.0, above=True, maximum=1e6, help="Where squared turns into absolute, in prepared units.")},
    targets=("number",),
    formula="½(y − t)² where |y − t| ≤ δ, else δ(|y − t| − ½δ)",
)

MSLE = LossType(
    key="msle",
    title="Mean squared logarithmic error",
    summary="Compares magnitudes: being wrong by a factor costs the same at every size. For targets of zero and above.",
    function="mean_squared_log_error",
    targets=("number",),
    positive_targets=True,
    formula="mean((log(1 + y) − log(1 + t))²)",
)

BCE = LossType(
    key="bce",
    title="Binary cross-entropy",
    summary="For two classes with one output, which is a logit: leave out the sigmoid.",
    module="nn.BCEWithLogitsLoss",
    targets=("binary",),
    expects="logits",
    built_in="sigmoid",
    formula="mean(−t log σ(y) − (1 − t) log(1 − σ(y)))",
)

CROSS_ENTROPY = LossType(
    key="cross_entropy",
    title="Cross-entropy",
    summary="For classes, with one output for each; outputs are logits: leave out the softmax.",
    module="nn.CrossEntropyLoss",
    fields={
        "label_smoothing": Float(
            0.0, maximum=0.99, help="Share of certainty given to the other classes; 0.1 calms overconfidence."
        )
    },
    targets=("classes",),
    expects="logits",
    built_in="softmax",
    formula="mean(−log softmax(y)[t])",
)

HINGE = LossType(
    key="hinge",
    title="Hinge",
    summary="Asks for a margin between the right class and the others, as support vector machines do.",
    function="hinge",
    targets=("binary", "classes"),
    expects="logits",
    formula="mean(max(0, 1 − t·y)), t = ±1; with more classes PyTorch's multi-margin loss",
)

SQUARED_HINGE = LossType(
    key="squared_hinge",
    title="Squared hinge",
    summary="A hinge whose cost grows with the square, so that it bends smoothly.",
    function="squared_hinge",
    targets=("binary", "classes"),
    expects="logits",
    formula="mean(max(0, 1 − t·y)²), t = ±1; with more classes PyTorch's multi-margin loss, p = 2",
)

KL_DIV = LossType(
    key="kl_div",
    title="Kullback–Leibler divergence",
    summary="Distance between the predicted probabilities and the target's; outputs are logits.",
    function="kl_divergence",
    targets=("classes",),
    expects="logits",
    built_in="softmax",
    formula="Σ t (log t − log softmax(y)), averaged over the batch",
)

USUAL = {"number": MSE, "binary": BCE, "classes": CROSS_ENTROPY}
