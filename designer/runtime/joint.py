"""Losses and measures of a network with several outputs, each by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from torch import Tensor

from designer.runtime.batches import Part
from designer.runtime.measures import Measure


def for_each_output(part: Part, names: Sequence[str]) -> Part:
    """The part with its targets for each of several outputs, which are compared with the same."""
    finish = part.finish and partial(_finished_for_each, finish=part.finish, names=tuple(names))
    return replace(part, targets=dict.fromkeys(names, part.target), finish=finish)


def _finished_for_each(batch: Part, finish: Callable[[Part], Part], names: tuple[str, ...]) -> Part:
    targets = batch.targets
    first = targets[names[0]] if isinstance(targets, dict) else targets
    done = finish(replace(batch, targets=first))
    return replace(done, targets=dict.fromkeys(names, done.target))


@dataclass(frozen=True)
class JointLoss:
    """The sum of the outputs' losses, each times its weight: Σ wₖ Lₖ. A weight that is not said is 1."""

    losses: Mapping[str, Callable[..., Tensor]]
    factors: Mapping[str, float] = field(default_factory=dict)

    def __call__(self, output: Mapping[str, Tensor], target: Mapping[str, Tensor], *weights: Tensor) -> Tensor:
        """The sum for ``output`` and ``target``, both by name; ``weights`` (N,) count samples unlike in each."""
        values = [
            self.factors.get(name, 1.0) * loss(output[name], target[name], *weights)
            for name, loss in self.losses.items()
        ]
        total = values[0]
        for value in values[1:]:
            total = total + value
        return total


@dataclass(frozen=True)
class JointMeasure:
    """Measures every output: ``{"loss": …, "price.mae": …}``. The loss is the one that training makes small."""

    loss: JointLoss
    measures: Mapping[str, Measure]

    def __call__(
        self, output: Mapping[str, Tensor], target: Mapping[str, Tensor], *weights: Tensor
    ) -> dict[str, float]:
        """All measures of ``output`` and ``target``, both by name and with one row for each sample."""
        figures = {"loss": self.loss(output, target, *weights).item()}
        for name, measure in self.measures.items():
            own = measure(output[name], target[name], *weights)
            figures |= {f"{name}.{key}": value for key, value in own.items()}
        return figures
