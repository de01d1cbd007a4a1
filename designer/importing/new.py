"""A new project from a table or a folder of pictures: what is in it, what to predict, and a sound network for that."""

from __future__ import annotations

from collections.abc import Callable
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


def draft_project(
    data: Path,
    target: str | None,
    project_path: Path,
    template: str = "",
    progress: Callable[[float], None] = lambda share: None,
) -> NewProject:
    """A project for the table or folder ``data``, with notes; DataError where the data cannot be used.

    ``target`` names the column to predict (None: the likeliest; a folder of pictures has none); ``template`` is one
    of ``networks.TEMPLATES``, empty for what suits. Tables are read here in the very way in which training will;
    ``progress`` is told the share that is read, from 0 to 1, and may raise what ends the reading.
    """
    from designer.importing.from_image_tables import path_project, pixel_project
    from designer.importing.from_images import image_project
    from designer.importing.from_masks import idx_project, mask_project
    from designer.importing.from_sequences import holds_sequences, sequence_project
    from designer.importing.from_table import table_project
    from designer.importing.from_text import holds_texts, text_project
    from designer.importing.image_layouts import image_layout
    from designer.importing.networks import check_template
    from designer.project.paths import relative_to_project

    layout = image_layout(data)
    of_pictures = layout is not None or (data.is_dir() and not holds_texts(data) and not holds_sequences(data))
    check_template(template, is_table=not of_pictures)
    where = relative_to_project(data, project_path)
    makers = {"masks": mask_project, "idx": idx_project, "table": path_project, "pixels": pixel_project}
    if layout in makers:
        return NewProject(*makers[layout](data, where, target, template))
    if data.is_dir() and holds_texts(data):
        return NewProject(*text_project(data, where, target, template))
    if data.is_dir() and holds_sequences(data):
        return NewProject(*sequence_project(data, where, target, template))
    if data.is_dir():
        return NewProject(*image_project(data, where, target, template))
    return NewProject(*table_project(data, where, target, template, progress))
