"""Steps on a GPU as one CUDA graph: what a small network takes longest for, the start of each kernel, is done once."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn

from designer.runtime.batches import Part
from designer.runtime.distributed import process_count
from designer.runtime.fit import gradient_of, gradient_step
from designer.runtime.values import by_name, on_each

# makes of a function what it answers, in memory that each call of what comes with it fills anew
Recorder: TypeAlias = Callable[[Callable[[], Any]], tuple[Any, Callable[[], None]]]
# makes of an optimizer and parameters what moves them by their gradients
Updates: TypeAlias = Callable[[Any, Sequence[Tensor]], Callable[[list[Tensor]], None]]
Gradients: TypeAlias = tuple[Tensor, Tensor | dict[str, Tensor], list[Tensor]]

# plain steps on batches of a shape go first until they took so long: fewer would not win back what recording takes
PLAIN_SECONDS = 0.2
# in their first calls libraries choose their ways and take their memory, which no graph can hold
REHEARSALS = 3
# so many batches in a row have to come out alike before plain steps are left out
TRIALS = 3
# the kernels are the same, but some add up in another order each time: a share of the largest number in a tensor
CLOSE = 1e-4
# a graph keeps memory for itself, which a smaller gain is not worth
QUICKER = 0.9


class GraphedStep:
    """A ``gradient_step`` whose way through the network and back is one CUDA graph once that is worth it.

    The graph is for the shape of batches that is the first to earn it; others, such as a last one of fewer rows, go
    the plain way, and so do all where recording fails. It is tried on a few batches beside the plain step, and used
    only where loss, output, gradients, buffers and random states come out alike, and sooner. The optimizer moves the
    parameters outside of it: learning rates may change from step to step, and gradients be clipped or scaled.
    """

    def __init__(self, record: Recorder, updates: Updates) -> None:
        self.record, self.updates = record, updates
        self.graph: StepGraph | None = None
        self.given_up = False
        self.seconds: dict[tuple[torch.Size, ...], float] = {}

    def __call__(
        self,
        model: nn.Module,
        batch: Part,
        loss: Callable[..., Tensor],
        optimizer: torch.optim.Optimizer,
        answer: Callable[[nn.Module, Part], Tensor | dict[str, Tensor]],
    ) -> tuple[Tensor, Tensor | dict[str, Tensor]]:
        """As ``gradient_step``."""
        graph, shapes = self.graph, tuple([each.shape for each in tensors_in(batch)])
        if graph is not None and graph.shapes == shapes:
            return graph.step(batch) if graph.trials >= TRIALS else self.tried(model, batch, loss, optimizer, answer)
        if graph is None and not self.given_up and self.seconds.get(shapes, -1.0) >= PLAIN_SECONDS:
            return self.tried(model, batch, loss, optimizer, answer)
        began = time.perf_counter()
        found = gradient_step(model, batch, loss, optimizer, answer)
        # the first has much to set up
        self.seconds[shapes] = self.seconds.get(shapes, began - time.perf_counter()) + time.perf_counter() - began
        return found

    def tried(
        self,
        model: nn.Module,
        batch: Part,
        loss: Callable[..., Tensor],
        optimizer: torch.optim.Optimizer,
        answer: Callable[[nn.Module, Part], Tensor | dict[str, Tensor]],
    ) -> tuple[Tensor, Tensor | dict[str, Tensor]]:
        """A plain step, beside what the graph makes of the same batch; it is recorded before where there is none."""

        def work(batch: Part) -> Gradients:
            value, output = gradient_of(model, batch, loss, optimizer, answer)
            return value, output, [each.grad for each in model.parameters() if each.grad is not None]

        device = batch.inputs[0].device
        plain: Gradients
        before = state_of(model, device)
        seconds, plain = timed_on(device, partial(work, batch))
        after = state_of(model, device)
        learning = [each for each in model.parameters() if each.grad is not None]
        update = self.updates(optimizer, learning) if self.graph is None else self.graph.update
        give_back(model, device, before)
        try:
            graph = self.graph or StepGraph(copy_of(batch), work, self.record, update)
            give_back(model, device, before)
            graph.run(batch)
            pairs = zip([*all_of(graph.found), *state_of(model, device)], [*all_of(plain), *after], strict=True)
            same = all(alike(one, other) for one, other in pairs)
            least = min(timed_on(device, partial(graph.run, batch))[0] for _ in range(TRIALS))
            graph.trials += 1
            self.graph = graph if same and least <= QUICKER * seconds else None
        except RuntimeError:
            # of what no graph can hold: waiting for a number of the GPU, more memory than there is
            self.graph = None
        self.given_up = self.graph is None
        give_back(model, device, after)
        value, output, gradients = plain
        update(gradients)
        return value, output


class StepGraph:
    """The loss, output and gradients of batches of one shape, recorded once: they lie in memory of its own."""

    def __init__(
        self,
        batch: Part,
        work: Callable[[Part], Gradients],
        record: Recorder,
        update: Callable[[list[Tensor]], None],
    ) -> None:
        self.batch, self.update, self.trials = batch, update, 0
        self.held = tensors_in(batch)
        self.shapes = tuple([each.shape for each in self.held])
        self.found: Gradients
        self.found, self.replay = record(partial(work, batch))

    def run(self, batch: Part) -> None:
        """Fill the memory with what comes of ``batch``."""
        for own, given in zip(self.held, tensors_in(batch), strict=True):
            own.copy_(given)
        self.replay()

    def step(self, batch: Part) -> tuple[Tensor, Tensor | dict[str, Tensor]]:
        """One step down the gradient: the loss and the output, which the next step leaves as they are."""
        self.run(batch)
        value, output, gradients = self.found
        self.update(gradients)
        return value.clone(), on_each(output, Tensor.clone)


def graphed_step(device: torch.device, updates: Updates | None = None) -> Callable[..., Any]:
    """What makes a ``gradient_step`` on ``device``: a ``GraphedStep`` on a GPU that a single process trains on."""
    if device.type != "cuda" or process_count() > 1:
        return gradient_step
    return GraphedStep(cuda_graph, updates or usual_update)


def usual_update(optimizer: Any, learning: Sequence[Tensor]) -> Callable[[list[Tensor]], None]:
    """A step of ``optimizer`` with the gradients of the parameters ``learning``."""

    def update(gradients: list[Tensor]) -> None:
        for parameter, gradient in zip(learning, gradients, strict=True):
            parameter.grad = gradient
        optimizer.step()

    return update


def cuda_graph(work: Callable[[], Any]) -> tuple[Any, Callable[[], None]]:
    """What ``work`` makes on the GPU, and what lets the GPU make it again, of whatever then lies in the same memory.

    RuntimeError where ``work`` cannot be recorded, or there is too little memory for it.
    """
    allocated = torch.cuda.memory_allocated()
    room = torch.cuda.mem_get_info()[0] + torch.cuda.memory_reserved() - allocated
    # what goes on without the graph, such as judging, has no use of the graph's memory
    if room < 2 * (torch.cuda.max_memory_allocated() - allocated):
        raise RuntimeError("there is too little memory for a graph beside all else")
    graph, aside, usual = torch.cuda.CUDAGraph(), torch.cuda.Stream(), torch.cuda.current_stream()
    # a recording that fails leaves its own stream in place of the usual one
    with torch.cuda.stream(usual):
        aside.wait_stream(usual)
        with torch.cuda.stream(aside):
            rehearse(work)
        usual.wait_stream(aside)
        try:
            # other threads may use the GPU meanwhile
            with torch.cuda.graph(graph, stream=aside, capture_error_mode="thread_local"):
                found = work()
        except RuntimeError:
            renew_chance()
            raise
    return found, graph.replay


def renew_chance() -> None:
    """Let the GPU draw on from where it stands, which after a recording that failed it would refuse: PyTorch 2.10."""
    chance = torch.cuda.default_generators[torch.cuda.current_device()]
    chance.graphsafe_set_state(chance.clone_state())


def rehearse(work: Callable[[], Any]) -> None:
    """Do ``work`` a few times; RuntimeError where it waits for the GPU, which in a recording would do more harm."""
    mode = torch.cuda.get_sync_debug_mode()
    with warnings.catch_warnings():
        # that it may miss some of it
        warnings.simplefilter("ignore")
        torch.cuda.set_sync_debug_mode("error")
    try:
        for _ in range(REHEARSALS):
            work()
    finally:
        torch.cuda.set_sync_debug_mode(mode)


def timed_on(device: torch.device, work: Callable[[], Any]) -> tuple[float, Any]:
    """The seconds until ``device`` is done with ``work``, and what it answers."""
    wait_for(device)
    began = time.perf_counter()
    found = work()
    wait_for(device)
    return time.perf_counter() - began, found


def wait_for(device: torch.device) -> None:
    """Wait until ``device`` has done all that it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def state_of(model: nn.Module, device: torch.device) -> list[Tensor]:
    """Copies of all buffers of ``model``, and the random states of the processor and of a GPU."""
    chance = [torch.get_rng_state(), *([torch.cuda.get_rng_state(device)] if device.type == "cuda" else [])]
    return [*[each.clone() for each in model.buffers()], *chance]


