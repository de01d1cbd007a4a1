"""What attention may look at: steps that are there and, where time counts, no later ones."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def causal_mask(x: Tensor) -> Tensor:
    """For each step of ``x`` (N, T, F) which steps come later and must not be looked at: bool (T, T)."""
    return torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).triu(diagonal=1)


def padding_of(mask: Tensor) -> Tensor:
    """Which steps are padding by ``mask`` (N, T), 1 for steps that are there and 0 for padding: bool (N, T).

    Of a sequence without any step none is padding: a softmax over nothing would give no numbers.
    """
    return (mask == 0) & (mask != 0).any(dim=1, keepdim=True)


class AttentionPool(nn.Module):
    """The weighted mean of the steps of (N, T, F); a learned vector says which steps matter: (N, F).

    The weights are the softmax of each step's product with that vector (Lin et al. 2017, one hop without its hidden
    layer).
    """

    def __init__(self, features: int):
        super().__init__()
        self.score = nn.Linear(features, 1, bias=False)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        scores: Tensor = self.score(x)
        if mask is not None:
            scores = scores.masked_fill(padding_of(mask).unsqueeze(2), -torch.inf)
        return (scores.softmax(dim=1) * x).sum(dim=1)
