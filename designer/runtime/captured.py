"""The captured step: forward, backward and update replayed as one graph, with the very bits of the plain step."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn
from torch.func import functional_call

from designer.runtime.batches import Part
from designer.runtime.fit import gradient_of, gradient_step
from designer.runtime.graph_passes import made_lean
from designer.runtime.graph_script import compiled
from designer.runtime.noting import noted
from designer.runtime.updates import Update

Output: TypeAlias = Tensor | dict[str, Tensor]
Answer: TypeAlias = Callable[[nn.Module, Part], Output]
Found: TypeAlias = tuple[Tensor, Output]

# plain steps on batches of a shape go first until they took so long, and as long as capturing is about to take: who
# trains for less does not wait, and who trains on has waited for no more than was trained already
SECONDS_BEFORE = 0.01
SECONDS_EACH = 0.0005
SECONDS_MOST = 1.0
# a step that takes longer is held back by arithmetic, not by calls; and trying it, which takes as long as some steps,
# would let whoever wants to stop or pause wait. It is the quickest of a few that counts, by the processor's time
LONGEST_STEP = 0.2
STEPS_SEEN = 3
# in a step, of which the forward pass has a third: as many are captured in less than a second
MOST_OPERATIONS = 6000
# a training whose batches have many shapes would not win back what so many graphs take
MOST_SHAPES = 4
# how PyTorch, and what a network does in Python, say that a step is more than operations on tensors
UNCAPTURED = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
# so many batches in a row have to give the same bits before plain steps are left out
CHECKS = 3
# of two that are level the graph is taken, which may show it at any of a few times, as long as nobody waits for it
LEVEL = 1.3
# operations are called without asking, each anew, whether their gradient is wanted
BELOW_AUTOGRAD = torch._C._AutoDispatchBelowAutograd
TIMES = 5
SECONDS_OF_TIMES = 0.2


class CapturedStep:
    """A ``gradient_step`` that becomes one graph once it is worth it; whatever cannot be captured goes on as it was.

    A graph holds for one shape of batches, is tried on a batch beside the plain step and used only where loss, output,
    gradients, buffers and random state are the same to the last bit.
    """

    def __init__(self) -> None:
        self.graphs: dict[tuple[Any, ...], CapturedGraph | None] = {}
        self._plain: dict[tuple[Any, ...], PlainSteps] = {}
        self._price: float | None = None
        self._task: Task | None = None
        self._last: CapturedGraph | None = None

    def __call__(
        self,
        model: nn.Module,
        batch: Part,
        loss: Callable[..., Tensor],
        optimizer: torch.optim.Optimizer,
        answer: Answer,
    ) -> Found:
        """As ``gradient_step``."""
        last = self._last
        if last is not None:
            # most batches are shaped as the one before
            tensors = tensors_of(batch, last.names)
            if [each.shape for each in tensors] == last.shapes:
                return last.step(tensors)
        key = shapes_of(batch)
        graph = self.graphs.get(key)
        if graph is not None and graph.checks >= CHECKS:
            self._last = graph
            return graph.step(tensors_of(batch, graph.names))
        if graph is None and (key in self.graphs or len(self.graphs) >= MOST_SHAPES):
            return gradient_step(model, batch, loss, optimizer, answer)
        # the same for all shapes: it takes over how the optimizer counts its steps
        self._task = self._task or Task(model, loss, optimizer, answer)
        plain = self._plain.setdefault(key, PlainSteps())
        worth_it = graph is not None or self._worth_it(plain, self._task, batch)
        if not worth_it:
            if worth_it is False:
                self.graphs[key] = None
            began, worked = time.perf_counter(), time.thread_time()
            found = gradient_step(model, batch, loss, optimizer, answer)
            plain.note(time.perf_counter() - began, time.thread_time() - worked)
            return found
        found, self.graphs[key] = tried(self._task, batch, graph)
        return found

    def _worth_it(self, plain: PlainSteps, task: Task, batch: Part) -> bool | None:
        """Whether a graph of such steps is to be tried; None: more plain ones go first."""
        if plain.seconds < SECONDS_BEFORE:
            return None
        if plain.quickest >= LONGEST_STEP:
            return None if plain.count < STEPS_SEEN else False
        if self._price is None:
            self._price = price_of(task, batch)
        if self._price == math.inf:
            return False
        return True if plain.seconds >= self._price else None


@dataclass
class PlainSteps:
    """How many plain steps were made on batches of a shape, how long all but the first took, and the least work."""

    count: int = 0
    seconds: float = -1.0
    quickest: float = math.inf

    def note(self, seconds: float, worked: float) -> None:
        """One more step was made, in so many seconds and so many of the processor; the first has much to set up."""
        self.seconds = self.seconds + seconds if self.count else 0.0
        self.count, self.quickest = self.count + 1, min(self.quickest, worked)


@dataclass(frozen=True, eq=False)
class Task:
    """What is the same for each step of a training."""

    model: nn.Module
    loss: Callable[..., Tensor]
    optimizer: torch.optim.Optimizer
    answer: Answer

    @property
    def learning(self) -> dict[str, Tensor]:
        """The parameters that learn, by name."""
        return {name: each for name, each in self.model.named_parameters() if each.requires_grad}

    @cached_property
    def update(self) -> Update:
        """One step of the optimizer with the gradients of the parameters that learn."""
        return Update(self.optimizer, list(self.learning.values()))

    @property
    def others(self) -> dict[str, Tensor]:
        """The parameters that do not, and the buffers, by name."""
        frozen = {name: each for name, each in self.model.named_parameters() if not each.requires_grad}
        return {**frozen, **dict(self.model.named_buffers())}


class CapturedGraph:
    """One step as a graph for batches of one shape."""

    def __init__(
        self,
        runs: tuple[Callable[..., Sequence[Tensor]], Callable[..., Sequence[Tensor]]],
        parameters: Sequence[Tensor],
        update: Update,
        names: tuple[str, ...] | None,
        shapes: list[torch.Size],
        outputs: tuple[str, ...] | None,
    ) -> None:
        self._gradients, self._step = runs
        self.parameters, self.update = parameters, update
        self.names, self.shapes, self.outputs = names, shapes, outputs
        self.checks = 0

    def gradients(self, tensors: Sequence[Tensor]) -> tuple[Tensor, Output, list[Tensor]]:
        """Loss, output and the gradients of all parameters that learn, of the ``tensors_of`` a batch."""
        with BELOW_AUTOGRAD():
            value, *rest = self._gradients(*tensors)
        count = 1 if self.outputs is None else len(self.outputs)
        return value, self._output(rest[:count]), rest[count:]

    def step(self, tensors: Sequence[Tensor]) -> Found:
        """One step down the gradient of the ``tensors_of`` a batch: the loss and the output."""
        settings = self.update.settings()
        if settings is None:
            value, output, gradients = self.gradients(tensors)
            self.update(gradients)
            return value, output
        with BELOW_AUTOGRAD():
            found = self._step(*tensors, *settings)
        if self.outputs is None:
            value, output = found
            return value, output
        return found[0], self._output(found[1:])

    def _output(self, found: Sequence[Tensor]) -> Output:
        return found[0] if self.outputs is None else dict(zip(self.outputs, found, strict=True))


def tried(task: Task, batch: Part, graph: CapturedGraph | None) -> tuple[Found, CapturedGraph | None]:
    """One step on the batch, and the graph that makes the same of it: ``graph``, a new one, or none."""
    buffers = {name: each.clone() for name, each in task.others.items()}
    chance = torch.get_rng_state()
    began = time.perf_counter()
    value, output = gradient_of(task.model, batch, task.loss, task.optimizer, task.answer)
    seconds = time.perf_counter() - began
    if batch.inputs[0].device.type == "cpu":
        after = {name: each.clone() for name, each in task.others.items()}, torch.get_rng_state()
        _restore(task, buffers, chance)
        new = graph is None
        graph = _same(task, batch, (value, output), after, graph)
        if new and graph is not None and not _is_level(graph, batch, seconds):
            graph = None
        _restore(task, *after)
    task.optimizer.step()
    return (value, output), graph


def _is_level(graph: CapturedGraph, batch: Part, seconds: float) -> bool:
    """Whether the graph finds the gradients of a batch in about so many ``seconds``, at any of a few times."""
    ends, tensors = time.perf_counter() + SECONDS_OF_TIMES, tensors_of(batch, graph.names)
    for _ in range(TIMES):
        began = time.perf_counter()
        graph.gradients(tensors)
        now = time.perf_counter()
        if now - began <= LEVEL * seconds or now >= ends:
            return now - began <= LEVEL * seconds
    return False


def _same(
    task: Task, batch: Part, plain: Found, after: tuple[dict[str, Tensor], Tensor], graph: CapturedGraph | None
) -> CapturedGraph | None:
    """The graph of a step that gives the very bits of the plain one, beside whose parameters the gradients lie."""
    try:
        if graph is None:
            chance = torch.get_rng_state()
            before = {name: each.clone() for name, each in task.others.items()}
            graph = captured(task, batch)
            _restore(task, before, chance)
        value, output, gradients = graph.gradients(tensors_of(batch, graph.names))
    except UNCAPTURED:
        return None
    wanted = [each.grad for each in graph.parameters]
    pairs = [(value, plain[0]), *zip(gradients, wanted, strict=True), (torch.get_rng_state(), after[1])]
    pairs += [(each, after[0][name]) for name, each in task.others.items()]
    pairs += list(zip(_flat(output), _flat(plain[1]), strict=True))
    graph.checks += 1
    return graph if all(b is not None and same_bits(a, b) for a, b in pairs) else None


def captured(task: Task, batch: Part) -> CapturedGraph:
    """The graph of a step on batches of this shape; it runs no faster than it is, so it is to be tried first."""
    learning, others, names = task.learning, task.others, _names(batch)
    outputs: list[tuple[str, ...] | None] = []

    def step(*tensors: Tensor) -> tuple[Tensor, ...]:
        own = dict(zip(learning, [each.detach().requires_grad_() for each in tensors[: len(learning)]], strict=True))
        rest = dict(zip(others, tensors[len(learning) : len(learning) + len(others)], strict=True))
        part = _part_of(batch, names, tensors[len(learning) + len(others) :])
        output = _answer(task, {**own, **rest}, part)
        value = task.loss(output, *part.answers)
        outputs.append(tuple(output) if isinstance(output, dict) else None)
        first = torch.ones_like(value)
        gradients = _apart(torch.autograd.grad(value, list(own.values()), first), [first, *tensors, *_flat(output)])
        return (value.detach(), *(each.detach() for each in _flat(output)), *map(_as_laid_out, gradients, own.values()))

    held = [each.detach() for each in (*learning.values(), *others.values())]
    inputs = [*held, *tensors_of(batch, names)]
    graph, elsewhere = noted(step, inputs, _unwritten(task, inputs))
    held += made_lean(graph, elsewhere, held)
    count = 1 if outputs[0] is None else len(outputs[0])
    runs = compiled(graph, held, 1 + count, task.update.calls)
    shapes = [each.shape for each in tensors_of(batch, names)]
    return CapturedGraph(runs, list(learning.values()), task.update, names, shapes, outputs[0])


def _apart(gradients: Sequence[Tensor], others: Sequence[Tensor]) -> list[Tensor]:
    """Each gradient in memory of its own, as PyTorch puts it beside a parameter: what clips gradients writes there."""
    found: list[Tensor] = []
    taken = {other.untyped_storage().data_ptr() for other in others}
    for each in gradients:
        found.append(each.clone() if each.untyped_storage().data_ptr() in taken else each)
        taken.add(found[-1].untyped_storage().data_ptr())
    return found


def _as_laid_out(gradient: Tensor, parameter: Tensor) -> Tensor:
    """The gradient with the strides of its parameter, which is how PyTorch puts it beside it."""
    return gradient if gradient.stride() == parameter.stride() else torch.empty_like(parameter).copy_(gradient)


def _answer(task: Task, values: dict[str, Tensor], part: Part) -> Output:
    """What the model with these parameters and buffers makes of a batch."""

    class Bound:
        def __call__(self, *inputs: Tensor) -> Output:
            found: Output = functional_call(task.model, values, inputs)
            return found

    bound: Any = Bound()
    return task.answer(bound, part)


def price_of(task: Task, batch: Part) -> float:
    """The seconds of plain steps that go first: what capturing is about to take, by the operations of a forward pass.

    Endless where they cannot be noted or are too many.
    """

    def forward(*tensors: Tensor) -> list[Tensor]:
        with torch.no_grad():
            return _flat(task.answer(task.model, batch))

    chance, before = torch.get_rng_state(), {name: each.clone() for name, each in task.others.items()}
    known = [*task.learning.values(), *task.others.values(), *tensors_of(batch, _names(batch))]
    try:
        graph, _ = noted(forward, known, _unwritten(task, known))
    except UNCAPTURED:
        return math.inf
    finally:
        _restore(task, before, chance)
    count = sum(node.op == "call_function" for node in graph.nodes)
    return min(count * SECONDS_EACH, SECONDS_MOST) if count <= MOST_OPERATIONS // 3 else math.inf


def _unwritten(task: Task, inputs: Sequence[Tensor]) -> set[int]:
    """Which of a step's inputs nothing may write over: all but the buffers, since it is tried again and again."""
    learning = len(task.learning)
    return set(range(len(inputs))) - set(range(learning, learning + len(task.others)))


