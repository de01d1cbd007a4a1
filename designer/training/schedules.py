"""The learning rate over the epochs: the scheduler of a training, and the rates that are to be expected of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from designer.compiler.load import load_text
from designer.compiler.schedule_source import scheduler_lines
from designer.layers.catalog import SCHEDULES
from designer.project.model import Training
from designer.training.errors import RunError

if TYPE_CHECKING:
    import torch

    from designer.runtime.batches import Part
    from designer.runtime.events import Epoch, Step
    from designer.runtime.schedules import Scheduler
    from designer.training.checkpoint import Checkpoint

IMPORTS = """from functools import partial

import torch

from designer.runtime.schedules import Course, Scheduler, course_lengths, rates_of
"""
SCHEDULER = "scheduler"
MOST_EPOCHS = 20_000
POINTS = 240
USUAL_STEPS = 100


def steps_of(part: Part, batch_size: int) -> int:
    """How many steps an epoch on the part has."""
    from designer.runtime.batches import batch_slices

    return len(batch_slices(len(part), batch_size))


def scheduler_of(training: Training, optimizer: torch.optim.Optimizer, steps: int) -> Scheduler | None:
    """What changes the learning rates of ``optimizer``; None where no schedule is chosen.

    It has set the rates of the first step. RunError where a schedule cannot be with so many epochs and steps.
    """
    from designer.runtime.schedules import course_lengths

    if not training.schedules:
        return None
    lengths = course_lengths([schedule.epochs for schedule in training.schedules], training.epochs)
    for schedule, length in zip(training.schedules, lengths, strict=True):
        kind = SCHEDULES[schedule.key]
        reason = kind.limit(kind.values(schedule.fields), length, steps) if length else ""
        if reason:
            raise RunError(f"{kind.title}: {reason}.")
    lines = "\n".join(scheduler_lines(training, "epochs", "steps_an_epoch"))
    text = f"{IMPORTS}\n\ndef make_scheduler(optimizer, epochs, steps_an_epoch):\n{lines}\n    return scheduler\n"
    made: Scheduler = load_text(text, "scheduler").make_scheduler(optimizer, training.epochs, steps)
    return made


def states_of(training: Training, optimizer: torch.optim.Optimizer, train: Part) -> dict[str, Any]:
    """The scheduler of a training by its name among what checkpoints keep; nothing where no schedule is chosen."""
    scheduler = scheduler_of(training, optimizer, steps_of(train, training.batch_size))
    return {SCHEDULER: scheduler} if scheduler is not None else {}


def with_schedules(
    events: Iterator[Step | Epoch], states: Mapping[str, Any], checkpoint: Checkpoint | None = None
) -> Iterator[Step | Epoch]:
    """The events, after which the learning rates change as the training's schedules say.

    Where ``checkpoint`` is of a training without schedules, these go on as if they had been there from the start.
    """
    from designer.runtime.schedules import scheduled

    scheduler = states.get(SCHEDULER)
    if scheduler is None:
        return events
    if checkpoint is not None and SCHEDULER not in checkpoint.states:
        scheduler.load_state_dict({"epoch": checkpoint.epoch, "step": checkpoint.step})
    return scheduled(events, scheduler)


@dataclass(frozen=True)
class Planned:
    """The rates of a training that is yet to come, those of its first ``counted`` of ``epochs`` epochs.

    ``rates`` holds that of the first step of each. ``points`` are (epoch, rate) to be drawn, with some between the
    epochs where the rate changes within them; from epoch ``judged`` on, if that is not 0, losses decide, which nobody
    knows before: the rate is drawn as if each were better.
    """

    epochs: int
    steps: int
    rates: tuple[float, ...]
    points: tuple[tuple[float, float], ...]
    judged: int = 0

    @property
    def counted(self) -> int:
        """How many epochs there are rates for."""
        return len(self.rates)


def planned_rates(training: Training, steps: int = USUAL_STEPS, losses: Sequence[float] = ()) -> Planned:
    """The rates that a training will go through, found out by the very scheduler that it will have.

    ``steps`` is how many an epoch has, ``losses`` are those that judge the first epochs. RunError as ``scheduler_of``.
    """
    import torch

    from designer.runtime.events import Epoch

    optimizer = torch.optim.SGD([torch.zeros(1)], lr=training.learning_rate)
    scheduler = scheduler_of(training, optimizer, steps)
    epochs = min(training.epochs, MOST_EPOCHS)
    if scheduler is None:
        flat = (training.learning_rate,) * epochs
        ends = ((1.0, training.learning_rate), (float(max(epochs, 1)), training.learning_rate))
        return Planned(training.epochs, steps, flat, ends)
    # PyTorch wants a step of the optimizer before one of the scheduler
    optimizer.step()
    within = max(1, min(steps, POINTS // epochs))
    rates: list[float] = []
    points: list[tuple[float, float]] = []
    judged = 0
    for epoch in range(epochs):
        found = _points_within(scheduler, epoch, within)
        points += found
        rates.append(found[0][1])
        judged = judged or (epoch + 1 if scheduler.judged else 0)
        if scheduler.judged and epoch >= len(losses):
            # as if the loss had become better
            scheduler.scheduler.num_bad_epochs = -1
        loss = losses[epoch] if epoch < len(losses) else 0.0
        scheduler.after(Epoch(epoch + 1, epochs, {"loss": loss}, {}, 0.0))
    return Planned(training.epochs, steps, tuple(rates), tuple(points), judged)


def _points_within(scheduler: Scheduler, epoch: int, count: int) -> list[tuple[float, float]]:
    """The rate that the next epoch begins with, or where it changes within it, ``count`` points of its steps."""
    group, steps = scheduler.optimizer.param_groups[0], scheduler.steps
    if scheduler.course is None or not scheduler.course.by_step:
        return [(epoch + 1.0, group["lr"])]
    found = []
    for step in [place * steps // count for place in range(count)]:
        scheduler.load_state_dict({"epoch": epoch, "step": step})
        found.append((epoch + 1 + step / steps, group["lr"]))
    # on to the last step, after which the epoch ends
    scheduler.load_state_dict({"epoch": epoch, "step": steps - 1})
    return found
