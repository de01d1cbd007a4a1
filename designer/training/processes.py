"""Several processes that train one model together: the first one decides, speaks and writes, the others follow."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from designer.project.file import load_project
from designer.project.model import Project
from designer.training.agreeing import LEAVE, NEXT, WAIT, assembled_by_all, heard, others_heard, say, told_by_first
from designer.training.checkpoint import restore
from designer.training.errors import in_words
from designer.training.events import Held, SteeredEvent, Unsaved
from designer.training.run import training_events
from designer.training.steered import steered
from designer.training.steering import Steering


def lead(
    project: Project, base: Path, folder: Path, resume: bool, room_seconds: float
) -> Generator[SteeredEvent, None, None]:
    """Train with the other processes, and heed what the run's file of orders asks for, as ``steered`` does."""
    from designer.runtime.events import Epoch, Step

    begun = False
    with others_heard(), closing(steered(project, base, folder, resume, Steering(), room_seconds)) as events:
        for event in events:
            begun = begun or isinstance(event, Step | Epoch)
            # who hears nothing for long takes the others for lost
            if begun and (isinstance(event, Held) or (isinstance(event, Unsaved) and event.waiting)):
                say(WAIT)
            yield event


def follow(own: Path) -> None:
    """Train with the first process, run after run, until it says that there are no more.

    The data lies where the project ``own``, as it is found by this process, says so.
    """
    from designer.runtime.distributed import from_first_process

    with others_heard(), in_words():
        while heard() == NEXT:
            _train(with_data_of(from_first_process(None), load_project(own)), own.resolve().parent)


def dismiss() -> None:
    """Say to the others, where there are any, that there is no more to train."""
    from designer.runtime.distributed import process_count

    if process_count() > 1:
        with others_heard():
            say(LEAVE)


def _train(project: Project, base: Path) -> None:
    """Make the steps of one run beside the first process, until that ends it."""
    setup = assembled_by_all(project, base)
    checkpoint, past, changes = told_by_first(None, [], [])
    if checkpoint is not None:
        restore(checkpoint, setup.model, setup.optimizer)
        for name in setup.states.keys() & checkpoint.states.keys():
            setup.states[name].load_state_dict(checkpoint.states[name])
    kept = list(checkpoint.kept) if checkpoint is not None else []
    for _ in training_events(setup, checkpoint, past, changes, kept):
        if heard() == LEAVE:
            return


def with_data_of(project: Project, own: Project) -> Project:
    """The project with the places of its data that another one says."""
    if project.data is None or own.data is None:
        return project
    split = replace(project.data.split, file=own.data.split.file)
    return replace(project, data=replace(project.data, path=own.data.path, split=split))
