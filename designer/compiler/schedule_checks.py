"""Checks of the schedules of the learning rate, one by one and as the chain that they make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from designer.compiler import fixes
from designer.compiler.problems import Fix, Problem, SettingPlace, Severity
from designer.compiler.sentences import quoted
from designer.compiler.texts import parameters_of
from designer.layers.catalog import OPTIMIZERS, SCHEDULES
from designer.layers.schedule_edits import shared_out
from designer.project.model import Project, Schedule, Training

SCHEDULES_PATH = "training.schedules"


def schedule_problems(project: Project) -> Iterator[Problem]:
    """Unknown schedules and unsound fields, epochs that do not add up, and what does not go with other settings."""
    training = project.training
    unknown = [schedule for schedule in training.schedules if schedule.key not in SCHEDULES]
    for schedule in unknown:
        kept = tuple(each for each in training.schedules if each.key in SCHEDULES)
        sentence = f"Training: there is no schedule {quoted(schedule.key)}; known are {', '.join(SCHEDULES)}."
        yield _problem("error", "bad-setting", sentence, _set("Leave it out", kept))
    for place, schedule in enumerate(training.schedules):
        if schedule.key in SCHEDULES:
            yield from _fields(training, place)
            yield from _momentum(training, place)
    if not unknown:
        yield from _epochs(training)
        yield from _judged(training)


def _fields(training: Training, place: int) -> Iterator[Problem]:
    schedule = training.schedules[place]
    kind = SCHEDULES[schedule.key]
    for name, field in kind.fields.items():
        reason = field.refuse(schedule.fields.get(name, field.initial))
        if reason:
            kept = {key: value for key, value in schedule.fields.items() if key != name}
            fix = _set("Back to the default", _with(training.schedules, place, replace(schedule, fields=kept)))
            label = field.label or name.replace("_", " ")
            yield _problem("error", "bad-setting", f"Training: {kind.title}: {label}: {reason}.", fix, place, name)


def _momentum(training: Training, place: int) -> Iterator[Problem]:
    """Schedules that move a momentum which the optimizer does not have."""
    schedule, optimizer = training.schedules[place], OPTIMIZERS.get(training.optimizer)
    kind = SCHEDULES[schedule.key]
    name = kind.cycles_momentum
    if not name or optimizer is None or not kind.values(schedule.fields)[name]:
        return
    if {"momentum", "betas"} & set(parameters_of(optimizer.module)):
        return
    fields = {**schedule.fields, name: False}
    fix = _set("Leave the momentum alone", _with(training.schedules, place, replace(schedule, fields=fields)))
    sentence = f"{kind.title} shall move the momentum too, and {optimizer.title} has none."
    yield _problem("error", "schedule-momentum", sentence, fix, place)


def _epochs(training: Training) -> Iterator[Problem]:
    """Schedules whose epochs do not add up to those of the training."""
    schedules, epochs = training.schedules, training.epochs
    open_ = [place for place, schedule in enumerate(schedules) if not schedule.epochs]
    given = sum(schedule.epochs for schedule in schedules)
    if len(open_) > 1:
        names = " and ".join(SCHEDULES[schedules[place].key].title for place in open_)
        sentence = f"{names} each have 0 epochs, which means all that the others leave. Only one can have these."
        shared = shared_out(schedules, epochs)
        fix = _set("Share the epochs out", shared) if shared is not None else None
        yield _problem("error", "schedule-epochs", sentence, fix, open_[0])
    elif given > epochs or (open_ and given == epochs):
        sentence = (
            f"The schedules are to have {given} epochs{' and more' if open_ else ''}, the training has {epochs}: "
            "it ends before they have all come about."
        )
        fix = fixes.set_training(f"Train for {given + bool(open_)} epochs", epochs=given + bool(open_))
        yield _problem("warning", "schedule-epochs", sentence, fix)
    elif schedules and not open_ and given < epochs:
        sentence = (
            f"The schedules end after {given} of {epochs} epochs; the learning rate stays where it is then for the "
            "others."
        )
        last = replace(schedules[-1], epochs=0)
        fix = _set("Let the last go on to the end", _with(schedules, len(schedules) - 1, last))
        yield _problem("warning", "schedule-epochs", sentence, fix)


def _judged(training: Training) -> Iterator[Problem]:
    """Schedules that wait for the loss to stand still where something else comes before that, or after it."""
    schedules = training.schedules
    for place, schedule in enumerate(schedules):
        kind = SCHEDULES[schedule.key]
        if not kind.judged:
            continue
        if place < len(schedules) - 1:
            others = (*schedules[:place], *schedules[place + 1 :])
            sentence = (
                f"{kind.title} is not the last schedule: what follows it begins at the learning rate again, however "
                "far it had fallen."
            )
            yield _problem(
                "warning", "schedule-order", sentence, _set("Move it to the end", (*others, schedule)), place
            )
        waits = int(str(kind.values(schedule.fields).get("patience", 0)))
        if 0 < training.patience <= waits:
            sentence = (
                f"Early stopping ends the training after {training.patience} epochs without a better loss, and "
                f"{kind.title} would lower the rate only after {waits + 1}."
            )
            fix = fixes.set_training(f"Stop after {2 * waits + 2} epochs", patience=2 * waits + 2)
            yield _problem("warning", "schedule-patience", sentence, fix, place)


def _problem(
    severity: Severity, code: str, sentence: str, fix: Fix | None = None, place: int | None = None, name: str = ""
) -> Problem:
    path = ".".join([SCHEDULES_PATH, *([] if place is None else [str(place)]), *([name] if name else [])])
    return Problem(severity, code, SettingPlace(path), sentence, fix)


def _with(schedules: tuple[Schedule, ...], place: int, schedule: Schedule) -> tuple[Schedule, ...]:
    return (*schedules[:place], schedule, *schedules[place + 1 :])


def _set(label: str, schedules: tuple[Schedule, ...]) -> Fix:
    return fixes.set_training(label, schedules=schedules)
