"""Measuring: loss and metrics of outputs against targets, in the target's own units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import log
from typing import Any

import torch
from torch import Tensor


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


def gaussian_units(values: Tensor, offset: float | list[float], scale: float | list[float]) -> Tensor:
    """As ``own_units`` for (N, 2K) means and logarithms of variances: a variance grows with the scale's square."""
    means, logarithms = values.chunk(2, dim=1)
    wider = [2 * log(each) for each in (scale if isinstance(scale, list) else [scale])]
    return torch.cat([own_units(means, offset, scale), own_units(logarithms, wider, [1.0] * len(wider))], dim=1)


@dataclass(frozen=True)
class Measure:
    """Measures outputs against targets: ``{"loss": …, metric: …}``.

    Both are brought back to the target's own units first: times ``scale``, plus ``offset``, one of each for every
    column where there are several; ``units`` does so with outputs. Metrics judge what ``point`` makes of these, where
    outputs hold something else than predictions. ``weights``, one a sample, count in the loss alone.
    """

    loss: Callable[..., Tensor]
    metrics: dict[str, Callable[[Tensor, Tensor], Tensor]] = field(default_factory=dict)
    offset: float | list[float] = 0.0
    scale: float | list[float] = 1.0
    point: Callable[[Tensor], Tensor] | None = None
    units: Callable[[Tensor, float | list[float], float | list[float]], Tensor] = own_units

    def __call__(self, output: Tensor, target: Tensor, *weights: Tensor) -> dict[str, float]:
        """All measures of ``output`` and ``target``, both with one row for each sample."""
        predicted, actual = self.predictions(output), self.own_units(target)
        values = [self.loss_of(output, target, *weights)]
        values += [metric(predicted, actual) for metric in self.metrics.values()]
        numbers = torch.stack([value.float() for value in values]).tolist()
        return dict(zip(["loss", *self.metrics], numbers, strict=True))

    def loss_of(self, output: Tensor, target: Tensor, *weights: Tensor) -> Tensor:
        """The loss in the target's own units."""
        return self.loss(self.units(output, self.offset, self.scale), self.own_units(target), *weights)

    def own_units(self, values: Tensor) -> Tensor:
        """Prepared targets in their own units."""
        return own_units(values, self.offset, self.scale)

    def predictions(self, output: Tensor) -> Tensor:
        """What outputs predict, in the target's own units."""
        output = self.units(output, self.offset, self.scale)
        return output if self.point is None else self.point(output)


def target_units(preparation: Mapping[str, Any]) -> tuple[float | list[float], float | list[float]]:
    """Offset and scale that lead from the prepared target back to its own units; 0 and 1 for classes."""
    target = preparation["target"]
    return target.get("offset", 0.0), target.get("scale", 1.0)
