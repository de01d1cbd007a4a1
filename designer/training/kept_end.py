"""What a run ended with, while it goes on: out of the way, and back in its place where nothing new could be saved."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from designer.project.atomic import atomic_write
from designer.project.errors import ProjectError
from designer.project.patience import patiently
from designer.training.checkpoint import WEIGHTS
from designer.training.run_files import COPY_NAME, METRICS_NAME

AT_THE_END = (METRICS_NAME, "results.json", WEIGHTS)
BEFORE = ".before"


def tidy_end(folder: Path) -> None:
    """Clear away what a killed process left beside the end of the run in ``folder``, which nobody trains meanwhile."""
    copy, kept, metrics = folder / COPY_NAME, folder / (COPY_NAME + BEFORE), folder / METRICS_NAME
    if not metrics.exists() or not kept.exists():
        return
    with suppress(OSError):
        # one file under two names, to put one of which in the other's place would do nothing; or the end is one of what
        # the run went on with, and who wrote it was killed before the name was gone
        if copy.exists() and (copy.samefile(kept) or metrics.stat().st_mtime_ns > copy.stat().st_mtime_ns):
            kept.unlink()
        else:
            patiently(lambda: kept.replace(copy))


@contextmanager
def tidied_end(folder: Path) -> Iterator[None]:
    """A block in which a run may go on; what was left beside its end is cleared away before and after."""
    tidy_end(folder)
    try:
        yield
    finally:
        tidy_end(folder)


class KeptEnd:
    """The files of the end of the run in ``folder``.

    Another name takes no room, so that this is done on a full disk too. After a kill the run is one that goes on: its
    files wait under their other names until something new is saved.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._aside = False

    def put_aside(self) -> None:
        """The run goes on: it has no end any more."""
        self._aside = True
        self._keep_copy()
        for name in AT_THE_END:
            with suppress(FileNotFoundError):
                _renamed(self._folder / name, self._folder / (name + BEFORE))

    def drop(self) -> None:
        """Something new is saved: the end of before is none."""
        names = (*AT_THE_END, COPY_NAME) if self._aside else (COPY_NAME,)
        self._aside = False
        for name in names:
            with suppress(OSError):
                (self._folder / (name + BEFORE)).unlink(missing_ok=True)

    def put_back(self) -> bool:
        """Nothing new could be saved: the run has the end that it had; whether it is back."""
        if not self._aside or not (self._folder / (METRICS_NAME + BEFORE)).exists():
            return False
        self._aside = False
        # last comes what says that the run has ended
        for name in (COPY_NAME, *reversed(AT_THE_END)):
            with suppress(OSError):
                _renamed(self._folder / (name + BEFORE), self._folder / name)
        # of one file under two names both are left
        tidy_end(self._folder)
        return True

    def _keep_copy(self) -> None:
        """The project of a run that has ended is written anew, for more epochs: the one it ended with stays beside.

        Nothing happens to a run without an end, whose project says what it goes on with.
        """
        copy, kept = self._folder / COPY_NAME, self._folder / (COPY_NAME + BEFORE)
        if not (self._folder / METRICS_NAME).exists() or not copy.exists():
            return
        try:
            # a second name takes no room
            os.link(copy, kept)
        except OSError:
            # not every file system has them; without room a larger number of epochs is all that may stay behind
            with suppress(ProjectError, OSError):
                atomic_write(kept, copy.read_bytes())


def _renamed(file: Path, name: Path) -> None:
    patiently(lambda: file.replace(name))
