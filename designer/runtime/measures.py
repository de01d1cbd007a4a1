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

    Both are brought back to the target's own units first: times ``scale``, plus ``offset``, one of each for every
    column where there are several. ``weights``, one a sample, count in the loss alone.
    """

    loss: Callable[..., Tensor]
    metrics: dict[str, Callable[[Tensor, Tensor], Tensor]] = field(default_factory=dict)
    offset: float | list[float] = 0.0
    scale: float | list[float] = 1.0

    def __call__(self, output: Tensor, target: Tensor, *weights: Tensor) -> dict[str, float]:
        """All measures of ``output`` and ``target``, both with one row for each sample."""
        output, target = self.own_units(output), self.own_units(target)
        values = [self.loss(output, target, *weights), *(metric(output, target) for metric in self.metrics.values())]
        numbers = torch.stack([value.float() for value in values]).tolist()
        return dict(zip(["loss", *self.metrics], numbers, strict=True))

    def own_units(self, values: Tensor) -> Tensor:
        """Prepared values in the target's own units."""
        return own_units(values, self.offset, self.scale)


def own_units(values: Tensor, offset: float | list[float], scale: float | list[float]) -> Tensor:
    """Prepared values (N, K) times ``scale``, plus ``offset``: one for all columns, or one for each target.

    Of several steps ahead the columns are all targets of the first step, then those of the next.
    """
    scales = scale if isinstance(scale, list) else [scale]
    offsets = offset if isinstance(offset, list) else [offset]
    if not any(offsets) and all(each == 1.0 for each in scales):
        return values
    times = values.shape[1] // len(scales)
    return values * values.new_tensor(scales * times) + values.new_tensor(offsets * times)


def target_units(preparation: Mapping[str, Any]) -> tuple[float | list[float], float | list[float]]:
    """Offset and scale that lead from the prepared target back to its own units; 0 and 1 for classes."""
    target = preparation["target"]
    return target.get("offset", 0.0), target.get("scale", 1.0)
