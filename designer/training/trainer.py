"""The trainer process: takes jobs as JSON lines on its standard input and tells of them as JSON lines on its output."""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, TextIO

from designer.compiler.trust import allow_only
from designer.project.atomic import TEMPORARY, atomic_write
from designer.project.errors import LayerloomError
from designer.project.file import load_project
from designer.project.model import Project
from designer.training.events import Held, SteeredEvent, Unsaved
from designer.training.give_back import give_all_back, is_gpu_lost
from designer.training.run_files import HISTORY
from designer.training.steering import WORDS, Steering
from designer.training.telling import Telling

GRACE = 5.0
# by this number Windows knows the handle of a process for its standard input
STANDARD_INPUT = -10
LOG = "trainer.log"
Say = Callable[[Mapping[str, Any]], None]


class Job:
    """One training that was asked for, and what was asked of it since; safe between threads.

    ``trust`` are the digests of the custom layers that it may run; None where this process knows them already.
    """

    def __init__(self, project: Path, base: Path, run: Path, resume: bool, trust: frozenset[str] | None = None) -> None:
        self.project, self.base, self.run, self.resume, self.trust = project, base, run, resume, trust
        self.steering = Steering()
        self.over = False

    def order(self, word: str, values: Mapping[str, Any] | None = None) -> None:
        """Ask something of it, see ``Steering.order``."""
        self.steering.order(word, values)


class Orders:
    """What arrives on standard input, read by a thread of its own."""

    def __init__(self, lines: TextIO, say: Say, alone: bool) -> None:
        self._lines, self._say, self._alone = lines, say, alone
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._last: Job | None = None

    def start(self) -> None:
        """Begin to listen."""
        threading.Thread(target=self._listen, name="orders", daemon=True).start()

    def add(self, order: Mapping[str, Any]) -> None:
        """Queue a training."""
        project = Path(order["project"])
        base = Path(order.get("base") or project.parent)
        self._last = Job(project, base, Path(order["run"]), bool(order.get("resume", False)), _trust(order))
        self._jobs.put(self._last)

    def end(self) -> None:
        """No more trainings after those that are queued."""
        self._jobs.put(None)

    def next_job(self) -> Job | None:
        """The next training, waited for; None where there shall be no more."""
        return self._jobs.get()

    def _listen(self) -> None:
        for line in self._lines:
            if line.strip():
                self._obey(line)
        if not self._alone:
            self._go_on_alone()

    def _obey(self, line: str) -> None:
        try:
            order = json.loads(line)
            word = order["do"]
            if word == "train":
                self.add(order)
            elif word == "quit":
                self._leave()
            elif word not in WORDS:
                raise ValueError(word)
            elif self._last is not None:
                self._last.order(word, order)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self._say({"event": "failed", "message": f"The trainer did not understand an order: {error}"})

    def _go_on_alone(self) -> None:
        """The front is gone without a word, so it was killed: the run in hand is finished, then this process ends."""
        if self._last is None or self._last.over:
            self._leave()
            return
        self._last.steering.left_alone()
        self.end()

    def _leave(self) -> None:
        """End this process in order, or after a few seconds anyway: nobody listens any more."""
        if self._last is not None:
            self._last.order("quit")
        self.end()
        timer = threading.Timer(GRACE, os._exit, [0])
        timer.daemon = True
        timer.start()


def _trust(order: Mapping[str, Any]) -> frozenset[str] | None:
    """What an order allows to run: nothing unless it says so; null leaves it at what this process was told."""
    words = order.get("trust", ())
    return None if words is None else frozenset(word for word in words if isinstance(word, str))


def serve(copy: Path | None = None) -> int:
    """Warm up, say ready, then train job after job until told to quit; the exit status.

    With ``copy``, the ``project.loom`` of a run folder, that run alone is begun or gone on with; 1 says that it failed.
    Standard output carries nothing but the protocol: whatever else is printed in this process goes to standard error.
    """
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    say = protected_output()
    orders = Orders(protected_input(), say, alone=copy is not None)
    orders.start()
    warm_up()
    went_well = True
    say({"event": "ready"})
    if copy is not None:
        resume = (copy.parent / HISTORY).exists()
        orders.add({"project": copy, "run": copy.parent, "resume": resume, "trust": None})
        orders.end()
    while (job := orders.next_job()) is not None:
        went_well = do_job(job, say)
        if not went_well and is_gpu_lost():
            # a process that ends in the usual way would try to tidy up there
            os._exit(0 if copy is None else 1)
    return 0 if went_well or copy is None else 1


