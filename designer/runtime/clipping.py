"""Holding gradients within bounds, so that a single batch cannot throw the weights far off."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


def clip_norm(optimizer: torch.optim.Optimizer, most: float) -> None:
    """From now on the gradients of each step of ``optimizer`` are made shorter where their common norm, √Σg², is more
    than ``most``: Pascanu, Mikolov and Bengio 2013.
    """

    def shorten(optimizer: torch.optim.Optimizer, arguments: Any, keywords: Any) -> None:
        nn.utils.clip_grad_norm_(weights_of(optimizer), most)

    optimizer.register_step_pre_hook(shorten)


def clip_value(optimizer: torch.optim.Optimizer, most: float) -> None:
    """From now on each number of the gradients of a step of ``optimizer`` is held between −``most`` and ``most``."""

    def hold(optimizer: torch.optim.Optimizer, arguments: Any, keywords: Any) -> None:
        nn.utils.clip_grad_value_(weights_of(optimizer), most)

    optimizer.register_step_pre_hook(hold)


def weights_of(optimizer: torch.optim.Optimizer) -> list[Tensor]:
    """All that an optimizer moves."""
    return [weight for group in optimizer.param_groups for weight in group["params"]]
