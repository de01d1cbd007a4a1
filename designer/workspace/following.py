"""Following a run that some other process trains: what happens to it is read from its folder, orders go there too."""

from __future__ import annotations

import json
import os
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from designer.project.errors import LayerloomError
from designer.project.file import load_project
from designer.project.model import Project
from designer.training.alive import is_alive, read_status
from designer.training.errors import RunError
from designer.training.run_files import COPY_NAME, HISTORY, METRICS_NAME
from designer.training.steered import failure_of
from designer.training.steering import send_order
from designer.workspace.jobs import Trainer, TrainerEvent
from designer.workspace.runs import has_begun, is_finished, is_interrupted, is_waiting, list_runs

LOOK_SECONDS = 0.2


class Follower(Trainer):
    """Tells of a run as the trainer that owns it would, and hands on what is asked of it.

    Closing it leaves the run alone. It trains nothing itself. What ``tail`` has read of the run it does not tell.
    """

    def __init__(self, run: Path, tail: Tail | None = None) -> None:
        self.run = run
        self._tail = tail or Tail(run)
        self._refused: deque[TrainerEvent] = deque()
        self._over = threading.Event()

    def start(self) -> None:
        """There is nothing to get ready."""

    def train(self, project: Project, base: Path, run: Path, resume: bool = False) -> None:
        """A run that is followed is being trained already: RunError."""
        raise RunError(f"The run {self.run.name} is only being followed here.")

    def order(self, word: str, values: Mapping[str, object] | None = None) -> None:
        """Ask something else of the run; nothing happens where it has just ended. Why it cannot be asked it tells."""
        try:
            if is_alive(self.run):
                send_order(self.run, word, values)
        except LayerloomError as error:
            self._refused.append({"event": "refused", "message": str(error)})

    def close(self) -> None:
        """Follow it no longer; it goes on."""
        self._over.set()

    def release(self) -> bool:
        """Follow it no longer; it goes on."""
        self.close()
        return True

    def events(self) -> Iterator[TrainerEvent]:
        """What happens to the run, past epochs that nobody read first, until it ends or ``close`` is called."""
        tail, place, begun = self._tail, (0, 0), False
        held: TrainerEvent | None = None
        unsaved: dict[str, Any] | None = None
        while not self._over.is_set():
            # asked before the folder is looked at: what was written before the end is read then
            alive = is_alive(self.run)
            status = read_status(self.run) if alive else {}
            news = list(tail.events())
            if not begun and (status.get("started") or news or tail.epoch):
                begun = True
                yield _started(self.run, status, tail.epoch)
            yield from news
            while self._refused:
                yield self._refused.popleft()
            if not alive:
                yield _ending(self.run)
                return
            if begun and (step := _step(status)) and (step["epoch"], step["step"]) > place:
                place = (step["epoch"], step["step"])
                if step["epoch"] > tail.epoch:
                    yield step
            # held again at another step it says so again
            where = _held(status) if begun and status.get("paused") else None
            if where != held and (where or status):
                held = where
                yield held or {"event": "resumed"}
            if begun and status and status.get("unsaved") != unsaved:
                unsaved = status.get("unsaved")
                yield {"event": "unsaved", **unsaved} if unsaved else {"event": "saved", "epoch": tail.epoch}
            self._over.wait(LOOK_SECONDS)


class Tail:
    """Reads what is new in a run's history, also when that was written anew as a whole. ``epoch`` is the last told."""

    def __init__(self, run: Path) -> None:
        self._path = run / HISTORY
        self._read, self._file = 0, 0
        self._changes: set[str] = set()
        self.epoch = 0

    @property
    def waiting(self) -> bool:
        """Whether there is anything that was not read yet."""
        try:
            found = self._path.stat()
        except OSError:
            return False
        return found.st_ino != self._file or found.st_size != self._read

    def events(self) -> Iterator[TrainerEvent]:
        """The lines that came since the last time."""
        if not self.waiting:
            return
        try:
            with self._path.open("rb") as file:
                found = os.fstat(file.fileno())
                anew = found.st_ino != self._file or found.st_size < self._read
                if anew:
                    self._file, self._read = found.st_ino, 0
                file.seek(self._read)
                text = file.read()
        except OSError:
            return
        whole = text[: text.rfind(b"\n") + 1]
        self._read += len(whole)
        told = [event for line in whole.splitlines() if (event := _parsed(line)) is not None]
        if anew:
            # what lay behind the checkpoint that the run goes on from is forgotten, and trained again
            self.epoch = min(self.epoch, max((each["epoch"] for each in told if each["event"] == "epoch"), default=0))
        yield from filter(self._is_news, told)

    def _is_news(self, event: TrainerEvent) -> bool:
        """Whether the event was not told before."""
        if event["event"] == "epoch" and event["epoch"] > self.epoch:
            self.epoch = event["epoch"]
            return True
        if event["event"] != "changed" or (words := json.dumps(event)) in self._changes:
            return False
        self._changes.add(words)
        return True


