"""Recovery: finding the work that was not saved when a session ended without order, and bringing it back."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from designer.project.atomic import PREVIOUS, remove_stale_temporaries, set_aside
from designer.project.errors import ProjectError
from designer.project.file import from_text, save_project
from designer.project.model import Project
from designer.project.paths import rebased, resolve_from, with_paths
from designer.workspace.guard import fingerprint
from designer.workspace.places import recovery_folder
from designer.workspace.recovery_file import LOCK, SUFFIX, DamagedCopy, Origin, RecoveryFile, read_recovery
from designer.workspace.session import Session

DAMAGED = ".damaged"
KEPT_SECONDS = 30 * 24 * 3600.0
ABANDONED_SECONDS = 24 * 3600.0
LABEL = "Recover unsaved work"


@dataclass(frozen=True)
class Recoverable:
    """Unsaved work that no living session holds."""

    file: Path
    origin: Origin

    @property
    def name(self) -> str:
        """What it is called on the command line."""
        return self.file.name.removesuffix(SUFFIX)

    @property
    def project(self) -> Path | None:
        """The project's file; None where the work was never saved."""
        return Path(self.origin.project) if self.origin.project else None

    @property
    def title(self) -> str:
        """The project's name for people."""
        return self.project.stem if self.project else "Untitled"

    @property
    def declined(self) -> bool:
        """Whether a person has said that it is not wanted, so that it is not offered unasked."""
        return self.origin.declined > 0


def list_recoverable() -> tuple[Recoverable, ...]:
    """All unsaved work, the latest first. Never raises: what is damaged is moved aside, what is held is left out.

    Work that was declined 30 days ago is dropped, and so is what the project's file holds already.
    """
    folder = recovery_folder()
    found: list[Recoverable] = []
    with contextlib.suppress(OSError):
        paths = sorted(folder.iterdir())
        for path in paths:
            if path.suffix == SUFFIX:
                found += _looked_at(path)
            elif path.suffix in (DAMAGED, LOCK):
                _drop_old(path)
        remove_stale_temporaries(folder)
    return tuple(sorted(found, key=lambda work: work.origin.time, reverse=True))


def load_work(work: Recoverable) -> Project:
    """The unsaved project, with data paths that lead to the same data as before; a ProjectError says why not."""
    origin, text = read_recovery(work.file)
    project = from_text(text, str(work.file))
    if origin.project or project.data is None or not origin.folder:
        return project
    folder = Path(origin.folder)
    data = with_paths(project.data, lambda path: resolve_from(folder, path).as_posix())
    return replace(project, data=data)


def changed_since(work: Recoverable) -> bool:
    """Whether the project's file is no longer what the work began with; a ProjectError where it cannot be read."""
    return work.project is not None and fingerprint(work.project) != work.origin.seen


def recover(work: Recoverable, session: Session, keep: Callable[[], bool] = lambda: False) -> None:
    """Show unsaved work in ``session``, as a step after the saved project; a ProjectError changes nothing.

    Where the session shows that project already, its own steps stay. ``keep`` writes what the session shows into a
    recovery file of its own and says whether it could; only then the old one goes away.
    """
    held = _held(work)
    try:
        project = load_work(work)
        if work.project is None or session.path != work.project:
            _show_saved(work, session)
        session.expect(work.origin.seen)
        session.do(LABEL, project)
        if keep() or session.saved:
            held.remove()
    finally:
        held.release()


def decline(work: Recoverable) -> None:
    """Do not offer this work any more by itself; it is kept for 30 days. A ProjectError where that cannot be noted."""
    held = _held(work)
    try:
        origin, text = read_recovery(work.file)
        held.write(replace(origin, declined=time.time()), text)
    finally:
        held.release()


def write_out(work: Recoverable, out: Path) -> None:
    """Save unsaved work as the project ``out``, and do not offer it any more by itself.

    A ProjectError where the work cannot be read, or where ``out`` exists already or cannot be written.
    """
    out = out.resolve()
    if out.exists():
        raise ProjectError(f"{out} exists already and may hold somebody's work; name another file with -o.")
    project = load_work(work)
    if work.origin.folder:
        project = rebased(project, Path(work.origin.folder), out)
    save_project(project, out)
    # it is safe now; to be offered once more does no harm
    with contextlib.suppress(ProjectError):
        decline(work)


def previous_save(path: Path) -> Path | None:
    """The project as it was before it was last saved, where there is such a file."""
    previous = path.with_name(path.name + PREVIOUS)
    return previous if previous.is_file() else None


def _held(work: Recoverable) -> RecoveryFile:
    file = RecoveryFile(work.file)
    if not file.hold():
        raise ProjectError(f"The unsaved work of “{work.title}” is open in another Layerloom window. Go on there.")
    return file


def _show_saved(work: Recoverable, session: Session) -> None:
    """Let the session show what the work began with: its file, or nothing where that is gone or cannot be read."""
    if work.project is not None and work.project.exists():
        with contextlib.suppress(ProjectError):
            session.reopen(work.project)
            return
    session.restart(Project(), work.project)


def _looked_at(path: Path) -> list[Recoverable]:
    file = RecoveryFile(path)
    try:
        if not file.hold():
            return []
        origin, text = read_recovery(path)
        if (origin.declined and time.time() - origin.declined > KEPT_SECONDS) or _is_saved(origin, text):
            file.remove()
            return []
        return [Recoverable(path, origin)]
    except DamagedCopy:
        set_aside(path, DAMAGED)
        return []
    except ProjectError:
        # written by a newer Layerloom, or on a disk that does not answer now: another start may read it
        return []
    finally:
        file.release()


def _is_saved(origin: Origin, text: str) -> bool:
    """Whether the project's file holds this very work: the session ended between the save and its tidying up."""
    if not origin.project:
        return False
    with contextlib.suppress(OSError):
        return Path(origin.project).read_bytes() == text.encode()
    return False


def _drop_old(path: Path) -> None:
    """Remove what has been of no use for long: a damaged file, or the mark of a session that is no more."""
    with contextlib.suppress(OSError, ProjectError):
        age = time.time() - path.stat().st_mtime
        if path.suffix == DAMAGED and age > KEPT_SECONDS:
            path.unlink(missing_ok=True)
        elif path.suffix == LOCK and age > ABANDONED_SECONDS:
            file = RecoveryFile(path.with_suffix(SUFFIX))
            if not file.path.exists() and file.hold():
                file.release()
