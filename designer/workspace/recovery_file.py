"""The recovery file: work that is not saved yet, with where it belongs, in a file that one session at a time holds."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import filelock

from designer.project.atomic import atomic_write, io_error
from designer.project.errors import ProjectError
from designer.project.file import MOST_BYTES
from designer.project.patience import patiently
from designer.workspace.places import recovery_folder

FORMAT, VERSION = "layerloom-recovery", "1"
SUFFIX, LOCK = ".recovery", ".lock"
MOST_HEAD = 100_000
LONGEST_SLUG = 40


class DamagedCopy(ProjectError):
    """A recovery file that does not hold what was written into it."""


class NewerCopy(ProjectError):
    """A recovery file of a newer Layerloom."""


@dataclass(frozen=True)
class Origin:
    """Where unsaved work comes from.

    ``project`` is the project's file, empty where there is none yet, ``seen`` the hash of that file as it was opened,
    ``folder`` what relative data paths start from, ``label`` the last step, ``time`` and ``declined`` are seconds since
    1970, the latter 0 unless a person has said that the work is not wanted.
    """

    project: str = ""
    seen: str = ""
    folder: str = ""
    label: str = ""
    time: float = 0.0
    layers: int = 0
    links: int = 0
    declined: float = 0.0


KINDS: Mapping[str, tuple[type, ...]] = {
    item.name: (float, int) if item.type == "float" else (type(item.default),) for item in fields(Origin)
}


class RecoveryFile:
    """A recovery file that nobody else may take as long as it is held; the system gives it free when a process ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = filelock.FileLock(path.with_suffix(LOCK), timeout=0, thread_local=False)

    @classmethod
    def fresh(cls, title: str) -> RecoveryFile:
        """A new file for the work called ``title``, held; a ProjectError where there can be none."""
        slug = re.sub(r"[^A-Za-z0-9]+", "-", title)[:LONGEST_SLUG].strip("-").lower() or "project"
        file = cls(recovery_folder() / f"{slug}-{secrets.token_hex(3)}{SUFFIX}")
        if not file.hold():
            raise ProjectError(f"{file.path}: the name of this file is taken. Try again.")
        return file

    def hold(self) -> bool:
        """Whether it is held now, and by nobody else; a ProjectError where the folder cannot be written."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # somebody may have emptied the folder
            if self._lock.is_locked and not Path(self._lock.lock_file).exists():
                self._lock.release(force=True)
            if not self._lock.is_locked:
                self._lock.acquire()
        except filelock.Timeout:
            return False
        except OSError as error:
            raise io_error(self.path.parent, "write", error) from error
        return True

    def write(self, origin: Origin, text: str) -> None:
        """Replace what it holds, whole or not at all; a ProjectError says why that cannot be."""
        if not self.hold():
            raise ProjectError(f"{self.path}: another window has taken this file.")
        body = f"{json.dumps(asdict(origin))}\n{text}".encode()
        atomic_write(self.path, f"{FORMAT} {VERSION} {hashlib.sha256(body).hexdigest()}\n".encode() + body)

    def remove(self) -> None:
        """Take it away: its work is saved, or not wanted."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
        self.release()

    def release(self) -> None:
        """Let others take it."""
        if self._lock.is_locked:
            # while it is still held, so that nobody's lock is taken away
            with contextlib.suppress(OSError):
                Path(self._lock.lock_file).unlink(missing_ok=True)
        self._lock.release(force=True)


def read_recovery(path: Path) -> tuple[Origin, str]:
    """Where the work in a recovery file comes from, and the text of its project.

    Raises DamagedCopy where it is not as it was written, NewerCopy where a newer Layerloom wrote it, and any other
    ProjectError where it cannot be read.
    """
    try:
        with patiently(lambda: path.open("rb")) as file:
            content = file.read(MOST_BYTES + MOST_HEAD)
    except OSError as error:
        raise io_error(path, "read", error) from error
    line, _, body = content.partition(b"\n")
    form, version, digest, *_ = [*line[:200].decode("ascii", "replace").split(" "), "", "", ""]
    if form == FORMAT and version != VERSION:
        raise NewerCopy(f"{path}: this work was kept by a newer Layerloom. Recover it with that one.")
    if form != FORMAT or digest != hashlib.sha256(body).hexdigest():
        raise DamagedCopy(f"{path}: this recovery file is damaged: it does not hold what was written into it.")
    head, _, text = body.partition(b"\n")
    try:
        return _origin(json.loads(head)), text.decode()
    except (ValueError, RecursionError) as error:
        raise DamagedCopy(f"{path}: this recovery file is damaged: {error}.") from None


def _origin(head: object) -> Origin:
    if not isinstance(head, dict):
        raise ValueError("its head is no object")
    values = {name: head[name] for name in KINDS if name in head}
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, KINDS[name]) or "\0" in str(value):
            raise ValueError(f"“{name}” is {str(value)[:40]}")
    return Origin(**values)
