"""What more epochs make of a run, said before it gets them: how many there are, and how its schedules go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from designer.layers.catalog import SCHEDULES
from designer.layers.schedules import ScheduleType
from designer.project.errors import LayerloomError
from designer.project.facts import Facts
from designer.project.file import load_project
from designer.project.model import Project, Schedule
from designer.training.events import RATE
from designer.training.history import read_lines
from designer.training.run_files import COPY_NAME
from designer.workspace.orders import epochs_to_come
from designer.workspace.rates import planned

if TYPE_CHECKING:
    from designer.training.schedules import Planned

# rates that differ by less than this share are the same to people
ALIKE = 0.01


@dataclass(frozen=True)
class Standing:
    """Where a run stands that is to be extended: its ``project``, and of how many epochs how many are ``done``.

    ``epochs`` are those planned, of a run that is over those done; ``told`` are epochs and learning rates that it told.
    """

    project: Project
    epochs: int
    done: int
    told: tuple[tuple[float, float], ...] = ()

    def longer(self, more: int) -> Project:
        """The project with so many more epochs."""
        return replace(self.project, training=replace(self.project.training, epochs=self.epochs + more))


def standing_of(run: Path) -> Standing:
    """Where a run stands, by its folder."""
    project, epochs = load_project(run / COPY_NAME), epochs_to_come(run)
    lines = [line for line in read_lines(run) if line.get("event") == "epoch"]
    told = tuple((float(line["epoch"]), float(line[RATE])) for line in lines if isinstance(line.get(RATE), float))
    return Standing(project, epochs, int(lines[-1]["epoch"]) if lines else 0, told)


def total_words(epochs: int, more: int) -> str:
    """How many epochs there are then: ``10,357 + 3,000 = 13,357 epochs in all``."""
    return f"{epochs:,} + {more:,} = {epochs + more:,} epochs in all"


def extension_words(standing: Standing, more: int, rate_words: Callable[[float], str], facts: Facts | None) -> str:
    """What becomes of the schedules of a run with ``more`` epochs, in sentences; empty where it has none.

    ``rate_words`` writes a learning rate, ``facts`` are what is known of the data.
    """
    longer = standing.longer(more)
    if not longer.training.schedules:
        return ""
    said = list(_courses(standing, longer))
    try:
        before, after = planned(standing.project, facts), planned(longer, facts)
    except LayerloomError:
        # what is wrong with the schedules is said once it is trained
        return " ".join(said)
    return " ".join([*said, *_leap(standing, before, after, rate_words)])


def _courses(standing: Standing, longer: Project) -> Iterator[str]:
    """What becomes of each schedule that is not over."""
    schedules = longer.training.schedules
    given = sum(each.epochs for each in schedules)
    if all(each.epochs for each in schedules):
        over = given <= standing.done
        yield (
            f"The schedules were over with epoch {given:,}: the learning rate stays where they left it."
            if over
            else f"The schedules go on to epoch {min(given, longer.training.epochs):,} as they would have."
        )
        return
    rest = max(0, longer.training.epochs - given)
    once = max(0, standing.project.training.epochs - given)
    after_rest = False
    first = once_first = 0
    for each in schedules:
        kind = SCHEDULES.get(each.key)
        title = kind.title if kind is not None else each.key
        if each.epochs and after_rest and first != once_first:
            yield f"{title} begins after epoch {first:,} instead of {once_first:,}."
        elif not each.epochs:
            yield _of_the_rest(title, kind, each, once, rest)
            after_rest = True
        first, once_first = first + (each.epochs or rest), once_first + (each.epochs or once)


def _of_the_rest(title: str, kind: ScheduleType | None, schedule: Schedule, once: int, rest: int) -> str:
    """What becomes of the schedule that has all epochs which the others leave."""
    if kind is not None and is_spread(kind, schedule) and rest != once:
        return f"{title} is spread over {rest:,} epochs, no longer over {once:,}."
    if kind is not None and kind.judged:
        return f"{title} goes on: the rate falls when the loss stands still."
    return f"{title} goes on as planned."


def is_spread(kind: ScheduleType, schedule: Schedule) -> bool:
    """Whether the course of a schedule hangs on how many epochs it has."""
    values = kind.values(schedule.fields)
    return any("{epochs}" in text and not values.get(name) for name, text in kind.filled.items())


def _leap(standing: Standing, before: Planned, after: Planned, rate_words: Callable[[float], str]) -> Iterator[str]:
    """Where the rate goes on elsewhere than it would have, and what to do who does not want that."""
    done = standing.done
    if not done or (after.judged and after.judged <= done):
        return
    # the same rule has the same rate there
    once, now = before.at(done), after.at(done)
    if abs(now - once) <= ALIKE * max(now, once):
        return
    rate, then = standing.told[-1][1] if standing.told else once, after.at(done + 1)
    yield (
        f"The learning rate was {rate_words(rate)} in epoch {done:,} and is {rate_words(then)} in epoch {done + 1:,}."
        " For another course, fork the run and choose its schedules there."
    )
