"""Windows over the tokens of one text: what is seen, and the same one step on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from designer.runtime.batches import Part
from designer.runtime.errors import DataError


def token_part(codes: np.ndarray, length: int, stride: int) -> Part:
    """Windows of ``length`` tokens over ``codes`` (tokens,), the next ``stride`` later, none of them across its ends.

    Inputs are whole numbers (N, length), and targets alike: the same tokens one step on.
    """
    starts = torch.arange(0, max(0, len(codes) - length), stride)
    return Part((starts,), starts, finish=CutTokens(codes, length))


class CutTokens:
    """Finishes batches that name windows by their first token: it cuts these out of the text."""

    def __init__(self, codes: np.ndarray, length: int) -> None:
        self.codes = torch.from_numpy(codes)
        self.length = length

    def __call__(self, batch: Part) -> Part:
        """The batch with its windows (windows, length) as inputs, and one step on as targets."""
        starts = batch.inputs[0]
        self.codes = self.codes.to(starts.device)
        places = starts[:, None] + torch.arange(self.length, device=starts.device)
        return replace(batch, inputs=(self.codes[places],), targets=self.codes[places + 1])


def refuse_short(parts: Sequence[Part], counts: Sequence[int], length: int) -> None:
    """A DataError where a part of a text, of which it is told how many tokens it has, holds no window."""
    for name, part, count in zip(("train", "validate", "test"), parts, counts, strict=True):
        if not len(part) and (count or name == "train"):
            raise DataError(
                f"the text to {name} with has {count:,} tokens, but a window of {length:,} tokens and the next one "
                f"need {length + 1:,}; choose shorter windows, another share, or a longer text"
            )
