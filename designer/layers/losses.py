"""The losses: what training makes small."""

from __future__ import annotations

from designer.layers.declaration import LossType
from designer.layers.fields import Bool, Float

MSE = LossType(
    key="mse",
    title="Mean squared error",
    summary="The average squared distance; large mistakes count most. The usual choice for numbers.",
    module="nn.MSELoss",
    targets=("number",),
    mixed=True,
    formula="mean((y − t)²)",
)

MAE = LossType(
    key="mae",
    title="Mean absolute error",
    summary="The average distance; outliers count no more than their share.",
    module="nn.L1Loss",
    targets=("number",),
    mixed=True,
    formula="mean(|y − t|)",
)

HUBER = LossType(
    key="huber",
    title="Huber",
    summary="Squared for small mistakes, absolute for large ones.",
    module="nn.HuberLoss",
    fields={"delta": Float(1.0, above=True, maximum=1e6, help="Where squared turns into absolute, in prepared units.")},
    targets=("number",),
    mixed=True,
    formula="½(y − t)² where |y − t| ≤ δ, else δ(|y − t| − ½δ)",
)

MSLE = LossType(
    key="msle",
    title="Mean squared logarithmic error",
    summary="Compares magnitudes: being wrong by a factor costs the same at every size. For targets of zero and above.",
    function="mean_squared_log_error",
    targets=("number",),
    positive_targets=True,
    mixed=True,
    formula="mean((log(1 + y) − log(1 + t))²)",
)

QUANTILE = LossType(
    key="quantile",
    title="Quantile",
    summary="Predicts the value that a given share of the targets stays below, such as what a stock must last.",
    function="quantile_loss",
    fields={
        "quantile": Float(
            0.5, above=True, maximum=0.999, help="The share of targets that shall lie below; 0.5 is the median."
        )
    },
    targets=("number",),
    mixed=True,
    formula="mean(max(q(t − y), (q − 1)(t − y)))",
)

LOG_COSH = LossType(
    key="log_cosh",
    title="Log-cosh",
    summary="Squared for small mistakes and absolute for large ones, with no corner between.",
    function="log_cosh",
    targets=("number",),
    mixed=True,
    formula="mean(log cosh(y − t))",
)

POISSON = LossType(
    key="poisson",
    title="Poisson",
    summary="For counts, such as calls an hour: the output is the logarithm of the expected count.",
    module="nn.PoissonNLLLoss",
    fields={"full": Bool(False, help="Whether the part that no output can change is added (Stirling's formula).")},
    targets=("number",),
    positive_targets=True,
    unscaled_targets=True,
    point="torch.exp",
    formula="mean(eʸ − t·y)",
)

GAUSSIAN = LossType(
    key="gaussian",
    title="Gaussian negative log-likelihood",
    summary="Predicts how sure it is too: for each target the output has a mean, and then the logarithm of a variance.",
    function="gaussian_nll",
    targets=("number",),
    width=2,
    point="first_half",
    units="gaussian_units",
    spread="gaussian_deviations",
    formula="mean(½(s + (t − m)² e⁻ˢ)), m the means and s the logarithms of the variances",
)

COSINE = LossType(
    key="cosine",
    title="Cosine embedding",
    summary="For targets that are vectors, several numbers together: only the direction counts, not the length.",
    function="cosine_distance",
    targets=("number",),
    unscaled_targets=True,
    least_targets=2,
    formula="mean(1 − y·t / (|y| |t|))",
)

BCE = LossType(
    key="bce",
    title="Binary cross-entropy",
    summary="For two classes with one output, which is a logit: leave out the sigmoid.",
    module="nn.BCEWithLogitsLoss",
    targets=("binary",),
    expects="logits",
    built_in="sigmoid",
    class_weights=True,
    masks="too",
    mixed=True,
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
    class_weights=True,
    masks="too",
    mixed=True,
    formula="mean(−log softmax(y)[t])",
)

NLL = LossType(
    key="nll",
    title="Negative log-likelihood",
    summary="Cross-entropy without its softmax: outputs are logarithms of probabilities, as LogSoftmax gives them.",
    module="nn.NLLLoss",
    targets=("classes",),
    expects="log_probabilities",
    class_weights=True,
    formula="mean(−y[t])",
)

FOCAL = LossType(
    key="focal",
    title="Focal",
    summary="Cross-entropy in which samples that are right already count little, so that rare ones are learned.",
    function="focal",
    fields={
        "gamma": Float(2.0, maximum=10.0, help="How little the easy samples count; 0 is cross-entropy, 2 is usual.")
    },
    targets=("binary", "classes"),
    expects="logits",
    built_in="sigmoid or softmax",
    class_weights=True,
    masks="too",
    formula="mean(−(1 − p)^γ log p), p the probability of the true class",
)

DICE = LossType(
    key="dice",
    title="Dice",
    summary="For masks: asks for overlap, so that a small thing counts as much as a large background.",
    function="dice",
    fields={
        "cross_entropy": Float(
            0.5, maximum=1.0, label="cross-entropy", help="Share of cross-entropy in the mix of both; 0: Dice alone."
        )
    },
    targets=("binary", "classes"),
    expects="logits",
    built_in="sigmoid or softmax",
    masks="only",
    formula="1 − (2 Σ p·t + 1) / (Σ p + Σ t + 1), averaged over pictures and classes",
)

TRIPLET = LossType(
    key="triplet",
    title="Triplet",
    summary="Learns an embedding of any width in which samples of one class lie together and others apart.",
    function="triplet",
    fields={
        "margin": Float(
            1.0, above=True, maximum=1e6, help="How much nearer the own class shall be than any other, as a distance."
        )
    },
    targets=("classes",),
    expects="embedding",
    width=0,
    each=False,
    formula="mean(max(0, margin + d(farthest of the class) − d(nearest of another))), within the batch",
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
    mixed=True,
    formula="Σ t (log t − log softmax(y)), averaged over the batch",
)

CTC = LossType(
    key="ctc",
    title="Connectionist temporal classification",
    summary="For texts that are read off a sequence whose steps nobody has marked, such as speech or handwriting: each "
    "step says a character or nothing, the blank.",
    function="connectionist_loss",
    targets=("text",),
    expects="logits",
    built_in="softmax",
    formula="mean(−log Σ Π softmax(y)ₜ / |t|), summed over all ways of writing the text down in so many steps",
)

USUAL = {"number": MSE, "binary": BCE, "classes": CROSS_ENTROPY, "text": CTC}
