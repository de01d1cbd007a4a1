"""Averages of weights over the steps of a training: what is judged and kept in place of the last weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from designer.layers.fields import Field, Float, Int


@dataclass(frozen=True)
class AverageType:
    """A way to average weights; ``fields`` are its settings.

    ``each`` is after what the weights are taken in: a step, or an epoch from that on which the field ``start`` names;
    empty where nothing is averaged. ``mean`` names what of ``torch.optim.swa_utils`` makes the mean of the other
    fields; empty where all weights count alike.

    Buffers are those of the weights' own network, but what batch normalization knows of the data is measured anew over
    the training part with the average, after each epoch.
    """

    key: str
    title: str
    summary: str
    fields: Mapping[str, Field] = field(default_factory=dict)
    each: Literal["step", "epoch", ""] = ""
    mean: str = ""
    formula: str = ""


NONE = AverageType(key="none", title="none", summary="The weights are those after the last step.")

EMA = AverageType(
    key="ema",
    title="EMA",
    summary="An exponential moving average after each step, smoother than the weights themselves.",
    fields={"decay": Float(0.999, maximum=0.999999, help="Share of the average that each step keeps.")},
    each="step",
    mean="get_ema_multi_avg_fn",
    formula="a ← d·a + (1 − d)·w",
)

SWA = AverageType(
    key="swa",
    title="SWA",
    summary="The mean of the weights after each epoch from a chosen one on; often generalizes better.",
    fields={
        "start": Int(10, maximum=1_000_000, label="average from", help="The first epoch whose weights count."),
    },
    each="epoch",
    formula="a ← a + (w − a) / n",
)
