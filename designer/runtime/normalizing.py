"""Batch normalization over the rows that several processes have of a batch."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor, distributed, nn
from torch.nn.modules.batchnorm import _BatchNorm

from designer.runtime.distributed import SharedModel


class SummedOverProcesses(torch.autograd.Function):
    """The sum of a tensor over all processes, differentiable: gradients are summed as well."""

    @staticmethod
    def forward(ctx: Any, values: Tensor) -> Tensor:
        """The sum, for each process the same."""
        total = values.detach().clone()
        distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        """What all processes' sums pass back to this one's values."""
        total = gradient.clone()
        distributed.all_reduce(total)
        return total


def normalize_together(network: nn.Module) -> None:
    """Let the batch normalization of each ``SharedModel`` in it go over the rows of all processes; no other."""
    for shared in [each for each in network.modules() if isinstance(each, SharedModel)]:
        for norm in shared.modules():
            if isinstance(norm, _BatchNorm):
                norm.forward = partial(normalized_among_processes, norm, shared)  # type: ignore[method-assign]


def normalized_among_processes(norm: _BatchNorm, network: SharedModel, values: Tensor) -> Tensor:
    """What ``norm`` makes of ``values`` (N, C, …), by mean and variance of all processes' rows while it trains.

    As PyTorch's SyncBatchNorm, which works on GPUs alone.
    """
    if network.own is None or (not norm.training and norm.running_mean is not None):
        usual: Tensor = type(norm).forward(norm, values)
        return usual
    axes = [axis for axis in range(values.ndim) if axis != 1]
    wide = [1 if axis in axes else -1 for axis in range(values.ndim)]
    own = values if network.own else values[:0]
    sums = torch.cat([own.sum(axes), own.new_tensor([own.numel() / own.shape[1]])])
    sums = SummedOverProcesses.apply(sums)  # type: ignore[no-untyped-call]
    count = sums[-1].detach()
    mean = sums[:-1] / count
    squares = (own - mean.view(wide)).square().sum(axes)
    variance: Tensor = SummedOverProcesses.apply(squares) / count  # type: ignore[no-untyped-call]
    if norm.running_mean is not None and norm.running_var is not None and norm.num_batches_tracked is not None:
        norm.num_batches_tracked += 1
        momentum = norm.momentum if norm.momentum is not None else 1 / float(norm.num_batches_tracked)
        norm.running_mean.lerp_(mean.detach(), momentum)
        norm.running_var.lerp_(variance.detach() * count / (count - 1), momentum)
    found: Tensor = (values - mean.view(wide)) * (variance + norm.eps).rsqrt().view(wide)
    return found if norm.weight is None else found * norm.weight.view(wide) + norm.bias.view(wide)
