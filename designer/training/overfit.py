"""One batch overfitted: whether a network can learn at all, and if not, what the likely reasons are."""

from __future__ import annotations

import math
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from designer.layers.catalog import OPTIMIZERS, mode_of, step_name, training_fields
from designer.layers.modes import SUPERVISED
from designer.project.errors import LayerloomError
from designer.project.model import Project
from designer.training.abilities import bound_gradients
from designer.training.assemble import Setup, assemble, make_optimizer
from designer.training.errors import in_words
from designer.training.mode import answer_of, step_of

if TYPE_CHECKING:
    from torch import Tensor, nn

    from designer.runtime.batches import Part

STEPS = 300
MOST_ROWS = 256
# parts of the first loss that are left of a batch that was learned, or half learned
LEARNED, HALF = 0.1, 0.5
KNOWN = 0.99
ENOUGH = 0.01
OTHER_RATES = (10.0, 100.0, 1000.0, 0.1, 0.01, 0.001)


@dataclass(frozen=True)
class Loss:
    """The loss before step ``step``, counted from 1."""

    step: int
    loss: float


@dataclass(frozen=True)
class Verdict:
    """What came of it: ``learned`` the batch or not, in a ``sentence``, with ``reasons`` that are likely where not."""

    learned: bool
    sentence: str
    reasons: tuple[str, ...]
    steps: int
    first: float
    last: float
    samples: int


@dataclass(frozen=True)
class _Course:
    """How one attempt went: its losses, and how often the batch was answered right in the end, NaN if not known."""

    losses: tuple[float, ...]
    accuracy: float

    @property
    def left(self) -> float:
        """The part of the first loss that is left; of one that fell below 0 nothing is."""
        first, last = self.losses[0], self.losses[-1]
        if not math.isfinite(last) or not math.isfinite(first):
            return math.inf
        return max(0.0, last / first) if first > 0 else float(last >= first)

    def learned(self, enough: float = LEARNED) -> bool:
        return self.left <= enough or self.accuracy >= KNOWN


def overfit(project: Project, base: Path, steps: int = STEPS) -> Iterator[Loss | Verdict]:
    """Train a copy of the network on one batch for up to ``steps`` steps: the losses, then the verdict.

    Nothing is written down. Dropout is left out, for it keeps a network from learning by heart. Raises LayerloomError.
    """
    if mode_of(project).rivals:
        raise LayerloomError(
            "The two networks of a GAN learn against each other, so that there is no loss that falls to 0 on one batch;"
            " look at the samples of a few epochs instead."
        )
    with in_words():
        setup = assemble(project, base)
        if not len(setup.parts["train"]):
            raise LayerloomError("There are no samples to train with.")
        batch, fresh = one_batch(setup), deepcopy(setup.model)
        losses: list[float] = []
        for loss in _losses(setup, batch, steps):
            losses.append(loss)
            yield Loss(len(losses), loss)
        course = _Course(tuple(losses), _accuracy(setup, batch))
        enough = HALF if mode_of(project).targets == "inputs" else LEARNED
        learned = course.learned(enough)
        reasons = () if learned else tuple(_reasons(setup, fresh, batch, course, steps))
    sentence = _sentence(course, learned, len(batch))
    yield Verdict(learned, sentence, reasons, len(losses), losses[0], losses[-1], len(batch))


def one_batch(setup: Setup) -> Part:
    """The first batch of the training part, as it is, and of a very large one its beginning."""
    from designer.runtime.batches import batch_slices

    part = setup.parts["train"]
    first = batch_slices(len(part), setup.project.training.batch_size)[0]
    return part.rows(slice(0, min(first.stop, MOST_ROWS))).ready()


def _losses(setup: Setup, batch: Part, steps: int) -> Iterator[float]:
    """The loss before each of at most so many steps; ends once hardly anything is left to learn."""
    from designer.runtime.fit import seed_chance

    step, answer = step_of(setup.project), answer_of(setup.project)
    seed_chance(setup.project.training.seed + 1, setup.device)
    _let_learn(setup.model)
    first = math.nan
    for number in range(steps):
        loss = float(step(setup.model, batch, setup.loss, setup.optimizer, answer)[0])
        yield loss
        first = loss if number == 0 else first
        if not math.isfinite(loss) or loss <= ENOUGH * first:
            return


def _let_learn(model: nn.Module) -> None:
    """Training mode, but without dropout."""
    model.train()
    for module in model.modules():
        if "Dropout" in type(module).__name__:
            module.eval()


def _accuracy(setup: Setup, batch: Part) -> float:
    """The part of the batch that is answered right, NaN where that is not measured."""
    import torch

    from designer.runtime.values import on_each

    with torch.no_grad():
        output = on_each(answer_of(setup.project)(setup.model, batch), torch.Tensor.detach)
        figures = setup.measure(output, *batch.answers)
    found = [value for name, value in figures.items() if name.rpartition(".")[2] == "accuracy"]
    return min(found) if found else math.nan


def _sentence(course: _Course, learned: bool, samples: int) -> str:
    first, last = (_number(course.losses[place]) for place in (0, -1))
    size = f"one batch of {samples:,} samples"
    if not math.isfinite(course.losses[-1]):
        return (
            f"The network does not learn: on {size} the loss became infinite or NaN after {len(course.losses)} steps."
        )
    fell = f"the loss of {size} went from {first} to {last} in {len(course.losses)} steps"
    right = f", and {course.accuracy:.0%} of them are answered right" if course.accuracy >= 0 else ""
    if learned:
        return f"The network can learn: {fell}{right}."
    if course.left <= HALF:
        return f"The network learns, but does not get to the end of it: {fell}{right}."
    return f"The network does not learn: {fell}{right}."


