"""The queue in the window: the run whose turn has come starts by itself, several side by side where that is wanted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from designer.gui.may_train import may_lead
from designer.project.model import Project
from designer.workspace import queue
from designer.workspace.jobs import Trainer
from designer.workspace.pool import MOST_AT_ONCE, Pool
from designer.workspace.preferences import change_preferences, load_preferences
from designer.workspace.run_words import unsaved_words

if TYPE_CHECKING:
    from designer.gui.runs import Runs

LATER_MS = 1000


class QueueRuns(QObject):
    """Starts the runs that wait: the first in the window's own trainer, those beside it each in one of their own.

    ``on`` is whether their turn comes by itself. ``changed`` says that others wait or train now, ``ended`` that none is
    left of several, and how many they were.
    """

    changed = Signal()
    ended = Signal(int)
    _told = Signal(object, object)

    def __init__(self, runs: Runs, make: Callable[[], Trainer]) -> None:
        super().__init__(runs)
        self.runs, self.window = runs, runs.window
        self.on = False
        self.at_once = min(load_preferences().at_once, MOST_AT_ONCE)
        self.count = 0
        self._taken: set[Path] = set()
        # why runs beside cannot be saved, as it was said last
        self._unsaved: dict[Path, str] = {}
        # those that had their turn, also where that came to nothing: they begin by themselves no more
        self._had: set[Path] = set()
        # the run that is being read to begin next
        self._next: Path | None = None
        self._asking = False
        self._begun = 0
        # why it could not be looked which runs wait, as it was said last
        self._refused = ""
        # what is said in the threads of the pool is heard on the window's
        self._told.connect(self._heard, Qt.ConnectionType.QueuedConnection)
        self._make = make
        self.pool = self._new_pool()
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._look)
        # the run that trains by itself and is to be over first
        self.waits_for: Path | None = None
        self._later = QTimer(self, singleShot=True, interval=LATER_MS)
        self._later.timeout.connect(self._look)
        runs.model.finished.connect(lambda folder: self._soon.start())
        runs.model.failed.connect(self._failed)
        runs.model.under_way.connect(self._under_way)

    @property
    def beside(self) -> list[Path]:
        """The runs that train beside the one in hand."""
        return self.pool.running

    @property
    def given(self) -> set[Path]:
        """The runs that the trainers beside the one in hand have, or will have in a moment."""
        return {*self._taken, *self.pool.running}

    @property
    def due(self) -> int:
        """How many runs wait whose turn comes by itself."""
        return self.count if self.on else 0

    def note(self, waiting: Sequence[Path]) -> list[Path]:
        """Count those of the runs found ``waiting`` whose turn may come; answers them all but what trainers have."""
        model = self.runs.model
        given = {*self._taken, model.resumed if model.running else None}
        left = [folder for folder in waiting if folder not in given]
        self.count = sum(folder not in self._had for folder in left)
        return left

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Begin no run within, as long as is asked whether there is to be another."""
        self._asking = True
        try:
            yield
        finally:
            self._asking = False
            self._soon.start()

    def add(self, project: Project) -> None:
        """Let this state of the project wait for its turn."""
        window, session = self.window, self.window.session
        path = session.path
        if path is None:
            return
        base = session.base

        def add() -> Path:
            return queue.add_to_queue(project, base, path)

        def added(folder: Path) -> None:
            self._added(path, self.runs.listed.name_of(folder), 1)

        window.tasks.run("", add, added, window.status.say)

    def add_run(self, folder: Path) -> None:
        """Let a run that is there, such as a fork, wait for its turn."""
        path = self.window.session.path
        if path is not None:
            self._had.discard(folder)
            work = lambda: queue.queue_run(folder, path)  # noqa: E731
            name = self.runs.listed.name_of(folder)
            self.window.tasks.run("", work, lambda _: self._added(path, name, 1), self.window.status.say)

    def begin_with(self, folders: Sequence[Path]) -> None:
        """Let the turn of runs come that were just put to those that wait, such as those of a sweep."""
        named = ", ".join(map(self.runs.listed.name_of, folders)) if len(folders) < 3 else f"{len(folders)} runs"
        self._added(self.window.session.path, named, len(folders))

    def hold(self, on: bool) -> None:
        """Let the turn of those that wait come by itself, or begin no other."""
        if not on:
            self._hold(False)
        elif may_lead(self.window):
            self.runs.begin.take(lambda: self._hold(True), lambda: self._hold(True))

    def _hold(self, on: bool) -> None:
        self.on = on
        self._had.clear()
        self.changed.emit()
        self._look()

    def look_again(self) -> None:
        """Begin the runs whose turn has come, now that nothing else is on."""
        self._soon.start()

    def set_at_once(self, count: int) -> None:
        """How many train side by side, from now on and the next time."""
        self.at_once = count
        change_preferences(at_once=count)
        self._look()

    def leave(self, on: bool = False) -> None:
        """Another project follows: what trains beside the run in hand is left, to go ``on`` by itself or to end."""
        self.on, self._begun, self.count, self._next, self.waits_for = False, 0, 0, None, None
        self._later.stop()
        left, self.pool = self.pool, self._new_pool()
        self._taken.clear()
        self._had.clear()
        if on:
            left.release()
        elif left.running:
            threading.Thread(target=left.close, name="end of the runs beside", daemon=True).start()

    def _new_pool(self) -> Pool:
        return Pool(lambda run, event: self._told.emit(run, event), make=self._make)

    def close(self) -> None:
        """End what trains beside the run in hand; it stays resumable, what waits goes on waiting."""
        self.on = False
        self.pool.close()

    def _added(self, path: Path | None, name: str, count: int) -> None:
        if path != self.window.session.path:
            # it waits in its own project
            return
        self.on = True
        # until it is looked how many they are
        self.count += count
        self.window.status.say(f"Added to the queue: {name}.")
        self.changed.emit()
        self._look()

    def _look(self) -> None:
        """Find out which runs wait, and begin those for which there is room."""
        path = self.window.session.path
        if path is None or self._next is not None:
            return

        def look() -> tuple[list[Path], list[Path]]:
            from designer.workspace.following import living_runs

            return queue.waiting(path), living_runs(path)

        self.window.tasks.run("", look, lambda found: self._begin(path, *found), self._unread, lane="queue")

    def _unread(self, sentence: str) -> None:
        """It could not be looked which runs wait: that is said once, and tried again for as long as any have a turn."""
        if self.on:
            if sentence != self._refused:
                self.window.status.say(f"The queue waits until its runs can be read: {sentence}")
            self._refused = sentence
            self._later.start()

    def _begin(self, path: Path, waiting: list[Path], living: list[Path]) -> None:
        if path != self.window.session.path:
            # another project was opened while it was looked
            return
        self._refused = ""
        ready = [folder for folder in self.note(waiting) if folder not in self._had]
        held = self.runs.begin.held_by(living) if self.on and ready else None
        self._wait_for(held)
        if self.on and ready and held is None and not self._asking:
            # chance is one for a whole process, so that inside the window only one run can train
            beside = 0 if load_preferences().train_inside else self.at_once - 1
            if not self.runs.begin.on and self._next is None:
                self._start(ready.pop(0))
            while ready and len(self._taken) < beside:
                folder = ready.pop(0)
                self._taken.add(folder)
                self._begun += 1
                self.pool.at_once = beside
                self.pool.train(folder)
        if not (self.count or self._taken or self._next or self.runs.model.running):
            begun, self._begun = self._begun, 0
            if begun > 1:
                self.ended.emit(begun)
        self.changed.emit()

    def _wait_for(self, run: Path | None) -> None:
        """Begin no other before this run is over; it is said once, where it is none that begins here."""
        model = self.runs.model
        if run is None:
            self._later.stop()
        else:
            self._later.start()
        if run is not None and run != self.waits_for and not (model.running and model.folder is None):
            self.window.status.say(f"The queue goes on once {self.runs.listed.name_of(run)} is over.")
        self.waits_for = run

    def _start(self, folder: Path) -> None:
        """Begin a run in the window's own trainer."""
        path = self.window.session.path
        self._next = folder
        self._begun += 1

        def over() -> bool:
            """Whether the run that was read is still to be the next."""
            wanted = self._next == folder
            if wanted:
                self._next = None
            return wanted

        def begin(project: Project) -> None:
            if not over() or path is None:
                return
            if self._asking or self.runs.begin.on or path != self.window.session.path:
                # it goes on waiting, until that is answered, what was begun meanwhile is over, or its project is shown
                self._begun -= 1
                return
            self.runs.model.start(project, folder, path, folder)

        def refused(sentence: str) -> None:
            if over():
                self._had.add(folder)
                self.window.status.say(sentence)
                self._soon.start()

        self.window.tasks.run("", lambda: queue.project_of(folder), begin, refused)

    def _under_way(self) -> None:
        """The trainer has the run in hand, which waits no longer. Left before that, it is not lost."""
        folder = self.runs.model.resumed
        if folder is not None:
            self._had.add(folder)
            self.window.tasks.run("", lambda: queue.take(folder), lambda _: self.look_again())

    def _failed(self, sentence: str) -> None:
        folder = self.runs.model.resumed
        if folder is not None:
            self._had.add(folder)
            self.window.tasks.run("", lambda: queue.give_up(folder), lambda _: self.look_again())
        if self.on and self.count:
            self.window.status.say(f"{sentence} The queue goes on with the next run.")
        self._soon.start()

    def _heard(self, run: Path, event: Mapping[str, Any]) -> None:
        """What a run beside says."""
        if event["event"] == "unsaved":
            words = f"{self.runs.listed.name_of(run)}: {unsaved_words(event)}"
            # it comes again and again for as long as that is so
            if self._unsaved.get(run) != words:
                self._unsaved[run] = words
                self.window.status.say(words)
        elif event["event"] in ("saved", "finished", "failed"):
            self._unsaved.pop(run, None)
        if event["event"] not in ("started", "finished", "failed"):
            return
        if event["event"] != "started":
            self._taken.discard(run)
            self._had.add(run)
            self.runs.begin.note_end(run)
            ended = f"failed: {event['message']}" if event["event"] == "failed" else "finished."
            self.window.status.say(f"{self.runs.listed.name_of(run)} {ended}")
            if self.window.workbench is not None and event["event"] == "finished":
                self.window.workbench.results.refresh(self.window.workbench.results.run)
        self._look()
