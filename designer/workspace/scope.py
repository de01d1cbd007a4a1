"""A scope: the graph that is looked at, which is the project's own or that of a block that was entered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from designer.layers.catalog import Catalog, catalog_of
from designer.project.blocks import keys_along, place_of_change, put_back, within
from designer.project.history import History
from designer.project.model import Project
from designer.workspace.listening import listen
from designer.workspace.session import Observer, Session


@dataclass(frozen=True)
class View:
    """A project as it is seen from within: ``project.graph`` is the graph at ``path``, that of the block ``key``."""

    project: Project
    path: tuple[str, ...] = ()
    key: str = ""
    whole: Project = field(default_factory=Project)


class Scope:
    """A session seen from within one of its graphs; it has the session's calls, and every edit is put back in place.

    ``path`` leads through uses of blocks (node ids, from outside in). Observers are told (old, new) projects whose
    graph is the one that was and the one that is looked at, also when one enters or leaves a block. Where the block
    looked at is gone after an edit or an undo, one stands in the nearest graph outside it; undo and redo lead to the
    graph that they change.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._view = View(session.project, whole=session.project)
        self._steps = session.history.steps
        self._observers: list[Observer] = []
        self._moved: list[Callable[[], None]] = []
        self._unsubscribe = session.subscribe(self._session_changed)

    @property
    def project(self) -> Project:
        """The project with the graph that is looked at as its graph."""
        return self._view.project

    @property
    def whole(self) -> Project:
        """The project as it is saved and trained."""
        return self.session.project

    @property
    def path(self) -> tuple[str, ...]:
        """The uses of blocks that lead to the graph that is looked at, from outside in; empty at the top."""
        return self._view.path

    @property
    def block_key(self) -> str:
        """The key of the block that is looked into; empty at the top."""
        return self._view.key

    @property
    def catalog(self) -> Catalog:
        """The layer types of the project, its blocks among them."""
        return catalog_of(self.project)

    @property
    def history(self) -> History:
        """The session's history."""
        return self.session.history

    @property
    def base(self) -> Path:
        """The folder that relative data paths start from."""
        return self.session.base

    @property
    def file(self) -> Path | None:
        """The session's project file."""
        return self.session.path

    @property
    def read_only(self) -> bool:
        """Whether another window has the project open."""
        return self.session.read_only

    @property
    def names(self) -> tuple[str, ...]:
        """What to call each step of ``path``: the names of the uses of blocks."""
        graph, found = self.whole.graph, []
        for place, node in enumerate(self.path):
            found.append(graph.nodes[node].name)
            keys = keys_along(self.whole, self.path[: place + 1])
            graph = self.whole.blocks[keys[-1]].graph if keys else graph
        return tuple(found)

    def do(self, label: str, project: Project, merge: str = "") -> None:
        """Make the result of an edit of ``self.project`` the project. An EditError where it cannot be put in place."""
        merged = f"{'/'.join(self.path)}:{merge}" if merge and self.path else merge
        self.session.do(label, put_back(self.whole, self._view.key, project), merged)

    def do_whole(self, label: str, edit: Callable[[Project], Project]) -> None:
        """Make an edit of the whole project, as a fix is, wherever one looks at the moment."""
        self.session.do(label, edit(self.whole))

    def undo(self) -> None:
        """Go one step back; at the start nothing happens."""
        self.session.undo()

    def redo(self) -> None:
        """Go one step on; at the end nothing happens."""
        self.session.redo()

    def go(self, index: int) -> None:
        """Go to a step of the history; an IndexError where there is none."""
        self.session.go(index)

    def look_at(self, path: tuple[str, ...]) -> None:
        """Look at the graph at ``path``, or as near to it as there is one."""
        self._show(_view(self.whole, path))

    def enter(self, node: str) -> bool:
        """Look into the block that a node of this graph is a use of; whether it is one."""
        if keys_along(self.whole, (*self.path, node)) is None:
            return False
        self.look_at((*self.path, node))
        return True

    def leave(self) -> bool:
        """Look at the graph outside; whether there is one."""
        if not self.path:
            return False
        self.look_at(self.path[:-1])
        return True

    def subscribe(self, observer: Observer) -> Callable[[], None]:
        """Tell ``observer`` of every change of what is looked at; the answer ends that."""
        return listen(self._observers, observer)

    def on_move(self, told: Callable[[], None]) -> Callable[[], None]:
        """Tell ``told`` after one entered or left a block; the answer ends that."""
        return listen(self._moved, told)

    def close(self) -> None:
        """Follow the session no longer."""
        self._unsubscribe()
        self._observers.clear()
        self._moved.clear()

    def _session_changed(self, old: Project, new: Project) -> None:
        path, steps = self.path, self.session.history.steps
        if steps is self._steps:
            # one goes back or forth among the same steps: show where the step was made
            path = place_of_change(old, new, path)
        self._steps = steps
        self._show(_view(new, path, self._view))

    def _show(self, view: View) -> None:
        before, self._view = self._view, view
        if view.project is not before.project:
            for observer in list(self._observers):
                observer(before.project, view.project)
        if view.path != before.path:
            for told in list(self._moved):
                told()


def scope_of(session: Session | Scope) -> Scope:
    """The scope itself, or one that looks at the top of the session."""
    return session if isinstance(session, Scope) else Scope(session)


def _view(whole: Project, path: tuple[str, ...], last: View | None = None) -> View:
    while path:
        keys = keys_along(whole, path)
        if keys is not None:
            if last is not None and last.whole is whole and last.path == path:
                return last
            return View(within(whole, keys[-1]), path, keys[-1], whole)
        path = path[:-1]
    return View(whole, (), "", whole)
