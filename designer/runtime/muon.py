"""The optimizer Muon, which moves matrices along directions that are orthogonal to each other."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from typing import Any

import torch
from torch import Tensor


class MuonAdamW(torch.optim.Optimizer):
    """Muon (Jordan et al. 2024) for matrices, and AdamW for all other parameters, such as biases and filters.

    A matrix (rows, columns) moves 0.2 · √max(rows, columns) times the learning rate, which is about as far as AdamW
    moves it (Liu et al. 2025).
    """

    def __init__(
        self, params: Iterable[Any], lr: float = 0.001, weight_decay: float = 0.0, momentum: float = 0.95
    ) -> None:
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Move every parameter that has a gradient."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is not None:
                    weight.mul_(1 - group["lr"] * group["weight_decay"])
                    if weight.ndim == 2:
                        direction = matrix_direction(weight.grad, self.state[weight], group["momentum"])
                    else:
                        direction = adam_direction(weight.grad, self.state[weight])
                    weight.sub_(direction, alpha=group["lr"])


def matrix_direction(gradient: Tensor, state: dict[str, Any], momentum: float) -> Tensor:
    """Nesterov's momentum of the gradients of a matrix, made orthogonal."""
    if not state:
        state["average"] = torch.zeros_like(gradient)
    average: Tensor = state["average"].lerp_(gradient, 1 - momentum)
    return orthogonal(gradient.lerp(average, momentum)) * (0.2 * sqrt(max(gradient.shape)))


def orthogonal(matrix: Tensor) -> Tensor:
    """A matrix with the same directions, all about as long, by five steps of Newton's and Schulz's iteration."""
    wide: Tensor = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    wide = wide / wide.norm().clamp(min=1e-7)
    for _ in range(5):
        product = wide @ wide.T
        wide = 3.4445 * wide + (-4.7750 * product + 2.0315 * product @ product) @ wide
    found: Tensor = wide if matrix.shape[0] <= matrix.shape[1] else wide.T
    return found


def adam_direction(gradient: Tensor, state: dict[str, Any]) -> Tensor:
    """The average gradient by its average size, as Adam has it (Kingma and Ba 2015), with β 0.9 and 0.999."""
    if not state:
        state.update(step=0, average=torch.zeros_like(gradient), square=torch.zeros_like(gradient))
    state["step"] += 1
    average: Tensor = state["average"].lerp_(gradient, 0.1)
    square: Tensor = state["square"].lerp_(gradient.square(), 0.001)
    steps: int = state["step"]
    spread = (square / (1 - 0.999**steps)).sqrt() + 1e-8
    return average / (1 - 0.9**steps) / spread
