"""The copy of a project that is kept with each of its runs."""

from __future__ import annotations

from pathlib import Path

from designer.project.atomic import io_words
from designer.project.errors import ProjectError
from designer.project.file import save_project
from designer.project.model import Project
from designer.project.paths import rebased
from designer.training.run_files import COPY_NAME


def save_trained_copy(project: Project, base: Path, run: Path) -> Path:
    """Write ``project``, whose data path starts from ``base``, into the folder ``run``; answers the copy's path.

    The copy is a project file like any other: its data path starts from the folder it lies in.
    """
    copy = run.resolve() / COPY_NAME
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ProjectError(io_words(run, "make", error, "a folder for the run")) from error
    save_project(rebased(project, base, copy), copy)
    return copy
