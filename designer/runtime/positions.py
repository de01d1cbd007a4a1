"""Where in a sequence each step stands, added to it, and the learned step that stands for the whole."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class SinePositions(nn.Module):
    """Adds sines and cosines of its place to each step of (N, T, F), T at most ``length``.

    The features 2i and 2i + 1 of place p get sin and cos of p / 10000^(2i / F) (Vaswani et al. 2017, section 3.5).
    """

    table: Tensor

    def __init__(self, features: int, length: int):
        super().__init__()
        rates = torch.exp(torch.arange(0, features, 2) * (-math.log(10000.0) / features))
        angles = torch.arange(length).unsqueeze(1) * rates
        table = torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)[:, :features]
        self.register_buffer("table", table, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.table[: x.shape[1]]


class LearnedPositions(nn.Module):
    """Adds a learned vector for its place to each step of (N, T, F), T at most ``length``.

    The vectors start normal with a standard deviation of 0.02 (Devlin et al. 2019).
    """

    def __init__(self, features: int, length: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(length, features))
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.weight[: x.shape[1]]


class ClassToken(nn.Module):
    """Puts one learned step before those of (N, T, F), to gather what the whole says: (N, T + 1, F).

    It starts normal with a standard deviation of 0.02 (Devlin et al. 2019; Dosovitskiy et al. 2021 for images).
    """

    def __init__(self, features: int):
        super().__init__()
        self.token = nn.Parameter(torch.empty(1, 1, features))
        nn.init.normal_(self.token, std=0.02)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.token.expand(x.shape[0], -1, -1), x], dim=1)
