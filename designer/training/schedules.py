"""The learning rate over the epochs: the scheduler of a training, and the rates that are to be expected of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
# so many epochs are gone through one by one; of those behind them some are looked at
MOST_EPOCHS = 20_000
POINTS = 240
# of so many epochs, and more of them, some are drawn
MOST_POINTS = 960
# of each course these parts at least
PARTS = 16
# no even distance: a rate that swings would be met at the same place of its way again and again
UNEVEN = 0.618
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
    """The rates of a training of ``epochs`` epochs that is yet to come.

    ``points`` are (epoch, rate) to be drawn, from the first epoch to the last, with some between the epochs where the
    rate changes within them; of very many epochs they are some. ``rates`` holds that of the first step of each of the
    first ``counted`` epochs. From epoch ``judged`` on, if that is not 0, losses decide, which nobody knows before: the
    rate is drawn as if each were better. ``rate_of`` answers the rate after so many epochs and steps.
    """

    epochs: int
    steps: int
    rates: tuple[float, ...]
    points: tuple[tuple[float, float], ...]
    judged: int = 0
    rate_of: Callable[[int, int], float] = field(default=lambda epochs, steps: 0.0, compare=False, repr=False)

    @property
    def counted(self) -> int:
        """How many epochs there are rates for."""
        return len(self.rates)

    def at(self, epoch: float) -> float:
        """The rate in this epoch, counted from 1; a fraction says how far it is."""
        place = min(max(1.0, epoch), self.epochs + 0.999_999)
        done, step = int(place) - 1, int(place % 1 * self.steps + 1e-6)
        return self.rates[done] if not step and done < self.counted else self.rate_of(done, step)


def planned_rates(training: Training, steps: int = USUAL_STEPS, losses: Sequence[float] = ()) -> Planned:
    """The rates that a training will go through, found out by the very scheduler that it will have.

    ``steps`` is how many an epoch has, ``losses`` are those that judge the first epochs. RunError as ``scheduler_of``.
    """
    import torch

    from designer.runtime.events import Epoch

    own = training.learning_rate
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=own)
    scheduler = scheduler_of(training, optimizer, steps)
    epochs = min(training.epochs, MOST_EPOCHS)
    if scheduler is None:
        ends = ((1.0, own), (float(max(training.epochs, 1)), own))
        return Planned(training.epochs, steps, (own,) * epochs, ends, rate_of=lambda epochs, steps: own)
    leaping = _leaping(scheduler)
    # PyTorch wants a step of the optimizer before one of each scheduler
    optimizer.step()
    drawn = set(_drawn_epochs([course.epochs for course in scheduler.courses], training.epochs))
    within = max(1, min(steps, POINTS // epochs))
    rates: list[float] = []
    points: list[tuple[float, float]] = []
    judged = 0
    for epoch in range(epochs):
        found = _points_within(scheduler, epoch, within)
        points += found if epoch in drawn else []
        rates.append(found[0][1])
        judged = judged or (epoch + 1 if scheduler.judged else 0)
        if scheduler.judged and epoch >= len(losses):
            # as if the loss had become better
            scheduler.scheduler.num_bad_epochs = -1
        loss = losses[epoch] if epoch < len(losses) else 0.0
        optimizer._opt_called = True  # type: ignore[attr-defined]
        scheduler.after(Epoch(epoch + 1, epochs, {"loss": loss}, {}, 0.0))

    def rate_of(epochs: int, steps: int) -> float:
        rate = _leapt(leaping, epochs, steps)
        # what losses have made of it, no leap knows
        return rates[min(epochs, len(rates) - 1)] if leaping.judged else rate

    points += [(epoch + 1.0, rate_of(epoch, 0)) for epoch in sorted(drawn) if epoch >= epochs]
    judged = judged or _first_judged(training)
    return Planned(training.epochs, steps, tuple(rates), tuple(points), judged, rate_of)


def _drawn_epochs(lengths: Sequence[int], epochs: int) -> list[int]:
    """The epochs, counted from 0, that are drawn: all, or some of very many, the ends of each course among them."""
    if epochs <= MOST_POINTS:
        return list(range(epochs))
    found = {0, epochs - 1}
    first = 0
    for length in lengths:
        found |= {first + length * part // PARTS for part in range(PARTS + 1)} | {first + length - 1}
        first += length
    apart = epochs / MOST_POINTS
    found |= {int(apart * (place + place * UNEVEN % 1)) for place in range(MOST_POINTS)}
    return sorted(epoch for epoch in found if 0 <= epoch < epochs)


def _first_judged(training: Training) -> int:
    """The first epoch in which losses decide, counted from 1; 0 where none does."""
    from designer.runtime.schedules import course_lengths

    first = 0
    schedules = training.schedules
    lengths = course_lengths([each.epochs for each in schedules], training.epochs)
    for each, length in zip(schedules, lengths, strict=True):
        if SCHEDULES[each.key].judged and length and first < training.epochs:
            return first + 1
        first += length
    return 0


def _leaping(scheduler: Scheduler) -> Scheduler:
    """A scheduler of the same courses, for an optimizer of its own, that is anywhere at once."""
    import torch

    from designer.runtime.schedules import Scheduler

    class Leaping(Scheduler):
        """Takes PyTorch's closed form where the scheduler of a training takes one move after the other."""

        def move(self, moves: int) -> None:
            """Make so many moves of the course at once."""
            if moves < 1 or self.course is None or self.course.by_step or self.judged:
                super().move(moves)
                return
            inner = self.scheduler
            if isinstance(inner, torch.optim.lr_scheduler.CosineAnnealingWarmRestarts):
                _wind_on(inner, moves - 1)
                inner.step()
                return
            inner.last_epoch = moves
            for group, rate in zip(self.optimizer.param_groups, inner._get_closed_form_lr(), strict=True):
                group["lr"] = rate

    optimizer = torch.optim.SGD([torch.zeros(1)], lr=scheduler.own[0]["lr"])
    optimizer.step()
    return Leaping(optimizer, scheduler.courses, scheduler.steps)


def _wind_on(restarts: Any, moves: int) -> None:
    """Bring warm restarts to where they are after so many moves."""
    length, left = restarts.T_0, moves
    while restarts.T_mult > 1 and left >= length:
        left, length = left - length, length * restarts.T_mult
    restarts.T_cur, restarts.T_i, restarts.last_epoch = left % length, length, moves


def _leapt(leaping: Scheduler, epochs: int, steps: int) -> float:
    """The rate after so many epochs and steps."""
    leaping.load_state_dict({"epoch": epochs, "step": steps})
    return float(leaping.optimizer.param_groups[0]["lr"])


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