def _number(value: float) -> str:
    return f"{value:.3g}"


def _reasons(setup: Setup, fresh: nn.Module, batch: Part, course: _Course, steps: int) -> Iterator[str]:
    """What may keep the network from learning the batch, the surest first; ``fresh`` is the network before it."""
    if step_name(setup.project) == SUPERVISED.step:
        yield from _of_gradients(setup, batch)
    yield from _of_answers(setup, batch)
    yield from _of_samples(batch)
    yield from _of_rate(setup, fresh, batch, course, steps)
    yield from _of_settings(setup, fresh, batch, course, steps)
    count = sum(each.numel() for each in setup.model.parameters() if each.requires_grad)
    if count < len(batch):
        yield (
            f"The network has {count:,} numbers to learn, fewer than the {len(batch):,} samples: it cannot learn them"
            " by heart, and need not. Add layers or units where it should do more."
        )


def _of_gradients(setup: Setup, batch: Part) -> Iterator[str]:
    """Parameters that no gradient reaches, or none but zeros."""
    from designer.runtime.fit import gradient_of

    _let_learn(setup.model)
    gradient_of(setup.model, batch, setup.loss, setup.optimizer, answer_of(setup.project))
    learning = {name: each for name, each in setup.model.named_parameters() if each.requires_grad}
    still = [name for name, each in learning.items() if each.grad is None or not each.grad.any()]
    setup.optimizer.zero_grad(set_to_none=True)
    if len(still) == len(learning):
        yield (
            "No gradient gets through the network: every one of them is 0. Units that always give 0, such as those of a"
            " ReLU that gets negative numbers alone, or a saturated sigmoid or tanh, let none through."
        )
    elif still:
        names = ", ".join(still[:3]) + (f" and {len(still) - 3} more" if len(still) > 3 else "")
        yield f"The gradient of {names} is 0: what follows lets none through, or makes no use of it."


def _of_answers(setup: Setup, batch: Part) -> Iterator[str]:
    """The same answer whatever comes in."""
    import torch

    from designer.runtime.values import by_name

    with torch.no_grad():
        outputs = by_name(answer_of(setup.project)(setup.model, batch))
    for output in outputs.values():
        if len(batch) > 1 and output.is_floating_point() and len(output) == len(batch):
            spread = (output - output[:1]).abs().max()
            if spread <= 1e-4 * output.abs().max():
                yield (
                    "The network answers the same to every sample: what tells them apart is lost on the way, in dead or"
                    " saturated units, a layer of too few units, or inputs that are not scaled."
                )
                return


def _of_samples(batch: Part) -> Iterator[str]:
    """Samples that are equal but for their targets."""
    from designer.runtime.values import by_name

    seen: dict[bytes, int] = {}
    unlike = 0
    targets = [_rows(each) for each in by_name(batch.targets).values()]
    inputs = [_rows(each) for each in batch.inputs]
    for place in range(len(batch)):
        key = b"".join(rows[place] for rows in inputs)
        first = seen.setdefault(key, place)
        unlike += any(rows[first] != rows[place] for rows in targets)
    if unlike:
        yield (
            f"{unlike} of the {len(batch):,} samples have the same inputs as another one, but another target: no"
            " network can tell them apart. What is missing may be a feature."
        )


def _rows(values: Tensor) -> list[bytes]:
    return [row.tobytes() for row in values.detach().cpu().contiguous().numpy().reshape(len(values), -1)]


def _of_rate(setup: Setup, fresh: nn.Module, batch: Part, course: _Course, steps: int) -> Iterator[str]:
    """A learning rate with which the same network does learn."""
    training = setup.project.training
    rate, usual = training.learning_rate, OPTIMIZERS[training.optimizer].learning_rate
    field = training_fields()["learning_rate"]
    for other in dict.fromkeys([usual, *(rate * factor for factor in OTHER_RATES)]):
        if other == rate or field.refuse(other):
            continue
        found = _attempt(setup, fresh, batch, steps, learning_rate=other)
        if found.learned() or found.left < course.left / 4:
            yield (
                f"The learning rate is too {'small' if other > rate else 'large'}: with {other:g} instead of {rate:g}"
                f" the loss of the same batch gets to {_number(found.losses[-1])}."
            )
            return


def _of_settings(setup: Setup, fresh: nn.Module, batch: Part, course: _Course, steps: int) -> Iterator[str]:
    """What pulls at the weights or holds gradients back, if the network learns without it."""
    training = setup.project.training
    held = {
        "weight decay": training.weight_decay,
        "L1": training.l1,
        "clipping of the norm": training.clip_norm,
        "clipping of values": training.clip_value,
    }
    named = [name for name, value in held.items() if value]
    if not named:
        return
    found = _attempt(setup, fresh, batch, steps, weight_decay=0.0, l1=0.0, clip_norm=0.0, clip_value=0.0)
    if found.left < course.left / 4:
        yield f"Without {' and '.join(named)} the same batch is learned: that holds the network back."


def _attempt(setup: Setup, fresh: nn.Module, batch: Part, steps: int, **changes: float) -> _Course:
    """How it goes with the same network under other settings."""
    training = replace(setup.project.training, **changes)  # type: ignore[arg-type]
    model = deepcopy(fresh)
    optimizer = make_optimizer(training, setup.source.factors, model)
    bound_gradients(training, optimizer)
    project = replace(setup.project, training=training)
    other = replace(setup, project=project, model=model, optimizer=optimizer)
    return _Course(tuple(_losses(other, batch, steps)), _accuracy(other, batch))
