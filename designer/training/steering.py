"""What is asked of a training while it runs, and the file by which others than its own front can ask it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.project.atomic import io_error
from designer.project.errors import EditError
from designer.project.model import Project
from designer.training.alive import ORDERS, BeingTrainedError, is_alive, write_status
from designer.training.changes import with_changes
from designer.training.errors import RunError

if TYPE_CHECKING:
    from designer.runtime.events import Epoch, Step
    from designer.training.events import Held, Unsaved

WORDS = ("pause", "resume", "stop", "quit", "step", "step-epoch", "extend", "set")
LOOK_SECONDS = 0.2
STATUS_SECONDS = 2.0
LONGEST_ORDER = 1 << 16


class Steering:
    """The orders given to one training so far; safe between threads.

    ``alone`` says that nobody listens to it any more. ``quit`` leaves the training at once, to be resumed another time;
    ``stop`` ends it early, but in order.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._paused = self._stopped = self._quit = False
        self._stops = 0
        self._until = ""
        self._settings: dict[str, Any] = {}
        self._more_epochs = 0
        self.alone = False

    def order(self, word: str, values: Mapping[str, Any] | None = None) -> None:
        """Take an order, one of ``WORDS``; ValueError where it is none.

        ``extend`` comes with ``epochs``, how many more, ``set`` with ``settings`` of the training by their names.
        """
        if word not in WORDS:
            raise ValueError(word)
        given = values or {}
        more = _count(given.get("epochs")) if word == "extend" else 0
        settings = dict(given["settings"]) if word == "set" else {}
        with self._changed:
            self._more_epochs += more
            self._settings |= settings
            self._stopped = self._stopped or word == "stop"
            self._stops += word == "stop"
            self._quit = self._quit or word == "quit"
            if word in ("pause", "resume"):
                self._paused, self._until = word == "pause", ""
            elif word in ("step", "step-epoch"):
                self._paused, self._until = False, word
            self._changed.notify_all()

    def left_alone(self) -> None:
        """Nobody listens any more: a training that is held is left, another one goes on by itself."""
        self.alone = True
        if self.paused:
            self.order("quit")

    @property
    def paused(self) -> bool:
        """Whether the next event shall wait."""
        return self._paused and not self._stopped and not self._quit

    @property
    def stopped(self) -> bool:
        """Whether the training shall end early, but in order."""
        return self._stopped

    @property
    def quitting(self) -> bool:
        """Whether the training shall be left at once, to be resumed another time."""
        return self._quit

    def note(self, epoch_ended: bool) -> None:
        """A step was made, or with ``epoch_ended`` an epoch has ended: a single one that was asked for is over."""
        with self._changed:
            if self._until == "step" or (self._until == "step-epoch" and epoch_ended):
                self._paused, self._until = True, ""

    def wait(self, seconds: float) -> bool:
        """Wait until the training may go on, or for so long; whether there are changes or it may go on."""
        with self._changed:
            return self._changed.wait_for(lambda: not self.paused or self._asked(), seconds)

    @property
    def stops(self) -> int:
        """How often it was asked to stop: once more gives up what cannot be written."""
        return self._stops

    def wait_for_room(self, seconds: float, stops: int) -> bool:
        """Wait for so long; whether it shall be waited on: nobody gave up, which is one stop more than ``stops``."""
        with self._changed:
            return not self._changed.wait_for(lambda: self._quit or self._stops > stops, seconds)

    @property
    def changing(self) -> bool:
        """Whether other settings are asked for."""
        return self._asked()

    def changed(self, project: Project) -> tuple[Project, str]:
        """The project with the settings asked for since the last time; and why some are refused, empty if none."""
        with self._changed:
            settings, more = self._settings, self._more_epochs
            self._settings, self._more_epochs = {}, 0
        refused = []
        for name, value in settings.items():
            try:
                project = with_changes(project, {name: value})
            except EditError as error:
                refused.append(str(error))
        try:
            project = with_changes(project, {"epochs": project.training.epochs + more}) if more else project
        except EditError as error:
            refused.append(str(error))
        return project, " ".join(refused)

    def _asked(self) -> bool:
        return bool(self._settings or self._more_epochs)


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{value!r} is no number of epochs")
    return value


