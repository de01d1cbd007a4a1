"""One training by several processes, on one machine or many, which torchrun starts; by a single one all is as usual.

Each process makes the batches of the whole training, takes its own rows of each, and steps with the gradient of all:
so the weights follow those of a single process, and stay the same everywhere. Alone, nothing here changes anything.
"""

from __future__ import annotations

import atexit
import io
import os
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import Tensor, distributed, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.parallel import DistributedDataParallel

from designer.runtime.accumulating import counted, shared_loss
from designer.runtime.batches import Part
from designer.runtime.failure import TrainingError
from designer.runtime.fit import seed_chance
from designer.runtime.normalizing import OwnShare, SummedOverProcesses, normalized_among_processes
from designer.runtime.values import by_name, joined, on_each

SEEDS = 1 << 32


def join_processes(refusal: str = "") -> None:
    """Meet the other processes where torchrun started several; all but the first print nothing from then on.

    TrainingError where one process alone can train, for which ``refusal`` gives the reason.
    """
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count < 2 or process_count() > 1:
        return
    if refusal:
        raise TrainingError(f"{refusal} Train it with a single process, without torchrun.")
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")) % torch.cuda.device_count())
    store, place, _ = next(distributed.rendezvous("env://"))  # type: ignore[attr-defined]
    distributed.init_process_group(store=own_store(store, place, count), rank=place, world_size=count)
    atexit.register(distributed.destroy_process_group)
    if not is_first_process():
        sys.stdout = io.StringIO()


def own_store(store: Any, place: int, count: int) -> Any:
    """A store that only the processes that now run have in common.

    That of torchrun still holds the addresses of processes that it has started before, and lost. So the first one
    makes up a name, and the others wait until it has seen theirs.
    """
    own = uuid.uuid4().hex
    if place == 0:
        store.set("first", own)
        others = [store.get(f"{own}/{other}").decode() for other in range(1, count)]
        store.set(f"{own}/others", " ".join(others))
        return distributed.PrefixStore(own, store)  # type: ignore[attr-defined]
    while True:
        first = store.get("first").decode()
        store.set(f"{first}/{place}", own)
        if store.check([f"{first}/others"]) and own in store.get(f"{first}/others").decode():
            return distributed.PrefixStore(first, store)  # type: ignore[attr-defined]
        time.sleep(0.02)


def process_count() -> int:
    """How many processes train together."""
    return distributed.get_world_size() if distributed.is_available() and distributed.is_initialized() else 1


def process_place() -> int:
    """Which of them this one is, from 0."""
    return distributed.get_rank() if process_count() > 1 else 0


def is_first_process() -> bool:
    """Whether this is the process that speaks and writes."""
    return process_place() == 0


def among_processes(
    model: nn.Module,
    parts: tuple[Part, Part],
    loss: Callable[..., Tensor],
    measure: Callable[..., dict[str, float]],
) -> tuple[nn.Module, tuple[Part, Part], Callable[..., Tensor], Callable[..., dict[str, float]]]:
    """Model, parts to train and to validate with, loss and measure for all processes; a single one gets what it gave.

    ``model`` is changed too: its batch normalization goes over the rows of all processes. What is called with the
    parts, loss or measure answered here has to be called by all processes.
    """
    if process_count() == 1:
        return model, parts, loss, measure
    device = parts[0].device
    if device.type == "cuda" and int(os.environ.get("LOCAL_WORLD_SIZE", "1")) > torch.cuda.device_count():
        raise TrainingError(
            f"Each process needs a GPU of its own, but there are {torch.cuda.device_count()} of them on a machine with "
            f"{os.environ['LOCAL_WORLD_SIZE']} processes. Start fewer processes, or choose the device cpu."
        )
    share = OwnShare()
    for norm in model.modules():
        if isinstance(norm, _BatchNorm):
            norm.forward = partial(normalized_among_processes, norm, share)  # type: ignore[method-assign]
    # with a static graph parameters that the output does not hang on may stay without a gradient
    shared = DistributedDataParallel(model, static_graph=True)
    train, validation = (with_own_rows(part, share) for part in parts)
    return shared, (train, validation), SharedLoss(loss), SharedMeasure(measure)


def with_own_rows(part: Part, share: OwnShare) -> Part:
    """The part, of whose batches each process gets its ``share`` when they are made ready."""
    return replace(part, finish=partial(own_rows, finish=part.finish, share=share))


def own_rows(batch: Part, finish: Callable[[Part], Part] | None, share: OwnShare) -> Part:
    """This process' rows of a batch, finished, and chance of its own from here on.

    Of a batch with fewer rows than processes some get none: a row without a target, so that all networks run.
    """
    place, count = process_place(), process_count()
    first, last = len(batch) * place // count, len(batch) * (place + 1) // count
    share.rows = last - first
    seed_own_chance(batch.device)
    own = batch.rows(slice(first, last) if first < last else slice(0, 1))
    own = finish(own) if finish is not None else own
    if first < last:
        return own
    weights = None if own.weights is None else own.weights[:0]
    return replace(own, targets=on_each(own.targets, lambda each: each[:0]), weights=weights)


