"""The metrics: what people read to judge a network."""

from __future__ import annotations

from designer.layers.declaration import MetricType

MSE = MetricType(
    key="mse",
    title="MSE",
    summary="Mean squared error, in squared units of the target.",
    function="mean_squared_error",
    targets=("number",),
    better="lower",
    formula="mean((y − t)²)",
)
RMSE = MetricType(
    key="rmse",
    title="RMSE",
    summary="Root of the mean squared error, in the target's units.",
    function="root_mean_squared_error",
    targets=("number",),
    better="lower",
    formula="√mean((y − t)²)",
)
MAE = MetricType(
    key="mae",
    title="MAE",
    summary="Mean absolute error, in the target's units.",
    function="mean_absolute_error",
    targets=("number",),
    better="lower",
    formula="mean(|y − t|)",
)
R2 = MetricType(
    key="r2",
    title="R²",
    summary="Share of the target's variance that is explained: 1 is perfect, 0 no better than the mean.",
    function="r2_score",
    targets=("number",),
    better="higher",
    formula="1 − Σ(y − t)² / Σ(t − mean t)²",
)
ACCURACY = MetricType(
    key="accuracy",
    title="Accuracy",
    summary="Share of samples whose class is right.",
    function="accuracy",
    targets=("binary", "classes"),
    better="higher",
    formula="right / all",
)
PRECISION = MetricType(
    key="precision",
    title="Precision",
    summary="Of those called positive, the share that is; with more classes the average over them.",
    function="precision",
    targets=("binary", "classes"),
    better="higher",
    formula="TP / (TP + FP)",
)
RECALL = MetricType(
    key="recall",
    title="Recall",
    summary="Of the positive ones, the share that was found; with more classes the average over them.",
    function="recall",
    targets=("binary", "classes"),
    better="higher",
    formula="TP / (TP + FN)",
)
F1 = MetricType(
    key="f1",
    title="F1",
    summary="Balance of precision and recall; with more classes the average over them.",
    function="f1_score",
    targets=("binary", "classes"),
    better="higher",
    formula="2 · precision · recall / (precision + recall)",
)
IOU = MetricType(
    key="iou",
    title="IoU",
    summary="Overlap of masks with the true ones: intersection over union; with more classes the average over them.",
    function="intersection_over_union",
    targets=("binary", "classes"),
    better="higher",
    usual=False,
    formula="TP / (TP + FP + FN)",
)
MAPE = MetricType(
    key="mape",
    title="MAPE",
    summary="Mean absolute error as a share of the target: 0.1 is ten percent. Not for targets near zero.",
    function="mean_absolute_percentage_error",
    targets=("number",),
    better="lower",
    usual=False,
    formula="mean(|y − t| / |t|)",
)
TOP_5 = MetricType(
    key="top_5",
    title="Top-5 accuracy",
    summary="Share of samples whose class is among the five likeliest; for ten classes or more.",
    function="top_5_accuracy",
    targets=("classes",),
    better="higher",
    usual=False,
    formula="right among five / all",
)
PERPLEXITY = MetricType(
    key="perplexity",
    title="Perplexity",
    summary="Between how many classes, or tokens, the network wavers: 1 is certain and right.",
    function="perplexity",
    targets=("classes",),
    better="lower",
    usual=False,
    formula="exp(mean(−log softmax(y)[t]))",
)
DICE = MetricType(
    key="dice",
    title="Dice",
    summary="Overlap of masks with the true ones, twice the common part over the sum; with more classes the average.",
    function="f1_score",
    targets=("binary", "classes"),
    better="higher",
    usual=False,
    formula="2 TP / (2 TP + FP + FN)",
)
NEIGHBOUR = MetricType(
    key="neighbour",
    title="Neighbour accuracy",
    summary="Share of samples whose nearest neighbour in the embedding is of their class.",
    function="neighbour_accuracy",
    targets=("classes",),
    better="higher",
    formula="neighbour right / all",
    of="embeddings",
)

CHARACTER_ERROR = MetricType(
    key="cer",
    title="Character error rate",
    summary="Characters to insert, remove or replace until the text read is the true one, for each character of it.",
    function="character_error_rate",
    targets=("text",),
    better="lower",
    formula="Σ edit distance / Σ length",
)
BOX_IOU = MetricType(
    key="box_iou",
    title="Box IoU",
    summary="Overlap of predicted boxes with the true ones, averaged: for four targets, x, y, width and height, in "
    "this order; x and y are the box's upper left corner.",
    function="box_iou",
    targets=("number",),
    better="higher",
    usual=False,
    formula="mean(area of both / area of either)",
    width=4,
)
