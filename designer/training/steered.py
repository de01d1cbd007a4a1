"""A training that can be held, led step by step, changed and extended while it runs, and that says that it lives."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from designer.project.atomic import atomic_write
from designer.project.errors import ProjectError
from designer.project.file import load_project, save_project
from designer.project.json_object import object_in
from designer.project.model import Project
from designer.training.alive import living
from designer.training.changes import changeable_settings, changes_between, with_changes
from designer.training.data_once import DataOnce
from designer.training.errors import comes_back
from designer.training.events import (
    Changed,
    Finished,
    GoneOn,
    Refused,
    RunEvent,
    Saved,
    Started,
    SteeredEvent,
    Unsaved,
    Warned,
    started_line,
)
from designer.training.kept_end import tidied_end
from designer.training.run import train
from designer.training.run_files import COPY_NAME, HISTORY
from designer.training.saving import Waiting, why_not
from designer.training.standing import held_at
from designer.training.steering import Steering, Watch, watched

if TYPE_CHECKING:
    from designer.runtime.events import Epoch, Step

    Place: TypeAlias = Step | Epoch

FAILED = "failed.json"
HELD_SECONDS = 0.25
LONGEST_ALONE = 600.0
# so often it is tried again to write what a training ended with
RETRY_SECONDS = 1.0


def steered(
    project: Project,
    base: Path,
    folder: Path,
    resume: bool,
    steering: Steering,
    room_seconds: float = math.inf,
) -> Generator[SteeredEvent, None, None]:
    """Train as ``train`` does, and heed between two steps what ``steering``, or the run's file of orders, asks for.

    While it lasts the run in ``folder`` is alive. Other settings make the training go on from where it is with them, as
    if it had been left there and resumed. A run that is held and listened to by nobody is left after a while. One that
    is over and cannot be written down waits for that, at most ``room_seconds`` for a file, until it is asked to stop.
    """
    with living(folder), tidied_end(folder), _failure_noted(folder), watched(folder, steering) as watch:
        told: Place | None = None
        data = DataOnce()
        wanted: Project | None = project
        while wanted is not None:
            project, wanted = wanted, None
            ended: Finished | None = None
            waiting = _patience(steering, room_seconds)
            with closing(train(project, base, folder, resume, lambda: steering.stopped, data, waiting)) as events:
                for event in _fresh(_begun(events, watch), told):
                    if isinstance(event, Finished):
                        ended = event
                        wanted = yield from _wanted(project, watch, folder, told, ended)
                        if wanted is None:
                            yield event
                        break
                    yield event
                    told = _noted(event, told, watch)
                    if not isinstance(event, Unsaved | Saved | Warned):
                        # a training that is over is to be saved, not held
                        yield from _held(watch, may_change_after(event))
                    if steering.quitting:
                        return
                    if may_change_after(event):
                        wanted = yield from _wanted(project, watch, folder, told)
                        if wanted is not None:
                            break
            resume = True
            while wanted is not None and steering.paused:
                yield from _held(watch, True)
                if steering.quitting:
                    return
                wanted = (yield from _wanted(wanted, watch, folder, told, ended)) or wanted


def may_change_after(event: RunEvent) -> bool:
    """Whether the training can be left right after ``event`` and resumed there."""
    from designer.runtime.events import Epoch, Step

    return isinstance(event, Step | Epoch)


def _fresh(events: Iterator[RunEvent], told: Place | None) -> Iterator[RunEvent]:
    """The events of a training that goes on, without those that were told before it was left."""
    for event in events:
        if (
            told is None
            or isinstance(event, Finished | Unsaved | Saved | Warned)
            or (not isinstance(event, Started) and _after(event, told))
        ):
            yield event


def _begun(events: Iterator[RunEvent], watch: Watch) -> Iterator[RunEvent]:
    """The events; with what their losses are measured is noted, also where the start is not told again."""
    for event in events:
        if isinstance(event, Started):
            watch.measured = event.measure, event.kept
        yield event


def _after(event: Place, told: Place) -> bool:
    last = float("inf")
    return (event.epoch, getattr(event, "step", last)) > (told.epoch, getattr(told, "step", last))


def _noted(event: RunEvent, told: Place | None, watch: Watch) -> Place | None:
    """The step or epoch that was told last, noted by those who want to know."""
    from designer.runtime.events import Epoch, Step

    if isinstance(event, Started):
        watch.started = started_line(event)
        return told
    if isinstance(event, Unsaved | Saved):
        watch.unsaved = event if isinstance(event, Unsaved) else None
    if isinstance(event, Step | Epoch):
        watch.place = event
        watch.steering.note(isinstance(event, Epoch))
        return event
    return told


def _held(watch: Watch, changeable: bool) -> Generator[SteeredEvent, None, None]:
    """Says again and again that the training waits, as long as it shall; where ``changeable``, a change ends that."""
    steering = watch.steering
    if not steering.paused:
        return
    began = time.monotonic()
    held = held_at(watch.place, *watch.measured)
    watch.hold(held)
    while steering.paused and not (changeable and steering.changing):
        yield held
        steering.wait(HELD_SECONDS)
        if steering.alone and time.monotonic() - began > LONGEST_ALONE:
            steering.order("quit")
    if not steering.paused and not steering.quitting:
        watch.hold(None)
        yield GoneOn(time.monotonic() - began)


def _wanted(
    project: Project, watch: Watch, folder: Path, told: Place | None, finished: Finished | None = None
) -> Generator[SteeredEvent, None, Project | None]:
    """The project with what is asked for, kept with the run; None where nothing changes.

    A training that has just ``finished`` goes on for more epochs alone.
    """
    steering = watch.steering
    if not steering.changing or told is None:
        return None
    changed, trouble = steering.changed(project)
    if trouble:
        yield Refused(trouble)
    settings = changes_between(changeable_settings(project), changed)
    over = finished is not None and (steering.stopped or changed.training.epochs <= int(finished.metrics["epochs"]))
    if not settings or over:
        return None
    if watch.unsaved is not None:
        # the training would be left to go on from a checkpoint that cannot be written
        yield Refused(f"The settings stay as they are for now: {watch.unsaved.message}")
        return None
    copy = folder / COPY_NAME
    try:
        # a run that has ended keeps the project that it ended with until it goes on
        if finished is None:
            save_project(with_changes(load_project(copy), settings), copy)
    except ProjectError as error:
        yield Refused(f"The settings stay as they are for now: {why_not(error, folder)}")
        return None
    watch.started = {**watch.started, "epochs": changed.training.epochs}
    yield Changed(told.epoch, getattr(told, "step", 0), settings)
    return changed


def _patience(steering: Steering, longest: float) -> Waiting:
    """How it is waited for room on the disk: at most ``longest`` seconds, and until somebody gives up."""
    stops: list[int] = []

    def wait(waited: float) -> bool:
        # who asked to stop before wants the training to end, not to be lost
        stops[:] = stops or [steering.stops]
        most = min(longest, LONGEST_ALONE) if steering.alone else longest
        return waited < most and steering.wait_for_room(RETRY_SECONDS, stops[0])

    return wait


@contextmanager
def _failure_noted(folder: Path) -> Iterator[None]:
    """A block whose failure is written into the run's folder, so that also who comes later learns of it."""
    path = folder / FAILED
    with suppress(OSError):
        path.unlink(missing_ok=True)
    try:
        yield
    except Exception as error:
        if (folder / HISTORY).exists():
            with suppress(ProjectError):
                atomic_write(path, json.dumps({"message": str(error), "again": comes_back(error)}) + "\n")
        raise


def failure_of(folder: Path) -> str:
    """Why the run's training failed when it was tried last, in words; empty where it did not."""
    return str(object_in(folder / FAILED).get("message", ""))


def fails_again(folder: Path) -> bool:
    """Whether the run's training failed of itself, as by a loss that is no number: going on would only fail again."""
    return object_in(folder / FAILED).get("again") is True