def seed_own_chance(device: torch.device) -> None:
    """Give each process other random numbers, such as those of dropout, that follow from the seed of before alone.

    A seed is the place of a process, times 2³², plus the number that all processes have in common, changed by place:
    PyTorch seeds the processor's random numbers with the lower half alone. The common number goes on as a linear
    congruential generator (Press et al., Numerical Recipes), so that any process' random state leads to those of all.
    """
    place, number = divmod(torch.initial_seed(), SEEDS)
    common = (number ^ place_bits(place)) * 1664525 + 1013904223
    own = process_place()
    seed_chance(own * SEEDS + (common % SEEDS ^ place_bits(own)), device)


def place_bits(place: int) -> int:
    """32 bits that differ in about half of them from place to place; none are set at 0."""
    return place * 2654435769 % SEEDS


class SharedLoss:
    """The loss of a whole batch of which each process has some rows.

    Its gradient is as many times too large as there are processes, over which DistributedDataParallel then averages.
    """

    def __init__(self, loss: Callable[..., Tensor]) -> None:
        self.loss = loss

    def __call__(self, output: Tensor | dict[str, Tensor], target: Any, *weights: Tensor) -> Tensor:
        """The loss, the same for each process."""
        whole = counted_by_all(counted(self.loss, target, *weights))
        if sample_count(target):
            own = shared_loss(self.loss, output, (target, *weights), whole)
        else:
            own = torch.stack([each.sum() * 0.0 for each in by_name(output).values()]).sum()
        found: Tensor = SummedOverProcesses.apply(own)  # type: ignore[no-untyped-call]
        return found


def counted_by_all(own: Any) -> Any:
    """The sum over all processes of what ``counted`` answers: a number, or several by name."""
    numbers = torch.tensor(list(own.values()) if isinstance(own, dict) else [own], dtype=torch.float64)
    distributed.all_reduce(numbers)
    return dict(zip(own, numbers.tolist(), strict=True)) if isinstance(own, dict) else numbers.item()


def sample_count(values: Tensor | dict[str, Tensor]) -> int:
    """How many samples a tensor, or each of several by name, is of."""
    return len(next(iter(by_name(values).values())))


class SharedMeasure:
    """Measures the rows that all processes have; what the first one finds, down to the last bit, counts for all."""

    def __init__(self, measure: Any) -> None:
        self.measure = measure
        if hasattr(measure, "rows"):
            self.rows = measure.rows

    def __call__(self, output: Tensor | dict[str, Tensor], *answers: Any) -> dict[str, float]:
        """The figures of all processes' rows, of which these are this one's."""
        return self.together([self.piece(output, *answers)])

    def piece(self, output: Tensor | dict[str, Tensor], *answers: Any) -> Any:
        """What is kept of the rows of a batch."""
        rows = sample_count(answers[0])
        if hasattr(self.measure, "piece"):
            return self.measure.piece(output, *answers) if rows else None
        return on_each(output, lambda each: each[:rows]), *answers

    def together(self, kept: Sequence[Any]) -> dict[str, float]:
        """The figures of all that was kept."""
        if hasattr(self.measure, "piece"):
            pieces = [each for each in of_all_processes(kept) if each is not None]
            figures = self.measure.together(pieces)
        else:
            columns = [joined(column) for column in zip(*kept, strict=True)]
            figures = self.measure(*[on_each(column, rows_of_all_processes) for column in columns])
        found: dict[str, float] = from_first_process(figures)
        return found


def of_all_processes(own: Sequence[Any]) -> list[Any]:
    """The items of a list in each process, one process after the other."""
    found: list[Any] = [None] * process_count()
    distributed.all_gather_object(found, list(own))
    return [each for items in found for each in items]


def rows_of_all_processes(own: Tensor) -> Tensor:
    """The rows of a tensor (N, …) in each process, one process after the other; N may differ among them."""
    counts = of_all_processes([len(own)])
    filled = own.new_zeros((max(counts), *own.shape[1:]))
    filled[: len(own)] = own
    found = [torch.empty_like(filled) for _ in counts]
    distributed.all_gather(found, filled)
    return torch.cat([each[:count] for each, count in zip(found, counts, strict=True)])


def from_first_process(value: Any) -> Any:
    """What the first process has; what others give is not looked at."""
    if process_count() == 1:
        return value
    found = [value]
    distributed.broadcast_object_list(found, src=0)
    return found[0]
