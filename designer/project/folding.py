"""Folds: which trainings a project asks for where each is tested with another part of the rows."""

from __future__ import annotations

from dataclasses import replace

from designer.project.model import Project


def folds_of(project: Project) -> int:
    """How many trainings a project asks for, each tested with another fold; 0 where it asks for one as usual."""
    split = project.data.split if project.data is not None else None
    return split.folds if split is not None and split.folds > 1 and not split.fold else 0


def for_fold(project: Project, fold: int) -> Project:
    """The project of the training that is tested with ``fold``, counted from 1."""
    if project.data is None:
        return project
    return replace(project, data=replace(project.data, split=replace(project.data.split, fold=fold)))
