"""Mixed precision: matrix products and convolutions in 16 bits, all that must be exact in 32."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from designer.runtime.batches import Part
from designer.runtime.failure import TrainingError
from designer.runtime.values import on_each


def check_precision(device: torch.device, dtype: torch.dtype) -> None:
    """TrainingError where ``device`` cannot compute in ``dtype``."""
    name = str(dtype).removeprefix("torch.")
    known = torch.amp.is_autocast_available(device.type)
    if device.type == "cuda" and dtype is torch.bfloat16:
        known = torch.cuda.is_bf16_supported(including_emulation=False)
    if not known:
        other = " Choose float16, which every GPU knows, or float32." if device.type == "cuda" else " Choose float32."
        raise TrainingError(f"This device, {device.type}, cannot train in {name}.{other}")


def mixed_step(
    model: nn.Module,
    batch: Part,
    loss: Callable[..., Tensor],
    optimizer: torch.optim.Optimizer,
    answer: Callable[[nn.Module, Part], Tensor | dict[str, Tensor]],
    step: Callable[..., tuple[Tensor, Tensor | dict[str, Tensor]]],
    dtype: torch.dtype,
    scaler: torch.amp.GradScaler | None = None,
) -> tuple[Tensor, Tensor | dict[str, Tensor]]:
    """As ``step``, with the network's matrix products and convolutions in ``dtype``; weights and loss stay in float32.

    A ``scaler`` makes gradients larger on their way through the network, where float16 would lose small ones: see
    ``ScaledSteps``.
    """

    def lowered(model: nn.Module, batch: Part) -> Tensor | dict[str, Tensor]:
        with torch.autocast(batch.inputs[0].device.type, dtype):
            output = answer(model, batch)
        return on_each(output, partial(in_full, scaler=scaler))

    stepping: Any = optimizer if scaler is None else ScaledSteps(optimizer, scaler)
    return step(model, batch, loss, stepping, lowered)


def in_full(output: Tensor, scaler: torch.amp.GradScaler | None) -> Tensor:
    """An output in float32, whose gradient ``scaler`` makes larger."""
    full = output.float()
    if scaler is not None and full.requires_grad:
        full = full.view_as(full)
        full.register_hook(scaler.scale)
    return full


class ScaledSteps:
    """Steps of an optimizer with gradients that a scaler made larger: they get their own size back before each.

    A step whose gradients overflowed is left out, and the scale halved (Micikevicius et al. 2018).
    """

    def __init__(self, optimizer: torch.optim.Optimizer, scaler: torch.amp.GradScaler) -> None:
        self.optimizer = optimizer
        self.scaler = scaler

    def zero_grad(self, set_to_none: bool = True) -> None:
        """As the optimizer does."""
        self.optimizer.zero_grad(set_to_none=set_to_none)

    def step(self) -> None:
        """Make a step, and choose the scale for the next."""
        self.scaler.unscale_(self.optimizer)
        self.scaler.step(self.optimizer)
        self.scaler.update()
