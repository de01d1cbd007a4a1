"""The copy of a project that is kept with each of its runs, and the one that a trainer is handed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from designer.project.atomic import handed_to, io_words
from designer.project.errors import ProjectError
from designer.project.file import load_project, save_project
from designer.project.model import Project
from designer.project.paths import rebased
from designer.training.data_places import data_places, is_missing
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


def copy_for(process: int, project: Project, base: Path, run: Path, resume: bool) -> Path:
    """As ``save_trained_copy``, for the trainer ``process`` to read.

    A run that goes on keeps the copy that it has until it does so, for that may be refused, and front and trainer may
    die before: it is handed another one, which the trainer takes away, or whoever finds it once the trainer is dead.
    """
    if not resume:
        return save_trained_copy(project, base, run)
    handed = handed_to(process, run.resolve())
    try:
        save_project(rebased(project, base, handed), handed)
    except ProjectError as error:
        raise ProjectError(str(error).replace(handed.name, COPY_NAME)) from error
    return handed


def with_data_found(project: Project, run: Path, project_path: Path) -> Project:
    """The project of the run in ``run``, whose data is taken from where ``project_path`` has it if it is gone.

    So it is with a run that was moved away from its project. That it is the same data shows when the run goes on.
    """
    if project.data is None or not any(map(is_missing, data_places(project, run))):
        return project
    try:
        own = rebased(load_project(project_path), project_path.resolve().parent, run / COPY_NAME)
    except ProjectError:
        return project
    if own.data is None or any(map(is_missing, data_places(own, run))):
        return project
    split = replace(project.data.split, file=own.data.split.file)
    return replace(project, data=replace(project.data, path=own.data.path, split=split))
