"""The run folder: what is written down of a training, and when."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from designer.project.atomic import atomic_write, io_error, remove_stale_temporaries
from designer.project.errors import ProjectError
from designer.project.file import save_project
from designer.project.terminal import as_typed
from designer.training.abilities import judging
from designer.training.assemble import Setup
from designer.training.chance import chance_now
from designer.training.changes import changeable_settings, changes_between
from designer.training.checkpoint import (
    CHECKPOINT,
    Checkpoint,
    Made,
    checkpoint_bytes,
    mend_position,
    read_checkpoint,
    write_checkpoint,
    write_made,
)
from designer.training.errors import RunError
from designer.training.events import Changed, epoch_from_line
from designer.training.forked import Forked, as_forked, forked_state
from designer.training.history import best_since, changes_before, entry_line, history_text, read_lines
from designer.training.kept_end import AT_THE_END, KeptEnd
from designer.training.ladder import Ladder, rungs
from designer.training.past import Past, known_best, note_lost, past_of
from designer.training.plain_data import on_device
from designer.training.prepare import data_hash
from designer.training.run_files import COPY_NAME, ENVIRONMENT, HISTORY, METRICS_NAME
from designer.training.saving import refuse_gone, why_not
from designer.training.surroundings import DATA_HASH, changed_since, environment, fingerprint

if TYPE_CHECKING:
    from torch import Tensor

    from designer.runtime.events import Epoch, Step

SHORTEST_INTERVAL = 1.0
LONGEST_INTERVAL = 60.0
# within an epoch a checkpoint holds more, and an epoch that is nearly over is waited for
INTERVAL_WITHIN = 10.0
WRITING_SHARE = 0.05


class Record:
    """One run folder while its training runs.

    ``best`` is filled with the best weights by whoever keeps them, ``seconds`` with the time of the training loop;
    ``epochs`` counts those that ended, ``saved`` those that the checkpoint holds. ``kept`` is what is known of the
    steps of the present epoch, filled by whoever trains. ``unsaved`` says why the last writing failed, empty where it
    did not. Up to epoch ``best_until`` it is known that ``best`` is the best, with the cost ``floor``.
    """

    def __init__(self, folder: Path, setup: Setup, base: Path, hashed: str | None = None) -> None:
        self.folder = folder
        self.best: dict[str, Tensor] = {}
        self.seconds, self.saved, self.epochs = 0.0, 0, 0
        self.kept: list[Any] = []
        self.first_loss = self.last_loss = float("nan")
        self._setup, self._base = setup, base
        self._data_hash = data_hash(setup.project, base) if hashed is None else hashed
        self._fingerprint = fingerprint(setup, self._data_hash)
        self._best_epoch, self._lowest = 0, float("inf")
        self._step = self._begun_with = 0
        self._unwritten = b""
        self._next_save, self._next_within = 0.0, time.monotonic() + INTERVAL_WITHIN
        self._ladder, self._end = Ladder(folder), KeptEnd(folder)
        self.unsaved = ""
        self._left: tuple[int, int, Made] | None = None
        self.changes: list[Changed] = []
        self.floor, self.best_until = float("inf"), 0
        self._past = Past([])
        self._history: BinaryIO | None = None
        self._environment = environment(setup, base, folder) | {DATA_HASH: self._data_hash}

    @property
    def warning(self) -> str:
        """What has to be said as the run goes on; mostly nothing."""
        return self._past.warning

    @property
    def kept_epoch(self) -> int:
        """The epoch whose weights are kept as the best so far; 0 where none are."""
        return self._best_epoch if self.best else 0

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
        mend_position(self.folder)
        checkpoint = self._found_checkpoint()
        if checkpoint is not None:
            base, data = self._base, self._data_hash
            checkpoint = as_forked(checkpoint, self.folder, self._setup, base, self._fingerprint, data)
            if checkpoint.fingerprint != self._fingerprint:
                raise RunError(changed_since(self.folder, self._setup.project, base, data))
            self._past = past_of(self.folder, checkpoint, read_history(self.folder, checkpoint.epoch))
            self.changes = changes_before(self.folder, checkpoint.epoch, checkpoint.step, checkpoint.settings)
            checkpoint = self._changed(checkpoint)
        past = [replace(event, epochs=self._setup.project.training.epochs) for event in self._past.epochs]
        self._end.put_aside()
        self._ladder.go_on_after(checkpoint.epoch if checkpoint else 0)
        if checkpoint is not None:
            self.seconds, self.saved, self._step = checkpoint.seconds, checkpoint.epoch, checkpoint.step
            self.kept[:] = on_device(checkpoint.kept, self._setup.device)
            for event in past:
                self._note(event)
            if checkpoint.best and self._setup.project.training.keep_best:
                known = known_best(self._setup, self._past, checkpoint, self.changes)
                self._best_epoch, self._lowest, self.best_until = known
                if checkpoint.best_epoch == self._best_epoch:
                    self.best.update({name: tensor.clone() for name, tensor in checkpoint.best.items()})
                    self.floor = self._lowest
        self._write_settings()
        self._open_history(past)
        note_lost(self.folder, self._past)
        return checkpoint, past

    def _found_checkpoint(self) -> Checkpoint | None:
        """The run's checkpoint, None before the first; RunError where it is lost, and what there is to go on from."""
        rung = max(rungs(self.folder), default=0)
        instead = (
            f"Fork the run from its checkpoint after epoch {rung}: in the list of runs, or by layerloom fork"
            f" {as_typed([str(self.folder)])} --epoch {rung}."
            if rung
            else "Start a new run."
        )
        try:
            checkpoint = read_checkpoint(self.folder)
        except RunError as error:
            raise RunError(f"{error} {instead}") from error
        if checkpoint is None and (rung or any((self.folder / name).exists() for name in AT_THE_END)):
            raise RunError(f"{self.folder / CHECKPOINT} is missing, so that the run cannot go on. {instead}")
        return checkpoint

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
        """Write the checkpoint of the step that was just made; the one before stays where the weights are spoiled."""
        from designer.runtime.weights import weights_are_finite

        if (event.epoch - 1, event.step) <= (self.saved, self._step) or self._history is None:
            return
        if weights_are_finite(self._setup.model):
            self._write(event.epoch - 1, event.step)
        self._next_within = max(self._next_within, time.monotonic() + INTERVAL_WITHIN)

    def leave_within(self, event: Step) -> None:
        """Write the checkpoint of the last step, after which the training was stopped; forks may begin before it.

        On a full disk the one before stays.
        """
        if self.saved and not self._step:
            self._ladder.add(self.saved)
        self.save_within(event)

    def save_last(self, event: Step | Epoch) -> None:
        """Write the checkpoint of the last event; what finds no room is kept for ``save_left``."""
        from designer.runtime.events import Step

        within = isinstance(event, Step)
        epoch, step = (event.epoch - 1, event.step) if within else (event.epoch, 0)  # type: ignore[union-attr]
        try:
            if isinstance(event, Step):
                self.leave_within(event)
            else:
                self.save(epoch)
        except ProjectError:
            # the weights in memory are other ones in a moment
            self._left = epoch, step, checkpoint_bytes(self._checkpoint(epoch, step))

    def save_left(self) -> None:
        """Write what the training was when it ended, where that is not written yet; a ProjectError says why not."""
        if self._left is not None:
            epoch, step, made = self._left
            self._write(epoch, step, made)
            self._left = None

    def _write(self, epoch: int, step: int, made: Made | None = None) -> None:
        began = time.monotonic()
        try:
            refuse_gone(self.folder)
            self._flush(insist=True)
            if made is None:
                write_checkpoint(self.folder, self._checkpoint(epoch, step))
            else:
                write_made(self.folder, made)
        except ProjectError as error:
            self.unsaved = why_not(error, self.folder, self.unsaved)
            raise
        self._end.drop()
        self.saved, self._step, self.unsaved = epoch, step, ""
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
            self.kept_epoch,
            self.best,
            settings=changeable_settings(setup.project),
            step=step,
            kept=as_few(self.kept, setup.measure) if step else [],
            chance=chance_now(setup.device) if step else {},
            states={name: each.state_dict() for name, each in setup.states.items()},
            lost=self._past.lost,
        )

    def write_json(self, name: str, content: Any) -> None:
        """Write one of the run's JSON files."""
        atomic_write(self.folder / name, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
        if name == METRICS_NAME:
            self._end.drop()

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
        if kind is not None and issubclass(kind, ProjectError) and self._end.put_back() and self._begun_with:
            with suppress(OSError):
                os.truncate(self.folder / HISTORY, self._begun_with)

    def _note(self, event: Epoch) -> None:
        self.last_loss = event.train.get("loss", float("nan"))
        self.first_loss = self.first_loss if self.epochs else self.last_loss
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
            self._begun_with = os.fstat(self._history.fileno()).st_size
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
            failure = io_error(self.folder / HISTORY, "write", error)
            failure.__cause__ = error
            self.unsaved = why_not(failure, self.folder, self.unsaved)
            if insist:
                raise failure from error


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
    if event is not None:
        record.save_last(event)


def read_history(folder: Path, last: int | None = None) -> list[Epoch]:
    """The epochs of a run in order, up to epoch ``last``; what was cut off by a crash, or spoiled, is left out.

    Of two lines that say they are of the same epoch neither is believed.
    """
    found: dict[int, list[Epoch]] = {}
    for line in read_lines(folder):
        if line.get("event", "epoch") != "epoch":
            continue
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            event = epoch_from_line(line)
            found.setdefault(event.epoch, []).append(event)
    single = sorted(epoch for epoch, events in found.items() if len(events) == 1)
    return [found[epoch][0] for epoch in single if last is None or epoch <= last]
