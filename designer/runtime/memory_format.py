"""How pictures lie in memory while a network is trained."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


def use_channels_last(model: nn.Module) -> None:
    """Keep the channels of pictures behind rows and columns in memory, which many convolutions are faster with.

    It holds for the weights (out, in, rows, columns) of ``model`` and for whatever pictures it is given from now on.
    """
    for parameter in model.parameters():
        if parameter.dim() == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
    model.register_forward_pre_hook(with_channels_last)


def with_channels_last(module: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """The inputs of ``module``, pictures (N, C, H, W) among them with their channels last."""
    return tuple(
        [
            each.contiguous(memory_format=torch.channels_last) if isinstance(each, Tensor) and each.dim() == 4 else each
            for each in inputs
        ]
    )
