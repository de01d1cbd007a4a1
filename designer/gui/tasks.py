"""Tasks: work off the GUI thread, with a sign of life, a cancel and the answer back on the GUI thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from shiboken6 import isValid

from designer.project.atomic import refusal
from designer.project.errors import LayerloomError
from designer.runtime.errors import DataError
from designer.training.wanted import refuse_unwanted, while_wanted
from designer.workspace.turns import one_reading

PATIENCE_MS = 150
JOIN_SECONDS = 0.3
THREAD = "task "

Done = Callable[[Any], object]
Failed = Callable[[str], object]


def _nothing(_: Any) -> None:
    """Takes an answer that nobody waits for."""


def left_running() -> list[threading.Thread]:
    """The threads of all tasks, also of those whose dialog has gone, that do not end in a moment."""
    return _still_running(thread for thread in threading.enumerate() if thread.name.startswith(THREAD))


def _still_running(threads: Iterable[threading.Thread]) -> list[threading.Thread]:
    known, deadline = list(threads), time.monotonic() + JOIN_SECONDS
    for thread in known:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [thread for thread in known if thread.is_alive()]


@dataclass(eq=False)
class Task:
    """One piece of work. ``cancelled`` says that nobody wants its answer any more: what reads data hears of it then.

    A ``reading`` of data takes turns with all others, and is not begun once it is cancelled.
    """

    label: str
    work: Callable[[], Any]
    done: Done = _nothing
    failed: Failed = _nothing
    lane: str = ""
    reading: bool = False
    cancelled: threading.Event = field(default_factory=threading.Event)
    answer: Any = None
    error: BaseException | None = None

    def perform(self) -> None:
        """Do the work, in a thread of its own; whatever goes wrong is handed over to the GUI thread."""
        try:
            with while_wanted(lambda: not self.cancelled.is_set()):
                self.answer = self._in_turn() if self.reading else self.work()
        except BaseException as error:  # raised again, or told to the user, where the answer is delivered
            # nobody hears of what was given up, and its frames would keep open what was being read
            self.error = None if self.cancelled.is_set() else error

    def _in_turn(self) -> Any:
        with one_reading():
            refuse_unwanted()
            return self.work()


class Bell(QObject):
    """Rung by threads. They hold it, so that none rings what has gone; who listened and has gone hears nothing."""

    rung = Signal(object)


class Tasks(QObject):
    """Runs work in threads and delivers answers on the thread that this object lives in.

    Work given with a ``lane`` replaces what waits or runs in the same lane: only the latest answer arrives, and only
    one piece of a lane runs at a time. ``changed`` carries the label of what has been running for a while, or "";
    ``given_up`` comes where answers will not come any more that somebody may still wait for.
    """

    changed = Signal(str)
    given_up = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: list[Task] = []
        self._waiting: dict[str, Task] = {}
        self._threads: set[threading.Thread] = set()
        self._closed = False
        self._shown = ""
        self._bell = Bell()
        self._bell.rung.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._show)

    def run(
        self,
        label: str,
        work: Callable[[], Any],
        done: Done = _nothing,
        failed: Failed = _nothing,
        lane: str = "",
        reading: bool = False,
    ) -> Task:
        """Do ``work`` in a thread, then call ``done`` with its answer, or ``failed`` with a sentence.

        ``label`` tells the user what goes on, "" nothing; a ``reading`` of data takes turns with others. Faults of the
        program itself are raised here again.
        """
        task = Task(label, work, done, failed, lane, reading)
        older = [other for other in self._running if lane and other.lane == lane]
        for other in older:
            other.cancelled.set()
        if older:
            self._waiting[lane] = task
        else:
            self._start(task)
        return task

    def cancel(self, lane: str = "") -> None:
        """Drop what waits and the answers of what runs, of one lane or of all that the user can see."""
        for key in [key for key, task in self._waiting.items() if (key == lane if lane else task.label)]:
            del self._waiting[key]
        for task in self._running:
            if task.lane == lane if lane else task.label:
                task.cancelled.set()
        self._show()
        self.given_up.emit()

    def busy(self, lane: str = "") -> bool:
        """Whether anything, or anything of one lane, runs or waits for an answer."""
        wanted = [task for task in self._running if not task.cancelled.is_set()] + list(self._waiting.values())
        return any(not lane or task.lane == lane for task in wanted)

    def leave(self) -> None:
        """Drop everything, and wait for nobody: threads end by themselves, and the app's end sees to those that do not.

        For dialogs, whose closing is not to be held up.
        """
        self._closed = True
        self._patience.stop()
        self._waiting.clear()
        for task in self._running:
            task.cancelled.set()

    def close(self) -> bool:
        """Drop everything; whether all threads have ended, for which a moment is waited."""
        self.leave()
        return not _still_running(self._threads)

    def _start(self, task: Task) -> None:
        if self._closed:
            return
        self._running.append(task)
        if task.label and not self._patience.isActive() and not self._shown:
            self._patience.start()

        bell = self._bell

        def perform() -> None:
            task.perform()
            # this object, and with the app the bell too, may have gone while the work went on
            if isValid(bell):
                bell.rung.emit(task)

        # daemon: closing the window does not wait for a large file to be read to its end
        thread = threading.Thread(target=perform, name=f"{THREAD}{task.label or task.lane}", daemon=True)
        self._threads = {old for old in self._threads if old.is_alive()} | {thread}
        thread.start()

    def _deliver(self, task: Task) -> None:
        if self._closed:
            return
        self._running.remove(task)
        following = self._waiting.pop(task.lane, None) if task.lane else None
        if following is not None:
            self._start(following)
        self._show()
        if task.cancelled.is_set():
            return
        if task.error is None:
            task.done(task.answer)
        elif isinstance(task.error, OSError):
            task.failed(refusal(task.error))
        elif isinstance(task.error, (LayerloomError, DataError)):
            task.failed(str(task.error))
        else:
            task.failed(f"Something in Layerloom itself went wrong: {type(task.error).__name__}: {task.error}")
            raise task.error

    def _show(self) -> None:
        labels = [task.label for task in self._running if task.label and not task.cancelled.is_set()]
        if self._patience.isActive() and labels:
            return
        shown = labels[0] if labels else ""
        if shown != self._shown:
            self._shown = shown
            self.changed.emit(shown)
