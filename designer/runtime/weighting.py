"""Losses in which samples count unlike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Weighted:
    """A loss whose mean over the samples is weighted: Σ wᵢ lᵢ / Σ wᵢ.

    ``loss`` gives a value for each element of the output (``reduction="none"``); of a sample, lᵢ is their mean.
    """

    loss: Callable[[Tensor, Tensor], Tensor]

    def __call__(self, output: Tensor, target: Tensor, weights: Tensor | None = None) -> Tensor:
        """The mean over the samples, with ``weights`` (N,); without them all count the same."""
        values = self.loss(output, target)
        values = values.flatten(1).mean(dim=1) if values.ndim > 1 else values
        return values.mean() if weights is None else (values * weights).sum() / weights.sum().clamp(min=1e-12)
