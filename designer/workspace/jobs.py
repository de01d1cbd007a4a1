"""Training jobs: a warm trainer process that is owned, listened to and never left behind."""

from __future__ import annotations

import itertools
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Protocol, TypeAlias

from designer.compiler.trust import allowed_now, digests_of
from designer.project.model import Project
from designer.workspace.giving_way import let_give_way, yielding_flags
from designer.workspace.places import logs_folder, own_command, own_environment
from designer.workspace.runs import discard_unbegun, has_begun
from designer.workspace.trained_copy import copy_for

TrainerEvent: TypeAlias = dict[str, Any]
Events: TypeAlias = "queue.SimpleQueue[list[TrainerEvent] | None]"

QUIT_SECONDS = 0.8
TERMINATE_SECONDS = 0.4
KEPT_LOGS = 10
REST_SECONDS, MOST_READ = 0.08, 1 << 16
_starts = itertools.count(1)

WORDS_FOR_SIGNALS = {
    "SIGKILL": "was killed, mostly because the computer ran out of memory: a smaller batch or network may help",
    "SIGSEGV": "crashed inside a native library (a memory access that is not allowed)",
    "SIGBUS": "crashed inside a native library (a memory access that is not allowed)",
    "SIGABRT": "was ended by a native library that met an error of its own",
    "SIGFPE": "crashed inside a native library (an arithmetic error)",
    "SIGILL": "crashed: a library uses instructions that this processor does not know",
    "SIGTERM": "was asked by the system or another program to end",
    "SIGINT": "was interrupted",
    "SIGHUP": "was ended because its terminal was closed",
}
# a memory access that is not allowed, an unknown instruction, no stack left, a spoiled heap, a check that failed
CRASHES_ON_WINDOWS = (0xC0000005, 0xC000001D, 0xC00000FD, 0xC0000374, 0xC0000409)


class Trainer(Protocol):
    """What trains for a front: a process of its own, or a thread of this one."""

    def start(self) -> None:
        """Get ready to train, so that the first run starts at once."""

    def train(self, project: Project, base: Path, run: Path, resume: bool = False) -> None:
        """Begin a run whose data paths start from ``base`` and whose record goes to the folder ``run``."""

    def pause(self) -> None:
        """Hold the run before its next step."""
        self.order("pause")

    def go_on(self) -> None:
        """Let a paused run go on."""
        self.order("resume")

    def stop(self) -> None:
        """End the run early, with its record complete."""
        self.order("stop")

    def order(self, word: str, values: Mapping[str, object] | None = None) -> None:
        """Ask something else of the run: ``step``, ``step-epoch``, ``extend``, ``set``; see ``Steering.order``."""

    def close(self) -> None:
        """End everything at once; a run in progress stays resumable."""

    def release(self) -> bool:
        """Let a run in progress go on without this process, unheard; whether it can, else nothing happens."""

    def events(self) -> Iterator[TrainerEvent]:
        """Wait for what happens; ends when the trainer does, with a ``failed`` event where a run was on."""


