"""Runs one after the other or side by side, each in a trainer of its own, so that one that fails stops no other."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from designer.project.errors import LayerloomError
from designer.workspace.jobs import Trainer, make_trainer
from designer.workspace.queue import give_up, project_of, take
from designer.workspace.runs import has_begun

MOST_AT_ONCE = 8
# a sweep, of which nobody watches each training by itself, may use more cores
MOST_IN_SWEEP = 64
Heard = Callable[[Path, Mapping[str, Any]], None]


@dataclass
class Lane:
    """A thread that trains one run after the other, with its trainer and the run in hand; ``over`` takes no more.

    While it holds ``beginning`` it begins a run; whoever closes the pool waits for that, and none is begun afterwards.
    """

    thread: threading.Thread | None = None
    trainer: Trainer | None = None
    run: Path | None = None
    over: bool = False
    beginning: threading.Lock = field(default_factory=threading.Lock)


class Pool:
    """Trains the runs that lie ready in their folders, at most ``at_once`` together.

    ``heard`` is told each run and what its trainer says, in other threads; a run ends with ``finished`` or ``failed``.
    """

    def __init__(self, heard: Heard, at_once: int = 1, make: Callable[[], Trainer] = make_trainer) -> None:
        self.at_once = at_once
        self._heard, self._make = heard, make
        self._changed = threading.Condition()
        self._ready: deque[Path] = deque()
        self._lanes: list[Lane] = []
        self._closed = False

    @property
    def running(self) -> list[Path]:
        """The runs that are being trained."""
        with self._changed:
            return [lane.run for lane in self._lanes if lane.run is not None]

    def train(self, run: Path) -> None:
        """Train the run in the folder, or go on with it, as soon as there is room."""
        with self._changed:
            self._ready.append(run)
            if self._busy() < self.at_once and not self._closed:
                lane = Lane()
                lane.thread = threading.Thread(target=self._serve, args=(lane,), name="lane of runs", daemon=True)
                self._lanes.append(lane)
                lane.thread.start()

    def order(self, run: Path, order: Callable[[Trainer], None]) -> None:
        """Ask something of the trainer of a run; nothing happens where it is not being trained."""
        with self._changed:
            trainer = next((lane.trainer for lane in self._lanes if lane.run == run), None)
        if trainer is not None:
            order(trainer)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until all runs are over, or for so long; whether they are."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._lanes, seconds)

    def release(self) -> None:
        """Let the runs in progress go on by themselves; those that wait are not begun."""
        with self._changed:
            self._closed = True
            self._ready.clear()
            lanes = list(self._lanes)
        for lane in lanes:
            with lane.beginning:
                # it has none any more once it hears that its trainer is gone
                run = lane.run
                released = lane.trainer is not None and lane.trainer.release()
            if released and run is not None:
                _note(run, begun=True)

    def close(self) -> None:
        """End all trainers; runs in progress stay resumable, those that wait are not begun."""
        with self._changed:
            self._closed = True
            self._ready.clear()
            lanes = list(self._lanes)
        for lane in lanes:
            with lane.beginning:
                if lane.trainer is not None:
                    lane.trainer.close()
        for lane in lanes:
            if lane.thread is not None and lane.thread is not threading.current_thread():
                lane.thread.join(timeout=3)

    def _busy(self) -> int:
        return sum(not lane.over for lane in self._lanes)

    def _serve(self, lane: Lane) -> None:
        trainer = self._make()
        try:
            with self._changed:
                lane.trainer = trainer
            while (run := self._next(lane)) is not None:
                try:
                    self._follow(lane, trainer, run)
                except (OSError, LayerloomError) as error:
                    self._heard(run, {"event": "failed", "message": f"The training could not be started: {error}"})
        finally:
            trainer.close()
            with self._changed:
                self._lanes.remove(lane)
                self._changed.notify_all()

    def _next(self, lane: Lane) -> Path | None:
        """The run whose turn it is; without one the lane takes no more."""
        with self._changed:
            lane.run = self._ready.popleft() if self._ready and not self._closed else None
            lane.over = lane.run is None
            return lane.run

    def _follow(self, lane: Lane, trainer: Trainer, run: Path) -> None:
        """Train one run to its end."""
        with lane.beginning:
            if self._closed:
                return
            trainer.start()
            events = trainer.events()
            resume = has_begun(run)
            # it waits until its trainer has it: left before, it is still there
            trainer.train(project_of(run), run, run, resume)
        for event in events:
            if event["event"] in ("started", "failed"):
                _note(run, begun=event["event"] == "started")
            if event["event"] != "ready":
                self._heard(run, event)
            if event["event"] in ("finished", "failed"):
                return
        if not self._closed:
            self._heard(run, {"event": "failed", "message": "The training ended without a word."})


def _note(run: Path, begun: bool) -> None:
    """A run that has ``begun``, or that failed, waits no longer; it is trained all the same where that cannot be."""
    with suppress(OSError):
        (take if begun else give_up)(run)
