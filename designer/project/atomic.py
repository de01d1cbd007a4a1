"""Atomic writing: a file is replaced whole or not at all, whatever kills the program or fills the disk."""

from __future__ import annotations

import errno
import itertools
import os
import re
import secrets
import socket
import stat
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from designer.project.errors import ProjectError
from designer.project.patience import patiently

TEMPORARY = re.compile(r"\.layerloom-([0-9a-f]{8})-([0-9]{1,10})-([0-9a-f]{8})-[0-9]{1,10}\.tmp")
OLD = 24 * 3600.0
PREVIOUS = ".bak"

_HOST = f"{zlib.crc32(socket.gethostname().encode()):08x}"
_PROCESS = secrets.token_hex(4)
_NUMBERS = itertools.count()

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
FULL = "There is no space left on the disk, or the quota is used up. Free some disk space and try again"
# on Windows, where nobody has asked it to allow for more
LONGEST_PATH = 259
TOO_LONG = (
    f"the path is longer than the {LONGEST_PATH} signs that Windows takes by itself, with a name of some 40 signs that"
    " is used while the file is written. Move the project to a folder nearer to the drive"
)
REASONS = {
    errno.EFBIG: "the disk space allowed for one file is used up: the file is too large for this disk or its limits",
    errno.EACCES: "this is not allowed for you here",
    errno.EPERM: "this is not allowed for you here",
    errno.EROFS: "the disk can only be read, not written",
    errno.ENOENT: "there is no such file or folder",
    errno.ENOTDIR: "a part of the path is a file, not a folder",
    errno.EISDIR: "there is a folder of this name",
    errno.ENAMETOOLONG: "the name is too long",
    errno.ELOOP: "its links lead in a circle",
}


def io_error(path: Path | str, verb: str, error: OSError) -> ProjectError:
    """The error for people when the system refuses to ``verb`` (read, write) the file ``path``."""
    return ProjectError(io_words(path, verb, error))


def io_words(path: Path | str, verb: str, error: OSError, what: str = "") -> str:
    """Why the system refuses to ``verb`` the file ``path``, or ``what`` in its place: a sentence that ends in the path.

    What happened comes first, for a path can be longer than the place where the sentence is read.
    """
    if error.errno in NO_ROOM:
        return f"{FULL} (cannot {verb} {what + ' in ' if what else ''}{path})."
    reason = TOO_LONG if _is_too_long(error) else REASONS.get(error.errno or 0, (error.strerror or str(error)).lower())
    return f"Cannot {verb} {what or f'“{Path(path).name}”'}: {reason} ({path})."


def _is_too_long(error: OSError) -> bool:
    """Whether a path is longer than Windows takes: it says only that there is none such."""
    length = len(os.path.abspath(error.filename)) if isinstance(error.filename, str) else 0
    return sys.platform == "win32" and error.errno == errno.ENOENT and length > LONGEST_PATH


def refusal(error: OSError) -> str:
    """What the system said, as a sentence for people; the path, where it told one, at its end."""
    reason = FULL if error.errno in NO_ROOM else REASONS.get(error.errno or 0, error.strerror or str(error))
    where = f" ({error.filename})" if error.filename else ""
    return f"{reason[:1].upper()}{reason[1:]}{where}."


def atomic_write(path: Path | str, data: bytes | str, lasting: bool = True) -> None:
    """Replaces the file ``path`` by ``data``, text as UTF-8. A ProjectError leaves the old file byte for byte.

    ``lasting`` as for ``atomic_file``.
    """
    with atomic_file(path, lasting) as file:
        file.write(data.encode() if isinstance(data, str) else data)


@contextmanager
def atomic_file(path: Path | str, lasting: bool = True) -> Iterator[BinaryIO]:
    """A binary file that takes the place of ``path`` once the block ends; an exception leaves the old file as it was.

    Links are followed, the old file's permissions are kept. A ProjectError names the path and the cause. One that is
    not ``lasting`` is whole however the program ends, but a power cut right after may take it: the disk, which may
    need as long as hundreds of training steps, is not waited for.
    """
    path = Path(path)
    try:
        real = Path(os.path.realpath(path))
        mode = _mode_of(real)
        temporary = _temporary(real)
        descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    except OSError as error:
        raise io_error(path, "write", error) from error
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            if mode is not None and hasattr(os, "fchmod"):
                os.fchmod(descriptor, mode)
            if lasting:
                os.fsync(descriptor)
        patiently(lambda: os.replace(temporary, real))
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            raise io_error(path, "write", error) from error
        raise
    if lasting:
        _sync_folder(real.parent)


def handed_to(process: int, folder: Path) -> Path:
    """A name in ``folder`` for a file that ``process`` alone is to read: it is left over once that process is dead."""
    return folder / f".layerloom-{_HOST}-{process}-{_PROCESS}-{next(_NUMBERS)}.tmp"


def _temporary(real: Path) -> Path:
    """A name in the same folder that nobody else uses, and by which a later start knows what was left behind."""
    return handed_to(os.getpid(), real.parent)


def _mode_of(path: Path) -> int | None:
    """The permissions of the file, None where there is none yet; an OSError where it must not be replaced."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return stat.S_IMODE(status.st_mode)


def _sync_folder(folder: Path) -> None:
    """Makes the new name last through a power cut, where the system lets folders be flushed."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def previous_kept(path: Path | str) -> Iterator[None]:
    """A block that replaces the file ``path``: what the file held before is in ``NAME.bak`` afterwards.

    Where the block fails, or changes nothing, the older ``NAME.bak`` stays. Where none can be made, nothing is said:
    the new file is what counts.
    """
    real = Path(os.path.realpath(path))
    linked = _linked(real)
    try:
        yield
        if linked is not None:
            with suppress(OSError):
                if not _same_bytes(linked, real):
                    patiently(lambda: os.replace(linked, real.with_name(real.name + PREVIOUS)))
    finally:
        if linked is not None:
            with suppress(OSError):
                linked.unlink(missing_ok=True)


def _linked(real: Path) -> Path | None:
    """Another name for the file's present content, which takes no room on the disk; a copy where there are no links."""
    temporary = _temporary(real)
    with suppress(OSError, ProjectError):
        if not real.is_file():
            return None
        try:
            os.link(real, temporary)
        except OSError:
            atomic_write(temporary, real.read_bytes())
        return temporary
    return None


def _same_bytes(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()


def set_aside(path: Path | str, suffix: str) -> Path | None:
    """Gives a file that is of no use another name, which is the answer; None where the system refuses."""
    path = Path(path)
    aside = path.with_name(path.name + suffix)
    try:
        patiently(lambda: os.replace(path, aside))
    except OSError:
        return None
    return aside


def remove_stale_temporaries(folder: Path | str) -> int:
    """Removes what killed programs left of unfinished writes in ``folder``; how many files it removed.

    Files of programs that still run, here or (for a day) on other machines, are left alone.
    """
    removed = 0
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            found = TEMPORARY.fullmatch(entry.name)
            if found and _is_stale(entry, host=found[1], process=int(found[2]), token=found[3]):
                with suppress(OSError):
                    os.unlink(entry.path)
                    removed += 1
    return removed


def _is_stale(entry: os.DirEntry[str], host: str, process: int, token: str) -> bool:
    import psutil

    if host == _HOST and process == os.getpid():
        return token != _PROCESS
    if host == _HOST and not psutil.pid_exists(process):
        return True
    with suppress(OSError):
        return time.time() - entry.stat(follow_symlinks=False).st_mtime > OLD
    return False
