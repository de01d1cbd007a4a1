"""Measuring: loss and metrics of outputs against targets, in the target's own units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True)
class Measure:
    """Measures outputs against targets: ``{"loss": …, metric: …}``.

    Both are brought back to the target's own units first: times ``scale``, plus ``offset``.
    """

    loss: Callable[[Tensor, Tensor], Tensor]
    metrics: dict[str, Callable[[Tensor, Tensor], Tensor]] = field(default_factory=dict)
    offset: float = 0.0
    scale: float = 1.0

    def __call__(self, output: Tensor, target: Tensor) -> dict[str, float]:
        """All measures of ``output`` and ``target``, both with one row for each sample."""
        output, target = self.own_units(output), self.own_units(target)
        values = [self.loss(output, target), *(metric(output, target) for metric in self.metrics.values())]
        numbers = torch.stack([value.float() for value in values]).tolist()
        return dict(zip(["loss", *self.metrics], numbers, strict=True))

    def own_units(self, values: Tensor) -> Tensor:
        """Prepared values in the target's own units."""
        if self.offset == 0.0 and self.scale == 1.0:
            return values
        return values * self.scale + self.offset


def target_units(preparation: Mapping[str, Any]) -> tuple[float, float]:
    """Offset and scale that lead from the prepared target back to its own units; 0 and 1 for classes."""
    target = preparation["target"]
    if "range" in target:
        return target["minimum"], target["range"]
    return target.get("mean", 0.0), target.get("std", 1.0)
