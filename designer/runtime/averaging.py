"""Averages of weights over a training, which are judged and kept in place of the last weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from designer.runtime.batches import Part, batch_slices
from designer.runtime.events import Epoch, Step


def averaged_steps(
    events: Iterable[Step | Epoch],
    average: AveragedModel,
    model: nn.Module,
    renew: Callable[[nn.Module], None] | None = None,
) -> Iterator[Step | Epoch]:
    """Pass events on, with the weights of ``model`` taken into ``average`` after each step.

    Buffers are those of the model; before the average is judged, ``renew`` measures its statistics anew.
    """
    for event in events:
        if isinstance(event, Step):
            average.update_parameters(model)
            if renew is not None and event.step == event.steps:
                renew(average.module)
        yield event


def averaged_epochs(
    events: Iterable[Step | Epoch],
    average: AveragedModel,
    model: nn.Module,
    start: int,
    renew: Callable[[nn.Module], None] | None = None,
) -> Iterator[Step | Epoch]:
    """Pass events on, with the weights of ``model`` taken into ``average`` after each epoch from ``start`` on.

    It is the mean of the weights along the way (Izmailov et al. 2018), and before ``start`` the weights themselves.
    Buffers are those of the model; before the average is judged, ``renew`` measures its statistics anew.
    """
    for event in events:
        if isinstance(event, Step) and event.step == event.steps:
            if event.epoch <= start:
                average.n_averaged.zero_()
            average.update_parameters(model)
            if renew is not None and event.epoch > start:
                renew(average.module)
        yield event


def renew_statistics(
    model: nn.Module, part: Part, batch_size: int, answer: Callable[[nn.Module, Part], Tensor | dict[str, Tensor]]
) -> None:
    """Give batch normalization the mean and variance that what reaches it has over the whole of ``part``.

    As ``torch.optim.swa_utils.update_bn``, in batches of ``batch_size``, for those that are not frozen.
    """
    model.train()
    norms: dict[Any, float | None] = {
        norm: norm.momentum
        for norm in model.modules()
        if isinstance(norm, nn.modules.batchnorm._BatchNorm) and norm.training and norm.track_running_stats
    }
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    with torch.no_grad():
        for rows in batch_slices(len(part), batch_size) if norms else ():
            answer(model, part.rows(rows).ready())
    for norm, momentum in norms.items():
        norm.momentum = momentum
