"""Whether a run is being trained now, by whichever process: a lock in its folder that the system itself gives back."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import filelock

from designer.project.atomic import atomic_write, io_words
from designer.project.errors import ProjectError
from designer.project.json_object import object_in
from designer.project.patience import patiently
from designer.project.terminal import as_typed
from designer.training.errors import RunError

LOCK = "alive.lock"
STATUS = "alive.json"
# what the next status is written into, and the last one while the two change places
SPARE, LAST = "alive.next.json", "alive.last.json"
ORDERS = "orders.jsonl"
PASSING = (STATUS, SPARE, LAST, ORDERS)
LOOK_SECONDS = 0.05
CLAIM_SECONDS = 2.0
# the room of a status, in bytes: what it needs, and what may come to it
BLOCK, SLACK = 4096, 2048


@contextmanager
def living(folder: Path) -> Iterator[None]:
    """A block in which this process trains the run in ``folder``; RunError where another one does so already.

    However the process ends, the system gives the lock back, so that nobody waits for a dead one.
    """
    with claim(folder / LOCK, BeingTrainedError(folder), PASSING):
        _remove(folder, PASSING)
        yield


@contextmanager
def claim(path: Path, refusal: str | RunError, passing: tuple[str, ...] = ()) -> Iterator[None]:
    """A block in which this process alone holds the lock ``path``; RunError with ``refusal`` where another one does.

    In the end the lock is removed, with the files beside it that are ``passing``.
    """
    lock = filelock.FileLock(path, thread_local=False)
    try:
        # who only looks whether it is held holds the lock for an instant
        lock.acquire(timeout=CLAIM_SECONDS, poll_interval=0.01)
    except filelock.Timeout:
        raise (refusal if isinstance(refusal, RunError) else RunError(refusal)) from None
    except OSError as error:
        raise RunError(io_words(path.parent, "write", error, "that the run is being trained")) from error
    try:
        yield
    finally:
        # removed while it is held: who opened it before finds that it has no name any more, and looks again
        _remove(path.parent, (*passing, path.name))
        lock.release(force=True)


def is_alive(folder: Path) -> bool:
    """Whether a process trains the run in ``folder`` now."""
    return is_claimed(folder / LOCK)


def is_claimed(path: Path) -> bool:
    """Whether a process holds the lock ``path`` now."""
    if not path.exists():
        return False
    if sys.platform != "win32":
        with suppress(OSError):
            return _is_held(path)
    lock = filelock.FileLock(path, thread_local=False)
    try:
        lock.acquire(timeout=LOOK_SECONDS, poll_interval=0.01)
    except filelock.Timeout:
        return True
    except OSError:
        return False
    lock.release(force=True)
    return False


def _is_held(path: Path) -> bool:
    """As ``is_claimed``, at once: of those who only look, each may hold the lock beside the others."""
    import fcntl

    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return True
    return False


class BeingTrainedError(RunError):
    """Nothing else can be done with a run that is alive."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"The run {folder.name} is being trained right now. Follow it, stop it or wait for its end.")
        place = as_typed([str(folder)])
        self.commands = f"layerloom train --attach {place}, or layerloom order {place} stop"


def write_status(folder: Path, status: Mapping[str, Any]) -> bool:
    """Say where the training stands, for those who look at it from outside; whether the disk let that be done.

    Where there is no room for a file it is written into one that has its room already, which changes places with the
    last status: that one is the next to be written into.
    """
    text = json.dumps(status).encode()
    # with room for one that has a little more to tell; JSON may end in blanks
    size = -(-(len(text) + SLACK) // BLOCK) * BLOCK
    spare = folder / SPARE
    try:
        if not spare.exists() or spare.stat().st_size < size:
            atomic_write(spare, b" " * size, lasting=False)
        atomic_write(folder / STATUS, text.ljust(size - 1) + b"\n", lasting=False)
    except (ProjectError, OSError):
        with suppress(OSError):
            return _written_over(folder, text)
        return False
    return True


def _written_over(folder: Path, text: bytes) -> bool:
    """Write the status into the room that is kept, and let it and the last one change places; whether it fits."""
    spare, last = folder / SPARE, folder / LAST
    if not spare.exists() and last.exists():
        # killed, or kept from it, between the two
        patiently(lambda: last.replace(spare))
    size = spare.stat().st_size
    if size <= len(text):
        return False
    with spare.open("r+b") as file:
        file.write(text.ljust(size - 1) + b"\n")
    last.unlink(missing_ok=True)
    with suppress(OSError):
        # not every file system has second names; there the room is gone with this status
        os.link(folder / STATUS, last)
    patiently(lambda: spare.replace(folder / STATUS))
    with suppress(FileNotFoundError):
        patiently(lambda: last.replace(spare))
    return True


def read_status(folder: Path) -> dict[str, Any]:
    """Where a living training said last that it stands; empty before its first word."""
    return object_in(folder / STATUS)


def _remove(folder: Path, names: tuple[str, ...]) -> None:
    for name in names:
        with suppress(OSError):
            (folder / name).unlink(missing_ok=True)
