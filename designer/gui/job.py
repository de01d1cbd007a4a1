"""The job thread: owns the trainer, hears what it says and hands it to the GUI thread a few times a second."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from PySide6.QtCore import QObject, Qt, QThread, Signal
from shiboken6 import isValid

from designer.gui.resting import Pacing
from designer.gui.turns import OneByOne
from designer.project.errors import LayerloomError
from designer.project.model import Project
from designer.workspace.jobs import Trainer, make_trainer

if TYPE_CHECKING:
    from designer.workspace.following import Tail

# where the window has more than this share of its time to do with what it shows, it shows less often
INTERVAL_MS, MOST_MS, SHARE = 100, 500, 0.04
# these may come by the hundreds a second
MANY = ("step", "epoch")
CLOSE_SECONDS = 3.0
MOST_WAITING = 20_000
# so many are handed over in one turn of the event loop; of what piled up an eighth of it
PORTION, SHARE_OF_PILE = 16, 8

TrainerEvent = dict[str, Any]
# project, where its data paths start, the run's folder, and whether it goes on; whether the trainer was asked
Train: TypeAlias = Callable[[Project, Path, Path, bool], bool]


class Listener(QThread):
    """Waits for events of a trainer in a thread of its own and keeps them until they are taken.

    Once it runs it belongs to nothing that may go before it has ended: Qt ends the whole process where a thread's
    object goes before the thread.
    """

    arrived = Signal()
    pressing = Signal()

    def __init__(self, make: Callable[[], Trainer]) -> None:
        super().__init__()
        self._make = make
        self._lock = threading.Lock()
        self._events: deque[TrainerEvent] = deque()
        self._orders: deque[Callable[[Trainer], None]] = deque()
        self._trainer: Trainer | None = None
        self._told = False
        self._closing = self._left = False
        self.ended = False
        _alive.add(self)
        # on the thread of the window, which is that of this object
        self.finished.connect(self._let_go)

    def leave(self) -> None:
        """Nobody needs this object any more; it goes as soon as its thread has ended."""
        self._left = True
        with self._lock:
            # whoever is about to ask something of it comes too late
            self._closing = True
        if self.isFinished():
            self._let_go()

    def _let_go(self) -> None:
        _alive.discard(self)
        if self._left:
            self.deleteLater()

    def run(self) -> None:
        """Make the trainer and listen until it ends; what was asked for before it was there is done first."""
        trainer = self._make()
        # events are those of a trainer that has been started; asked for before, they would never come
        trainer.start()
        with self._lock:
            self._trainer = trainer
            orders, closing = list(self._orders), self._closing
            self._orders.clear()
        if closing:
            trainer.close()
            return
        for order in orders:
            self._obey(order, trainer)
        for event in trainer.events():
            self._keep(event)
        with self._lock:
            self._trainer, self.ended = None, True

    def order(self, order: Callable[[Trainer], None]) -> bool:
        """Ask something of the trainer, as soon as it is there; whether it was asked: not one that ended or was let go.

        May be called in any thread.
        """
        with self._lock:
            if self._closing or self.ended:
                return False
            trainer = self._trainer
            if trainer is None:
                self._orders.append(order)
        if trainer is not None:
            self._obey(order, trainer)
        return True

    def train(self, project: Project, base: Path, run: Path, resume: bool = False) -> bool:
        """Have a run begun, see ``Trainer.train``; whether the trainer was asked. May be called in any thread."""
        return self.order(lambda trainer: trainer.train(project, base, run, resume))

    def take(self) -> list[TrainerEvent]:
        """What was said since the last time."""
        with self._lock:
            events = list(self._events)
            self._events.clear()
            self._told = False
        return events

    def release_trainer(self) -> bool:
        """Let the run go on without this window, and the thread end by itself; whether it can."""
        with self._lock:
            trainer = self._trainer
        return trainer is not None and trainer.release()

    def close_trainer(self) -> None:
        """End the trainer; the thread then ends by itself."""
        with self._lock:
            self._closing = True
            trainer = self._trainer
        if trainer is not None:
            trainer.close()

    def _obey(self, order: Callable[[Trainer], None], trainer: Trainer) -> None:
        try:
            order(trainer)
        except (OSError, LayerloomError) as error:
            self._keep({"event": "failed", "message": f"The training could not be started: {error}"})

    def _keep(self, event: TrainerEvent) -> None:
        with self._lock:
            self._events.append(event)
            while len(self._events) > MOST_WAITING and self._events[0]["event"] == "step":
                self._events.popleft()
            tell, self._told = not self._told, True
        if event["event"] not in MANY:
            self.pressing.emit()
        elif tell:
            self.arrived.emit()


# the threads that may still run
_alive: set[Listener] = set()


def still_listening() -> bool:
    """Whether a thread listens to a trainer that has not ended: the process is then not to take its objects apart."""
    return any(isValid(each) and each.isRunning() for each in _alive)


class Job(QObject):
    """The training of a window: runs one after the other in one warm trainer.

    ``happened`` carries a list of the trainer's events: figures at once and then at most ten times a second, less often
    where the window is slow with them; all else at once. What is much comes in portions, between which the window
    answers: each has one of the ``turns``, as have all that follow a run.
    """

    # as it is: a signal of a list copies all that is in it
    happened = Signal(object)

    def __init__(self, make: Callable[[], Trainer] = make_trainer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self._listener: Listener | None = None
        self._threads: list[Listener] = []
        self._followed = False
        self._heard: deque[TrainerEvent] = deque()
        self.turns = OneByOne(self)
        self._taking = Pacing(self._take, INTERVAL_MS, MOST_MS, SHARE, self)

    def warm_up(self) -> Train:
        """Get the trainer ready, so that the first run starts at once; answers what has it begin one, in any thread."""
        if self._followed:
            # what was followed may not have come to its very end yet
            self.abandon()
        if self._listener is None or self._listener.ended:
            return self._replace_listener().train
        return self._listener.train

    @property
    def listening(self) -> list[Listener]:
        """The threads that have not ended yet, also those of trainers that were let go."""
        self._threads = [each for each in self._threads if isValid(each) and each.isRunning()]
        return self._threads

    def pause(self) -> None:
        """Hold the run."""
        self._order(lambda trainer: trainer.pause())

    def go_on(self) -> None:
        """Let a paused run go on."""
        self._order(lambda trainer: trainer.go_on())

    def stop(self) -> None:
        """End the run early, with its record complete."""
        self._order(lambda trainer: trainer.stop())

    def order(self, word: str, values: Mapping[str, Any] | None = None) -> None:
        """Ask something else of the run, see ``Steering.order``."""
        self._order(lambda trainer: trainer.order(word, values))

    def follow(self, run: Path, tail: Tail | None = None) -> None:
        """Listen to a run that another process trains, in the place of a trainer of its own; to what ``tail`` has not
        read yet.
        """
        from designer.workspace.following import Follower

        self.abandon()
        self._replace_listener(lambda: Follower(run, tail))
        self._followed = True

    def close(self) -> None:
        """End the trainer and its thread; a run in progress stays resumable.

        It is waited a few seconds for them. A trainer that takes longer ends by itself, and its thread with it.
        """
        deadline = time.monotonic() + CLOSE_SECONDS
        ending = self.abandon()
        if ending is not None:
            ending.join(CLOSE_SECONDS)
        for left in self.listening:
            left.wait(round(1000 * max(0.0, deadline - time.monotonic())))

    def release(self) -> bool:
        """Let a run in progress go on without this window; whether it does."""
        if self._listener is None or not self._listener.release_trainer():
            return False
        # what is closed again is no process any more
        self.abandon()
        return True

    def abandon(self) -> threading.Thread | None:
        """Let a run in progress go without waiting for its end, which a thread sees to; it stays resumable."""
        listener, self._listener = self._listener, None
        self._followed = False
        self._heard.clear()
        if listener is None:
            return None
        self._leave(listener)
        # ending a process may take a second, which the window does not wait for
        ending = threading.Thread(target=listener.close_trainer, name="trainer's end", daemon=True)
        ending.start()
        return ending

    def _order(self, order: Callable[[Trainer], None]) -> None:
        if self._listener is not None:
            self._listener.order(order)

    def _replace_listener(self, make: Callable[[], Trainer] | None = None) -> Listener:
        if self._listener is not None:
            self._take()
            while self._heard:
                self._hand_over()
            self._leave(self._listener)
        self._listener = made = Listener(make or self._make)
        self._threads.append(made)
        made.arrived.connect(self._taking.ask, Qt.ConnectionType.QueuedConnection)
        made.pressing.connect(self._taking.ask_now, Qt.ConnectionType.QueuedConnection)
        made.start()
        return made

    def _leave(self, listener: Listener) -> None:
        listener.arrived.disconnect(self._taking.ask)
        listener.pressing.disconnect(self._taking.ask_now)
        listener.leave()

    def _take(self) -> None:
        if self._listener is not None:
            self._heard += self._listener.take()
        if self._heard:
            self.turns.ask(self._hand_over)

    def _hand_over(self) -> None:
        most = max(PORTION, len(self._heard) // SHARE_OF_PILE)
        events = [self._heard.popleft() for _ in range(min(most, len(self._heard)))]
        if self._heard:
            self.turns.ask(self._hand_over)
        if events:
            self.happened.emit(events)
