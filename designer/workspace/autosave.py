"""Autosave: what a session shows is on the disk within a second of every edit, whatever ends the program."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from designer.project.errors import LayerloomError
from designer.project.file import to_text
from designer.project.model import Project
from designer.workspace.recovery_file import Origin, RecoveryFile
from designer.workspace.session import Session

SETTLE = 0.3
APART = 0.5
AGAIN = 2.0
PATIENCE = 5.0
SAFE_AGAIN = "Unsaved work is kept safe again."


@dataclass(frozen=True)
class Moment:
    """What a session shows at one moment. ``saved`` says that its file holds it already."""

    project: Project
    origin: Origin
    title: str
    saved: bool


class Autosave:
    """Keeps a session's unsaved work in a recovery file, which goes away once it is saved.

    All writing is done by one thread of its own, which begins with the first edit and ends with ``close``; of several
    edits in half a second only the last is written. ``tell`` is called from that thread, once with a sentence when the
    work cannot be kept, and once when it can be again.
    """

    def __init__(self, session: Session, tell: Callable[[str], object] = lambda sentence: None) -> None:
        self._session = session
        self._tell = tell
        self._changed = threading.Condition()
        self._latest: Moment | None = None
        self._settled: Moment | None = None
        self._since = 0.0
        self._next = 0.0
        self._urgent = self._closing = self._busy = self._failed = False
        self._thread: threading.Thread | None = None
        self._file: RecoveryFile | None = None
        self._project = ""
        self._unsubscribe = (
            session.subscribe(lambda old, new: self.note()),
            session.subscribe_to_file(self.note),
        )
        self.note()

    def note(self) -> None:
        """Take note of what the session shows now."""
        moment = _moment(self._session)
        with self._changed:
            if self._closing or (moment.saved and self._thread is None):
                return
            if self._latest is None:
                self._since = time.monotonic()
            self._latest = moment
            # a copy that is older than the file must not outlive the program, so this does not wait
            self._settled = moment if moment.saved else self._settled
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="autosave", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, seconds: float = PATIENCE) -> bool:
        """Write at once what is not written yet; whether it is safe now."""
        with self._changed:
            self._urgent = True
            self._changed.notify_all()
            done = self._changed.wait_for(self._is_done, seconds)
            self._urgent = False
            return done and self._latest is None

    def _is_done(self) -> bool:
        return not self._busy and self._settled is None and (self._latest is None or self._failed)

    def close(self, keep: bool = False) -> None:
        """The session ends: what is unsaved was given up knowingly, unless it is to be kept for the next start."""
        for stop in self._unsubscribe:
            stop()
        if keep:
            self.flush()
        with self._changed:
            self._closing = True
            self._latest = self._settled = None
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(PATIENCE)
        if self._file is not None:
            (self._file.release if keep else self._file.remove)()
            self._file = None

    def _work(self) -> None:
        while (moment := self._due()) is not None:
            trouble = ""
            try:
                self._keep(moment)
            except LayerloomError as error:
                trouble = str(error)
            finally:
                with self._changed:
                    self._busy = False
                    if trouble and self._latest is None:
                        self._latest = moment
                    told, self._failed = self._failed, bool(trouble)
                    self._next = time.monotonic() + AGAIN if trouble else self._next
                    self._changed.notify_all()
            if trouble and not told:
                self._tell(f"Unsaved work cannot be kept safe: {trouble} Save the project to be sure.")
            elif told and not trouble:
                self._tell(SAFE_AGAIN)

    def _due(self) -> Moment | None:
        """What is to be written, as soon as it is time to; None when there is no more."""
        with self._changed:
            while not self._closing:
                wait = max(self._since + SETTLE, self._next) - time.monotonic()
                if (settled := self._settled) is not None:
                    self._settled, self._busy = None, True
                    self._latest = None if self._latest is settled else self._latest
                    return settled
                if self._latest is None:
                    self._changed.wait()
                elif wait > 0 and not (self._urgent and not self._failed):
                    self._changed.wait(wait)
                else:
                    moment, self._latest, self._busy = self._latest, None, True
                    self._next = time.monotonic() + APART
                    return moment
            return None

    def _keep(self, moment: Moment) -> None:
        old = self._file
        if moment.saved:
            self._file = None
        else:
            same = old is not None and self._project == moment.origin.project
            text = to_text(moment.project)
            file = old if old is not None and same else RecoveryFile.fresh(moment.title)
            try:
                file.write(moment.origin, text)
            except LayerloomError:
                if file is not old:
                    file.remove()
                raise
            self._file, self._project = file, moment.origin.project
        if old is not None and old is not self._file:
            old.remove()


def _moment(session: Session) -> Moment:
    project, path, history = session.project, session.path, session.history
    folder = ""
    # the current folder may have been removed
    with suppress(OSError):
        folder = str(path.parent if path else Path.cwd())
    graph = project.graph
    origin = Origin(
        project=str(path) if path else "",
        seen=session.seen,
        folder=folder,
        label=history.steps[history.index].label,
        time=time.time(),
        layers=len(graph.nodes),
        links=len(graph.links),
    )
    return Moment(project, origin, session.title, session.saved)
