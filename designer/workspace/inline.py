"""Training in a thread of this very process, for where no other can be started or the user wants it so."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.project.model import Project
from designer.workspace.jobs import Trainer
from designer.workspace.runs import discard_unbegun
from designer.workspace.trained_copy import copy_for

if TYPE_CHECKING:
    from designer.training.trainer import Job

CLOSE_SECONDS = 1.5


class InlineTrainer(Trainer):
    """Does what ``TrainerProcess`` does, by the same stream and with the same events, without a process.

    A crash of a native library takes this process down with it; that is why it is the second choice.
    """

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._events: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._last: Job | None = None

    def start(self) -> None:
        """Start the thread if it is not there; it imports what training needs."""
        if self._thread is not None and self._thread.is_alive():
            return
        self._jobs, self._events, self._last = queue.SimpleQueue(), queue.SimpleQueue(), None
        self._thread = threading.Thread(
            target=_serve, args=(self._jobs, self._events), name="inline trainer", daemon=True
        )
        self._thread.start()

    def train(self, project: Project, base: Path, run: Path, resume: bool = False) -> None:
        """Begin a run; the thread is started where it is not there."""
        from designer.training.trainer import Job

        self.start()
        copy = copy_for(os.getpid(), project, base, run, resume)
        self._last = Job(copy, copy.parent, copy.parent, resume)
        self._jobs.put(self._last)

    def order(self, word: str, values: Mapping[str, object] | None = None) -> None:
        """Ask something else of the run."""
        if self._last is not None:
            self._last.order(word, values)

    def close(self) -> None:
        """End the thread, after the step in hand; a run in progress stays resumable."""
        self.order("quit")
        self._jobs.put(None)
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)

    def release(self) -> bool:
        """A thread goes nowhere without its process."""
        return False

    def events(self) -> Iterator[dict[str, Any]]:
        """What happens, as it happens, until the trainer is closed."""
        source = self._events
        while (event := source.get()) is not None:
            yield event


def _serve(jobs: queue.SimpleQueue[Job | None], events: queue.SimpleQueue[dict[str, Any] | None]) -> None:
    def say(event: Mapping[str, Any]) -> None:
        events.put(dict(event))

    try:
        from designer.training.trainer import do_job, warm_up

        warm_up()
        say({"event": "ready"})
        while (job := jobs.get()) is not None:
            do_job(job, say)
            discard_unbegun(job.run)
    finally:
        events.put(None)
