"""The queue: runs that are ready in their folders and wait for their turn, so that not even a crash loses one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from designer.project.atomic import atomic_write
from designer.project.errors import ProjectError
from designer.project.file import load_project
from designer.project.folding import folds_of
from designer.project.model import Project
from designer.project.patience import patiently
from designer.training.alive import is_alive
from designer.training.run_files import COPY_NAME
from designer.workspace.runs import LABEL, WAITING, discard_unbegun, has_begun, is_waiting, list_runs, new_run_folder
from designer.workspace.trained_copy import save_trained_copy


@dataclass(frozen=True)
class Turn:
    """A run that waits, and its place in the queue, which only counts beside those of others."""

    folder: Path
    place: float


def add_to_queue(project: Project, base: Path, project_path: Path) -> Path:
    """Let a run of ``project`` as it is now wait behind all others of the project; answers its folder."""
    if folds_of(project):
        raise ProjectError("a cross-validation cannot wait in the queue; train a single fold, or wait for its turn")
    folder = new_run_folder(project_path)
    try:
        copy = save_trained_copy(project, base, folder)
        _write(copy.parent, _last(project_path) + 1.0)
    except BaseException:
        (folder / WAITING).unlink(missing_ok=True)
        discard_unbegun(folder)
        raise
    return copy.parent


def queue_run(folder: Path, project_path: Path) -> None:
    """Let a run that is there already, such as a fork, wait behind all others of the project."""
    _write(folder, _last(project_path) + 1.0)


def waiting(project_path: Path) -> list[Path]:
    """The runs of a project that wait, the next one first."""
    return [turn.folder for turn in _turns(project_path)]


def begin(folder: Path) -> Project:
    """The turn of a run has come: it waits no longer. Its project, whose data paths start from its folder."""
    take(folder)
    return load_project(folder / COPY_NAME)


def project_of(folder: Path) -> Project:
    """The project of a run whose turn may come; it waits until it is taken, except where it cannot be read."""
    try:
        return load_project(folder / COPY_NAME)
    except ProjectError:
        # its turn would come again and again
        take(folder)
        raise


def take(folder: Path) -> None:
    """The run waits no longer."""
    patiently(lambda: (folder / WAITING).unlink(missing_ok=True))


def give_up(folder: Path) -> None:
    """The turn of a run came to nothing: it waits no longer, and is gone where nothing is there but its project."""
    if is_waiting(folder) and not is_alive(folder):
        take(folder)
        discard_unbegun(folder)


def move(project_path: Path, folder: Path, by: int) -> bool:
    """Let a run wait ``by`` places further behind, before where it is below 0; whether anything changed."""
    order = waiting(project_path)
    if folder not in order:
        return False
    place = order.index(folder)
    wanted = max(0, min(len(order) - 1, place + by))
    if wanted == place:
        return False
    order.insert(wanted, order.pop(place))
    for number, run in enumerate(order, start=1):
        _write(run, float(number))
    return True


def remove(folder: Path) -> None:
    """Take a run out of the queue; one of which nothing is there but its project is gone then."""
    take(folder)
    if not has_begun(folder):
        (folder / LABEL).unlink(missing_ok=True)
        discard_unbegun(folder)


def _turns(project_path: Path) -> list[Turn]:
    # one that is alive has its turn, though nobody was there to take it
    found = [Turn(run, _place(run)) for run in list_runs(project_path) if is_waiting(run) and not is_alive(run)]
    return sorted(found, key=lambda turn: turn.place)


def _last(project_path: Path) -> float:
    return max((turn.place for turn in _turns(project_path)), default=0.0)


def _place(folder: Path) -> float:
    try:
        return float(json.loads(patiently((folder / WAITING).read_bytes))["place"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0.0


def _write(folder: Path, place: float) -> None:
    if not (folder / COPY_NAME).is_file():
        raise ProjectError(f"{folder} is no run that could wait in the queue")
    atomic_write(folder / WAITING, json.dumps({"place": place}) + "\n")
