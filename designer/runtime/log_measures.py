"""Measuring what is learned as its logarithm, in the target's own units."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from designer.runtime.measures import Measure


def without_logs(values: Tensor, log: bool | list[bool]) -> Tensor:
    """What ``signed_log`` made logarithms of, in the columns of ``values`` (N, K) that are marked.

    Of several steps ahead the columns are all targets of the first step, then those of the next.
    """
    marks = log if isinstance(log, list) else [log]
    marked = torch.tensor(marks * (values.shape[1] // len(marks)), device=values.device)
    return torch.where(marked, torch.copysign(values.abs().expm1(), values), values)


@dataclass(frozen=True)
class LogMeasure(Measure):
    """As ``Measure``, where ``log`` marks the targets that are logarithms. The loss is that of the logarithms.

    In own units it would judge what training does not make small, and a network that knows nothing yet is often wrong
    by many powers of ten.
    """

    log: bool | list[bool] = True

    def loss_of(self, output: Tensor, target: Tensor, *weights: Tensor) -> Tensor:
        """The loss that training makes small."""
        return self.loss(output, target, *weights)

    def own_units(self, values: Tensor) -> Tensor:
        """Prepared targets in their own units."""
        return without_logs(super().own_units(values), self.log)

    def predictions(self, output: Tensor) -> Tensor:
        """What outputs predict, in the target's own units."""
        return without_logs(super().predictions(output), self.log)
