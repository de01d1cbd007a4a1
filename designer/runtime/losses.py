"""Losses that PyTorch has no module for: functions of output and target, averaged over the batch."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def mean_squared_log_error(output: Tensor, target: Tensor) -> Tensor:
    """Mean of (log(1 + output) − log(1 + target))², for targets of zero and above, of the same shape as the outputs.

    Below zero the logarithm of an output goes on as a straight line, so that there is always a way back up.
    """
    return (_log1p(output) - _log1p(target)).square().mean()


def _log1p(values: Tensor) -> Tensor:
    return torch.where(values > 0, torch.log1p(values.clamp(min=0)), values)


def hinge(output: Tensor, target: Tensor) -> Tensor:
    """Hinge loss of logits: (N, 1) with targets 0 and 1, or (N, C) with class codes (N,), the multi-margin loss.

    One output: mean of max(0, 1 − t·y) with t = ±1. More: Σ max(0, 1 − y[t] + y[i]) / C over i ≠ t, averaged.
    """
    if output.shape[1] == 1:
        return _margin(output, target).mean()
    return F.multi_margin_loss(output, target.flatten().long())


def squared_hinge(output: Tensor, target: Tensor) -> Tensor:
    """As ``hinge``, each margin squared."""
    if output.shape[1] == 1:
        return _margin(output, target).square().mean()
    return F.multi_margin_loss(output, target.flatten().long(), p=2)


def _margin(output: Tensor, target: Tensor) -> Tensor:
    return (1 - (2 * target.view_as(output) - 1) * output).clamp(min=0)


def kl_divergence(output: Tensor, target: Tensor) -> Tensor:
    """Kullback–Leibler divergence from softmax(output) to the target, averaged over the batch.

    ``output`` holds logits (N, C); ``target`` class codes (N,) or probabilities (N, C).
    """
    if target.shape != output.shape:
        target = F.one_hot(target.flatten().long(), output.shape[1]).to(output.dtype)
    return F.kl_div(F.log_softmax(output, dim=1), target, reduction="batchmean")
