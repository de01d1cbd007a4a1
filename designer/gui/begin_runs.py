"""How a training begins in the window: one road for all, past what trains by itself already."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from designer.gui.dialogs import tell
from designer.gui.may_train import ask_beside
from designer.workspace import queue
from designer.workspace.runs import is_run_of

if TYPE_CHECKING:
    from designer.gui.runs import Runs
    from designer.gui.tasks import Task
    from designer.project.model import Project
    from designer.workspace.folds import Folds

CANNOT = "The run cannot go on"
LOOKING = "Looking at what trains"
# a run that has ended gives its folder back that soon; one that lives later trains again
MOMENT_SECONDS = 10.0


def nothing() -> None:
    """Nothing is to be done."""


class BeginRuns(QObject):
    """Begins trainings of the project. Where a run of it trains by itself a person is asked, and a queue waits.

    By itself trains what is no run of this window, be it followed here.
    """

    def __init__(self, runs: Runs) -> None:
        super().__init__(runs)
        self.runs, self.window = runs, runs.window
        # beside these others may begin, and these are to be over first though they are followed
        self._beside: set[Path] = set()
        self._first: set[Path] = set()
        # what has ended here lives on for a moment, and when that was
        self._ended: dict[Path, float] = {}
        self._asking = False
        # what is begun once it is known what trains by itself
        self._comes: tuple[object, Task] | None = None
        runs.model.finished.connect(self._ended_here)
        runs.model.failed.connect(self._ended_here)

    @property
    def on(self) -> bool:
        """Whether this window trains or follows a run, or is between two folds."""
        return self.runs.model.running or self.runs.folds.on

    def take(
        self,
        now: Callable[[], object],
        later: Callable[[], object] | None = None,
        run: Path | None = None,
        never: Callable[[], object] = nothing,
        what: object = None,
    ) -> None:
        """Do ``now``, where no run trains by itself, else what is answered: ``now``, ``later`` or ``never``.

        Without ``later`` it cannot wait for its turn. ``run`` is what would be gone on with. What is on in this window
        is for ``now`` to heed. The same ``what``, asked for again before anything is seen of it, is meant once.
        """
        session = self.window.session
        path = session.path
        if path is None or self.on:
            now()
            return
        if self._comes is not None and what is self._comes[0] and not self._comes[1].cancelled.is_set():
            return

        def look() -> list[Path]:
            from designer.workspace.following import living_runs

            return living_runs(path)

        def decide(living: list[Path]) -> None:
            self._comes = None
            # another project may be shown by now
            if session.path == path:
                self._decide(path, living, now, later, run, never)

        def refused(sentence: str) -> None:
            self._comes = None
            self.window.status.say(sentence)

        # on a slow disk that takes a while, which is seen and can be cancelled
        task = self.window.tasks.run(LOOKING, look, decide, refused)
        if what is not None:
            self._comes = what, task

    def _decide(
        self,
        path: Path,
        living: list[Path],
        now: Callable[[], object],
        later: Callable[[], object] | None,
        run: Path | None,
        never: Callable[[], object],
    ) -> None:
        others = self._others(living)
        if self.on or not others or run in living:
            now()
            return
        if self._asking:
            # it was asked for twice in a row
            never()
            return
        self._asking = True
        answer = ask_beside(self.window, self.runs.listed.name_of(others[0]), later is not None)
        self._asking = False
        if self.window.session.path != path:
            return
        if answer == "beside":
            self._beside.update(others)
            now()
        elif answer == "after":
            self._first.update(others)
            self._beside.difference_update(others)
            self.runs.steering.follow(others[0], later or nothing)
        else:
            never()

    def held_by(self, living: Sequence[Path]) -> Path | None:
        """The first of the ``living`` runs that is to be over before the turn of those that wait comes."""
        model = self.runs.model
        followed = model.folder if model.running and model.following else None
        others = (run for run in self._others(living) if run not in self._beside)
        return next((run for run in others if run != followed or run in self._first), None)

    def _others(self, living: Sequence[Path]) -> list[Path]:
        """Those of the ``living`` runs that this window does not train itself."""
        for known in (self._beside, self._first):
            known.intersection_update(living)
        model = self.runs.model
        own = {*filter(self.has_ended, living), *self.runs.queue.given}
        if model.running and not model.following and model.folder is not None:
            own.add(model.folder)
        return [run for run in living if run not in own]

    def has_ended(self, run: Path) -> bool:
        """Whether a run has ended here a moment ago."""
        return time.monotonic() - self._ended.get(run, -math.inf) < MOMENT_SECONDS

    def note_end(self, run: Path) -> None:
        """A run that was trained here has ended."""
        self._ended[run] = time.monotonic()

    def _ended_here(self, _: str) -> None:
        model = self.runs.model
        if model.folder is not None and not model.following:
            self.note_end(model.folder)

    def is_own(self, run: Path) -> bool:
        """Whether a run is one of the project that is shown; it is said where it is not, as after a copy was saved."""
        own, session = is_run_of(run, self.window.session.path), self.window.session
        if not own:
            words = (
                f"{self.runs.listed.name_of(run)} is no run of {session.title}. Open its own project to go on with it."
            )
            self.window.status.say(words)
        return own

    def new(self, project: Project) -> None:
        """Train this state of the project, or let it wait for the end of what is on in this window."""
        if self.on:
            self.runs.queue.add(project)
            return
        session = self.window.session
        if not self.window.editing or session.path is None:
            return
        self.window.show_panel("training")
        if not self.runs.folds.start(project, session.base, session.path):
            self.runs.model.start(project, session.base, session.path)

    def fork(self, folder: Path) -> None:
        """Train a fork that lies ready."""

        def begin() -> None:
            if self.on:
                self.runs.queue.add_run(folder)
            else:
                self._go_on(folder)

        def keep() -> None:
            self.window.status.say(f"The fork {folder.name} is kept: go on with it in the list of runs.")
            self.runs.look()

        self.take(begin, partial(self.runs.queue.add_run, folder), folder, keep)

    def go_on_with(self, run: Path) -> None:
        """Go on with a run of the project, or begin one that waits."""
        if self.is_own(run):
            self.take(partial(self._go_on, run), partial(self.runs.queue.add_run, run), run)

    def go_on_with_folds(self, folds: Folds) -> None:
        """Go on with the fold that broke off, then train those that are missing."""
        self.take(partial(self._go_on_folds, folds))

    def _go_on(self, run: Path) -> None:
        window, path = self.window, self.window.session.path
        if not window.editing or path is None or self._is_taken([run]):
            return
        window.show_panel("training")

        def read() -> tuple[Folds | None, Project | None]:
            from designer.workspace.folds import left_with

            folds = left_with(run)
            return folds, queue.project_of(run) if folds is None else None

        def begin(answer: tuple[Folds | None, Project | None]) -> None:
            folds, project = answer
            if window.session.path != path:
                # another project was opened while the run was read
                return
            if folds is not None:
                self._go_on_folds(folds)
            elif project is not None and not self._is_taken([run]):
                self.runs.model.start(project, run, path, run)

        window.tasks.run("Reading the run", read, begin, lambda sentence: tell(window, CANNOT, sentence))

    def _go_on_folds(self, folds: Folds) -> None:
        window, path = self.window, self.window.session.path
        if self.runs.folds.on or not window.editing or path is None or self._is_taken(folds.runs):
            return
        window.show_panel("training")
        self.runs.folds.go_on(folds, path, lambda sentence: tell(window, CANNOT, sentence))

    def _is_taken(self, runs: Sequence[Path]) -> bool:
        """Whether this window trains by now; it is said where that is none of these ``runs``, asked for twice."""
        model = self.runs.model
        if self.on and model.folder not in runs and model.resumed not in runs:
            name = self.runs.listed.name_of(runs[-1]) if runs else "the folds"
            tell(self.window, CANNOT, f"Another training began before {name}. Go on with it once that is over.")
        return self.on
