"""Metrics: functions of all outputs and targets of a part, each giving one number as a tensor without axes.

Numbers: outputs and targets (N, 1). Classes: logits (N, C) with class codes (N,). Two classes by one output:
logits (N, 1), above 0 for class 1, with targets 0 and 1. Masks have two axes more, and each pixel counts as a sample:
logits (N, C, H, W) with codes (N, H, W), or (N, 1, H, W) with targets alike. Where pictures were mixed, targets are
shares of the classes, of the shape of the logits; the class with the largest counts. Texts: logits (N, T, C) of a
blank and of each character at each step, with codes (N, L), zeros behind the last.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

NEIGHBOURS = 4096


def mean_squared_error(output: Tensor, target: Tensor) -> Tensor:
    """Mean of (output − target)²."""
    return (output - target).square().mean()


def root_mean_squared_error(output: Tensor, target: Tensor) -> Tensor:
    """Square root of the mean of (output − target)²."""
    return mean_squared_error(output, target).sqrt()


def mean_absolute_error(output: Tensor, target: Tensor) -> Tensor:
    """Mean of |output − target|."""
    return (output - target).abs().mean()


def r2_score(output: Tensor, target: Tensor) -> Tensor:
    """1 − Σ(output − target)² / Σ(target − mean)². A constant target gives 1 where it is met exactly, else 0."""
    residual = (output - target).square().sum()
    total = (target - target.mean()).square().sum()
    constant = (residual == 0).to(residual.dtype)
    return torch.where(total == 0, constant, 1 - residual / torch.where(total == 0, 1.0, total))


def predicted_classes(output: Tensor) -> Tensor:
    """The class code of each row of logits (N, C), or of (N, 1) by its sign, and of each pixel: without more axes."""
    return (output > 0).flatten().long() if output.shape[1] == 1 else output.argmax(dim=1).flatten()


def actual_classes(output: Tensor, target: Tensor) -> Tensor:
    """The class code of each target, in the order of ``predicted_classes``."""
    if target.shape == output.shape and output.shape[1] > 1:
        return target.argmax(dim=1).flatten()
    return (target.flatten() > 0.5).long() if output.shape[1] == 1 else target.flatten().long()


def confusion_matrix(output: Tensor, target: Tensor) -> Tensor:
    """How many samples of each class (rows) were given to each class (columns): whole numbers (C, C)."""
    classes = max(2, output.shape[1])
    places = actual_classes(output, target) * classes + predicted_classes(output)
    counts = torch.zeros(classes * classes, dtype=torch.long, device=output.device)
    return counts.index_add_(0, places, torch.ones_like(places)).view(classes, classes)


def accuracy(output: Tensor, target: Tensor) -> Tensor:
    """The share of samples, of masks that of the pixels, whose class is right."""
    return (predicted_classes(output) == actual_classes(output, target)).float().mean()


def precision(output: Tensor, target: Tensor) -> Tensor:
    """TP / (TP + FP) of class 1 of two, else the average over the classes; 0 where nothing was called so."""
    counts = confusion_matrix(output, target).float()
    return _over_classes(counts, _ratio(counts.diagonal(), counts.sum(dim=0)))


def recall(output: Tensor, target: Tensor) -> Tensor:
    """TP / (TP + FN) of class 1 of two, else the average over the classes; 0 where there are none."""
    counts = confusion_matrix(output, target).float()
    return _over_classes(counts, _ratio(counts.diagonal(), counts.sum(dim=1)))


def f1_score(output: Tensor, target: Tensor) -> Tensor:
    """2 TP / (2 TP + FP + FN) of class 1 of two, else the average over the classes; 0 where there are none."""
    counts = confusion_matrix(output, target).float()
    return _over_classes(counts, _ratio(2 * counts.diagonal(), counts.sum(dim=0) + counts.sum(dim=1)))


def intersection_over_union(output: Tensor, target: Tensor) -> Tensor:
    """TP / (TP + FP + FN) of class 1 of two, else the average over the classes; 0 where there are none."""
    counts = confusion_matrix(output, target).float()
    overlap = counts.diagonal()
    return _over_classes(counts, _ratio(overlap, counts.sum(dim=0) + counts.sum(dim=1) - overlap))


def _ratio(part: Tensor, whole: Tensor) -> Tensor:
    return part / whole.clamp(min=1)


def _over_classes(counts: Tensor, scores: Tensor) -> Tensor:
    if len(scores) == 2:
        return scores[1]
    seen = (counts.sum(dim=0) + counts.sum(dim=1)) > 0
    return (scores * seen).sum() / seen.sum().clamp(min=1)


def mean_absolute_percentage_error(output: Tensor, target: Tensor) -> Tensor:
    """Mean of |output − target| / |target|, as a share: 0.1 is ten percent. A target of zero counts as 1e-6."""
    return ((output - target).abs() / target.abs().clamp(min=1e-6)).mean()


def top_5_accuracy(output: Tensor, target: Tensor) -> Tensor:
    """The share of samples whose class is among the five with the highest logits (N, C)."""
    likely = output.movedim(1, -1).flatten(0, -2).topk(min(5, output.shape[1]), dim=1).indices
    return (likely == actual_classes(output, target)[:, None]).any(dim=1).float().mean()


def perplexity(output: Tensor, target: Tensor) -> Tensor:
    """e to the mean cross-entropy of logits (N, C), in nats: between how many classes the network wavers."""
    if target.shape != output.shape:
        target = target.long()
    return F.cross_entropy(output, target).exp()


def neighbour_accuracy(output: Tensor, target: Tensor) -> Tensor:
    """The share of embeddings (N, D) whose nearest other one is of their class (N,); of the first 4096 samples."""
    embeddings, codes = output[:NEIGHBOURS], target.flatten()[:NEIGHBOURS]
    if len(codes) < 2:
        return embeddings.new_zeros(())
    distances = torch.cdist(embeddings, embeddings).fill_diagonal_(torch.inf)
    return (codes[distances.argmin(dim=1)] == codes).float().mean()


def box_iou(output: Tensor, target: Tensor) -> Tensor:
    """Mean over the samples of the intersection over union of two boxes, each x, y, width, height: (N, 4); else NaN."""
    if output.shape[1] != 4:
        return output.new_full((), float("nan"))
    begins = torch.maximum(output[:, :2], target[:, :2])
    sizes, wanted = output[:, 2:].clamp(min=0), target[:, 2:]
    ends = torch.minimum(output[:, :2] + sizes, target[:, :2] + wanted)
    common = (ends - begins).clamp(min=0).prod(dim=1)
    either = sizes.prod(dim=1) + wanted.prod(dim=1) - common
    return (common / either.clamp(min=1e-12)).mean()


def character_error_rate(output: Tensor, target: Tensor) -> Tensor:
    """Characters to insert, remove or replace in what ``best_path`` reads, for each one of the texts (N, L)."""
    return edit_distances(best_path(output), target).sum() / (target > 0).sum().clamp(min=1)


def best_path(output: Tensor) -> Tensor:
    """The codes that logits (N, T, C) write down: the likeliest of each step, repeats joined, blanks left out.

    (N, T), with zeros behind the last.
    """
    codes = output.argmax(dim=2)
    kept = codes > 0
    kept[:, 1:] &= codes[:, 1:] != codes[:, :-1]
    front = (~kept).long().argsort(dim=1, stable=True)
    return codes.where(kept, torch.zeros_like(codes)).gather(1, front)


def edit_distances(one: Tensor, other: Tensor) -> Tensor:
    """How many characters of ``one`` (N, A) are inserted, removed or replaced to get ``other`` (N, B): (N,).

    Both hold codes with zeros behind the last (Levenshtein 1966; Wagner and Fischer 1974).
    """
    places = torch.arange(other.shape[1] + 1, device=other.device)
    row = places.expand(len(other), -1)
    lengths = (one > 0).sum(dim=1, keepdim=True)
    for step in range(one.shape[1]):
        replaced = row[:, :-1] + (one[:, step : step + 1] != other).long()
        further = torch.cat([row[:, :1] + 1, torch.minimum(replaced, row[:, 1:] + 1)], dim=1)
        # what is inserted costs one more than the place before
        further = (further - places).cummin(dim=1).values + places
        row = torch.where(step < lengths, further, row)
    return row.gather(1, (other > 0).sum(dim=1, keepdim=True))[:, 0]
