"""Weights of classes: rare ones count as much as frequent ones."""

from __future__ import annotations

import torch

from designer.runtime.batches import Part
from designer.runtime.fit import EVALUATION_ROWS, ready_batches


def balanced_weights(part: Part, classes: int, output: str = "") -> list[float]:
    """n / (k · n_c) for each of k ``classes``, of whose n samples n_c are of class c; of masks, each pixel counts.

    A class that no sample has counts as if one had. Of several targets, that of the output ``output`` is counted.
    """
    counts = torch.zeros(classes, dtype=torch.long)
    for batch in ready_batches(part, EVALUATION_ROWS):
        targets = batch.targets[output] if isinstance(batch.targets, dict) else batch.targets
        counts += torch.bincount(targets.flatten().long().cpu(), minlength=classes)
    total = int(counts.sum())
    return [total / (classes * max(1, count)) for count in counts.tolist()]
