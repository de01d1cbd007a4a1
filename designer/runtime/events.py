"""Events: what training says while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor


class Step(NamedTuple):
    """One step of the optimizer: ``epoch`` and ``step`` count from 1, ``steps`` is the number of them in an epoch.

    ``loss``, ``output`` and ``target`` are detached tensors that stay on the device, in the units of training.
    """

    epoch: int
    step: int
    steps: int
    loss: Tensor
    output: Tensor | dict[str, Tensor]
    target: Tensor | dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Epoch:
    """The end of an epoch: metrics by name for both parts, ``validation`` empty where there is no such part.

    The figures of ``train`` come from the outputs that the steps of the epoch gave, ``seconds`` is its duration,
    ``rate`` the learning rate of its last step where that is told.
    """

    epoch: int
    epochs: int
    train: dict[str, float]
    validation: dict[str, float]
    seconds: float
    rate: float | None = None
