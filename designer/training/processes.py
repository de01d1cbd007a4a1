"""Several processes that train one model together: the first one decides, speaks and writes, the others follow."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from designer.project.file import load_project
from designer.project.model import Project
from designer.training.agreeing import assembled_by_all, told_by_first
from designer.training.alive import living
from designer.training.checkpoint import restore
from designer.training.errors import RunError, in_words
from designer.training.events import RunEvent
from designer.training.run import train, training_events

# words of gloo and NCCL for another process that does not answer any more
LOST = re.compile(r"gloo|nccl|connection (closed|reset|refused)|broken pipe|peer|heartbeat|timed out", re.IGNORECASE)


class OtherProcessEndedError(RunError):
    """Another process of the training has ended, so that this one cannot go on either."""


def lead(project: Project, base: Path, folder: Path, resume: bool) -> Generator[RunEvent, None, None]:
    """Train as ``train`` does, with the other processes; what is ordered of the run meanwhile is not heeded."""
    from designer.runtime.distributed import from_first_process

    with living(folder), others_heard():
        from_first_process(project)
        yield from train(project, base, folder, resume)


def follow(own: Path) -> None:
    """Train with the first process, run after run, until it says that there are no more.

    The data lies where the project ``own``, as it is found by this process, says so.
    """
    from designer.runtime.distributed import from_first_process

    with others_heard(), in_words():
        while (project := from_first_process(None)) is not None:
            _train(with_data_of(project, load_project(own)), own.resolve().parent)


def dismiss() -> None:
    """Say to the others that there is no more to train."""
    from designer.runtime.distributed import from_first_process

    with others_heard():
        from_first_process(None)


def _train(project: Project, base: Path) -> None:
    """Make the steps of one run beside the first process."""
    setup = assembled_by_all(project, base)
    checkpoint, past, changes = told_by_first(None, [], [])
    if checkpoint is not None:
        restore(checkpoint, setup.model, setup.optimizer)
        for name in setup.states.keys() & checkpoint.states.keys():
            setup.states[name].load_state_dict(checkpoint.states[name])
    kept = without_rows(checkpoint.kept) if checkpoint is not None else []
    for _ in training_events(setup, checkpoint, past, changes, kept):
        pass


def without_rows(kept: list[Any]) -> list[Any]:
    """What a process keeps of the steps of an epoch whose outputs are the first one's: of each no rows."""
    return [_without_rows(each) for each in kept if isinstance(each, tuple | list) and not isinstance(each[0], int)]


def _without_rows(values: Any) -> Any:
    if isinstance(values, dict):
        return {name: each[:0] for name, each in values.items()}
    return tuple(_without_rows(each) for each in values) if isinstance(values, tuple | list) else values[:0]


def with_data_of(project: Project, own: Project) -> Project:
    """The project with the places of its data that another one says."""
    if project.data is None or own.data is None:
        return project
    split = replace(project.data.split, file=own.data.split.file)
    return replace(project, data=replace(project.data, path=own.data.path, split=split))


@contextmanager
def others_heard() -> Iterator[None]:
    """A block in which the loss of another process is an OtherProcessEndedError."""
    try:
        yield
    except RuntimeError as error:
        if not LOST.search(str(error)):
            raise
        raise OtherProcessEndedError(
            "Another process of this training has ended, and it cannot go on without. Start all of them again with"
            " --resume; torchrun --max-restarts=3 does so by itself."
        ) from error
