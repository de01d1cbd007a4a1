"""Edits of the schedules: pure functions from a project to the next, as all edits are."""

from __future__ import annotations

from dataclasses import replace

from designer.layers.catalog import SCHEDULES
from designer.layers.schedules import LINEAR
from designer.project.edits import set_training
from designer.project.errors import EditError
from designer.project.model import FieldValue, Project, Schedule

MOST = 100
WARM_UP = 5


def add_schedule(project: Project, key: str) -> Project:
    """The project with a schedule of this key at the end; a linear one comes first, as a warm-up.

    It has the epochs that the others leave; one that had these before keeps half of them.
    """
    training = project.training
    schedules = list(training.schedules)
    if len(schedules) >= MOST:
        raise EditError(f"There are {MOST} schedules already, which is the most that a training can have.")
    fields = dict(SCHEDULES[key].defaults)
    if key == LINEAR.key and training.epochs > 1:
        short = max(1, min(WARM_UP, training.epochs // 10))
        return _changed(project, [Schedule(key, short, fields), *schedules])
    left = training.epochs - sum(schedule.epochs for schedule in schedules)
    for place, schedule in enumerate(schedules):
        if not schedule.epochs:
            schedules[place] = replace(schedule, epochs=max(1, left // 2))
    return _changed(project, [*schedules, Schedule(key, 0, fields)])


def remove_schedule(project: Project, place: int) -> Project:
    """The project without the schedule at this place; the last one that stays then has all the epochs that are left."""
    schedules = _list(project, place)
    gone = schedules.pop(place)
    if schedules and not gone.epochs:
        schedules[-1] = replace(schedules[-1], epochs=0)
    return _changed(project, schedules)


def move_schedule(project: Project, place: int, to: int) -> Project:
    """The project with the schedule at this place moved to another one."""
    schedules = _list(project, place)
    schedules.insert(max(0, min(to, len(schedules) - 1)), schedules.pop(place))
    return _changed(project, schedules)


def set_schedule_epochs(project: Project, place: int, epochs: int) -> Project:
    """The project with the schedule at this place given so many epochs; 0 are all that the others leave."""
    schedules = _list(project, place)
    schedules[place] = replace(schedules[place], epochs=epochs)
    return _changed(project, schedules)


def set_schedule_field(project: Project, place: int, name: str, value: FieldValue) -> Project:
    """The project with one field of the schedule at this place changed."""
    schedules = _list(project, place)
    schedules[place] = replace(schedules[place], fields={**schedules[place].fields, name: value})
    return _changed(project, schedules)


def shared_out(schedules: tuple[Schedule, ...], epochs: int) -> tuple[Schedule, ...] | None:
    """The schedules with the epochs that are left divided among those with 0, the last of which keeps the rest.

    None where there are not enough.
    """
    open_ = [place for place, schedule in enumerate(schedules) if not schedule.epochs]
    left = epochs - sum(schedule.epochs for schedule in schedules)
    if left < len(open_):
        return None
    each = left // len(open_)
    return tuple(
        replace(schedule, epochs=each) if place in open_[:-1] else schedule for place, schedule in enumerate(schedules)
    )


def _list(project: Project, place: int) -> list[Schedule]:
    schedules = list(project.training.schedules)
    if not 0 <= place < len(schedules):
        raise EditError("This schedule is not there any more.")
    return schedules


def _changed(project: Project, schedules: list[Schedule]) -> Project:
    return set_training(project, replace(project.training, schedules=tuple(schedules)))
