"""Inputs that are their own targets, and noise on what the network sees of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import torch

from designer.runtime.batches import Part


def inputs_as_targets(batch: Part, binarise: bool = False) -> Part:
    """The batch with its first input as its targets; with ``binarise`` both are 1 above one half, and 0 below."""
    first = batch.inputs[0]
    if binarise:
        first = (first > 0.5).to(first.dtype)
    return replace(batch, inputs=(first, *batch.inputs[1:]), targets=first)


def with_noise(batch: Part, noise: float = 0.0, masking: float = 0.0) -> Part:
    """The batch with Gaussian noise of deviation ``noise`` on its first input, a share ``masking`` of it set to zero.

    Its targets stay as they are.
    """
    first = batch.inputs[0]
    if noise:
        first = first + noise * torch.randn(first.shape).to(first.device)
    if masking:
        first = first * (torch.rand(first.shape) >= masking).to(first)
    return replace(batch, inputs=(first, *batch.inputs[1:]))


def drawn_bits(batch: Part, draw: bool = True) -> Part:
    """The batch with each number of its first input, from 0 to 1, as the chance of a 1 where otherwise is a 0.

    What is drawn is its target too. Without ``draw`` it stays as it is.
    """
    if not draw:
        return batch
    first = batch.inputs[0]
    bits = (torch.rand(first.shape).to(first.device) < first).to(first.dtype)
    return replace(batch, inputs=(bits, *batch.inputs[1:]), targets=bits)


def one_after_another(batch: Part, changes: tuple[Callable[[Part], Part], ...]) -> Part:
    """All ``changes`` of the batch in their order."""
    for change in changes:
        batch = change(batch)
    return batch


def with_own_targets(
    part: Part, prepare: Callable[[Part], Part], disturb: Callable[[Part], Part] | None = None
) -> Part:
    """The part with batches that ``prepare`` makes their own targets; ``disturb`` then changes what is trained with.

    What augmentation did by chance is to be given back, what ``disturb`` does is not.
    """
    finish = partial(one_after_another, changes=(part.finish, prepare)) if part.finish is not None else prepare
    changes = [part.augment, prepare] if part.augment is not None else []
    changes += [disturb] if disturb is not None else []
    augment = partial(one_after_another, changes=tuple(changes)) if changes else None
    return replace(part, finish=finish, augment=augment)
