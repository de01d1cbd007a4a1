"""Forks: another run that begins with a checkpoint of one that is there and goes on with other settings."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.project.atomic import atomic_write
from designer.project.errors import ProjectError
from designer.project.file import load_project
from designer.project.json_object import object_in
from designer.project.model import Project, Training
from designer.project.paths import rebased
from designer.training.alive import LOCK, BeingTrainedError, claim
from designer.training.run_files import COPY_NAME, ENVIRONMENT, HISTORY
from designer.workspace.leftovers import clear_unmade
from designer.workspace.runs import given_run_folder, is_run, new_run_folder, runs_folder
from designer.workspace.settings import set_settings
from designer.workspace.trained_copy import save_trained_copy
from designer.workspace.verbs import Job

if TYPE_CHECKING:
    from designer.training.checkpoint import Checkpoint

# what decides what a checkpoint means: with another way of training it would be of no use
KEPT = ("mode", "mode_fields")


@dataclass(frozen=True)
class ForkPlace:
    """An epoch after which a run can be forked; ``best`` where only the weights are known, as the best of the run."""

    epoch: int
    folder: Path
    best: bool = False


def fork_places(run: Path) -> list[ForkPlace]:
    """Where a run can be forked, by epochs: its rungs, its last checkpoint and its best weights."""
    from designer.training.forked import START, read_forked
    from designer.training.ladder import rungs

    forked = read_forked(run)
    found = {forked.epoch: ForkPlace(forked.epoch, run / START)} if forked is not None else {}
    found |= {epoch: ForkPlace(epoch, folder) for epoch, folder in rungs(run).items()}
    position = object_in(run / "checkpoint.json")
    if last := _whole_epochs(position):
        found[last] = ForkPlace(last, run)
    best = int(position.get("best_epoch", 0))
    if best and best not in found:
        found[best] = ForkPlace(best, run, best=True)
    return [found[epoch] for epoch in sorted(found)]


def _whole_epochs(position: dict[str, Any]) -> int:
    """The epoch that a checkpoint was written after; 0 where it was written within one."""
    return 0 if position.get("step") else int(position.get("epoch", 0))


def forked_training(project: Project, settings: Iterable[str]) -> Training:
    """The training settings of a fork of ``project``, given as for a run; a ProjectError where more than those change.

    Epochs, learning rate, optimizer, batch size, seed and the like may change; network, data and way of training not.
    """
    changed = set_settings(project, settings)
    same = replace(changed, training=project.training) == project
    if not same or any(getattr(changed.training, name) != getattr(project.training, name) for name in KEPT):
        raise ProjectError(
            "a fork goes on with the network, the data and the way of training of its run: only other settings of"
            " training, such as training.learning_rate, can be changed. Start a new run for the rest"
        )
    return changed.training


def prepare_fork(
    run: Path, epoch: int | None = None, training: Training | None = None, folder: Path | None = None
) -> Job:
    """Make a run that goes on after ``epoch`` of ``run``, its last one if None, with other settings; see ``train``.

    It gets a folder beside ``run``, unless ``folder`` names one. Raises LayerloomError where there is no checkpoint
    after that epoch, or nothing would be left to train.
    """
    if not is_run(run):
        raise ProjectError(f"{run} is no run, so that nothing can be forked from it")
    run = run.resolve()
    project = load_project(run / COPY_NAME)
    wanted = training or project.training
    place = _place(run, epoch)
    checkpoint = _start(run, place)
    forked = replace(project, training=wanted)
    _refuse_to_stop_at_once(run, place.epoch, forked, checkpoint)
    made = given_run_folder(folder) if folder is not None else _folder_beside(run)
    made = made.resolve()
    # what nobody is at any more is cleared away by whoever begins another run
    with claim(made / LOCK, BeingTrainedError(made)):
        try:
            _write_start(run, made, place, project.training, checkpoint)
            _copy_past(run, made, place)
            # by which a folder is known as a run
            copy = save_trained_copy(forked, run, made)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
    return Job(rebased(forked, run, copy), copy.parent, resume=True)


def _place(run: Path, epoch: int | None) -> ForkPlace:
    places = fork_places(run)
    if not places:
        raise ProjectError(f"the run {run.name} has no checkpoint yet, so that nothing can be forked from it")
    if epoch is None:
        return max((place for place in places if not place.best), key=lambda place: place.epoch, default=places[-1])
    found = next((place for place in places if place.epoch == epoch), None)
    if found is None:
        kept = ", ".join(str(place.epoch) for place in places)
        raise ProjectError(
            f"the run {run.name} kept no checkpoint after epoch {epoch}: it can be forked after epoch {kept}"
        )
    return found


def _refuse_to_stop_at_once(run: Path, epoch: int, project: Project, checkpoint: Checkpoint) -> None:
    """Raise a ProjectError where nothing would be left to train after the epoch, with the settings of ``project``."""
    training = project.training
    if training.epochs <= epoch:
        raise ProjectError(
            f"a fork after epoch {epoch} needs more than {epoch} epochs, and {training.epochs} are set: set"
            " training.epochs higher, or fork after an earlier epoch"
        )
    from designer.training.at_once import stops_at_once

    if stops_at_once(run, epoch, 0, checkpoint.settings, project):
        raise ProjectError(
            f"a fork after epoch {epoch} would stop at once: by then {training.patience} epochs had brought nothing"
            " better. Set training.patience higher, or to 0, or fork after an earlier epoch"
        )


def _folder_beside(run: Path) -> Path:
    if run.parent.suffix == runs_folder(Path("a")).suffix:
        return new_run_folder(run.parent.with_suffix(".loom"))
    for number in itertools.count(1):
        folder = run.with_name(f"{run.name}-fork-{number}")
        clear_unmade(folder)
        if not folder.exists():
            return given_run_folder(folder)
    raise AssertionError("numbers do not end")


def _copy_past(run: Path, folder: Path, place: ForkPlace) -> None:
    """Give a fork the history of its run up to the place."""
    from designer.training.history import history_text, read_changes
    from designer.training.record import read_history

    atomic_write(folder / HISTORY, history_text(read_history(run, place.epoch), read_changes(run, place.epoch)))


def _start(run: Path, place: ForkPlace) -> Checkpoint:
    """The checkpoint that a fork from there begins with; ProjectError where it is gone."""
    from designer.training.checkpoint import read_checkpoint

    checkpoint = read_checkpoint(place.folder)
    if checkpoint is None or (not place.best and checkpoint.epoch != place.epoch):
        raise ProjectError(f"the checkpoint after epoch {place.epoch} of the run {run.name} is no longer there")
    return checkpoint


def _write_start(run: Path, folder: Path, place: ForkPlace, training: Training, checkpoint: Checkpoint) -> None:
    """Give a fork the checkpoint that it begins with, and write down where it was forked.

    What the run itself began with as a fork was made by the run before, with the settings of that.
    """
    from designer.training.checkpoint import write_checkpoint
    from designer.training.forked import UNBEGUN, Forked, keep_start, read_forked, write_forked

    before = read_forked(run) if checkpoint.fingerprint == UNBEGUN else None
    weights = "best" if place.best else before.weights if before is not None else "checkpoint"
    environment = object_in(run / ENVIRONMENT)
    data = str(environment.get("data_sha256", ""))
    # what a short trial chose for the run holds for the fork too
    atomic_write(folder / ENVIRONMENT, json.dumps(environment, indent=1, ensure_ascii=False) + "\n")
    made_with = before.training if before is not None else training
    write_forked(folder, Forked(run.name, place.epoch, made_with, weights, data))
    start = _of_best(checkpoint) if place.best else checkpoint
    write_checkpoint(folder, replace(start, fingerprint=UNBEGUN))
    keep_start(folder)


def _of_best(checkpoint: Checkpoint) -> Checkpoint:
    """A checkpoint with the best weights as those that training goes on from; no optimizer's state is known of them."""
    seconds = checkpoint.seconds * checkpoint.best_epoch / max(1, checkpoint.epoch)
    return replace(
        checkpoint,
        epoch=checkpoint.best_epoch,
        seconds=seconds,
        step=0,
        kept=[],
        chance={},
        states={},
        weights=checkpoint.best,
        optimizer={"state": {}, "param_groups": checkpoint.optimizer["param_groups"]},
    )
