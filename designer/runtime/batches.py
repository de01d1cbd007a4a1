"""Batches: rows of tensors that lie on the device, or on disk until they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from designer.runtime.values import on_each

GATHERED_BYTES = 4 * 1024 * 1024
PROCESSOR = torch.device("cpu")


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """The samples of one part of the data: each of ``inputs``, and ``targets``, has one row for each sample.

    Of a network with several outputs ``targets`` are by the names of these. ``weights`` (N,) says how much each sample
    counts. ``finish`` does to a batch what is still to do, such as turning bytes into numbers; ``augment`` then changes
    it by chance, in training only. Of a part that is ``stored``, which may be larger than memory, only batches are
    brought to its ``device``. ``chances`` (N,) is how likely each sample is drawn where those of an epoch are drawn by
    chance.
    """

    inputs: tuple[Tensor, ...]
    targets: Tensor | dict[str, Tensor]
    weights: Tensor | None = None
    finish: Callable[[Part], Part] | None = None
    augment: Callable[[Part], Part] | None = None
    stored: bool = False
    device: torch.device = PROCESSOR
    chances: Tensor | None = None

    def __len__(self) -> int:
        return len(self.inputs[0])

    @property
    def answers(self) -> tuple[Tensor | dict[str, Tensor], ...]:
        """What a loss takes beside the output: the targets and, where samples count unlike, their weights."""
        return (self.targets,) if self.weights is None else (self.targets, self.weights)

    @property
    def target(self) -> Tensor:
        """The targets, of a network with a single output."""
        if isinstance(self.targets, dict):
            raise TypeError(f"there are targets of several outputs: {', '.join(self.targets)}")
        return self.targets

    def rows(self, rows: slice | Tensor) -> Part:
        """Some of the samples."""
        weights = None if self.weights is None else taken(self.weights, rows)
        inputs = tuple([taken(each, rows) for each in self.inputs])
        targets = on_each(self.targets, lambda each: taken(each, rows))
        return Part(inputs, targets, weights, self.finish, self.augment, self.stored, self.device)

    def divided(self, sizes: list[int]) -> Iterator[Part]:
        """The samples in pieces of these sizes."""
        inputs = zip(*[each.split(sizes) for each in self.inputs], strict=True)
        targets = pieces_of(self.targets, sizes)
        weights = self.weights.split(sizes) if self.weights is not None else [None] * len(sizes)
        for some, aims, counts in zip(inputs, targets, weights, strict=True):
            yield Part(some, aims, counts, self.finish, self.augment, self.stored, self.device)

    def to(self, device: torch.device) -> Part:
        """The same samples on ``device``, or brought there batch by batch."""
        return replace(self, device=device) if self.stored else replace(self._moved(device), device=device)

    def ready(self) -> Part:
        """The samples as the model takes them."""
        part = self._moved(self.device) if self.stored else self
        return part.finish(part) if part.finish is not None else part

    def _moved(self, device: torch.device) -> Part:
        weights = None if self.weights is None else self.weights.to(device)
        inputs = tuple([each.to(device) for each in self.inputs])
        targets = on_each(self.targets, lambda each: each.to(device))
        return replace(self, inputs=inputs, targets=targets, weights=weights)


def taken(values: Tensor, rows: slice | Tensor) -> Tensor:
    """Some rows of a tensor, by ``index_select``: it copies rows whole, in a quarter of the time of an index."""
    return values[rows] if isinstance(rows, slice) else values.index_select(0, rows)


def pieces_of(values: Tensor | dict[str, Tensor], sizes: list[int]) -> Sequence[Tensor | dict[str, Tensor]]:
    """A tensor, or each of several by name, in pieces of these sizes."""
    if isinstance(values, dict):
        pieces = zip(*[each.split(sizes) for each in values.values()], strict=True)
        return [dict(zip(values, piece, strict=True)) for piece in pieces]
    found: Sequence[Tensor] = values.split(sizes)
    return found


def batch_slices(rows: int, batch_size: int) -> list[slice]:
    """Where each batch of ``rows`` rows begins and ends; ``batch_size`` 0 is one batch of all rows.

    A last batch of a single row joins the batch before it: batch normalization cannot work on one row.
    """
    size = batch_size or max(rows, 1)
    starts = list(range(0, rows, size))
    if size > 1 and len(starts) > 1 and rows - starts[-1] == 1:
        starts.pop()
    return [slice(start, end) for start, end in zip(starts, [*starts[1:], rows], strict=True)]


def epoch_order(part: Part) -> Tensor:
    """The rows of an epoch, drawn from PyTorch's random state: each once, or by their chances and put back again."""
    if part.chances is None:
        order = torch.randperm(len(part))
    else:
        order = torch.multinomial(part.chances, len(part), replacement=True)
    return order.to(part.inputs[0].device)


def shuffled_batches(
    part: Part, batch_size: int, done: int = 0, then: Callable[[], None] | None = None
) -> Iterator[Part]:
    """The batches of one epoch in an order drawn from PyTorch's random state; a full batch keeps its order.

    Rows are gathered for many batches at once, at most ``GATHERED_BYTES`` of them, and handed out as slices. The first
    ``done`` batches are left out; ``then`` is called before the next one.
    """
    slices = batch_slices(len(part), batch_size)
    order = None if len(slices) <= 1 and part.chances is None else epoch_order(part)
    if then is not None:
        then()
    if order is None:
        yield from [augmented(part.ready())][done:]
        return
    row_bytes = sum(each.element_size() * each[0].numel() for each in part.inputs)
    together = max(1, GATHERED_BYTES // max(1, row_bytes * (slices[0].stop - slices[0].start)))
    for begin in range(done, len(slices), together):
        group = slices[begin : begin + together]
        gathered = part.rows(order[group[0].start : group[-1].stop])
        for batch in gathered.divided([rows.stop - rows.start for rows in group]):
            yield augmented(batch.ready())


def augmented(batch: Part) -> Part:
    """The batch changed by chance, where its part says how."""
    return batch.augment(batch) if batch.augment is not None else batch
