"""Losses that PyTorch has no module for: functions of output and target.

Each is averaged over the batch, or with ``reduction="none"`` given for every sample, so that samples can count unlike.
"""

from __future__ import annotations

from math import log

import torch
from torch import Tensor
from torch.nn import functional as F

COMPARED_AT_ONCE = 1024


def reduced(values: Tensor, reduction: str) -> Tensor:
    """The mean of ``values``, or with ``reduction="none"`` the values themselves."""
    return values if reduction == "none" else values.mean()


def mean_squared_log_error(output: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """Mean of (log(1 + output) − log(1 + target))², for targets of zero and above, of the same shape as the outputs.

    Below zero the logarithm of an output goes on as a straight line, so that there is always a way back up.
    """
    return reduced((_log1p(output) - _log1p(target)).square(), reduction)


def _log1p(values: Tensor) -> Tensor:
    return torch.where(values > 0, torch.log1p(values.clamp(min=0)), values)


def quantile_loss(output: Tensor, target: Tensor, *, quantile: float = 0.5, reduction: str = "mean") -> Tensor:
    """Pinball loss, smallest at the ``quantile`` of the targets: q·(t − y) where y is too low, else (1 − q)·(y − t)."""
    missing = target - output
    return reduced(torch.maximum(quantile * missing, (quantile - 1) * missing), reduction)


def log_cosh(output: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """Mean of log(cosh(output − target)), reckoned as |d| + log(1 + e^(−2|d|)) − log 2, which never overflows."""
    distance = (output - target).abs()
    return reduced(distance + F.softplus(-2 * distance) - log(2), reduction)


def cosine_distance(output: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """1 − cos of the angle between output and target, both (N, K): 0 where they point the same way, at most 2."""
    return reduced(1 - F.cosine_similarity(output, target, dim=1), reduction)


def gaussian_nll(output: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """Negative log-likelihood of targets (N, K) under normal distributions, without the constant ½ log 2π.

    ``output`` (N, 2K) holds K means, then the logarithms of their K variances, which are held above 1e-6.
    """
    means, logarithms = output.chunk(2, dim=1)
    return F.gaussian_nll_loss(means, target, logarithms.exp(), reduction=reduction)


def connectionist_loss(output: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """Negative log-likelihood of texts under all ways of writing them down step by step (Graves et al. 2006).

    ``output`` (N, T, C) has logits of each character at each step, those of the blank first; ``target`` (N, L) codes
    with zeros behind the last. Of each text it is divided by its length; one that does not fit into T steps counts 0.
    """
    lengths = (target > 0).sum(dim=1)
    steps = torch.full_like(lengths, output.shape[1])
    likely = output.float().log_softmax(dim=2).transpose(0, 1)
    losses = F.ctc_loss(likely, target, steps, lengths, reduction="none", zero_infinity=True)
    return reduced(losses / lengths.clamp(min=1), reduction)


def hinge(output: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """Hinge loss of logits: (N, 1) with targets 0 and 1, or (N, C) with class codes (N,), the multi-margin loss.

    One output: mean of max(0, 1 − t·y) with t = ±1. More: Σ max(0, 1 − y[t] + y[i]) / C over i ≠ t, averaged.
    """
    if output.shape[1] == 1:
        return reduced(_margin(output, target), reduction)
    return F.multi_margin_loss(output, target.flatten().long(), reduction=reduction)


def squared_hinge(output: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """As ``hinge``, each margin squared."""
    if output.shape[1] == 1:
        return reduced(_margin(output, target).square(), reduction)
    return F.multi_margin_loss(output, target.flatten().long(), p=2, reduction=reduction)


def _margin(output: Tensor, target: Tensor) -> Tensor:
    return (1 - (2 * target.view_as(output) - 1) * output).clamp(min=0)


def kl_divergence(output: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """Kullback–Leibler divergence from softmax(output) to the target, averaged over the batch.

    ``output`` holds logits (N, C); ``target`` class codes (N,) or probabilities (N, C).
    """
    if target.shape != output.shape:
        target = F.one_hot(target.flatten().long(), output.shape[1]).to(output.dtype)
    likely = F.log_softmax(output, dim=1)
    if reduction == "none":
        return F.kl_div(likely, target, reduction="none").sum(dim=1)
    return F.kl_div(likely, target, reduction="batchmean")


def focal(
    output: Tensor, target: Tensor, *, gamma: float = 2.0, weight: Tensor | None = None, reduction: str = "mean"
) -> Tensor:
    """Focal loss (Lin et al. 2017): cross-entropy times (1 − p)^γ, where p is the probability of the true class.

    Logits (N, 1, …) with targets 0 and 1 of their shape, or (N, C, …) with class codes (N, …). ``weight`` says how
    much each class counts; the mean is then the weighted one.
    """
    if output.shape[1] == 1:
        entropy = F.binary_cross_entropy_with_logits(output, target, reduction="none")
    else:
        entropy = F.cross_entropy(output, target, reduction="none")
    # 1 − p, held above zero where the slope of a power below 1 has no end
    doubt = (-torch.expm1(-entropy)).clamp(min=1e-12)
    values = doubt.pow(gamma) * entropy
    if weight is None:
        return reduced(values, reduction)
    weights = weight[target.long()]
    return values * weights if reduction == "none" else (values * weights).sum() / weights.sum()


def dice(output: Tensor, target: Tensor, *, cross_entropy: float = 0.5, reduction: str = "mean") -> Tensor:
    """Soft Dice loss of masks, 1 − (2 Σ p·t + 1) / (Σ p + Σ t + 1) for each picture and class, averaged.

    Logits (N, 1, H, W) with targets 0 and 1 of their shape, or (N, C, H, W) with class codes (N, H, W).
    ``cross_entropy`` is the share of the cross-entropy in a mix of both.
    """
    if output.shape[1] == 1:
        likely, truth = output.sigmoid(), target
        entropy = F.binary_cross_entropy_with_logits(output, target, reduction="none")
    else:
        likely = output.softmax(dim=1)
        truth = torch.zeros_like(output).scatter_(1, target.long().unsqueeze(1), 1.0)
        entropy = F.cross_entropy(output, target, reduction="none")
    overlap = (likely * truth).flatten(2).sum(dim=2)
    areas = likely.flatten(2).sum(dim=2) + truth.flatten(2).sum(dim=2)
    values = (1 - (2 * overlap + 1) / (areas + 1)).mean(dim=1)
    return reduced((1 - cross_entropy) * values + cross_entropy * entropy.flatten(1).mean(dim=1), reduction)


def triplet(output: Tensor, target: Tensor, *, margin: float = 1.0) -> Tensor:
    """Triplet loss with the hardest partners of the batch (Hermans et al. 2017) for embeddings (N, D), codes (N,).

    Mean of max(0, margin + the distance to the farthest of the same class − that to the nearest of another) over the
    samples that have both; 0 where none has. Many samples are compared in groups, one after the other.
    """
    pairs = zip(output.split(COMPARED_AT_ONCE), target.flatten().split(COMPARED_AT_ONCE), strict=True)
    found = torch.cat([_triplets(embeddings, codes, margin) for embeddings, codes in pairs])
    return found.mean() if len(found) else output.sum() * 0.0


def _triplets(embeddings: Tensor, codes: Tensor, margin: float) -> Tensor:
    """The loss of each sample that has both partners among these."""
    distances = torch.cdist(embeddings, embeddings, compute_mode="donot_use_mm_for_euclid_dist")
    same = codes[:, None] == codes[None, :]
    themselves = torch.eye(len(codes), dtype=torch.bool, device=codes.device)
    farthest = distances.masked_fill(~same | themselves, -torch.inf).amax(dim=1)
    nearest = distances.masked_fill(same, torch.inf).amin(dim=1)
    complete = farthest.isfinite() & nearest.isfinite()
    return (margin + farthest[complete] - nearest[complete]).clamp(min=0)


def first_half(output: Tensor) -> Tensor:
    """The first half of the columns: the means of (N, 2K) means and logarithms of variances."""
    return output.chunk(2, dim=1)[0]


def gaussian_deviations(output: Tensor) -> Tensor:
    """The standard deviations (N, K) of means and logarithms of variances (N, 2K)."""
    return (output.chunk(2, dim=1)[1] / 2).exp()
