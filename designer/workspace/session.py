"""A session: one project being worked on, with its history, its file and those who watch it change."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from designer.compiler.trust import allow_only, digest_of
from designer.project.atomic import previous_kept, remove_stale_temporaries
from designer.project.errors import ProjectError
from designer.project.file import load_project, save_project
from designer.project.history import History
from designer.project.model import Data, Project
from designer.project.paths import relative_to_project, resolve, with_paths
from designer.workspace import trust
from designer.workspace.guard import ChangedOutside, Guard
from designer.workspace.listening import listen

Observer: TypeAlias = Callable[[Project, Project], None]
SUFFIX = ".loom"


class Session:
    """The one place where the project that a window shows changes.

    Every change goes through ``do``, ``undo``, ``redo`` or ``go``; the observers are then told (old, new), in order,
    also where one of them makes a change itself.
    """

    def __init__(self, project: Project | None = None, path: Path | None = None) -> None:
        self.history = History.start(project or Project())
        self.path = path.resolve() if path else None
        self._saved: Project | None = Project()
        self._guard: Guard | None = None
        self._observers: list[Observer] = []
        self._file_observers: list[Callable[[], None]] = []
        self._told: deque[tuple[Project, Project]] = deque()
        self._telling = False
        self._trusted: frozenset[str] = frozenset()
        self._trust_observers: list[Callable[[], None]] = []
        self._trust_file()

    @classmethod
    def open(cls, path: Path | str) -> Session:
        """Open a project file; a ProjectError says why it cannot be."""
        session = cls()
        session.reopen(path)
        return session

    @classmethod
    def new(cls, project: Project, path: Path | str | None = None) -> Session:
        """A session on a project that is not saved yet; ``path`` is where it will be."""
        return cls(project, Path(path) if path else None)

    @property
    def project(self) -> Project:
        """The project as it is now."""
        return self.history.project

    @property
    def saved(self) -> bool:
        """Whether nothing would be lost by closing: the file holds the project as it is, or there is nothing in it."""
        return self.project is self._saved or self.project == self._saved

    @property
    def read_only(self) -> bool:
        """Whether another window has the project open, so that only a copy can be saved."""
        return self._guard is not None and not self._guard.owner

    @property
    def seen(self) -> str:
        """The hash of the file as it was last read or written here; empty where there is none."""
        return self._guard.seen if self._guard is not None else ""

    @property
    def untrusted(self) -> list[str]:
        """The keys of the project's custom layers that may not run yet."""
        return [key for key, layer in self.project.layers.items() if digest_of(layer.source) not in self._trusted]

    @property
    def title(self) -> str:
        """The project's name for people."""
        return self.path.stem if self.path else "Untitled"

    @property
    def base(self) -> Path:
        """The folder that relative data paths start from."""
        return self.path.parent if self.path else Path.cwd()

    def do(self, label: str, project: Project, merge: str = "") -> None:
        """Make an edit's result the project. Edits in a row with the same non-empty ``merge`` become one step."""
        self._show(self.history.push(label, project, merge))

    def undo(self) -> None:
        """Go one step back; at the start nothing happens."""
        self._show(self.history.undo())

    def redo(self) -> None:
        """Go one step on; at the end nothing happens."""
        self._show(self.history.redo())

    def go(self, index: int) -> None:
        """Go to a step of the history; an IndexError where there is none."""
        self._show(self.history.go(index))

    def subscribe(self, observer: Observer) -> Callable[[], None]:
        """Tell ``observer`` of every change from now on; the answer ends that."""
        return listen(self._observers, observer)

    def subscribe_to_file(self, observer: Callable[[], None]) -> Callable[[], None]:
        """Tell ``observer`` from now on when another project is shown and when it is saved; the answer ends that."""
        return listen(self._file_observers, observer)

    def subscribe_to_trust(self, observer: Callable[[], None]) -> Callable[[], None]:
        """Tell ``observer`` from now on when more of the project's own code may run; the answer ends that."""
        return listen(self._trust_observers, observer)

    def expect(self, seen: str) -> None:
        """Saving asks first unless the file's hash is ``seen``: the project goes back to the file as it was then."""
        if self._guard is not None:
            self._guard.seen = seen

    def allow(self, sources: Iterable[str]) -> None:
        """Let these sources of custom layers run in this project: the user has seen, or written, them.

        A ProjectError where that cannot be remembered; they may run all the same, until the project is closed.
        """
        fresh = [digest_of(source) for source in sources]
        self._trusted |= frozenset(fresh)
        allow_only(self._trusted)
        try:
            if self.path is not None:
                trust.remember(self.path, fresh)
        finally:
            for observer in list(self._trust_observers):
                observer()

    def reopen(self, path: Path | str) -> None:
        """Show a project file in this session instead; where it cannot be read nothing changes."""
        path = Path(path).resolve()
        # a guard on the same file would find the one held here in its way
        guard = Guard(path) if self._guard is None or self._guard.path != path else self._guard
        try:
            guard.wrote()
            project = load_project(path)
        except BaseException:
            if guard is not self._guard:
                guard.release()
            raise
        self._replace_guard(guard)
        if guard.owner:
            # what a save that was killed has left behind
            remove_stale_temporaries(path.parent)
        self._start(project, path, saved=project)

    def restart(self, project: Project, path: Path | str | None = None) -> None:
        """Show a project that is not saved yet in this session instead."""
        self._replace_guard(None)
        self._start(project, Path(path).resolve() if path else None, saved=Project())

    def save(self, path: Path | str | None = None, overwrite: bool = False) -> None:
        """Write the project to its file, or to another that then becomes its own.

        Raises ChangedOutside where the file has changed since it was read and ``overwrite`` is not set, OpenElsewhere
        where another window has it, ProjectError where it cannot be written; the file is then as it was.
        """
        target = Path(path).resolve() if path else self.path
        if target is None:
            raise ValueError("the project has no file yet; name one")
        if target == self.path and self._guard is not None:
            self._guard.check(overwrite)
            with previous_kept(target):
                save_project(self.project, target)
            self._guard.wrote()
        else:
            # a path given here was chosen, and its being taken confirmed, by the user
            self._save_as(target, overwrite or path is not None)
        self._saved = self.project
        self._tell_of_file()

    def close(self) -> None:
        """Let the file go, so that others may open it to write."""
        self._replace_guard(None)
        allow_only(())
        self._observers.clear()
        self._file_observers.clear()
        self._trust_observers.clear()

    def _save_as(self, target: Path, overwrite: bool) -> None:
        guard = Guard(target)
        try:
            if guard.seen and not overwrite:
                raise ChangedOutside(
                    f"{target} exists already. Save under another name, or confirm that it be overwritten."
                )
            guard.check()
            history = _moved(self.history, self.path, target)
            with previous_kept(target):
                save_project(history.project, target)
            guard.wrote()
        except BaseException:
            guard.release()
            raise
        self._replace_guard(guard)
        self.path = target
        # where it cannot be remembered, it is asked again another time
        with suppress(ProjectError):
            trust.remember(target, self._trusted)
        self._show(history)

    def _replace_guard(self, guard: Guard | None) -> None:
        if self._guard is not None and self._guard is not guard:
            self._guard.release()
        self._guard = guard

    def _start(self, project: Project, path: Path | None, saved: Project) -> None:
        self.path = path
        self._saved = saved
        # before anybody is told of the project: what was allowed for another one is not allowed for this one
        self._trust_file()
        self._show(History.start(project))
        self._tell_of_file()

    def _trust_file(self) -> None:
        """Let those custom layers run that this person has allowed for this very file, and no others."""
        self._trusted = trust.remembered(self.path) if self.path is not None else frozenset()
        allow_only(self._trusted)

    def _tell_of_file(self) -> None:
        for observer in list(self._file_observers):
            observer()

    def _show(self, history: History) -> None:
        old = self.project
        self.history = history
        if old is history.project:
            return
        self._told.append((old, history.project))
        if self._telling:
            return
        self._telling = True
        try:
            while self._told:
                change = self._told.popleft()
                for observer in list(self._observers):
                    observer(*change)
        finally:
            self._telling = False
            self._told.clear()


def _moved(history: History, old: Path | None, new: Path) -> History:
    """The same history with data paths that lead from the new file to the same data, in its past as well."""
    if old is not None and old.parent == new.parent:
        return history
    done: dict[int, Data] = {}

    def follow(project: Project) -> Project:
        data = project.data
        if data is None or (old is None and not Path(data.path).is_absolute()):
            return project
        if id(data) not in done:
            done[id(data)] = with_paths(
                data, lambda path: relative_to_project(Path(path) if old is None else resolve(path, old), new)
            )
        return project if done[id(data)] is data else replace(project, data=done[id(data)])

    return replace(history, steps=tuple(replace(step, project=follow(step.project)) for step in history.steps))
