"""A new project from a table or a folder of pictures: what is in it, what to predict, and a sound network for that."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from designer.importing.brief import Brief
from designer.project.model import Data, Project


@dataclass(frozen=True)
class NewProject:
    """A project, what was found and decided for it that a person should hear, and what its network is to do."""

    project: Project
    notes: tuple[str, ...] = ()
    brief: Brief = Brief()


def new_project(data: Path, target: str | None, project_path: Path, template: str = "") -> Project:
    """A project for the table or folder ``data`` that is to be saved at ``project_path``; see ``draft_project``."""
    return draft_project(data, target, project_path, template).project


def draft_project(
    data: Path,
    target: str | None,
    project_path: Path,
    template: str = "",
    progress: Callable[[float], None] = lambda share: None,
    settings: Iterable[str] = (),
    compare: bool = True,
    sheet: str = "",
) -> NewProject:
    """A project for the table or folder ``data``, with notes; DataError where the data cannot be used.

    ``target`` names the column to predict (None: the likeliest; a folder of pictures has none); ``template`` is the
    key of an architecture, empty for what is usual, and ``settings`` sets its fields: ``template.layers=3``. A
    LayerloomError says why it does not suit. Tables are read here in the very way in which training will;
    ``progress`` is told the share that is read, from 0 to 1, and may raise what ends the reading. Where neither
    template nor settings are asked for, a small table begins with a straight line if hidden layers predict no better;
    ``compare`` is whether to find that out. ``sheet`` names the sheet or table of a file that holds several; without
    it the one with most cells is read.
    """
    from designer.importing.architectures import architecture, check_key, started_on, typed_values
    from designer.project.paths import relative_to_project

    check_key(template)
    if sheet:
        _refuse_unknown(data, sheet)
    found, brief, notes = _found(data, relative_to_project(data, project_path), target, progress, sheet)
    settings = tuple(settings)
    if compare and not template and not settings:
        brief, notes = _as_simple(found, brief, notes, project_path.parent)
    values = typed_values(architecture(template, brief), brief, settings)
    return NewProject(started_on(Project(data=found), brief, template, values), notes, brief)


def _as_simple(data: Data, brief: Brief, notes: tuple[str, ...], base: Path) -> tuple[Brief, tuple[str, ...]]:
    """The brief and the notes with what is to be said where a straight line predicts as well as hidden layers."""
    from designer.importing.straight import compared

    found = compared(data, brief, base)
    if found is None or not found.straight:
        return brief, notes
    target = next(column.name for column in data.columns if column.role == "target")
    return replace(brief, straight=True), (found.said(target), *notes)


def _refuse_unknown(data: Path, sheet: str) -> None:
    """A file of one sheet is read whatever that is called: a name that a person gives must be there all the same."""
    from designer.importing.typed_tables import sheets_of
    from designer.runtime.errors import DataError

    names = sheets_of(data)
    if sheet not in names:
        held = ", ".join(f"“{name}”" for name in names)
        there = f"it holds {held}" if held else "only workbooks and databases have any"
        raise DataError(f"{data.name} has no sheet or table “{sheet}”; {there}")


def _found(
    data: Path, where: str, target: str | None, progress: Callable[[float], None], sheet: str
) -> tuple[Data, Brief, tuple[str, ...]]:
    """The settings for data that they call ``where``, what a network is to do with it, and notes."""
    from designer.importing.from_image_tables import table_of_paths, table_of_pixels
    from designer.importing.from_images import folder_of_classes
    from designer.importing.from_masks import folder_of_masks, idx_files
    from designer.importing.from_running_text import holds_running_text, running_text
    from designer.importing.from_sequences import folder_of_sequences, holds_sequences
    from designer.importing.from_table import table_of_rows
    from designer.importing.from_text import folder_of_texts, holds_texts
    from designer.importing.image_layouts import image_layout

    layout = image_layout(data)
    readers = {"masks": folder_of_masks, "idx": idx_files, "table": table_of_paths, "pixels": table_of_pixels}
    if layout in readers:
        return readers[layout](data, where, target)
    if holds_running_text(data):
        return running_text(data, where, target)
    if data.is_dir() and holds_texts(data):
        return folder_of_texts(data, where, target)
    if data.is_dir() and holds_sequences(data):
        return folder_of_sequences(data, where, target)
    if data.is_dir():
        return folder_of_classes(data, where, target)
    return table_of_rows(data, where, target, progress, sheet)
