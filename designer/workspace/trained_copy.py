"""The copy of a project that is kept with each of its runs."""

from __future__ import annotations

from pathlib import Path

from designer.project.atomic import io_words
from designer.project.errors import ProjectError
from designer.project.file import save_project
from designer.project.model import Project
from designer.project.paths import rebased
from designer.training.kept_end import keep_copy, take_copy_back
from designer.training.run_files import COPY_NAME


def save_trained_copy(project: Project, base: Path, run: Path) -> Path:
    """Write ``project``, whose data path starts from ``base``, into the folder ``run``; answers the copy's path.

    The copy is a project file like any other: its data path starts from the folder it lies in. That of a run that has
    ended is kept, see ``keep_copy``, until something of its going on is saved.
    """
    copy = run.resolve() / COPY_NAME
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ProjectError(io_words(run, "make", error, "a folder for the run")) from error
    keep_copy(copy.parent)
    try:
        save_project(rebased(project, base, copy), copy)
    except ProjectError:
        take_copy_back(copy.parent)
        raise
    return copy
