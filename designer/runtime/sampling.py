"""Which samples an epoch is made of."""

from __future__ import annotations

from dataclasses import replace

import torch

from designer.runtime.batches import Part


def drawn_balanced(part: Part, output: str = "") -> Part:
    """The part with samples that are drawn by chance in training, those of each class equally often.

    An epoch has as many samples as the part, some of them several times. Of several targets, the classes are those of
    the output ``output``.
    """
    targets = part.targets[output] if isinstance(part.targets, dict) else part.targets
    codes = targets.flatten().long().cpu()
    return replace(part, chances=1 / torch.bincount(codes).double()[codes])
