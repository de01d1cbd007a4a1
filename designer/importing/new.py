"""A new project from a table or a folder of pictures: what is in it, what to predict, and a sound network for that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from designer.project.model import Project


@dataclass(frozen=True)
class NewProject:
    """A project, and what was found and decided for it that a person should hear, a sentence each."""

    project: Project
    notes: tuple[str, ...] = ()


def new_project(data: Path, target: str | None, project_path: Path, template: str = "") -> Project:
    """A project for the table or folder ``data`` that is to be saved at ``project_path``; see ``draft_project``."""
    return draft_project(data, target, project_path, template).project


def draft_project(data: Path, target: str | None, project_path: Path, template: str = "") -> NewProject:
    """A project for the table or folder ``data``, with notes; DataError where the data cannot be used.

    ``target`` names the column to predict (None: the likeliest; a folder of pictures has none); ``template`` is one
    of ``networks.TEMPLATES``, empty for what suits. Tables are read here in the very way in which training will.
    """
    from designer.importing.from_images import image_project
    from designer.importing.from_table import table_project
    from designer.importing.networks import check_template
    from designer.project.paths import relative_to_project

    check_template(template, is_table=not data.is_dir())
    where = relative_to_project(data, project_path)
    if data.is_dir():
        return NewProject(*image_project(data, where, target, template))
    return NewProject(*table_project(data, where, target, template))