def send_order(folder: Path, word: str, values: Mapping[str, Any] | None = None) -> None:
    """Ask something of the training that is alive in ``folder``; RunError where none is."""
    if not is_alive(folder):
        raise RunError(f"The run {folder.name} is not being trained now, so nothing can be asked of it.")
    line = json.dumps({"do": word, **(values or {})}) + "\n"
    try:
        with (folder / ORDERS).open("ab", buffering=0) as file:
            file.write(line.encode())
    except OSError as error:
        raise io_error(folder / ORDERS, "write", error) from error


class Watch:
    """Reads the orders that come by the file and writes where the training stands, in a thread of its own.

    ``place`` is the step or epoch that was made last, ``started`` the line that told of the start, ``measured`` what
    measures losses and what of the steps of the epoch is kept for it, ``held`` where the training waits,
    ``unsaved`` why it is not saved.
    """

    def __init__(self, folder: Path, steering: Steering) -> None:
        self._folder, self.steering = folder, steering
        self._read = 0
        self._over = threading.Event()
        self._soon = threading.Event()
        self._thread = threading.Thread(target=self._run, name="orders of the run", daemon=True)
        self.started: Mapping[str, Any] = {}
        self.place: Step | Epoch | None = None
        self.measured: tuple[Any, Sequence[Any]] = (None, ())
        self.held: Held | None = None
        self.unsaved: Unsaved | None = None

    def hold(self, held: Held | None) -> None:
        """The training waits there, or goes on; said at once."""
        self.held = held
        self._soon.set()

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def close(self) -> None:
        """Watch no more."""
        self._over.set()
        self._soon.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        waited = 0.0
        written: object = None
        while not self._over.is_set():
            at_once = self._soon.wait(LOOK_SECONDS)
            self._soon.clear()
            waited += LOOK_SECONDS
            self._obey()
            now = (self.started, self.place, self.held, self.unsaved)
            if self.started and (at_once or waited >= STATUS_SECONDS) and now != written:
                waited = 0.0
                if write_status(self._folder, _standing(*now)):
                    written = now

    def _obey(self) -> None:
        path = self._folder / ORDERS
        try:
            if path.stat().st_size <= self._read:
                return
            with path.open("rb") as file:
                file.seek(self._read)
                text = file.read(LONGEST_ORDER)
        except OSError:
            return
        whole = text[: text.rfind(b"\n") + 1]
        # a line without end is none
        self._read += len(whole) or (len(text) if len(text) == LONGEST_ORDER else 0)
        for line in whole.splitlines():
            # what is no order is passed over: whoever wrote it was told by the command
            with suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
                order = json.loads(line)
                self.steering.order(order["do"], order)


def _standing(
    started: Mapping[str, Any], place: Step | Epoch | None, held: Held | None, unsaved: Unsaved | None
) -> dict[str, Any]:
    """Where a training stands, for JSON; ``step`` of ``steps`` of the epoch that is on, both 0 between two.

    The losses are known while it waits.
    """
    step, steps = getattr(place, "step", 0), getattr(place, "steps", 0)
    return {
        "started": dict(started),
        "epoch": place.epoch if place is not None else int(started.get("done", 0)),
        "step": step,
        "steps": steps,
        "paused": held is not None,
        "loss": held.loss if held is not None else None,
        "so_far": held.so_far if held is not None else None,
        "unsaved": asdict(unsaved) if unsaved is not None else None,
    }


@contextmanager
def watched(folder: Path, steering: Steering) -> Iterator[Watch]:
    """A block in which orders that come by the file in ``folder`` are heeded."""
    watch = Watch(folder, steering)
    try:
        # a Ctrl-C may come while the thread begins
        watch.start()
        yield watch
    finally:
        watch.close()


def refuse_alive(folder: Path) -> None:
    """RunError where the run is being trained."""
    if is_alive(folder):
        raise BeingTrainedError(folder)
