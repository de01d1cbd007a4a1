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
    return tuple([laid_out_last(each) if isinstance(each, Tensor) and each.dim() == 4 else each for each in inputs])


def laid_out_last(pictures: Tensor) -> Tensor:
    """Pictures (N, C, H, W) with their channels last, by their strides too.

    Those with a single channel lie alike in both ways; by the strides they come with PyTorch would take the slower one.
    """
    found = pictures.contiguous(memory_format=torch.channels_last)
    _, channels, height, width = found.shape
    return found.as_strided(found.shape, (channels * height * width, 1, channels * width, channels))
