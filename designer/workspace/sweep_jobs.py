"""A sweep on several cores: its trainings are divided among trainer processes, each of which does one by one."""

from __future__ import annotations

import os
import queue
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from designer.workspace.jobs import TrainerProcess
from designer.workspace.pool import MOST_IN_SWEEP, Pool
from designer.workspace.sweeps import Trained
from designer.workspace.verbs import ROOM_SECONDS

# what a process with PyTorch in it and some data takes
BYTES_EACH = 1 << 30
LOOK_SECONDS = 0.2


def cores() -> int:
    """How many of the computer's cores this process may use; two threads that share one count once."""
    import psutil

    found = psutil.cpu_count(logical=False) or 1
    # where there are fewer by order, such as inside a job of a cluster
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else found
    return max(1, min(found, allowed))


def usual_jobs(count: int) -> int:
    """How many processes ``count`` trainings are divided among: one for each core, as far as memory suffices."""
    import psutil

    if os.environ.get("LAYERLOOM_INLINE") == "1":
        return 1
    fitting = int(psutil.virtual_memory().available) // BYTES_EACH
    return max(1, min(count, cores(), fitting, MOST_IN_SWEEP))


def swept_side_by_side(trainings: Sequence[Trained], jobs: int) -> Generator[Trained, None, None]:
    """As ``swept``, in ``jobs`` processes that share the cores; yields each training after an epoch of it, or its end.

    It is yielded with its ``news`` too. A process that dies takes along no run but the one in hand, which is told as
    failed and can be resumed: another process goes on with the rest. Closing the stream ends all and leaves runs that
    can be resumed.
    """
    heard: queue.SimpleQueue[tuple[Path, Mapping[str, Any]]] = queue.SimpleQueue()
    threads = max(1, cores() // jobs)
    pool = Pool(lambda run, event: heard.put((run, event)), jobs, lambda: TrainerProcess(threads))
    known = {each.job.folder: each for each in trainings}
    # the runs that are over and wait for room to be written down, and since when
    waiting: dict[Path, float] = {}
    try:
        for folder in known:
            pool.train(folder)
        while not (pool.wait(0) and heard.empty()):
            with suppress(queue.Empty):
                run, event = heard.get(timeout=LOOK_SECONDS)
                if event["event"] == "unsaved" and event["waiting"]:
                    waiting.setdefault(run, time.monotonic())
                elif event["event"] in ("saved", "finished", "failed"):
                    waiting.pop(run, None)
                if _noted(known[run], event):
                    yield known[run]
            for run in [each for each, since in waiting.items() if time.monotonic() - since > ROOM_SECONDS]:
                # the next one of the sweep may need less room
                waiting[run] = time.monotonic()
                pool.order(run, lambda trainer: trainer.stop())
    finally:
        pool.close()


def _noted(training: Trained, event: Mapping[str, Any]) -> bool:
    """Note what a trainer says of a training; whether it is an epoch, the end, or has to be told."""
    if training.hear(event["event"], event):
        return True
    match event["event"]:
        case "epoch":
            training.epochs = event["epoch"]
        case "finished":
            training.metrics = event["metrics"]
        case "failed":
            training.error = str(event["message"])
        case _:
            return False
    return True
