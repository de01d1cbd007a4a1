"""The settings of training and split, declared as fields: kind, range, default and help in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from designer.layers.fields import Bool, Choice, Field, Float, Int, Text

TRAINING: Mapping[str, Field] = {
    "mode": Choice("supervised", label="way of training", help="What the network's answers are compared with."),
    "epochs": Int(100, maximum=1_000_000, help="How many times the training part is gone through."),
    "batch_size": Int(
        32,
        minimum=0,
        maximum=10_000_000,
        zero="full batch",
        help="Samples per step; 1 is stochastic, 0 the full batch.",
    ),
    "optimizer": Choice("adam", help="How the parameters follow the gradient."),
    "learning_rate": Float(
        0.001, above=True, maximum=1e6, help="Length of a step. Too large jumps about, too small crawls."
    ),
    "weight_decay": Float(
        0.0, maximum=1e3, label="weight decay (L2)", help="Pulls parameters towards zero in proportion to their size."
    ),
    "l1": Float(
        0.0,
        maximum=1e3,
        label="L1",
        help="Pulls every parameter towards zero by the same amount; makes many exactly small.",
    ),
    "class_weights": Choice(
        "none",
        {
            "none": "Every sample counts the same, so that frequent classes count most.",
            "balanced": "Rare classes count more: n / (k · n of the class) of the training part, with k classes.",
        },
        label="class weights",
        help="How much each class counts in cross-entropy, negative log-likelihood and focal loss.",
    ),
    "patience": Int(
        0,
        minimum=0,
        maximum=1_000_000,
        label="early stopping",
        zero="never",
        help="Stops after so many epochs that were no better on the validation part; 0: never.",
    ),
    "keep_best": Bool(
        True, label="keep the best weights", help="Ends with the weights of the best epoch on the validation part."
    ),
    "monitor": Text(
        "loss",
        label="judged by",
        help="The figure of the validation part that early stopping and the best weights go by: loss, or a metric.",
    ),
    "clip_norm": Float(
        0.0,
        maximum=1e6,
        label="clip norm",
        help="The most that the norm of all gradients together may be; 0: no limit.",
    ),
    "clip_value": Float(
        0.0, maximum=1e6, label="clip value", help="The most that any number of a gradient may be; 0: no limit."
    ),
    "accumulate": Int(
        1,
        maximum=4096,
        label="pieces of a batch",
        help="Each batch goes through the network in so many pieces whose gradients add up: less memory, same step.",
    ),
    "average": Choice("none", label="averaged weights", help="Which average of the weights is judged and kept."),
    "sampling": Choice(
        "shuffled",
        {
            "shuffled": "Every sample once an epoch, in a new order.",
            "balanced": "Drawn by chance so that every class comes equally often.",
        },
        help="Which samples an epoch is made of.",
    ),
    "seed": Int(0, minimum=0, maximum=2**31 - 1, help="Makes chance repeatable: the same seed gives the same weights."),
    "device": Choice(
        "auto",
        {
            "auto": "A GPU if there is one, else the processor.",
            "cpu": "The processor.",
            "cuda": "An NVIDIA or AMD GPU.",
            "mps": "An Apple GPU.",
        },
        help="Where the network is trained.",
    ),
    "threads": Int(
        0,
        minimum=0,
        maximum=256,
        zero="found by trial",
        help="Processor threads; 0: found by a short trial when a run starts. Small networks are fastest with 1.",
    ),
    "precision": Choice(
        "float32",
        {
            "auto": "bfloat16 where a short trial when a run starts is much faster with it, else float32.",
            "float32": "Every number in 32 bits.",
            "bfloat16": "Matrix products and convolutions in 16 bits with the range of 32; fast on newer GPUs.",
            "float16": "Matrix products and convolutions in 16 bits, with scaled losses; for older GPUs.",
        },
        help="Mixed precision: how exactly the network computes while it trains.",
    ),
    "memory_format": Choice(
        "auto",
        {
            "auto": "What is faster in a short trial when a run starts.",
            "contiguous": "Channels before rows and columns.",
            "channels_last": "Channels after rows and columns; often faster for convolutions.",
        },
        label="memory format",
        help="How pictures lie in memory.",
    ),
    "deterministic": Bool(
        False,
        help="Uses only operations that give the same bits each time, also on a GPU; an operation without such a way is"
        " refused.",
    ),
}


@dataclass(frozen=True)
class Section:
    """Settings that most trainings leave as they are, ``names`` in order, under one heading."""

    key: str
    title: str
    summary: str
    names: tuple[str, ...]


SECTIONS = (
    Section("optimizer", "Optimizer", "What the chosen optimizer has of its own", ("optimizer_fields",)),
    Section(
        "regularization",
        "Regularization",
        "What keeps weights and steps small, and how much each class counts",
        ("weight_decay", "l1", "clip_norm", "clip_value", "class_weights", "sampling"),
    ),
    Section(
        "judging",
        "Best epoch",
        "What tells the best epoch, and whether its weights are kept",
        ("monitor", "keep_best"),
    ),
    Section(
        "precision",
        "Averages and precision",
        "Which weights are kept, how exactly the network computes, and how much memory that takes",
        ("average", "average_fields", "precision", "accumulate", "memory_format"),
    ),
    Section(
        "repeatability",
        "Device and repeatability",
        "Where the network is trained, and what makes chance repeatable",
        ("device", "threads", "seed", "deterministic"),
    ),
)

SPLIT: Mapping[str, Field] = {
    "validation": Float(0.15, maximum=0.9, label="validation share", help="Share of the rows that judges every epoch."),
    "test": Float(
        0.15, maximum=0.9, label="test share", help="Share of the rows that is looked at only once, at the end."
    ),
    "seed": Int(0, minimum=0, maximum=2**31 - 1, help="Which rows go where: the same seed, the same split."),
    "stratify": Bool(True, help="Whether every part has the same share of each class."),
}
