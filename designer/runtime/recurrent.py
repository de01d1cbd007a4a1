"""Steps of sequences of unlike lengths: which are there, packed so that no padding is read, and the last one."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence


def pack_steps(x: Tensor, mask: Tensor) -> PackedSequence:
    """The steps of ``x`` (N, T, F) that are there by ``mask`` (N, T), which is 0 for the padding at the end.

    Of a sequence without any step the first one is taken.
    """
    lengths = (mask > 0).sum(dim=1).clamp(min=1).cpu()
    return pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)


def unpack_steps(steps: PackedSequence, length: int) -> Tensor:
    """Packed steps as (N, ``length``, F) again, with zeros for padding."""
    return pad_packed_sequence(steps, batch_first=True, total_length=length)[0]


def mask_steps(x: Tensor, mask: Tensor) -> Tensor:
    """``x`` (N, T, F) with zeros for the steps that are padding by ``mask`` (N, T)."""
    return x * mask.unsqueeze(2)


def last_step(x: Tensor, mask: Tensor) -> Tensor:
    """The last step of each sequence of ``x`` (N, T, F) that is there by ``mask`` (N, T): (N, F)."""
    last = (mask > 0).sum(dim=1).clamp(min=1) - 1
    return x[torch.arange(x.shape[0], device=x.device), last]