def _restore(task: Task, buffers: dict[str, Tensor], chance: Tensor) -> None:
    with torch.no_grad():
        for name, each in task.others.items():
            each.copy_(buffers[name])
    torch.set_rng_state(chance)


def same_bits(first: Tensor, second: Tensor) -> bool:
    """Whether two tensors hold the same numbers, NaN being the same as NaN."""
    if first.shape != second.shape or first.dtype != second.dtype:
        return False
    return bool(((first == second) | (first.isnan() & second.isnan())).all())


def shapes_of(batch: Part) -> tuple[Any, ...]:
    """What a graph is made for: the shapes of all that a step takes of a batch."""
    targets, weights = batch.targets, batch.weights
    named = tuple([each.shape for each in targets.values()]) if isinstance(targets, dict) else targets.shape
    return (*[each.shape for each in batch.inputs], named, weights is None)


def _names(batch: Part) -> tuple[str, ...] | None:
    return tuple(batch.targets) if isinstance(batch.targets, dict) else None


def tensors_of(batch: Part, names: tuple[str, ...] | None) -> list[Tensor]:
    """Inputs, targets and weights of a batch in a row."""
    targets = batch.targets
    named = [targets] if names is None else [targets[name] for name in names]  # type: ignore[index]
    weights = [] if batch.weights is None else [batch.weights]
    return [*batch.inputs, *named, *weights]


def _part_of(batch: Part, names: tuple[str, ...] | None, tensors: Sequence[Tensor]) -> Part:
    inputs, rest = tuple(tensors[: len(batch.inputs)]), list(tensors[len(batch.inputs) :])
    weights = None if batch.weights is None else rest.pop()
    targets: Output = rest[0] if names is None else dict(zip(names, rest, strict=True))
    return replace(batch, inputs=inputs, targets=targets, weights=weights)


def _flat(output: Output) -> list[Tensor]:
    return list(output.values()) if isinstance(output, dict) else [output]