def protected_output() -> Say:
    """A function that writes JSON lines to what was standard output, which from now on leads to standard error.

    Once nobody reads them any more nothing is written, and training goes on all the same.
    """
    sys.stdout.flush()
    output = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace", newline="\n")
    os.dup2(2, 1)
    lock, gone = threading.Lock(), threading.Event()

    def say(line: Mapping[str, Any]) -> None:
        if gone.is_set():
            return
        text = json.dumps(line) + "\n"
        with lock:
            try:
                output.write(text)
                output.flush()
            except OSError:
                gone.set()
                # what could not be written shall not be tried once more when this process ends
                os.dup2(os.open(os.devnull, os.O_WRONLY), output.fileno())

    return say


def protected_input() -> TextIO:
    """The lines of what was standard input, which from now on is empty.

    Where a thread waits for the next one, Windows lets nobody look at standard input meanwhile; and libraries such as
    NumPy's do so as they are loaded, which then would take until the front says something.
    """
    lines = os.fdopen(os.dup(0), encoding="utf-8", errors="backslashreplace")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    if sys.platform == "win32":
        import ctypes
        import msvcrt

        # without a console of its own a process keeps the old handle beside the number
        ctypes.windll.kernel32.SetStdHandle(STANDARD_INPUT, ctypes.c_void_p(msvcrt.get_osfhandle(0)))
    return lines


def warm_up() -> None:
    """Import and use once what the first step would wait for, and take it out of the garbage collector's rounds."""
    import pandas  # noqa: F401
    import PIL.Image  # noqa: F401
    import safetensors.torch  # noqa: F401
    import torch
    from torch import nn

    from designer.runtime.batches import Part
    from designer.runtime.fit import fit
    from designer.runtime.measures import Measure
    from designer.training import run  # noqa: F401

    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(72, 1))
    part = Part((torch.zeros(4, 1, 8, 8),), torch.zeros(4, 1))
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    loss = nn.MSELoss()
    for _ in fit(model, part, part, loss, optimizer, epochs=1, batch_size=2, seed=0, measure=Measure(loss)):
        pass
    gc.collect()
    gc.freeze()


def do_job(job: Job, say: Say) -> bool:
    """Do one job; whether it went well. Whatever goes wrong is said, so that the next job can come."""
    try:
        _train(job, say)
    except LayerloomError as error:
        say({"event": "failed", "message": str(error), **_last()})
        return False
    except Exception as error:  # whoever runs jobs outlives any fault of one; the whole of it goes to the log
        say({"event": "failed", "message": _unexpected(job.run, error), **_last()})
        return False
    finally:
        job.over = True
        give_all_back()
    return True


def _last() -> dict[str, bool]:
    """What is said beside a failure after which this process takes no more jobs; mostly nothing."""
    return {"last": True} if is_gpu_lost() else {}


def _unexpected(run: Path, error: Exception) -> str:
    text = traceback.format_exc()
    sys.stderr.write(text)
    short = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    try:
        atomic_write(run / LOG, text.encode("utf-8", "backslashreplace"))
    except LayerloomError:
        return f"Training ended by a fault in Layerloom: {short}"
    return f"Training ended by a fault in Layerloom: {short}. More stands in {run / LOG}."


def _train(job: Job, say: Say) -> None:
    from designer.training.steered import steered

    telling = Telling()
    last: SteeredEvent | None = None
    if job.trust is not None:
        allow_only(job.trust)
    with closing(steered(_project_of(job), job.base, job.run, job.resume, job.steering)) as events:
        for event in events:
            # that it waits is said once
            if not is_old(event, last):
                line = telling.line(event)
                if line is not None:
                    say(line)
            last = event


def _project_of(job: Job) -> Project:
    """The project of a job; the file that was written for this process alone is gone then."""
    try:
        return load_project(job.project)
    finally:
        if TEMPORARY.fullmatch(job.project.name):
            with suppress(OSError):
                job.project.unlink(missing_ok=True)


def is_old(event: SteeredEvent, last: SteeredEvent | None) -> bool:
    """Whether an event, which comes after ``last``, tells nothing new."""
    return event == last if isinstance(event, Unsaved) else isinstance(event, Held) and isinstance(last, Held)
