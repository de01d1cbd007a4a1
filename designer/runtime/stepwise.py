"""A module applied to each step of sequences by itself: what Keras calls time-distributed."""

from __future__ import annotations

from torch import Tensor, nn


def at_each_step(module: nn.Module, *sequences: Tensor) -> Tensor | tuple[Tensor, ...]:
    """What ``module`` makes of each step of ``sequences`` (N, T, …): one sequence (N, T, …) of each of its outputs.

    The module sees all steps of all samples as N·T samples, so that it has one set of weights for all of them.
    """
    lead = sequences[0].shape[:2]
    answers: Tensor | tuple[Tensor, ...] = module(*[sequence.flatten(0, 1) for sequence in sequences])
    if isinstance(answers, tuple):
        return tuple(answer.reshape(*lead, *answer.shape[1:]) for answer in answers)
    return answers.reshape(*lead, *answers.shape[1:])
