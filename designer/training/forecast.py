"""What a training will take, time and memory, found by a short dry run that leaves nothing behind."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from designer.project.model import Project
from designer.training.assemble import Setup, assemble, rows_of
from designer.training.errors import in_words, lacks_memory
from designer.training.footprint import room_on
from designer.training.out_of_memory import memory_ran_out
from designer.training.record import Record, recorded
from designer.training.run import keeping_best, training_events

if TYPE_CHECKING:
    from torch import Tensor

    from designer.runtime.events import Epoch, Step

SECONDS = 1.5
# the first steps of a process are slower than all that follow
FIRST_STEPS = 3
# part of the time of a step that the way through the network takes, without the way back
WAY_THERE = 1 / 3


@dataclass(frozen=True)
class Forecast:
    """``seconds`` for all ``epochs``, ``memory`` in bytes at the peak, ``free`` what there is of it on ``device`` now.

    ``memory`` is that of the process that trains, or of the GPU that it trains on.
    """

    epoch_seconds: float
    epochs: int
    seconds: float
    memory: int
    free: int
    device: str
    threads: int
    memory_format: str
    batch_size: int
    rows: dict[str, int]


def forecast(project: Project, base: Path, run: Path | None = None) -> Forecast:
    """What training the project will take; ``run`` is where a run of it would be recorded. Raises LayerloomError.

    The peak of memory is that of this very process: to be asked in a process of its own.
    """
    with in_words():
        setup = assemble(project, base, run)
        free = room_on(setup.device) + _resident()
        try:
            course = _dry_run(setup, base)
        except (MemoryError, RuntimeError) as error:
            if not lacks_memory(error):
                raise
            raise memory_ran_out(setup, error, kept=False) from None
    training = setup.project.training
    return Forecast(
        epoch_seconds=course.epoch,
        epochs=training.epochs,
        seconds=course.seconds,
        memory=_peak(setup) + course.kept,
        free=free,
        device=str(setup.device),
        threads=training.threads,
        memory_format=training.memory_format,
        batch_size=training.batch_size,
        rows=rows_of(setup.parts),
    )


@dataclass(frozen=True)
class _Course:
    """Seconds of an epoch and of all of them, and the bytes that an epoch not seen to its end will yet keep."""

    epoch: float
    seconds: float
    kept: int = 0


def _dry_run(setup: Setup, base: Path) -> _Course:
    """Train for a short while, with a record that is thrown away."""
    with tempfile.TemporaryDirectory() as folder, Record(Path(folder), setup, base) as record:
        record.begin()
        stream = recorded(training_events(setup, None, [], record.changes, record.kept), record)
        with closing(stream), closing(keeping_best(stream, setup, record)) as events:
            course = _timed(events, setup)
        if not record.saved:
            # while a checkpoint is written a run needs more memory than at most other times
            record.save(1)
    return course


def _timed(events: Iterator[Step | Epoch], setup: Setup) -> _Course:
    """Go through events for a short while."""
    from designer.runtime.events import Epoch

    all_epochs = setup.project.training.epochs
    epochs: list[float] = []
    steps: list[float] = []
    last: Step | None = None
    began = before = ended = time.perf_counter()
    for event in events:
        now = time.perf_counter()
        if isinstance(event, Epoch):
            epochs.append(now - ended)
            ended = now
        else:
            last = event
            steps.append(now - before)
        before = now
        if now - began > SECONDS and (epochs or len(steps) > FIRST_STEPS):
            break
    else:
        # it was over so soon that nothing is left to foretell
        return _Course(median(epochs[1:] or epochs), time.perf_counter() - began)
    usual = median(steps[FIRST_STEPS:] or steps)
    start = max(0.0, sum(steps[:FIRST_STEPS]) - usual * len(steps[:FIRST_STEPS]))
    if epochs:
        epoch = median(epochs[1:] or [epochs[0] - start])
        return _Course(epoch, ended - began + epoch * (all_epochs - len(epochs)))
    assert last is not None
    rows = rows_of(setup.parts)
    epoch = usual * last.steps * (1 + WAY_THERE * rows["validation"] / max(1, rows["train"]))
    held = 0 if hasattr(setup.measure, "piece") else _bytes(last.output) + _bytes(last.target)
    return _Course(epoch, start + epoch * all_epochs, held * (last.steps - last.step))


def _peak(setup: Setup) -> int:
    """The most bytes that were in use so far."""
    import torch

    if setup.device.type == "cuda":
        return int(torch.cuda.max_memory_reserved(setup.device))
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return max(_resident(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)


def _resident() -> int:
    import psutil

    return int(psutil.Process().memory_info().rss)


def _bytes(values: Tensor | dict[str, Tensor]) -> int:
    from designer.runtime.values import by_name

    return sum(each.numel() * each.element_size() for each in by_name(values).values())
