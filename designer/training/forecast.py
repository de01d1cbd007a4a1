"""What a training will take, time and memory, found by a short dry run that leaves nothing behind."""

from __future__ import annotations

import math
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING

from designer.project.model import Project
from designer.training.assemble import Setup, assemble, rows_of
from designer.training.errors import in_words, lacks_memory
from designer.training.footprint import room_on
from designer.training.mode import answer_of
from designer.training.out_of_memory import memory_ran_out
from designer.training.record import Record, recorded
from designer.training.run import keeping_best, training_events
from designer.training.usage import memory_in_use

if TYPE_CHECKING:
    from torch import Tensor

    from designer.runtime.events import Epoch, Step

# so long is measured once nothing is left that is done but once, and so long is that waited for
SECONDS, LONGEST = 1.5, 6.0
# the first steps of a process are slower than all that follow
FIRST_STEPS = 3
# a step that takes so many times the quickest, and so long, has something in it that is done but once, as a graph
# that is tried
ONCE, ONCE_SECONDS = 2.5, 0.1
# part of the time of a step that the way through the network takes, without the way back
WAY_THERE = 1 / 3


@dataclass(frozen=True)
class Forecast:
    """``seconds`` for all ``epochs``, ``memory`` in bytes at the peak, ``free`` what there is of it on ``device`` now.

    ``memory`` is that of the process that trains, or of the GPU that it trains on. ``stops_after`` is the epoch after
    which it has stopped early, and what ``seconds`` are up to; 0 where it did not yet. ``may_stop`` says that it may.
    """

    epoch_seconds: float
    epochs: int
    seconds: float
    memory: int
    free: int
    device: str
    threads: int
    memory_format: str
    precision: str
    batch_size: int
    rows: dict[str, int]
    stops_after: int = 0
    may_stop: bool = False


def forecast(project: Project, base: Path, run: Path | None = None) -> Forecast:
    """What training the project will take; ``run`` is where a run of it would be recorded. Raises LayerloomError.

    The peak of memory is that of this very process: to be asked in a process of its own.
    """
    with in_words():
        setup = assemble(project, base, run)
        free = room_on(setup.device) + memory_in_use(setup.device)
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
        precision=training.precision,
        batch_size=training.batch_size,
        rows=rows_of(setup.parts),
        stops_after=course.ended if course.ended < training.epochs else 0,
        may_stop=bool(training.patience and len(setup.parts["validation"])),
    )


@dataclass(frozen=True)
class _Course:
    """Seconds of an epoch and of all of them, and the bytes that an epoch not seen to its end will yet keep.

    ``ended`` is the epoch after which it was over, 0 where that was not seen.
    """

    epoch: float
    seconds: float
    kept: int = 0
    ended: int = 0


def _dry_run(setup: Setup, base: Path) -> _Course:
    """Train for a short while, with a record that is thrown away."""
    # what the system still looks at in there goes later
    made = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    with made as folder, Record(Path(folder), setup, base) as record:
        record.begin()
        stream = recorded(training_events(setup, None, [], record.changes, record.kept), record)
        with closing(stream), closing(keeping_best(stream, setup, record)) as events:
            course = _timed(events, setup)
        if not record.saved:
            # while a checkpoint is written a run needs more memory than at most other times
            record.save(1)
    _judge(setup, course)
    return course


def _judge(setup: Setup, course: _Course) -> None:
    """Measure as many samples at once as are measured when a run ends, unless that takes long: it needs the most."""
    from designer.runtime.fit import EVALUATION_ROWS, evaluate

    train = setup.parts["train"]
    some = train.rows(slice(0, EVALUATION_ROWS))
    if len(some) and course.epoch * WAY_THERE * len(some) / len(train) < LONGEST:
        evaluate(setup.judged, some, setup.measure, answer=answer_of(setup.project))


def _timed(events: Iterator[Step | Epoch], setup: Setup) -> _Course:
    """Go through events for a short while.

    A GPU is waited for after each: while it lags behind, most steps take next to nothing, and some very long.
    """
    from designer.runtime.cuda_graphs import wait_for
    from designer.runtime.events import Epoch

    epochs: list[float] = []
    judged: list[float] = []
    steps: list[float] = []
    last: Step | None = None
    # the steps and the epochs until the last thing that is done but once
    steps_before = epochs_before = 0
    least = math.inf
    began = before = ended = settled = time.perf_counter()
    for event in events:
        wait_for(setup.device)
        now = time.perf_counter()
        if isinstance(event, Epoch):
            judged.append(now - before)
            epochs.append(now - ended)
            ended = now
        else:
            last = event
            steps.append(now - before)
            least = min(least, now - before)
            if len(steps) <= FIRST_STEPS or steps[-1] > max(ONCE_SECONDS, ONCE * least):
                settled, steps_before, epochs_before = now, len(steps), len(epochs) + 1
        before = now
        seen = len(steps) > steps_before
        if (seen and (now - settled > SECONDS or now - began > LONGEST)) or now - began > 2 * LONGEST:
            break
    else:
        # it was over so soon that nothing is left to foretell
        return _Course(median(epochs[1:] or epochs), time.perf_counter() - began, ended=len(epochs))
    assert last is not None
    usual = fmean(steps[steps_before:]) if steps[steps_before:] else median(steps)
    rows, training = rows_of(setup.parts), setup.project.training
    once = max(0.0, math.fsum(steps[:steps_before]) - usual * steps_before)
    tried = [each - usual for each in steps[:steps_before] if each - usual > ONCE_SECONDS]
    odd = training.batch_size and rows["train"] % training.batch_size
    if len(tried) == 1 and odd and training.epochs >= FIRST_STEPS:
        # the last batch of an epoch has a graph of its own, which is tried once it has come a few times
        once += tried[0]
    way_there = WAY_THERE * rows["validation"] / max(1, rows["train"])
    judging = median(judged) if judged else usual * last.steps * way_there
    epoch = median(epochs[epochs_before:] or [usual * last.steps + judging])
    held = 0 if epochs or hasattr(setup.measure, "piece") else _bytes(last.output) + _bytes(last.target)
    return _Course(epoch, once + epoch * training.epochs, held * (last.steps - last.step))


def _peak(setup: Setup) -> int:
    """The most bytes that were in use so far."""
    import torch

    if setup.device.type == "cuda":
        return int(torch.cuda.max_memory_reserved(setup.device))
    if setup.device.type == "mps":
        # which keeps what it has taken
        return memory_in_use(setup.device)
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
