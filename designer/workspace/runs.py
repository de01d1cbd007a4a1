"""Run folders: where they are made, and how they are found again."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from designer.project.atomic import TEMPORARY, io_words
from designer.project.errors import ProjectError
from designer.training.alive import LOCK, PASSING, is_alive
from designer.training.run_files import COPY_NAME, HISTORY, METRICS_NAME
from designer.workspace.leftovers import clear_unmade, tidy

# what a run holds while it waits in the queue
WAITING = "waiting.json"
# its name for people
LABEL = "label.json"
# what lies in a run folder before its training has begun
UNBEGUN = (COPY_NAME, LOCK, *PASSING)
RUN_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-(\d{3,})")


def runs_folder(project_path: Path) -> Path:
    """``NAME.runs`` beside the project ``NAME.loom``."""
    return project_path.with_suffix(".runs")


def is_run_of(run: Path | None, project_path: Path | None) -> bool:
    """Whether a run is one of this project: those of the project that it is a copy of are not."""
    return run is not None and project_path is not None and run.parent == runs_folder(project_path)


def new_run_folder(project_path: Path, today: date | None = None) -> Path:
    """Make the next folder ``NAME.runs/YYYY-MM-DD-NNN``; two processes never get the same one."""
    return next_run_folder(runs_folder(project_path), today)


def next_run_folder(parent: Path, today: date | None = None) -> Path:
    """Make the next folder ``YYYY-MM-DD-NNN`` in a folder of runs, as ``new_run_folder``."""
    day = (today or date.today()).isoformat()
    try:
        parent.mkdir(parents=True, exist_ok=True)
        others = [(path, match) for path in parent.iterdir() if (match := RUN_NAME.fullmatch(path.name))]
        tidy(path for path, _ in others)
        taken = [int(match[2]) for _, match in others if match[1] == day]
        number = max(taken, default=0) + 1
        while True:
            folder = parent / f"{day}-{number:03d}"
            try:
                folder.mkdir()
            except FileExistsError:
                number += 1
            else:
                return folder
    except OSError as error:
        raise ProjectError(io_words(parent, "make", error, "a folder for the run")) from error


def given_run_folder(folder: Path) -> Path:
    """Make the folder that the user named for a run; a ProjectError where it already holds something."""
    try:
        if folder.is_dir():
            clear_unmade(folder)
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ProjectError(
                f"{folder} is not empty, and a run is never written over. Name another folder, or go on with the run"
                " in it by --resume."
            )
    except OSError as error:
        raise ProjectError(io_words(folder, "make", error, "a folder for the run")) from error
    return folder


def is_run(folder: Path) -> bool:
    """Whether a folder is a run."""
    return (folder / COPY_NAME).is_file()


def is_finished(folder: Path) -> bool:
    """Whether a run came to its end, be it early, and was written down."""
    return (folder / METRICS_NAME).is_file()


def written_at(folder: Path) -> tuple[Path, int]:
    """A run and when its figures were written, 0 before: the number of a deleted run is given to a new one."""
    try:
        return folder, (folder / METRICS_NAME).stat().st_mtime_ns
    except OSError:
        return folder, 0


def is_waiting(folder: Path) -> bool:
    """Whether a run waits in the queue for its turn; one that came to its end does not, though nobody took it."""
    return (folder / WAITING).is_file() and not is_finished(folder)


def has_begun(folder: Path) -> bool:
    """Whether a run came so far that it can go on."""
    return (folder / HISTORY).is_file()


def is_interrupted(run: Path) -> bool:
    """Whether a run began, never ended and is trained by nobody."""
    return has_begun(run) and not is_finished(run) and not is_alive(run)


def discard_unbegun(folder: Path) -> None:
    """Remove a run folder in which there is nothing but the copy of the project, and the folder of runs if empty.

    What an interrupted writing left behind is nothing.
    """
    try:
        found = list(folder.iterdir())
        if any(path.name not in UNBEGUN and not TEMPORARY.fullmatch(path.name) for path in found):
            return
        for path in found:
            path.unlink(missing_ok=True)
        folder.rmdir()
        if folder.parent.suffix == ".runs" and not any(folder.parent.iterdir()):
            folder.parent.rmdir()
    except OSError:
        # what cannot be tidied away does no harm
        return


def list_runs(project_path: Path) -> list[Path]:
    """The runs of a project, the oldest first; a folder without a copy of the project is none."""
    parent = runs_folder(project_path)
    try:
        folders = [path for path in parent.iterdir() if RUN_NAME.fullmatch(path.name) and is_run(path)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ProjectError(f"{parent}: the runs cannot be listed ({error.strerror or error})") from error
    return sorted(folders, key=lambda path: (path.name[:10], int(path.name[11:])))


def latest_run(project_path: Path) -> Path | None:
    """The newest run that holds trained weights."""
    return next((run for run in reversed(list_runs(project_path)) if (run / "weights.safetensors").is_file()), None)
