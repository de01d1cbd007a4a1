"""Weights: copies of them, and whether they are sound."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def copy_weights(model: nn.Module, copy: dict[str, Tensor]) -> None:
    """Bring ``copy`` up to the weights of ``model``, parameters and buffers by name; an empty one is filled."""
    with torch.no_grad():
        weights = model.state_dict()
        if not copy:
            copy.update({name: tensor.clone() for name, tensor in weights.items()})
        for name, tensor in weights.items():
            copy[name].copy_(tensor)


def weights_are_finite(model: nn.Module) -> bool:
    """Whether every number among the weights is finite."""
    tensors = [tensor for tensor in model.state_dict().values() if tensor.is_floating_point()]
    return all(torch.stack([tensor.isfinite().all() for tensor in tensors]).tolist()) if tensors else True
