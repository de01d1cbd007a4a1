"""One training by several processes, on one machine or many, which torchrun starts; by a single one all is as usual.

Each process computes its own rows of every batch, and all get the outputs of all rows: so each has the loss and the
figures of the whole batch, and makes the step that a single process makes.
"""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, distributed, nn
from torch.func import functional_call
from torch.nn.parallel import DistributedDataParallel

from designer.runtime.events import Epoch, Step
from designer.runtime.failure import TrainingError
from designer.runtime.fit import seed_chance
from designer.runtime.values import on_each


def refuse_processes(why: str) -> None:
    """TrainingError where torchrun started several processes, with the reason ``why`` one alone has to train."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise TrainingError(f"{why} Train it with a single process, without torchrun.")


def join_processes() -> None:
    """Meet the other processes where torchrun started several; all but the first print nothing from then on."""
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count < 2 or process_count() > 1:
        return
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")) % torch.cuda.device_count())
    if sys.platform == "darwin" and os.environ.get("LOCAL_WORLD_SIZE") == str(count):
        # else gloo asks for the address of this computer's name, which macOS may not know
        os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo0")
    store, place, _ = next(distributed.rendezvous("env://"))  # type: ignore[attr-defined]
    distributed.init_process_group(store=own_store(store, place, count), rank=place, world_size=count)
    atexit.register(leave_processes)
    if not is_first_process():
        sys.stdout = io.StringIO()


def leave_processes() -> None:
    """Part from the other processes, where that has not been done: their threads end before the interpreter does."""
    if process_count() > 1:
        distributed.destroy_process_group()
        # what is shared with them is held by cycles
        gc.collect()


def own_store(store: Any, place: int, count: int) -> Any:
    """A store that only the processes that now run have in common: torchrun's still holds the addresses of lost ones.

    So the first process makes up a name, and the others wait until it has seen theirs.
    """
    own = uuid.uuid4().hex
    if place == 0:
        store.set("first", own)
        store.set(f"{own}/others", " ".join(store.get(f"{own}/{other}").decode() for other in range(1, count)))
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


def is_first_process() -> bool:
    """Whether this is the process that speaks and writes."""
    return process_count() == 1 or distributed.get_rank() == 0


def among_processes(model: nn.Module, rivals: bool = False) -> nn.Module:
    """The model as all processes run it together; itself where there is a single one.

    Of ``rivals`` it holds two, a ``generator`` and a ``discriminator``, which run and learn each by itself.
    """
    if process_count() == 1:
        return model
    local, gpus = int(os.environ.get("LOCAL_WORLD_SIZE", "1")), torch.cuda.device_count()
    if next(model.parameters()).device.type == "cuda" and local > gpus:
        raise TrainingError(
            f"Each process needs a GPU of its own, but there are {gpus} of them on a machine with {local} processes."
            " Start fewer processes, or choose the device cpu."
        )
    return SharedRivals(model) if rivals else SharedModel(model)


class SharedModel(nn.Module):
    """A model that runs each process' own rows of a batch, and answers the outputs of all rows.

    ``own`` is how many rows of the batch that runs now are its own; where it has none it runs one that is not.
    Gradients of it are ``divided`` by so many.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.own: int | None = None
        self.divided = process_count()
        # with a static graph parameters that the output does not hang on may stay without a gradient
        self.network: nn.Module = DistributedDataParallel(model, static_graph=True)

    def forward(self, *inputs: Tensor) -> Tensor | dict[str, Tensor]:
        """The outputs of all rows of ``inputs`` (N, …), the same for each process; all have to call it."""
        rows, count, place = len(inputs[0]), process_count(), distributed.get_rank()
        bounds = [rows * each // count for each in range(count + 1)]
        sizes = [end - start for start, end in pairwise(bounds)]
        own = slice(bounds[place], bounds[place + 1]) if sizes[place] else slice(0, 1)
        self.own = sizes[place]
        with own_chance(inputs[0].device):
            outputs = self.outputs_of([each[own] for each in inputs])
        self.own = None
        return on_each(outputs, lambda output: rows_of_all(output, sizes, self.divided))

    def outputs_of(self, inputs: list[Tensor]) -> Tensor | dict[str, Tensor]:
        """What the model makes of this process' own rows."""
        found: Tensor | dict[str, Tensor] = self.network(*inputs)
        return found


class SharedRival(SharedModel):
    """One of two networks that learn in turns: its gradients are summed whenever it has run, however often that is."""

    def __init__(self, model: nn.Module) -> None:
        nn.Module.__init__(self)
        self.own, self.divided, self.network = None, 1, model
        for each in (*model.parameters(), *model.buffers()):
            distributed.broadcast(each.detach(), src=0)

    def outputs_of(self, inputs: list[Tensor]) -> Tensor | dict[str, Tensor]:
        """What the network makes of this process' own rows."""
        shared: Callable[[Tensor], Tensor] = SharedGradient.apply
        learning = {name: shared(each) for name, each in self.network.named_parameters()}
        found: Tensor | dict[str, Tensor] = functional_call(self.network, learning, tuple(inputs))
        return found


class SharedRivals(nn.Module):
    """A generator and a discriminator, each of which runs a process' own rows and answers the outputs of all."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.generator, self.discriminator = SharedRival(model.generator), SharedRival(model.discriminator)
        self.noise = model.noise


class SharedGradient(torch.autograd.Function):
    """A parameter as it is, whose gradient is the sum of those of all processes."""

    @staticmethod
    def forward(ctx: Any, values: Tensor) -> Tensor:
        """The same numbers."""
        return values.view_as(values)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        """What all processes' rows pass back."""
        total = gradient.contiguous().clone()
        distributed.all_reduce(total)
        return total


def rows_of_all(output: Tensor, sizes: list[int], divided: int) -> Tensor:
    """The rows (N, …) of all processes, of which each has so many; each gives a gradient to those of ``output``.

    That is so many times as large as it is ``divided`` later on.
    """
    place = distributed.get_rank()
    filled = output.new_zeros((max(sizes), *output.shape[1:]))
    filled[: sizes[place]] = output.detach()[: sizes[place]]
    found = [torch.empty_like(filled) for _ in sizes]
    distributed.all_gather(found, filled)
    rows = [each[:size] for each, size in zip(found, sizes, strict=True)]
    rows[place] = output[: sizes[place]]
    if output.requires_grad and divided > 1:
        rows[place].register_hook(lambda gradient: gradient * divided)
    return torch.cat(rows)


@contextmanager
def own_chance(device: torch.device) -> Iterator[None]:
    """A block in which each process draws numbers of its own; behind it all draw the same, new ones if it drew."""
    gpus = [device] if device.type == "cuda" else []
    with torch.random.fork_rng(gpus):
        seed_chance(int(torch.randint(1 << 31, ())) + distributed.get_rank(), device)
        states = [torch.get_rng_state(), *map(torch.cuda.get_rng_state, gpus)]
        yield
        now = [torch.get_rng_state(), *map(torch.cuda.get_rng_state, gpus)]
    if not all(map(torch.equal, states, now)):
        torch.rand(())


def as_first_process(events: Iterable[Step | Epoch]) -> Iterator[Step | Epoch]:
    """The events, with the figures that the first process has, down to the last bit: so all decide alike."""
    for event in events:
        if isinstance(event, Epoch):
            train, validation = from_first_process((event.train, event.validation))
            event = replace(event, train=train, validation=validation)
        yield event


def from_first_process(value: Any) -> Any:
    """What the first process has; what others give is not looked at."""
    if process_count() == 1:
        return value
    found = [value]
    distributed.broadcast_object_list(found, src=0)
    return found[0]
