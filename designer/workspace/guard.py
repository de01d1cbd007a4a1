"""Guards a project file: one writer at a time, and no change from elsewhere is written over unasked."""

from __future__ import annotations

import hashlib
from pathlib import Path

import filelock

from designer.project.atomic import io_error
from designer.project.errors import ProjectError
from designer.project.patience import patiently
from designer.workspace.places import locks_folder


class ChangedOutside(ProjectError):
    """The file has changed since it was read; it is written over only when the user says so."""


class OpenElsewhere(ProjectError):
    """Another window has the project open, so this one may look at it and save a copy only."""


def fingerprint(path: Path) -> str:
    """A hash of the file's bytes, empty where there is no file."""
    try:
        with patiently(lambda: path.open("rb")) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise ProjectError(f"{path}: cannot be read ({error.strerror or error})") from error


class Guard:
    """Holds the right to write one project file.

    ``owner`` is whether this guard got it. The system itself takes it back when the process ends, however it ends.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._lock = filelock.FileLock(_lock_file(self.path), timeout=0, thread_local=False)
        self.seen = fingerprint(self.path)
        self.owner = self._acquire()

    def _acquire(self) -> bool:
        try:
            self._lock.acquire()
        except filelock.Timeout:
            return False
        return True

    def check(self, overwrite: bool = False) -> None:
        """Raise where the file may not be written: open elsewhere, or changed since it was read."""
        # the other window may have been closed in the meantime
        self.owner = self.owner or self._acquire()
        if not self.owner:
            raise OpenElsewhere(
                f"{self.path.name} is open in another Layerloom window. Save under another name, or close it there."
            )
        if not overwrite and fingerprint(self.path) != self.seen:
            raise ChangedOutside(
                f"{self.path.name} was changed by another program since it was opened here. Save under another name,"
                " or confirm that it be overwritten."
            )

    def wrote(self) -> None:
        """Take note of the file as it stands now."""
        self.seen = fingerprint(self.path)

    def release(self) -> None:
        """Give the right back."""
        self._lock.release(force=True)
        self.owner = False


def _lock_file(path: Path) -> Path:
    folder = locks_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise io_error(folder, "make", error) from error
    return folder / (hashlib.sha256(str(path).encode("utf-8", "surrogateescape")).hexdigest()[:32] + ".lock")
