"""Batches: rows of tensors that lie on the device, or on disk until they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import torch
from torch import Tensor

from designer.runtime.values import by_name, on_each

GATHERED_BYTES = 4 * 1024 * 1024
# rows of more are copied as quickly by PyTorch, which may use several threads for it
SHORT_ROW_BYTES = 1024
PROCESSOR = torch.device("cpu")
# a part that would take more of what is free on a GPU leaves too little to the network and to the other parts
RESIDENT_SHARE = 0.25


@dataclass(eq=False, slots=True)
class Part:
    """The samples of one part of the data: each of ``inputs``, and ``targets``, has one row for each sample.

    Of a network with several outputs ``targets`` are by the names of these. ``weights`` (N,) says how much each sample
    counts. ``finish`` does to a batch what is still to do, such as turning bytes into numbers; ``augment`` then changes
    it by chance, in training only. Of a part that is ``stored``, which may be larger than memory, only batches are
    brought to its ``device``. ``chances`` (N,) is how likely each sample is drawn where those of an epoch are drawn by
    chance.
    """

    inputs: Final[tuple[Tensor, ...]]
    targets: Final[Tensor | dict[str, Tensor]]
    weights: Final[Tensor | None] = None
    finish: Final[Callable[[Part], Part] | None] = None
    augment: Final[Callable[[Part], Part] | None] = None
    stored: Final[bool] = False
    device: Final[torch.device] = PROCESSOR
    chances: Final[Tensor | None] = None

    def __len__(self) -> int:
        return len(self.inputs[0])

    @property
    def is_ready(self) -> bool:
        """Whether the model takes the samples as they lie there."""
        return self.finish is None and self.augment is None and not self.stored

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
        rest = self.finish, self.augment, self.stored, self.device
        for some, aims, counts in zip(inputs, targets, weights, strict=True):
            yield Part(some, aims, counts, *rest)

    def to(self, device: torch.device) -> Part:
        """The same samples on ``device``, or brought there batch by batch where they would crowd it."""
        if self.stored or crowds(self, device):
            return replace(self, stored=True, device=device)
        return replace(self._moved(device), device=device)

    def ready(self) -> Part:
        """The samples as the model takes them."""
        part = self._moved(self.device) if self.stored else self
        return part.finish(part) if part.finish is not None else part

    def _moved(self, device: torch.device) -> Part:
        weights = None if self.weights is None else self.weights.to(device)
        inputs = tuple([each.to(device) for each in self.inputs])
        targets = on_each(self.targets, lambda each: each.to(device))
        return replace(self, inputs=inputs, targets=targets, weights=weights)


def crowds(part: Part, device: torch.device) -> bool:
    """Whether samples are too many to lie on a GPU as a whole."""
    if device.type != "cuda":
        return False
    tensors = [*part.inputs, *by_name(part.targets).values(), *([] if part.weights is None else [part.weights])]
    room = torch.cuda.mem_get_info(device)[0]
    return sum(each.numel() * each.element_size() for each in tensors) > RESIDENT_SHARE * room


def taken(values: Tensor, rows: slice | Tensor) -> Tensor:
    """Some rows of a tensor: copied whole, in a quarter of the time of an index; short ones by NumPy, in half of that.

    IndexError for a row that there is not.
    """
    if isinstance(rows, slice):
        return values[rows]
    row_bytes = values.element_size() * values[:1].numel()
    short = 0 < row_bytes <= SHORT_ROW_BYTES and values.is_cpu and values.is_contiguous()
    if not short or not len(rows):
        return values.index_select(0, rows)
    places = rows.numpy()
    if not 0 <= places.min() <= places.max() < len(values):
        raise IndexError(f"rows {places.min()} to {places.max()} of {len(values)}")
    found = values.new_empty((len(rows), *values.shape[1:]))
    # bytes, as NumPy knows fewer kinds of numbers; what is out of range was seen to above
    lines, room = (each.view(-1).view(torch.uint8).view(-1, row_bytes).numpy() for each in (values, found))
    lines.take(places, axis=0, out=room, mode="clip")
    return found


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
        batches = part.rows(order[group[0].start : group[-1].stop]).divided([rows.stop - rows.start for rows in group])
        if part.is_ready:
            yield from batches
        else:
            yield from (augmented(batch.ready()) for batch in batches)


def augmented(batch: Part) -> Part:
    """The batch changed by chance, where its part says how."""
    return batch.augment(batch) if batch.augment is not None else batch
