"""``layerloom train``: trains in this very process and shows how far it is."""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.cli.commands import say_json
from designer.cli.folds import folds_to_train, train_folds
from designer.cli.interruption import Interruption
from designer.cli.orders import attach, say_end, say_steered
from designer.cli.progress import Progress
from designer.cli.trusting import off_output
from designer.project.errors import LayerloomError
from designer.project.terminal import as_typed
from designer.workspace import verbs
from designer.workspace.runs import discard_unbegun, has_begun, is_finished
from designer.workspace.trained_copy import copy_for

if TYPE_CHECKING:
    from designer.training.events import Started, Unsaved


def train(chosen: argparse.Namespace) -> int:
    """Train a project, or with ``--events`` serve a front as its trainer; answers the exit status."""
    if chosen.events:
        return _serve(chosen)
    if chosen.attach is not None:
        return attach(chosen)
    folds = folds_to_train(chosen, run_settings(chosen))
    if folds is not None:
        stopped = train_folds(chosen, folds, run_job)
        return 0 if stopped is None else interrupted(stopped, chosen)
    metrics, job = run_once(chosen, run_settings(chosen), chosen.resume, chosen.run)
    if metrics is None:
        refuse_unchanged(job.folder)
        return interrupted(job, chosen)
    return say_end(chosen, metrics, job.folder)


def run_once(
    chosen: argparse.Namespace, settings: tuple[str, ...], resume: bool, run: Path | None
) -> tuple[Mapping[str, Any] | None, verbs.Job]:
    """Train once to the end; answers the metrics, None where it was interrupted, and the job."""
    return run_job(chosen, lambda: verbs.prepare_run(chosen.project, settings, resume, run))


def run_job(chosen: argparse.Namespace, prepare: Callable[[], verbs.Job]) -> tuple[Mapping[str, Any] | None, verbs.Job]:
    """Train what ``prepare`` gets ready, as ``run_once``."""
    with off_output(chosen), Interruption() as interruption:
        # the run folder is made and cleared away in one piece
        interruption.be_patient()
        job = prepare()
        progress = Progress(sys.stderr)
        try:
            interruption.be_prompt()
            return _follow(job, progress, interruption), job
        except KeyboardInterrupt:
            interruption.be_deaf()
            progress.finish()
            return None, job
        finally:
            interruption.be_patient()
            progress.finish()
            discard_unbegun(job.folder)


def run_settings(chosen: argparse.Namespace) -> tuple[str, ...]:
    """The settings of this run that were given beside the project's own."""
    named = [
        f"training.{name}={value}"
        for name, value in (("epochs", chosen.epochs), ("seed", chosen.seed), ("device", chosen.device))
        if value is not None
    ]
    folds = [f"data.split.folds={chosen.folds}"] if chosen.folds is not None else []
    return (*chosen.set, *named, *folds)


def _follow(job: verbs.Job, progress: Progress, interruption: Interruption) -> Mapping[str, Any]:
    """Train to the end, showing how far it is; answers the metrics."""
    # at a terminal there is somebody who can make room, or give up
    stream = verbs.train(job, math.inf if progress.terminal else verbs.ROOM_SECONDS)
    from designer.runtime.events import Epoch, Step
    from designer.training.events import Changed, Finished, Started, Unsaved
    from designer.training.usage import memory_in_use

    progress.say(f"{'Going on with' if job.resume else 'Training'} {job.folder}")
    epochs, done, held = job.project.training.epochs, 0, False
    unsaved: Unsaved | None = None
    with closing(stream):
        for event in stream:
            if isinstance(event, Step):
                progress.step(event.epoch, epochs, event.step / event.steps)
            elif isinstance(event, Epoch) and event.epoch > done:
                progress.epoch(event.epoch, epochs, event.train, event.validation)
            elif isinstance(event, Started):
                epochs, done = event.epochs, event.done
                progress.memory = partial(memory_in_use, event.device)
                _say_what_is_read(event, progress)
                interruption.be_patient()
            elif isinstance(event, Finished):
                return event.metrics
            # that it waits for room is said once
            elif not isinstance(event, Unsaved) or event != unsaved:
                unsaved = event if isinstance(event, Unsaved) else unsaved
                epochs = event.settings.get("epochs", epochs) if isinstance(event, Changed) else epochs
                held = say_steered(event, progress, held)
            interruption.heed()
    raise LayerloomError("the training ended before it was finished")


def _say_what_is_read(event: Started, progress: Progress) -> None:
    rows = ", ".join(f"{count:,} {part}" for part, count in event.rows.items())
    progress.say(f"{rows}; on {event.device}")
    for note in event.facts.notes:
        progress.say(note)


def refuse_unchanged(run: Path) -> None:
    """Raise KeyboardInterrupt where an interrupted run is over, be it as before: there is nothing to go on with."""
    if is_finished(run):
        raise KeyboardInterrupt


def interrupted(job: verbs.Job, chosen: argparse.Namespace) -> int:
    """Say how an interrupted training is gone on with; answers the exit status."""
    if not has_begun(job.folder):
        raise KeyboardInterrupt
    return say_interrupted(chosen, chosen.project, job.folder, chosen.run is not None or _takes_another(chosen, job))


def _takes_another(chosen: argparse.Namespace, job: verbs.Job) -> bool:
    """Whether ``--resume`` by itself takes another run: one was begun since, or the clock was set back."""
    try:
        return verbs.newest_run(chosen.project).resolve() != job.folder.resolve()
    except (LayerloomError, OSError):
        return True


def say_interrupted(chosen: argparse.Namespace, project: Path, run: Path, named: bool = True) -> int:
    """Say how a run of ``project`` is gone on with, ``named`` where it may not be the last one; the exit status."""
    words = ["layerloom", "train", str(project), "--resume", *(["--run", str(run)] if named else [])]
    print(f"layerloom: interrupted; go on with: {as_typed(words)}", file=sys.stderr)
    if chosen.json:
        say_json({"error": "interrupted", "run": str(run)})
    return 130


def _serve(chosen: argparse.Namespace) -> int:
    """Be the trainer of a front, which says on standard input what to train; a PROJECT named here is trained alone."""
    from designer.training.trainer import serve

    if chosen.project is None:
        return serve()
    job = verbs.prepare_run(chosen.project, run_settings(chosen), chosen.resume, chosen.run)
    # the file alone says what is trained
    return serve(copy_for(os.getpid(), job.project, job.folder, job.folder, job.resume))
