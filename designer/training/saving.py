"""A training that cannot be saved for a while: what is told of it, and a training that is over and waits for room."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from designer.project.atomic import NO_ROOM
from designer.project.errors import ProjectError
from designer.training.events import Saved, Unsaved
from designer.training.run_files import COPY_NAME

if TYPE_CHECKING:
    from designer.training.record import Record

    Event = TypeVar("Event")

# waits a moment after so many seconds of waiting; whether writing is tried once more
Waiting: TypeAlias = Callable[[float], bool]

GONE = "the folder of the run is gone"


class Saving:
    """Tells once that a run is not saved any more, and once that it is again.

    Once the training is over, what cannot be written is tried again for as long as ``waiting`` says; None never does.
    """

    def __init__(self, record: Record, waiting: Waiting | None) -> None:
        self._record, self._waiting = record, waiting
        self._told = ""

    def along(self, events: Iterator[Event]) -> Generator[Event | Unsaved | Saved, None, None]:
        """The events, with what is to be told between them."""
        for event in events:
            yield from self._news()
            yield event
        yield from self._news()

    def insist(self, write: Callable[[], None]) -> Generator[Unsaved | Saved, None, None]:
        """Write; where that fails and it is waited for room, say so again and again, else the ProjectError goes on."""
        waited = 0.0
        while True:
            try:
                write()
            except ProjectError as error:
                if self._waiting is None:
                    raise in_run_words(error, self._record.folder) from error
                self._told = why_not(error, self._record.folder)
                yield Unsaved(self._record.saved, self._told, waiting=True)
                # what others do meanwhile, who take turns with it, is no waiting
                began = time.monotonic()
                if not self._waiting(waited):
                    raise in_run_words(error, self._record.folder) from error
                waited += time.monotonic() - began
            else:
                break
        yield from self._news()

    def _news(self) -> Iterator[Unsaved | Saved]:
        if self._record.unsaved == self._told:
            return
        self._told = self._record.unsaved
        yield Unsaved(self._record.saved, self._told) if self._told else Saved(self._record.saved)


def is_gone(folder: Path) -> bool:
    """Whether a run's folder has vanished from where it was: it was moved, or deleted."""
    return not (folder / COPY_NAME).is_file()


def refuse_gone(folder: Path) -> None:
    """ProjectError where the run's folder has vanished."""
    if is_gone(folder):
        raise ProjectError(_gone_words(folder))


def why_not(error: ProjectError, folder: Path, before: str = "") -> str:
    """Why the run in ``folder`` cannot be saved, and what to do while it trains on: the second half of a sentence.

    Where that was said ``before`` of another file of the same folder, it stays as it is.
    """
    gone = is_gone(folder)
    if before and before.startswith(GONE) == gone:
        return before
    if gone:
        return f"{GONE}. Move it back, and the training is saved again ({folder})."
    if isinstance(error.__cause__, OSError) and error.__cause__.errno in NO_ROOM:
        return f"there is no space left on the disk. Make room, and the training is saved again ({folder})."
    return str(error)


def in_run_words(error: ProjectError, folder: Path) -> ProjectError:
    """The error, in the words for a vanished folder where that is the cause."""
    return ProjectError(_gone_words(folder)) if is_gone(folder) else error


def _gone_words(folder: Path) -> str:
    return (
        "The folder of the run is gone: it was moved or deleted while the run was trained. Move it back to go on with"
        f" the run from its last checkpoint ({folder})."
    )
