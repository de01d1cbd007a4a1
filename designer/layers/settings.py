"""The settings of training and split, declared as fields: kind, range, default and help in one place."""

from __future__ import annotations

from collections.abc import Mapping

from designer.layers.fields import Bool, Choice, Field, Float, Int

TRAINING: Mapping[str, Field] = {
    "mode": Choice("supervised", label="way of training", help="What the network's answers are compared with."),
    "epochs": Int(100, maximum=1_000_000, help="How many times the training part is gone through."),
    "batch_size": Int(32, minimum=0, maximum=10_000_000, help="Samples per step; 1 is stochastic, 0 the full batch."),
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
        help="Stops after so many epochs without a better validation loss; 0: never.",
    ),
    "keep_best": Bool(
        True, label="keep the best weights", help="Ends with the weights of the epoch with the lowest validation loss."
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
        1, minimum=0, maximum=256, help="Processor threads; 0 leaves it to PyTorch. Small networks are fastest with 1."
    ),
}

SPLIT: Mapping[str, Field] = {
    "validation": Float(0.15, maximum=0.9, label="validation share", help="Share of the rows that judges every epoch."),
    "test": Float(
        0.15, maximum=0.9, label="test share", help="Share of the rows that is looked at only once, at the end."
    ),
    "seed": Int(0, minimum=0, maximum=2**31 - 1, help="Which rows go where: the same seed, the same split."),
    "stratify": Bool(True, help="Whether every part has the same share of each class."),
}
