"""Noise between layers."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class GaussianNoise(nn.Module):
    """Adds values drawn from a normal distribution while training, and nothing otherwise. The shape stays."""

    def __init__(self, std: float = 0.1):
        super().__init__()
        self.std = std

    def forward(self, x: Tensor) -> Tensor:
        return x + self.std * torch.randn_like(x) if self.training else x