class TrainerProcess(Trainer):
    """Owns a process that trains, so that no crash of it can take this one down.

    The process is kept warm between runs. Where this process dies, it finishes the run in hand by itself and then ends.
    All methods may be called from any thread; ``events`` is for one listener at a time. ``threads`` are those that
    PyTorch uses at most, 0 for as many as it likes.
    """

    def __init__(self, threads: int = 0) -> None:
        self._threads = threads
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._events: Events = queue.SimpleQueue()
        self._running = False
        self._closing = self._leaving = False
        self._run: Path | None = None
        self._log: Path | None = None
        self._watcher: threading.Thread | None = None

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The process's number, or None where there is none."""
        return self._process.pid if self._process is not None and self.alive else None

    def start(self) -> None:
        """Start the process if it is not there; OSError where the system cannot start one."""
        with self._lock:
            if self.alive and not self._leaving:
                return
            if self._watcher is not None:
                self._watcher.join(timeout=1)
            self._closing = self._leaving = False
            self._events = queue.SimpleQueue()
            self._log = _new_log()
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(
                    [*own_command(), "train", "--events"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    env=_environment(self._threads),
                    cwd=self._log.parent,
                    **_own_group(),
                )
            let_give_way(self._process.pid)
            self._watcher = threading.Thread(
                target=self._watch, args=(self._process, self._events, self._log), name="trainer watcher", daemon=True
            )
            self._watcher.start()

    def train(self, project: Project, base: Path, run: Path, resume: bool = False) -> None:
        """Begin a run; the process is started where it is not there."""
        with self._lock:
            self.start()
            assert self._process is not None
            copy = copy_for(self._process.pid, project, base, run, resume)
            self._running, self._run = True, copy.parent
            self._send(
                {
                    "do": "train",
                    "project": str(copy),
                    "base": str(copy.parent),
                    "run": str(copy.parent),
                    "resume": resume,
                    "trust": sorted(digests_of(project) & allowed_now()),
                }
            )

    def order(self, word: str, values: Mapping[str, object] | None = None) -> None:
        """Ask something else of the run; ``changed`` or ``refused`` follows where settings are to change."""
        self._send({"do": word, **(values or {})})

    def close(self) -> None:
        """End the process within two seconds, politely at first; ``events`` ends without a ``failed``."""
        with self._lock:
            process, self._closing = self._process, True
            if process is None:
                return
            self._send({"do": "quit"})
            if process.stdin is not None:
                with suppress(OSError):
                    process.stdin.close()
        if not _ended(process, QUIT_SECONDS):
            _signal_group(process, force=False)
            if not _ended(process, TERMINATE_SECONDS):
                _signal_group(process, force=True)
                _ended(process, TERMINATE_SECONDS)
        if self._watcher is not None:
            self._watcher.join(timeout=0.3)

    def release(self) -> bool:
        """Leave the process to itself: it brings the run in hand to its end and then ends; ``events`` ends now."""
        with self._lock:
            process = self._process
            if process is None or not self._running or not self.alive:
                return False
            self._process, self._closing = None, True
            self._running, self._run, self._watcher = False, None, None
            if process.stdin is not None:
                with suppress(OSError):
                    process.stdin.close()
            self._events.put(None)
        return True

    def events(self) -> Iterator[TrainerEvent]:
        """What the process says, as it says it, until it has ended."""
        source = self._events
        while (told := source.get()) is not None:
            yield from told

    def _send(self, order: Mapping[str, object]) -> None:
        with self._lock:
            process = self._process
            if process is None or process.stdin is None or process.stdin.closed:
                return
            # a process that has died is reported by the watcher
            with suppress(OSError):
                process.stdin.write(json.dumps(order).encode() + b"\n")
                process.stdin.flush()

    def _watch(self, process: subprocess.Popen[bytes], events: Events, log: Path) -> None:
        assert process.stdout is not None
        gone = threading.Event()
        reader = threading.Thread(
            target=self._read, args=(process.stdout, events, gone), name="trainer reader", daemon=True
        )
        reader.start()
        status = process.wait()
        # what it said last is read at once
        gone.set()
        reader.join(timeout=0.3)
        if not reader.is_alive():
            process.stdout.close()
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()
        if self._running and not self._closing:
            kept = self._run is not None and has_begun(self._run)
            self._end_of_run()
            events.put([{"event": "failed", "message": words_for_death(status, kept, log), "died": True}])
        elif status == 0 or self._closing:
            _forget(log)
        self._end_of_run()
        events.put(None)

    def _end_of_run(self) -> None:
        self._running = False
        # another thread may be about to do the same
        run, self._run = self._run, None
        if run is not None:
            discard_unbegun(run)

    def _read(self, stdout: IO[bytes], events: Events, gone: threading.Event) -> None:
        rest = b""
        while chunk := os.read(stdout.fileno(), MOST_READ):
            *lines, rest = (rest + chunk).split(b"\n")
            told = [event for line in lines if (event := _parsed(line)) is not None]
            if any(event["event"] in ("finished", "failed") for event in told) and self._process is not None:
                # one whose GPU is lost to it takes no more
                self._leaving = any(event.get("last") for event in told)
                self._end_of_run()
            # what is left to itself is heard no more, yet never kept waiting
            if told and self._process is not None:
                events.put(told)
            # to wake up for each line would keep the interpreter from the window hundreds of times a second
            if not rest:
                gone.wait(REST_SECONDS)


def words_for_death(status: int, kept: bool, log: Path | None = None) -> str:
    """Why the trainer process is gone, for people; ``status`` as ``Popen.returncode`` has it.

    ``kept`` is whether the run had begun, so that it can be resumed.
    """
    what = f"ended unexpectedly (status {status})"
    if status < 0:
        try:
            name = signal.Signals(-status).name
        except ValueError:
            name = f"signal {-status}"
        what = f"{WORDS_FOR_SIGNALS.get(name, 'was ended by the system')} ({name})"
    elif status in CRASHES_ON_WINDOWS:
        what = f"crashed inside a native library (status {status:#x})"
    details = f" Details: {log}" if log is not None and log.is_file() and log.stat().st_size else ""
    resumable = " The run is kept up to its last checkpoint and can be resumed." if kept else ""
    return f"The training process {what}.{resumable}{details}"


def make_trainer(inside: bool = False) -> Trainer:
    """A trainer that is yet to be started: a process, or a thread of this one.

    The thread is taken where ``inside`` or ``LAYERLOOM_INLINE=1`` asks for it, or where no process can be started.
    """
    from designer.workspace.inline import InlineTrainer

    if inside or os.environ.get("LAYERLOOM_INLINE") == "1":
        return InlineTrainer()
    return FallingBackTrainer()


class FallingBackTrainer:
    """Trains in a process, or from the moment on when the system does not start one in a thread of this one."""

    def __init__(self) -> None:
        self._trainer: Trainer = TrainerProcess()

    def start(self) -> None:
        """Get ready to train."""
        try:
            self._trainer.start()
        except OSError:
            from designer.workspace.inline import InlineTrainer

            self._trainer = InlineTrainer()
            self._trainer.start()

    def train(self, project: Project, base: Path, run: Path, resume: bool = False) -> None:
        """Begin a run."""
        self.start()
        self._trainer.train(project, base, run, resume)

    def pause(self) -> None:
        """Hold the run before its next step."""
        self._trainer.pause()

    def go_on(self) -> None:
        """Let a paused run go on."""
        self._trainer.go_on()

    def stop(self) -> None:
        """End the run early, with its record complete."""
        self._trainer.stop()

    def order(self, word: str, values: Mapping[str, object] | None = None) -> None:
        """Ask something else of the run."""
        self._trainer.order(word, values)

    def close(self) -> None:
        """End everything at once; a run in progress stays resumable."""
        self._trainer.close()

    def release(self) -> bool:
        """Let a run in progress go on by itself; a thread of this process cannot."""
        return self._trainer.release()

    def events(self) -> Iterator[TrainerEvent]:
        """What happens, until the trainer ends."""
        return self._trainer.events()


def _parsed(line: bytes) -> TrainerEvent | None:
    """One line as an event; None where a library wrote something else to standard output."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None


def _environment(threads: int) -> dict[str, str]:
    environment = own_environment()
    if threads:
        environment["OMP_NUM_THREADS"] = str(threads)
    environment.update(PYTHONUNBUFFERED="1", PYTHONIOENCODING="utf-8", PYTHONFAULTHANDLER="1")
    # threads that spin while they wait take the processor from the window
    environment.setdefault("OMP_WAIT_POLICY", "passive")
    return environment


def _own_group() -> dict[str, Any]:
    """Arguments that keep a Ctrl-C in this process's terminal from the child, and let it be ended as a whole."""
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW | yielding_flags()
        return {"creationflags": flags}
    return {"start_new_session": True}


def _signal_group(process: subprocess.Popen[bytes], force: bool) -> None:
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL if force else signal.SIGTERM)


def _ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _new_log() -> Path:
    """A fresh log file's path; all but the newest few old ones are removed."""
    folder = logs_folder()
    folder.mkdir(parents=True, exist_ok=True)
    old = sorted(folder.glob("trainer-*.log"), key=lambda path: path.name)
    for path in old[:-KEPT_LOGS]:
        _forget(path)
    return folder / f"trainer-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}-{next(_starts)}.log"


def _forget(log: Path) -> None:
    """Remove a log; Windows keeps one that a living trainer, perhaps of another window, still writes into."""
    with suppress(OSError):
        log.unlink(missing_ok=True)