def _parsed(line: bytes) -> TrainerEvent | None:
    """The event of a line of a history; None for what is none."""
    try:
        event = dict(json.loads(line))
        return event | {"event": str(event["event"]), "epoch": int(event["epoch"])}
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def living_run(project_path: Path) -> Path | None:
    """The newest run of a project that some process trains now."""
    return next((run for run in reversed(list_runs(project_path)) if has_begun(run) and is_alive(run)), None)


def living_runs(project_path: Path) -> list[Path]:
    """All runs of a project that some process trains now, also those that have not made a step; the newest first."""
    return [run for run in reversed(list_runs(project_path)) if is_alive(run)]


def quit_run(run: Path) -> str:
    """Ask a run to be left where it is, to be gone on with; why that cannot be asked, empty where it has ended."""
    try:
        send_order(run, "quit")
    except RunError:
        # it has ended by itself just now
        return ""
    except LayerloomError as error:
        return str(error)
    return ""


def interrupted_run(project_path: Path, in_hand: Path | None = None) -> Path | None:
    """The project's last run, where it began, never ended and is trained by nobody; rather that ``in_hand``.

    Others may have ended since one that was killed began.
    """
    if in_hand is not None and in_hand in list_runs(project_path) and is_interrupted(in_hand):
        return in_hand
    last = _last_run(project_path)
    return last if last is not None and is_interrupted(last) else None


def ended_run(project_path: Path) -> Path | None:
    """The project's last run, where it came to its end."""
    last = _last_run(project_path)
    return last if last is not None and is_finished(last) else None


def _last_run(project_path: Path) -> Path | None:
    return next((run for run in reversed(list_runs(project_path)) if not is_waiting(run)), None)


def _started(run: Path, status: Mapping[str, Any], done: int) -> TrainerEvent:
    told = status.get("started")
    if isinstance(told, dict):
        return {**told, "done": done, "event": "started"}
    training = load_project(run / COPY_NAME).training
    return {"event": "started", "epochs": training.epochs, "done": done, "rows": {}, "device": "", "facts": {}}


def _step(status: Mapping[str, Any]) -> TrainerEvent:
    """The step that the training was at, with its losses while it waits there; empty between epochs."""
    try:
        epoch, step, steps = (int(status[name]) for name in ("epoch", "step", "steps"))
        epochs = int(status["started"]["epochs"])
    except (KeyError, TypeError, ValueError):
        return {}
    if not steps:
        return {}
    place = {"epoch": epoch, "epochs": epochs, "step": step, "steps": steps}
    losses = {"loss": status.get("loss"), "so_far": status.get("so_far")}
    return {"event": "step", **place, **losses, "seconds": 0.0}


def _held(status: Mapping[str, Any]) -> TrainerEvent:
    """That the training waits, and where, as the trainer that owns it says it."""
    names = ("epoch", "step", "steps", "loss", "so_far")
    return {"event": "paused", **{name: status.get(name) for name in names}}


def _ending(run: Path) -> TrainerEvent:
    """How a run that lives no more has ended."""
    if is_finished(run):
        metrics = json.loads((run / METRICS_NAME).read_bytes())
        stopped = bool(metrics.pop("stopped", False))
        ending = metrics.pop("ending", {})
        return {"event": "finished", "run": str(run), "metrics": metrics, "stopped": stopped, "ending": ending}
    why = failure_of(run)
    if why:
        return {"event": "failed", "message": why}
    words = "The training was left or ended unexpectedly. It is kept up to its last checkpoint and can be resumed."
    return {"event": "failed", "message": words, "died": True}
