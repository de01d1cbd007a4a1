"""Batches: slices of tensors that lie on the device."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

GATHERED_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """The samples of one part of the data: ``inputs`` and ``targets`` have one row for each, on the same device."""

    inputs: Tensor
    targets: Tensor

    def __len__(self) -> int:
        return len(self.inputs)

    def to(self, device: torch.device) -> Part:
        """The same samples on ``device``."""
        return Part(self.inputs.to(device), self.targets.to(device))


def batch_slices(rows: int, batch_size: int) -> list[slice]:
    """Where each batch of ``rows`` rows begins and ends; ``batch_size`` 0 is one batch of all rows.

    A last batch of a single row joins the batch before it: batch normalization cannot work on one row.
    """
    size = batch_size or max(rows, 1)
    starts = list(range(0, rows, size))
    if size > 1 and len(starts) > 1 and rows - starts[-1] == 1:
        starts.pop()
    return [slice(start, end) for start, end in zip(starts, [*starts[1:], rows], strict=True)]


def shuffled_batches(part: Part, batch_size: int) -> Iterator[Part]:
    """The batches of one epoch in an order drawn from PyTorch's random state; a full batch keeps its order.

    Rows are gathered for many batches at once, at most ``GATHERED_BYTES`` of them, and handed out as slices.
    """
    slices = batch_slices(len(part), batch_size)
    if len(slices) <= 1:
        yield part
        return
    order = torch.randperm(len(part)).to(part.inputs.device)
    row_bytes = part.inputs.element_size() * part.inputs[0].numel()
    together = max(1, GATHERED_BYTES // max(1, row_bytes * (slices[0].stop - slices[0].start)))
    for begin in range(0, len(slices), together):
        group = slices[begin : begin + together]
        first, last = group[0].start, group[-1].stop
        inputs, targets = part.inputs[order[first:last]], part.targets[order[first:last]]
        for rows in group:
            yield Part(inputs[rows.start - first : rows.stop - first], targets[rows.start - first : rows.stop - first])
