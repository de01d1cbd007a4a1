"""The run folder: what is written down of a training, and when."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import designer
from designer.compiler.source import optimizer_text
from designer.project.atomic import atomic_write, io_error, remove_stale_temporaries
from designer.project.errors import ProjectError
from designer.project.file import save_project
from designer.project.paths import relative_to_project
from designer.training.abilities import judging, steps_hang_on
from designer.training.assemble import Setup
from designer.training.chance import chance_now
from designer.training.changes import changeable_settings, changes_between
from designer.training.checkpoint import (
    CHECKPOINT,
    WEIGHTS,
    Checkpoint,
    checkpoint_bytes,
    read_checkpoint,
    write_checkpoint,
)
from designer.training.errors import RunError
from designer.training.events import Changed, epoch_from_line
from designer.training.forked import Forked, as_forked, forked_state
from designer.training.history import best_since, entry_line, history_text, read_changes, read_lines
from designer.training.ladder import Ladder
from designer.training.prepare import data_hash
from designer.training.run_files import COPY_NAME, ENVIRONMENT, HISTORY, METRICS_NAME
from designer.training.trial_run import record_of, recorded_trial

if TYPE_CHECKING:
    from torch import Tensor

    from designer.runtime.events import Epoch, Step

SHORTEST_INTERVAL = 1.0
LONGEST_INTERVAL = 60.0
# within an epoch a checkpoint holds more, and an epoch that is nearly over is waited for
INTERVAL_WITHIN = 10.0
WRITING_SHARE = 0.05
AT_THE_END = (METRICS_NAME, "results.json", WEIGHTS)


class Record:
    """One run folder while its training runs.

    ``best`` is filled with the best weights by whoever keeps them, ``seconds`` with the time of the training loop;
    ``epochs`` counts those that ended, ``saved`` those that the checkpoint holds. ``kept`` is what is known of the
    steps of the present epoch, filled by whoever trains.
    """

    def __init__(self, folder: Path, setup: Setup, base: Path, hashed: str | None = None) -> None:
        self.folder = folder
        self.best: dict[str, Tensor] = {}
        self.seconds = 0.0
        self.saved = 0
        self.kept: list[Any] = []
        self.epochs = 0
        self._setup = setup
        self._data_hash = data_hash(setup.project, base) if hashed is None else hashed
        self._fingerprint = fingerprint(setup, self._data_hash)
        self._best_epoch, self._lowest = 0, float("inf")
        self._step = 0
        self._next_save, self._unwritten = 0.0, b""
        self._next_within = time.monotonic() + INTERVAL_WITHIN
        self._ladder = Ladder(folder)
        self.changes: list[Changed] = []
        self._history: BinaryIO | None = None
        self._environment = environment(setup, base, folder) | {"data_sha256": self._data_hash}

    def begin(self) -> tuple[None, list[Epoch]]:
        """Write down what is known before the first step. RunError where the folder holds a run already."""
        if (self.folder / CHECKPOINT).exists() or (self.folder / HISTORY).exists():
            raise RunError(f"{self.folder} holds a run already. Resume it, or choose another folder.")
        # the history is what a run that can be resumed is known by, so nothing else is written before it
        self._open_history([])
        self._write_settings()
        return None, []

    def go_on(self) -> tuple[Checkpoint | None, list[Epoch]]:
        """The checkpoint to go on from, None before the first, and the epochs up to it; later ones are forgotten."""
        remove_stale_temporaries(self.folder)
        checkpoint = read_checkpoint(self.folder)
        if checkpoint is not None:
            checkpoint = as_forked(checkpoint, self.folder, self._setup, self._fingerprint, self._data_hash)
        if checkpoint is not None and checkpoint.fingerprint != self._fingerprint:
            raise RunError(self._changed_since())
        past = read_history(self.folder, checkpoint.epoch) if checkpoint else []
        if checkpoint is not None:
            self.changes = read_changes(self.folder, checkpoint.epoch, checkpoint.step)
            checkpoint = self._changed(checkpoint)
        past = [replace(event, epochs=self._setup.project.training.epochs) for event in past]
        for name in AT_THE_END:
            (self.folder / name).unlink(missing_ok=True)
        self._ladder.go_on_after(checkpoint.epoch if checkpoint else 0)
        if checkpoint is not None:
            self.seconds, self.saved = checkpoint.seconds, checkpoint.epoch
            self._step = checkpoint.step
            self.kept[:] = checkpoint.kept
            for event in past:
                self._note(event)
        self._write_settings()
        self._open_history(past)
        return checkpoint, past

    def _changed_since(self) -> str:
        """Why the run cannot go on, and what to do; another version may prepare the same data in another way."""
        said = f"The run in {self.folder} cannot go on: network, data or training settings are no longer those it was"
        begun = version_of(self.folder)
        if begun in ("", designer.__version__):
            return f"{said} started with. Start a new run."
        return (
            f"{said} started with, or this version of Layerloom, {designer.__version__}, makes something else of them"
            f" than version {begun}, with which it was started. Start a new run, or resume it with version {begun}."
        )

    def _changed(self, checkpoint: Checkpoint) -> Checkpoint:
        """The checkpoint with the settings that were changed since, which the history tells of from now on."""
        project = self._setup.project
        settings = changes_between(checkpoint.settings, project)
        if not settings:
            return checkpoint
        self.changes.append(Changed(checkpoint.epoch + bool(checkpoint.step), checkpoint.step, settings))
        if not settings.keys() & {"learning_rate", "weight_decay"}:
            return checkpoint
        before = replace(project.training, **{name: checkpoint.settings[name] for name in settings})
        forked = Forked(str(self.folder), checkpoint.epoch, before)
        # schedules lead the rates from there on by themselves
        return replace(checkpoint, optimizer=forked_state(checkpoint.optimizer, forked, self._setup))

    def append(self, event: Epoch) -> None:
        """Write one line of history. A full disk is tried again with the next line; the end of the run insists."""
        self._note(event)
        self._unwritten += entry_line(event)
        self._flush(insist=False)

    def save_if_due(self, epoch: int) -> None:
        """Write a checkpoint, at most each second and in a twentieth of the time. A full disk is tried again later."""
        if time.monotonic() < self._next_save:
            if self._ladder.due(epoch) and epoch > self.saved:
                self._ladder.keep(epoch, checkpoint_bytes(self._checkpoint(epoch, 0))[0])
            return
        try:
            self.save(epoch)
        except ProjectError:
            self._next_save = time.monotonic() + SHORTEST_INTERVAL

    def save(self, epoch: int) -> None:
        """Write the checkpoint of the epoch that just ended; a past one, told again on resume, is written already."""
        if epoch <= self.saved or self._history is None:
            return
        self._write(epoch, 0)
        self._ladder.keep(epoch)

    def save_within_if_due(self, event: Step) -> None:
        """Write a checkpoint within a long epoch. A full disk is tried again later."""
        if time.monotonic() < self._next_within:
            return
        try:
            self.save_within(event)
        except ProjectError:
            self._next_within = time.monotonic() + INTERVAL_WITHIN

    def save_within(self, event: Step) -> None:
        """Write the checkpoint of the step that was just made."""
        if (event.epoch - 1, event.step) > (self.saved, self._step) and self._history is not None:
            self._write(event.epoch - 1, event.step)

    def leave_within(self, event: Step) -> None:
        """Write the checkpoint of the last step, after which the training was stopped; forks may begin before it.

        On a full disk the one before stays.
        """
        if self.saved and not self._step:
            self._ladder.add(self.saved)
        with suppress(ProjectError):
            self.save_within(event)

    def _write(self, epoch: int, step: int) -> None:
        began = time.monotonic()
        self._flush(insist=True)
        write_checkpoint(self.folder, self._checkpoint(epoch, step))
        self.saved, self._step = epoch, step
        now = time.monotonic()
        share = max((now - began) / WRITING_SHARE, SHORTEST_INTERVAL)
        self._next_save = now + min(share, LONGEST_INTERVAL)
        self._next_within = now + max(INTERVAL_WITHIN, min(share, LONGEST_INTERVAL))

    def _checkpoint(self, epoch: int, step: int) -> Checkpoint:
        """What training is now, after ``epoch`` and so many steps of the next."""
        setup = self._setup
        return Checkpoint(
            epoch,
            self.seconds,
            self._fingerprint,
            setup.model.state_dict(),
            setup.optimizer.state_dict(),
            self._best_epoch if self.best else 0,
            self.best,
            settings=changeable_settings(setup.project),
            step=step,
            kept=as_few(self.kept, setup.measure) if step else [],
            chance=chance_now(setup.device) if step else {},
            states={name: each.state_dict() for name, each in setup.states.items()},
        )

    def write_json(self, name: str, content: Any) -> None:
        """Write one of the run's JSON files."""
        atomic_write(self.folder / name, json.dumps(content, indent=1, ensure_ascii=False) + "\n")

    def __enter__(self) -> Record:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Close the history; writing what is left of it must not fail.

        KeyboardInterrupt may have come in the middle of anything, so nothing in memory can be trusted: from here on
        nothing is written, and what stands on the disk, which is whole at any moment, stays as it is.
        """
        if self._history is not None:
            if kind is None or not issubclass(kind, KeyboardInterrupt):
                self._flush(insist=False)
            self._history.close()
            self._history = None

    def _note(self, event: Epoch) -> None:
        self.epochs = event.epoch
        from designer.runtime.early import cost_of

        cost = cost_of(event, **judging(self._setup.project.training))
        if cost < self._lowest and event.epoch > best_since(self.changes):
            self._lowest, self._best_epoch = cost, event.epoch

    def _write_settings(self) -> None:
        save_project(self._setup.project, self.folder / COPY_NAME)
        atomic_write(self.folder / "model.py", self._setup.source.text)
        self.write_json("preprocessing.json", self._setup.prepared.preparation)
        self.write_json(ENVIRONMENT, self._environment)

    def _open_history(self, past: list[Epoch]) -> None:
        path = self.folder / HISTORY
        atomic_write(path, history_text(past, self.changes))
        try:
            self._history = path.open("ab", buffering=0)
        except OSError as error:
            raise io_error(path, "write", error) from error

    def _flush(self, insist: bool) -> None:
        """Append what was not written yet; with ``insist`` it is on the disk then, or a ProjectError says why not."""
        assert self._history is not None
        try:
            while self._unwritten:
                self._unwritten = self._unwritten[self._history.write(self._unwritten) :]
            if insist:
                os.fsync(self._history.fileno())
        except OSError as error:
            if insist:
                raise io_error(self.folder / HISTORY, "write", error) from error


def as_few(kept: list[Any], measure: Any) -> list[Any]:
    """What is known of many batches, as of a single one where they are measured together."""
    from designer.runtime.values import joined

    if len(kept) < 2 or hasattr(measure, "piece"):
        return kept
    return [tuple(joined(column) for column in zip(*kept, strict=True))]


def recorded(events: Iterator[Step | Epoch], record: Record) -> Generator[Step | Epoch, None, None]:
    """Pass events on, and write history and checkpoints behind those who have seen them.

    On close and at the end the checkpoint of the last event is written, so that nothing of the training is lost.
    """
    from designer.runtime.events import Epoch, Step

    past, ended = record.saved, 0
    event: Step | Epoch | None = None
    for event in events:
        ended = event.epoch if isinstance(event, Epoch) else 0
        if isinstance(event, Epoch) and event.epoch > past:
            record.append(event)
        try:
            yield event
        except GeneratorExit:
            if ended:
                record.save(ended)
            elif isinstance(event, Step):
                record.save_within(event)
            raise
        if ended:
            record.save_if_due(ended)
        elif isinstance(event, Step):
            record.save_within_if_due(event)
    if ended:
        record.save(ended)
    elif isinstance(event, Step):
        record.leave_within(event)


def read_history(folder: Path, last: int | None = None) -> list[Epoch]:
    """The epochs of a run in order, up to epoch ``last``; what was cut off by a crash is left out."""
    past: list[Epoch] = []
    for line in read_lines(folder):
        if line.get("event", "epoch") != "epoch":
            continue
        try:
            event = epoch_from_line(line)
        except (ValueError, KeyError, TypeError, AttributeError):
            break
        if last is not None and event.epoch > last:
            break
        past.append(event)
    return past


def fingerprint(setup: Setup, data: str) -> str:
    """What must stay the same for a run to go on: network, data, split, loss, optimizer and what chance hangs on."""
    training = setup.project.training
    schedules = [(each.key, each.epochs, dict(each.fields)) for each in training.schedules]
    settings = [training.batch_size, training.l1, training.seed, *schedules, *steps_hang_on(training)]
    described = asdict(setup.project.data) if setup.project.data else {}
    told = ("split", "format", "windows")
    lists = (*described.get("columns", ()), *described.get("augment", ()))
    for inner in (described, *(described[name] for name in told if name in described), *lists):
        inner.pop("extra", None)
    # other places of the same data: its hash says that it is the same
    described.pop("path", None)
    described.get("split", {}).pop("file", None)
    # what can be changed while it trains hinders nothing
    steady = replace(training, learning_rate=1.0, weight_decay=0.0)
    texts = setup.texts[0], optimizer_text(steady, setup.source.factors)
    parts = [setup.source.text, texts, settings, described, setup.prepared.preparation, data]
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def version_of(folder: Path) -> str:
    """The version of Layerloom that a run was begun or last resumed with; empty where it cannot be told."""
    try:
        return str(json.loads((folder / ENVIRONMENT).read_bytes())["layerloom"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def environment(setup: Setup, base: Path, folder: Path) -> dict[str, Any]:
    """Where and with what a run was made; ``base`` leads from the run folder to where data paths start."""
    import torch

    from designer.runtime.distributed import process_count

    training = setup.project.training
    return {
        "layerloom": designer.__version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": version("numpy"),
        "pandas": version("pandas"),
        "system": platform.platform(),
        "processor": platform.machine(),
        "device": str(setup.device),
        "gpu": torch.cuda.get_device_name(setup.device) if setup.device.type == "cuda" else "",
        "threads": training.threads,
        "processes": process_count(),
        "launch": os.environ.get("TORCHELASTIC_RUN_ID", ""),
        "memory_format": training.memory_format,
        "precision": training.precision,
        "trial": record_of(setup.choice) or recorded_trial(folder),
        "seed": training.seed,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "base": relative_to_project(base, folder / COPY_NAME),
    }
