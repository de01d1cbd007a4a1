"""Pulling weights towards zero."""

from __future__ import annotations

from typing import Any

import torch


def l1_decay(optimizer: torch.optim.Optimizer, strength: float) -> None:
    """From now on each step of ``optimizer`` also follows the gradient of ``strength`` · Σ|weight|."""

    def add_signs(optimizer: torch.optim.Optimizer, arguments: Any, keywords: Any) -> None:
        with torch.no_grad():
            for group in optimizer.param_groups:
                for weight in group["params"]:
                    if weight.grad is not None:
                        weight.grad.add_(weight.sign(), alpha=strength)

    optimizer.register_step_pre_hook(add_signs)
