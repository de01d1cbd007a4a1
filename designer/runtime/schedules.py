"""Learning rates that change while training: PyTorch's schedulers, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.optim.lr_scheduler import ReduceLROnPlateau

from designer.runtime.events import Epoch, Step


@dataclass(frozen=True)
class Course:
    """``epochs`` epochs under the scheduler that ``make`` makes for the optimizer, moved after each epoch or step."""

    epochs: int
    make: Callable[[torch.optim.Optimizer], Any]
    by_step: bool = False


class Scheduler:
    """Leads the learning rates of all groups of ``optimizer`` through courses that follow one another.

    Each course begins with the optimizer's own rates and momentum, as if it were alone; after the last one the rates
    stay as they are, or where it ``lands``. An epoch has ``steps`` steps.
    """

    def __init__(self, optimizer: torch.optim.Optimizer, courses: Iterable[Course], steps: int = 1) -> None:
        self.optimizer, self.steps = optimizer, steps
        self.courses = [course for course in courses if course.epochs > 0]
        self.own = [{name: plain(value) for name, value in group.items()} for group in optimizer.param_groups]
        self.epoch = self.step = 0
        self.begin(0)

    @property
    def judged(self) -> bool:
        """Whether losses decide when the rates fall."""
        return isinstance(self.scheduler, ReduceLROnPlateau)

    @property
    def lands(self) -> bool:
        """Whether what follows the last epoch of the course is the end of its way, at which PyTorch's would stay."""
        return self.course is not None and getattr(self.scheduler, "total_iters", 0) == self.course.epochs

    def begin(self, epoch: int) -> None:
        """Begin the course that the epoch after ``epoch`` belongs to; there may be none any more."""
        self.first = 0
        self.course: Course | None = None
        self.scheduler: Any = None
        for course in self.courses:
            if epoch < self.first + course.epochs:
                self.course = course
                self.give_back()
                self.scheduler = course.make(self.optimizer)
                return
            self.first += course.epochs

    def give_back(self) -> None:
        """Give the optimizer its own settings back."""
        for group, own in zip(self.optimizer.param_groups, self.own, strict=True):
            for name in group.keys() - own.keys():
                del group[name]
            for name, value in own.items():
                if isinstance(group.get(name), Tensor):
                    group[name].fill_(value)
                else:
                    group[name] = value

    def after(self, event: Step | Epoch) -> None:
        """Move on after a step or an epoch; epochs that were counted before are past ones told again."""
        if event.epoch <= self.epoch:
            return
        course = self.course
        over = course is not None and event.epoch == self.first + course.epochs
        if isinstance(event, Step):
            self.step = event.step
            if course is not None and course.by_step and not (over and event.step == event.steps):
                self.scheduler.step()
            return
        self.epoch, self.step = event.epoch, 0
        if over:
            self.end(event.epoch)
        elif self.judged:
            self.scheduler.step(event.validation.get("loss", event.train["loss"]))
        elif course is not None and not course.by_step:
            self.scheduler.step()

    def end(self, epoch: int) -> None:
        """Leave the course that ends with ``epoch`` for the next; after the last one the rates stay."""
        if epoch < sum(course.epochs for course in self.courses):
            self.begin(epoch)
            return
        if self.lands:
            self.scheduler.step()
        self.course = self.scheduler = None

    def state_dict(self) -> dict[str, Any]:
        """How far it is: numbers that JSON can hold."""
        state: dict[str, Any] = {"epoch": self.epoch, "step": self.step}
        if self.judged:
            names = ("best", "num_bad_epochs", "cooldown_counter", "last_epoch")
            state["judged"] = {name: getattr(self.scheduler, name) for name in names}
            state["rates"] = [(own["lr"], rate) for own, rate in zip(self.own, rates_of(self.optimizer), strict=True)]
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from ``state``. Rates are those of these courses there, whatever courses led to the state."""
        self.epoch, self.step = state["epoch"], state["step"]
        # else PyTorch misses the steps that the optimizer made before
        self.optimizer._opt_called = True  # type: ignore[attr-defined]
        total = sum(course.epochs for course in self.courses)
        over = self.epoch >= total
        self.begin(min(self.epoch, total - 1))
        if self.course is not None:
            done = self.course.epochs if over else self.epoch - self.first
            moves = done * self.steps + self.step if self.course.by_step else done
            # the very last step of a course moves nothing by itself, what follows its epoch does
            last = self.course.by_step and self.step == self.steps and done + 1 == self.course.epochs
            self.move(moves - 1 if last or (over and not self.lands) else moves)
        if self.judged and "judged" in state:
            vars(self.scheduler).update(state["judged"])
            for group, own, (before, rate) in zip(self.optimizer.param_groups, self.own, state["rates"], strict=True):
                group["lr"] = rate if before == own["lr"] else rate * own["lr"] / before
        if over:
            self.course = self.scheduler = None

    def move(self, moves: int) -> None:
        """Make so many moves of the course at once; none of one that is judged."""
        if moves < 1 or self.judged:
            return
        if self.course is not None and self.course.by_step:
            # these look at their position alone
            self.scheduler.last_epoch += moves - 1
            moves = 1
        for _ in range(moves):
            self.scheduler.step()


def scheduled(events: Iterable[Step | Epoch], scheduler: Scheduler) -> Iterator[Step | Epoch]:
    """Pass events on, and let ``scheduler`` change the learning rates after each of them."""
    for event in events:
        scheduler.after(event)
        yield event


def course_lengths(given: Sequence[int], epochs: int) -> list[int]:
    """How many of ``epochs`` epochs each course has: as many as are ``given``, for 0 all that the others leave."""
    rest = max(0, epochs - sum(given))
    return [length or rest for length in given]


def rates_of(optimizer: torch.optim.Optimizer) -> list[float]:
    """The learning rate of each group of parameters."""
    return [float(group["lr"]) for group in optimizer.param_groups]


def plain(value: Any) -> Any:
    """A setting of an optimizer; the number that it is where it is a tensor."""
    return value.item() if isinstance(value, Tensor) else value