def give_back(model: nn.Module, device: torch.device, state: list[Tensor]) -> None:
    """Bring buffers and random states to what ``state_of`` found."""
    buffers = list(model.buffers())
    with torch.no_grad():
        for buffer, value in zip(buffers, state, strict=False):
            buffer.copy_(value)
    torch.set_rng_state(state[len(buffers)])
    if device.type == "cuda":
        torch.cuda.set_rng_state(state[-1], device)


def alike(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors hold the same numbers: to the last bit where that was asked of PyTorch, else nearly."""
    if not other.is_floating_point():
        return torch.equal(one, other)
    exact = torch.are_deterministic_algorithms_enabled() or not other.numel()
    spread = 0.0 if exact else CLOSE * float(other.nan_to_num(0.0, 0.0, 0.0).abs().max())
    return torch.allclose(one, other, rtol=0.0, atol=spread, equal_nan=True)


def tensors_in(batch: Part) -> list[Tensor]:
    """Inputs, targets and weights of a batch in a row."""
    return [*batch.inputs, *by_name(batch.targets).values(), *([] if batch.weights is None else [batch.weights])]


def copy_of(batch: Part) -> Part:
    """The batch in memory of its own."""
    weights = None if batch.weights is None else batch.weights.clone()
    inputs = tuple([each.clone() for each in batch.inputs])
    return replace(batch, inputs=inputs, targets=on_each(batch.targets, Tensor.clone), weights=weights)


def all_of(found: Gradients) -> list[Tensor]:
    """Loss, output and gradients in a row."""
    return [found[0], *by_name(found[1]).values(), *found[2]]
